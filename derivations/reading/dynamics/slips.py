"""Slips in a differential equation with a score: it is taken at another state or time, or its logarithm is lost.

dx_t = [f - g^2 grad log p_t(x_{t-1})] dt + g dw is no reverse equation, nor is one with grad p_t in it. It is refuted
where the one without the slip is proved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, log
from derivations.reading.dynamics import sde
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.unfolding import join_index, replaced, split_index
from derivations.reading.verdict import Judgement


@dataclass(frozen=True)
class Slip:
    """What is wrong, and numbers that show it: a witness, and the values there of what is meant and what is written."""

    said: str
    witness: dict[str, str]
    values: tuple[str, str]


def judge(e: sde.Equation, judged: Callable[[sde.Equation], Judgement]) -> Judgement:
    """The verdict on an equation: refuted when only without its slips it is proved."""
    held = next((s for a in e.drift if (s := _taken_at(a)) is not None and _is_held(s, e)), None)
    if held is not None:
        said = f"a field is held at {_shown(held)}, as in a step of a scheme"
        return Judgement("undecided", judged(e).formula, said)
    mended, slips = e, []
    for mend in (_state, _time, _log):
        mended, slip = mend(mended)
        slips += [slip] if slip is not None else []
    found = judged(mended)
    if not slips:
        return found
    if found.verdict not in ("proved", "convention"):
        own = judged(e)
        known = own.verdict in ("proved", "convention")
        return Judgement("undecided", own.formula, slips[0].said) if known else own
    said = "; ".join(s.said for s in slips)
    return Judgement("refuted", found.formula, said, witness=slips[0].witness, values=slips[0].values)


def _changed(e: sde.Equation, change: Callable[[Term], Term]) -> sde.Equation:
    drift: dict[Term, Term] = {}
    for a, c in e.drift.items():
        atom = change(a)
        drift[atom] = add(drift[atom], c) if atom in drift else c
    return replace(e, drift=drift)


def _state(e: sde.Equation) -> tuple[sde.Equation, Slip | None]:
    """The equation with every field at the state whose differential it is."""
    found = {s for a in e.drift if (s := _taken_at(a)) is not None and _is_other(s, e)}
    if not found:
        return e, None
    other = min(found, key=repr)
    here, there = _shown(e.state or e.variable), _shown(other)

    def moved(a: Term) -> Term:
        return _at(a, e) if _taken_at(a) in found else a

    said = f"a field is taken at {there}, where {here} moves"
    return _changed(e, moved), Slip(said, {here: "1", there: "0"}, ("1", "0"))


def _taken_at(a: Term) -> Term | None:
    """Where an atom of a drift is taken: a state itself, the place of a gradient, or what a network is given."""
    if a.op in ("grad", "diff"):
        inside = [p for p in walk(a.args[1]) if is_density(p)]
        bound: Term = a.args[0]
        place: Term = a.args[2] if bound in a.args[1].free or not inside else inside[0].args[1]
        return place
    if a.op != "app" or is_density(a):
        return None
    if len(a.args) == 2 and is_scalar(a.args[1]):
        return a
    return next((p for p in a.args[1:] if isinstance(p, Term) and not is_scalar(p)), None)


def _at(a: Term, e: sde.Equation) -> Term:
    """An atom of a drift taken at the state that moves."""
    s = _taken_at(a)
    assert s is not None
    if a.op not in ("grad", "diff") or s == a.args[2]:
        return replaced(a, s, e.variable)
    state = e.state or e.variable
    body = replaced(replaced(a.args[1], s, a.args[0]), s.args[1], state.args[1])
    return rebuild(a, (a.args[0], body, e.variable))


def _is_other(s: Term, e: sde.Equation) -> bool:
    """Whether a state is one at another time than the one that moves: a step before or behind it, or at a number."""
    return _moves_apart(s, e) and _is_step(s, e.state or e.variable)


def _is_held(s: Term, e: sde.Equation) -> bool:
    """Whether a state is one at a time t_k of a grid, where the steps of a scheme hold their fields."""
    return _moves_apart(s, e) and not _is_step(s, e.state or e.variable)


def _moves_apart(s: Term, e: sde.Equation) -> bool:
    x = e.state or e.variable
    return s.op == x.op == "app" and len(s.args) == 2 and s.args[0] == x.args[0] and bool(s.args[1] != x.args[1])


def _is_step(s: Term, x: Term) -> bool:
    there, here = split_index(s.args[1]), split_index(x.args[1])
    return there is not None and here is not None and there[0] in (None, here[0])


def _time(e: sde.Equation) -> tuple[sde.Equation, Slip | None]:
    """The equation with every density at its own time t, none at t - 1 or t + 1."""
    timed = [p for a in e.drift for p in walk(a) if is_density(p) and "@" in str(p.args[0])]
    shifted = [p for p in timed if _shift(p) is not None]
    if not shifted:
        return e, None
    shown = f"p_{_index(shifted[0].args[-1])}"

    def back(t: Term) -> Term:
        args = tuple(back(a) if isinstance(a, Term) else a for a in t.args)
        t = t if args == t.args else rebuild(t, args)
        now = _shift(t) if t in shifted else None
        return app(t.args[0], *t.args[1:-1], now, sort=t.sort) if now is not None else t

    said = f"the score is that of {shown}, where the time is t"
    there = "-2" if "-" in shown else "-2/3"
    return _changed(e, back), Slip(said, {"p_t": "N(0, t)", "t": "2", "x": "2"}, ("-1", there))


def _shift(density: Term) -> Term | None:
    """The time t of a density at t - 1 or t + 1; None for another one."""
    k = split_index(density.args[-1]) if is_scalar(density.args[-1]) else None
    return join_index(k[0], k[1] * 0) if k is not None and k[0] is not None and k[1] and k[0].args[0] == "t" else None


def _log(e: sde.Equation) -> tuple[sde.Equation, Slip | None]:
    """The equation with the logarithm of every density whose gradient is taken."""
    bare = without_log(e)
    if not bare:
        return e, None

    def logged(a: Term) -> Term:
        return rebuild(a, (a.args[0], log(a.args[1]), a.args[2])) if a in bare else a

    said = "the gradient of a density stands where that of its logarithm belongs"
    return _changed(e, logged), Slip(said, {"p(x)": "2 x on (0, 1)", "x": "1/4"}, ("4", "2"))


def without_log(e: sde.Equation) -> list[Term]:
    """The gradients of densities in a drift, where those of logarithms are scores."""
    return [a for a in e.drift if a.op in ("grad", "diff") and is_density(a.args[1])]


def _shown(t: Term) -> str:
    return pretty(str(t.args[0]), t.args[1]) if t.op == "app" else str(t.args[0])


def _index(t: Term) -> str:
    return "{" + pretty("", t).removeprefix("_").strip("{}") + "}"


__all__ = ["judge", "without_log"]
