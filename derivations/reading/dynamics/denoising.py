r"""The flow of a denoiser, dx/dt = -\dot\sigma\sigma\nabla\log p(x; \sigma(t)) = (\dot\sigma/\sigma)(x - D(x; \sigma)),
and the slopes and steps of Euler and Heun along it.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power
from derivations.reading.averages import paths
from derivations.reading.dynamics.rates import TIME, slope
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, split_index
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

DENOISERS, SLOPES = ("D", "D_theta"), ("d", "d_prime", "d_tilde")
TIMES = frozenset({"t", "sigma", "t_hat", "sigma_hat"})
FLOW = "pfode.fokker_planck"
PARTS = (-1, 2, Fraction(1, 2))  # of the length of a step, which slips make of it


def flow(notation: Notation, e: Equation) -> Judgement | None:
    """The verdict on dx/dt made of the state, its score and its denoiser; None for another equation."""
    atoms = {a: c for a, c in e.drift.items() if c != num(0)}
    if notation.world.name != "edm" or not atoms:
        return None
    level = next((found for a in atoms if (found := _level(a)) is not None), None)
    if level is None or any(not (_is_state(a) or _level(a) == level) for a in atoms):
        return None
    of_state = of_mean = num(0)
    for a, c in atoms.items():
        if _is_state(a):
            of_state = add(of_state, c)
        elif a.op == "app":
            of_mean = add(of_mean, c)
        else:
            share = div(c, power(level, 2))
            of_mean, of_state = add(of_mean, share), add(of_state, neg(share))
    value = notation.unfolded(level)
    rate = slope(value)
    if TIME not in value.free or _names(add(of_state, of_mean)) - _names(mul(level, rate)):
        return None
    wanted = div(rate, value)
    answers = [_same(notation, of_state, wanted), _same(notation, of_mean, neg(wanted))]
    if all(a.status == "proved" for a in answers):
        return Judgement("proved", FLOW, "the probability flow, by the denoiser")
    wrong = next((a for a in answers if a.status == "refuted"), None)
    if wrong is None or any(a.status == "undecided" for a in answers):
        return None
    said = f"the flow of the denoiser has another coefficient: {wrong.reason}"
    return Judgement("refuted", FLOW, said, witness=dict(wrong.witness or {}), values=wrong.values)


def _same(notation: Notation, a: Term, b: Term) -> Answer:
    x, y = paths.in_names(notation.unfolded(a), notation.unfolded(b))
    return equal(x, y, {**notation.domains, "t": "positive"}, notation.conditions())


def _names(t: Term) -> set[str]:
    return {str(p.args[0]) for p in walk(t) if p.op in ("app", "sym")} - {"t", "∂u"}


def _is_state(a: Term) -> bool:
    return a.op in ("sym", "app") and a.args[0] == "x" and not is_scalar(a)


def _level(a: Term) -> Term | None:
    """The noise level of a denoiser or of a score; None for another vector."""
    if a.op == "app" and a.args[0] in DENOISERS and len(a.args) == 3 and is_scalar(a.args[2]):
        level: Term = a.args[2]
        return level
    if a.op == "grad" and a.args[1].op == "log" and a.args[1].args[0].op == "app":
        others = [p for p in a.args[1].args[0].args[1:] if is_scalar(p)]
        return others[0] if others and all(p in others[0].free for p in others[1:]) else None
    return None


def step(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a slope d_i = (x_i - D(x_i; t_i))/t_i and on a step x_{i+1} = x_i + (t_{i+1} - t_i) d_i."""
    if notation.world.name != "edm" or lhs.op != "app" or is_scalar(rhs):
        return None
    lhs, rhs = _primed(lhs), _primed(rhs)
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    if lhs.args[0] in SLOPES:
        return _slope(found)
    if lhs.args[0] in DENOISERS:
        return _wrapped(notation, found)
    if lhs.args[0] == "x_hat" and len(lhs.args) == 2:
        return _noised(found, lhs.args[1])
    return _moved(notation, lhs, found) if lhs.args[0] == "x" and len(lhs.args) == 2 else None


