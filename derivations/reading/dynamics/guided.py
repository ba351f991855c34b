"""Steps with an estimate of the noise under a name of its own, eps_tilde or eps_hat_cfg, where others have the network:
a guided one. With it in the place of the network they must be the steps that they are with the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derivations.formats.plain import plain
from derivations.kernel.terms import REAL, Term, app, is_scalar, num, sym
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, current_index
from derivations.reading.notation.unfolding import replaced, split_index
from derivations.reading.verdict import Judgement

NETWORK = "eps_theta"
ESTIMATES = ("x_hat", "x_tilde", "x_theta", "x_pred")  # of the data, which such an estimate of the noise makes


def judged(
    notation: Notation, lhs: Term, rhs: Term, decide: Callable[[Notation, Term, Term], Judgement]
) -> Judgement | None:
    """The verdict on an equation with the network in the place of the one estimate in it that has no meaning yet, where
    that decides: it is refuted only where the document has said that this estimate is a guided one. None elsewhere.
    """
    if notation.world.state is None or is_scalar(lhs) or lhs.op not in ("app", "sym"):
        return None
    found = {p for t in (lhs, rhs) for p in walk(t) if _estimates(p) and not notation.has_rule(p)}
    others = {str(p.args[0]) for t in (lhs, rhs) for p in walk(t) if p.op in ("app", "sym")} & {"eps", NETWORK}
    if len(found) != 1 or others or lhs in found:
        return None
    (estimate,) = found
    time = _time(lhs, rhs)
    network = app(NETWORK, app("x", time, sort=lhs.sort), time, sort=lhs.sort)
    answer = decide(_with_network(notation, estimate), lhs, replaced(rhs, estimate, network))
    told = str(estimate.args[0]) in notation.guided
    if answer.verdict not in ("proved", "convention") and not (told and answer.verdict == "refuted"):
        return None
    if answer.verdict != "refuted" and str(lhs.args[0]).startswith(ESTIMATES):
        notation.define(lhs, rhs, "", first=True)  # what is made of it later has this estimate in it
    return replace(answer, message=f"with {plain(estimate)} for the network's noise: {answer.message}")


def _time(lhs: Term, rhs: Term) -> Term:
    """The time of the state at which the network is taken: that from which a step leads, or the one that is written."""
    states = {p for p in walk(rhs) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2 and p.args[1] != num(0)}
    back = split_index(lhs.args[1]) if not states and lhs.args[0] == "x" and len(lhs.args) == 2 else None
    return back[0] if back is not None and back[0] is not None and back[1] < 0 else current_index((lhs, rhs))


def _with_network(notation: Notation, estimate: Term) -> Notation:
    """The same notation, with the network in the place of the estimate in what the document has defined."""
    out, t = notation.apart(), sym("t", REAL)
    network = app(NETWORK, app("x", t, sort=estimate.sort), t, sort=estimate.sort)
    out.own = [replace(r, right=replaced(r.right, estimate, network)) for r in out.own]
    return out


def _estimates(t: Term) -> bool:
    """Whether a term is an estimate of the noise by its name: an epsilon with an accent or a label."""
    named = t.op in ("app", "sym") and not is_scalar(t)
    return named and str(t.args[0]).startswith("eps_") and t.args[0] != NETWORK


__all__ = ["judged"]