def _primed(t: Term) -> Term:
    """The term with d_i' as a name: a second slope, and no rate."""
    args = tuple(_primed(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == "rate" and len(args) > 2 and args[1].op == "app" and args[1].args[0] == "d":
        return app("d_prime", *args[1].args[1:], sort=t.sort)
    return t if args == t.args else rebuild(t, args)


def _slope(found: dict[Term, Term]) -> Judgement | None:
    means = [a for a in found if a.op == "app" and a.args[0] in DENOISERS]
    states = [a for a in found if a not in means]
    if len(means) != 1 or len(states) != 1 or len(means[0].args) < 3 or means[0].args[1] != states[0]:
        return None
    level = means[0].args[2]
    if not _names(level) <= TIMES | {"i", "k", "n"} or not _names(found[states[0]]) <= TIMES | {"i", "k", "n"}:
        return None
    words = dict.fromkeys(TIMES, "positive")
    answer = equal(mul(found[states[0]], level), num(1), words)
    if equal(mul(found[states[0]], level), num(-1), words).status == "proved":
        return None  # it points to the data, against the level
    if answer.status != "refuted" or equal(add(*found.values()), num(0), words).status != "proved":
        return None
    said = f"the slope of the flow is the state less its denoiser, over the level: times that level, {answer.reason}"
    return Judgement("refuted", FLOW, said, witness=dict(answer.witness or {}), values=answer.values)


def _wrapped(notation: Notation, found: dict[Term, Term]) -> Judgement | None:
    """The refutation of a denoiser whose state and network have one another's coefficients."""
    states = [a for a in found if _is_state(a)]
    networks = [a for a in found if a.op == "app" and str(a.args[0]).startswith("F")]
    if len(states) != 1 or len(networks) != 1 or len(found) != 2:
        return None
    a, b = (found[t[0]] for t in (states, networks))
    named = [next((str(p.args[0]) for p in walk(c) if str(p.args[0]).startswith("c_")), "") for c in (a, b)]
    if named != ["c_out", "c_skip"]:
        return None
    answer = equal(notation.unfolded(a), notation.unfolded(b), notation.domains)
    if answer.status != "refuted":
        return None
    said = "the state has the coefficient of the network, and the network that of the state"
    return Judgement("refuted", "edm.preconditioning", said, witness=dict(answer.witness or {}), values=answer.values)


def _noised(found: dict[Term, Term], at: Term) -> Judgement | None:
    """The verdict on noise that is added to come from the level t_i to a higher one, t_hat_i: its variance is the
    difference of their squares.
    """
    states = [a for a in found if _is_state(a) and found[a] == num(1)]
    drawn = [a for a in found if a not in states]
    if len(states) != 1 or len(drawn) != 1:
        return None
    c = found[drawn[0]]
    levels = [p for p in walk(c) if p.op == "app" and p.args[0] in TIMES and p.args[1:] == (at,)]
    higher, lower = ([p for p in set(levels) if str(p.args[0]).endswith("_hat") is hat] for hat in (True, False))
    if len(higher) != 1 or len(lower) != 1 or {p for p in walk(c) if p.op == "app"} != {*higher, *lower}:
        return None
    answer = equal(power(c, 2), add(power(higher[0], 2), neg(power(lower[0], 2))), dict.fromkeys(TIMES, "positive"))
    if answer.status != "refuted":
        return None
    said = f"variances add up, and the levels are deviations: {answer.reason}"
    return Judgement("refuted", "forward.marginal", said, witness=dict(answer.witness or {}), values=answer.values)


def _moved(notation: Notation, lhs: Term, found: dict[Term, Term]) -> Judgement | None:
    slopes = [a for a in found if a.op == "app" and a.args[0] in SLOPES]
    states = [a for a in found if a not in slopes]
    if not slopes or len(states) != 1 or found[states[0]] != num(1):
        return None
    along = next((value for s in slopes if (value := _of_slope(notation, s, states[0])) is not None), None)
    level, sign = (None, 1) if along is None else along
    here, there = (split_index(t.args[1]) for t in (states[0], lhs)) if states[0].op == "app" else (None, None)
    if level is None or here is None or there is None or here[0] is None or here[0] != there[0]:
        return None
    bases = [s for s in level.free if s.args[0] == here[0].args[0]]
    if len(bases) != 1 or states[0].args[1] != canonical(states[0].args[1]):
        return None
    later = canonical(substitute(level, {bases[0]: add(bases[0], num(there[1] - here[1]))}))
    passed = mul(num(sign), add(later, neg(level)))
    total = add(*(found[s] for s in slopes), num(0))
    if equal(total, passed, {}).status == "proved":
        return Judgement("definition", "em.scheme", "a step along the flow of the denoiser", checked=True)
    for k in PARTS:
        if equal(total, mul(num(k), passed), {}).status == "proved":
            answer = equal(total, passed, {})
            said = f"the weights of the slopes come to {k} times the step in the level"
            return Judgement("refuted", "em.scheme", said, witness=dict(answer.witness or {}), values=answer.values)
    if equal(total, num(0), {}).status == "proved":
        answer = equal(total, passed, {})
        said = "the weights of the slopes add up to 0, so that the step has no length"
        return Judgement("refuted", "em.scheme", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _of_slope(notation: Notation, slope: Term, state: Term) -> tuple[Term, int] | None:
    """The level in a slope of the document, at the state before the step; with -1 for one that points to the data."""
    try:
        found = parts(notation.as_defined(slope))
    except UnreadError:
        return None
    means = [a for a in found if a.op == "app" and a.args[0] in DENOISERS and a.args[1] == state]
    if len(means) != 1:
        return None
    level = means[0].args[2]
    turned = equal(mul(found[means[0]], level), num(1), dict.fromkeys(TIMES, "positive")).status == "proved"
    return level, -1 if turned else 1


__all__ = ["flow", "step"]
