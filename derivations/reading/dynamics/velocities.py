r"""Velocities of conditional paths: u_t(x | x_1) = (\sigma_t'/\sigma_t)(x - \mu_t) + \mu_t' where p_t(x | x_1) is
N(\mu_t, \sigma_t^2 I), and the laws of states that are made of data and noise.

Of all fields that are a multiple of x and something free of x, one alone makes the Gaussian path. So a field of that
form is compared with it, where a document has given the path or its law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derivations.kernel.formulas import ne
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power, sqrt
from derivations.reading.averages import paths
from derivations.reading.dynamics.rates import MOMENT, TIME, slope
from derivations.reading.equations import naming
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.laws.laws import parts, rates
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SAID = "the one field of this form that makes the path"
LAW = "the law of the state that is made so"
MEANT = "the path that the document gives is made by another field"
OTHER = "the state that the document makes of its ends has another law"


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The verdict on a velocity given an end, or on the law of the state given an end; None for another equation."""
    try:
        if rhs.op == "normal" and naming.is_density(lhs):
            return _law(notation, lhs, rhs, noises)
        if lhs.op != "app" or is_scalar(lhs):
            return None
        if str(lhs.args[0]).split("_")[0] in naming.VELOCITIES:
            return _mixed(lhs, rhs) or _field(notation, lhs, rhs, noises)
        if lhs.args[0] in ("psi", "phi"):
            return _flow_map(notation, lhs, rhs)
        if lhs.args[0] == "rate" and len(lhs.args) == 3:
            return _path_rate(notation, lhs, rhs, noises)
    except UnreadError:
        pass
    return None


def _vectors(t: Term) -> list[Term]:
    return [a for a in t.args[1:] if isinstance(a, Term) and not is_scalar(a)]


def _field(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    given = _vectors(lhs)
    if len(given) != 2 or str(given[0].args[0]) not in naming.STATES or TIME not in lhs.free:
        return None
    point, end = given
    written = notation.as_defined(rhs)
    found = []
    for mean, spread, others in _candidates(notation, point, end, noises):
        own = written
        for other, value in others.items():
            own = replaced(own, other, value)
        moved = mul(div(slope(spread), spread), add(point, neg(mean)))
        wanted = add(*_rates(mean), moved) if _rates(mean) else moved
        answer = _compared(notation, wanted, own, rhs)
        general = not others and _is_general(notation, add(mean, mul(spread, end)), own)
        if answer.status != "undecided" or not (general and _is_told(notation, point)):
            found.append((answer, _names(wanted) == _names(own)))
    if any(answer.status == "proved" for answer, _ in found):
        return Judgement("proved", "", SAID)
    refuted = [answer for answer, same in found if same and answer.status == "refuted"]
    return _refuted(refuted[0], MEANT) if refuted and all(a.status == "refuted" for a, _ in found) else None


def _is_general(notation: Notation, law: Term, field: Term) -> bool:
    """Whether a law is made of functions of its end of which nothing is known, mu_t(x_1), and a field of none of them:
    then the field is that of an example of this law.
    """
    functions = {p for p in walk(law) if p.op == "app" and len(p.args) == 3 and not notation.has_rule(p)}
    return bool(functions) and not functions & set(walk(field))


def _is_told(notation: Notation, state: Term) -> bool:
    """Whether the example at hand is the path on which the document puts this state."""
    return any(r.left == state for r in notation.own) and notation.places.one_example(state)


def _mixed(lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of u_t(x) as an average of u_t(x | x_1) under weights that are not p_t(x | x_1) q(x_1) / p_t(x),
    though they are made of these densities.
    """
    if rhs.op != "app" or rhs.args[0] != "integral" or len(rhs.args) != 3 or len(_vectors(lhs)) != 1:
        return None
    end, above, below = rhs.args[2], list[Term](), list[Term]()
    _factors(rhs.args[1], above, below)
    inner = [a for a in above if a.op == "app" and a.args[0] == lhs.args[0] and end in a.args]
    weights = [a for a in above if a not in inner]
    if len(inner) != 1 or not weights or not all(map(naming.is_density, (*weights, *below))):
        return None
    point = _vectors(lhs)[0]
    kinds = [sorted(_of(d, point, end) for d in group) for group in (weights, below)]
    found = sorted(kinds[0] + kinds[1])
    whole, bare = ["given", "marginal", "prior"], ["given", "prior"]
    if found not in (whole, bare) or kinds == [bare, ["marginal"]]:
        return None
    said = "the weights are no density of the end given the state: over the end they do not add up to 1"
    return Judgement("refuted", message=said, witness={"u(x | x_1)": "1"}, values=("1", "the integral of the weights"))


def _factors(t: Term, above: list[Term], below: list[Term]) -> None:
    if t.op == "mul":
        for a in t.args:
            _factors(a, above, below)
    elif t.op == "div":
        _factors(t.args[0], above, below)
        _factors(t.args[1], below, above)
    else:
        above.append(t)


def _of(density: Term, point: Term, end: Term) -> str:
    """What a density is: of the state given the end, of the state, or of the end."""
    given = _vectors(density)
    names = {(point, end): "given", (point,): "marginal", (end,): "prior"}
    return names.get(tuple(given), "other")


def turned(notation: Notation, noises: Collection[str]) -> bool:
    """Whether the document calls the opposite of a path's rate its velocity, v = x_0 - x_1 for (1-t) x_0 + t x_1."""
    named = [r.right for r in notation.own if str(r.left.args[0]).split("_")[0] in naming.VELOCITIES]
    for path in paths.of_document(notation, noises):
        rate = add(*(mul(slope(c), e) for e, c in path.ends.items()))
        for value in named:
            try:
                if _compared(notation, neg(rate), notation.as_defined(value), value).status == "proved":
                    return True
            except UnreadError:
                continue
    return False


def _flow_map(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of psi_t(x) = s x + m where the state given the end that stands in it has other levels than those:
    noise x goes to N(m, s^2 I).
    """
    start = _vectors(lhs)[:1]
    found = parts(notation.as_defined(rhs))
    if not start or start[0] not in found or start[0].op != "sym" or TIME not in lhs.free:
        return None
    spread = found.pop(start[0])
    ends = {p for a, c in [*found.items(), (start[0], spread)] for t in (a, c) for p in walk(t) if _is_end(p)}
    if len(ends) != 1:
        return None
    wrong: Answer | None = None
    for mean, deviation, others in _candidates(notation, start[0], ends.pop(), ()):
        wanted = parts(mean)
        if others or _names(add(mean, mul(deviation, start[0]))) != _names(rhs):
            continue
        pairs = [(deviation, spread)] + [(c, found.get(a, num(0))) for a, c in wanted.items()]
        if set(found) - set(wanted):
            pairs.append((num(0), num(1)))
        answers = [equal(a, b, notation.domains, notation.conditions()) for a, b in pairs]
        if all(a.status == "proved" for a in answers):
            notation.define(lhs, rhs, "")
            return Judgement("proved", "", "it takes standard normal noise to the law of the path")
        failed = next((a for a in answers if a.status == "refuted"), None)
        if failed is None:
            return None
        wrong = wrong or failed
    return _refuted(wrong, "this map takes noise to another law than that of the path") if wrong else None


def _is_end(t: Term) -> bool:
    """Whether a vector is an end of a path: x_1, or a condition z."""
    return not is_scalar(t) and t.op == "app" and t.args[0] in naming.STATES and len(t.args) == 2


def _path_rate(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The refutation of the rate of a path with the rates of its levels at the wrong ends."""
    for path in paths.of_document(notation, noises):
        if lhs.args[1] != path.rule.left or lhs.args[2] != TIME:
            continue
        wanted = add(*(mul(slope(c), e) for e, c in path.ends.items()))
        own = notation.as_defined(rhs)
        if set(parts(own)) != set(path.ends) or _names(own) != _names(wanted):
            return None
        answer = _compared(notation, wanted, own, rhs)
        return _refuted(answer, "the state moves otherwise") if answer.status == "refuted" else None
    return None


def _candidates(
    notation: Notation, point: Term, end: Term, noises: Collection[str]
) -> Iterator[tuple[Term, Term, dict[Term, Term]]]:
    """The mean and the deviation of the state given an end, by the laws and the paths of the document, the latest law
    first; and what the other end of a path is in terms of these.
    """
    laws = [*notation.stated.items(), *((r.left, r.right) for r in notation.own)]
    for density, law in reversed(laws):
        if law.op != "normal" or "|" not in str(density.args[0]) or _vectors(density)[1:] != [end]:
            continue
        mean, variance = notation.as_defined(law.args[1]), isotropic(law.args[2])
        if variance is None or str(law.args[0].args[0]) != str(point.args[0]):
            continue
        variance = notation.as_defined(variance)
        root = variance.op == "pow" and variance.args[1] == num(2)
        yield mean, variance.args[0] if root else sqrt(variance), {}
    for path in paths.of_document(notation, noises):
        others = [e for e in path.ends if e != end]
        if end in path.ends and len(others) == 1 and (point in path.points):
            mean, spread = mul(path.ends[end], end), path.ends[others[0]]
            yield mean, spread, {others[0]: div(add(point, neg(mean)), spread)}


def _rates(mean: Term) -> list[Term]:
    """The time derivatives of the terms of a sum of vectors."""
    found = parts(mean)
    out = [mul(slope(c), a) for a, c in found.items() if TIME in c.free]
    return out + [mul(c, app("rate", a, TIME, sort=a.sort)) for a, c in found.items() if TIME in a.free]


def _compared(notation: Notation, wanted: Term, own: Term, written: Term) -> Answer:
    """The answer on two sums of vectors, coefficient by coefficient, where nothing that is divided by is 0."""
    left, right = parts(canonical(wanted)), parts(rates(canonical(own), TIME))
    below = {p.args[1] for t in (wanted, own, written) for p in walk(t) if p.op == "div"}
    granted = [*notation.conditions(), *(ne(b, num(0)) for b in sorted(below, key=repr))]
    answer = Answer("proved")
    for atom in {**left, **right}:
        sides = left.get(atom, num(0)), right.get(atom, num(0))
        here = equal(*paths.in_names(*sides), notation.domains, granted)
        if here.status == "refuted" and not (set(right) <= set(left) and all(map(_has_free_rates, sides))):
            here = Answer("undecided", "what the sides are made of may hang together")
        if here.status == "undecided":
            return here
        answer = here if here.status == "refuted" else answer
    return answer


def _has_free_rates(t: Term) -> bool:
    """Whether every rate in a coefficient is that of a function of the time itself, at the time."""
    slopes = [p for p in walk(t) if p.op == "diff" and p.args[1].op == "app"]
    return all(p.args[0] in p.args[1].args and p.args[2] == TIME for p in slopes)


def _names(t: Term) -> set[str]:
    """What a side is made of: its names and its functions like exp and cos."""
    found = {str(p.args[0]) for p in walk(t) if p.op in ("app", "sym")} | {p.op for p in walk(t)} & FUNCTIONS
    return found - {"rate", MOMENT.args[0]}


FUNCTIONS = frozenset({"exp", "log", "sqrt", "cos", "sin", "tanh"})


def _law(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    given = _vectors(lhs)
    variance = isotropic(rhs.args[2])
    if len(given) != 2 or variance is None or given[0] != rhs.args[0] or "|" not in str(lhs.args[0]):
        return None
    point, end = given
    wrong: Answer | None = None
    for path in paths.of_document(notation, noises):
        if path.noise in (None, end) or set(path.ends) != {path.noise, end} or point not in path.points:
            continue
        assert path.noise is not None
        mean, square = mul(path.ends[end], end), power(path.ends[path.noise], 2)
        own = notation.as_defined(rhs.args[1]), notation.as_defined(variance)
        answers = [
            _compared(notation, mean, own[0], rhs),
            equal(square, own[1], notation.domains, notation.conditions()),
        ]
        if all(a.status == "proved" for a in answers):
            return Judgement("proved", "forward.marginal", LAW)
        failed = next((a for a in answers if a.status == "refuted"), None)
        same = _names(add(mean, mul(square, end))) == _names(add(own[0], mul(own[1], end)))
        if failed is None or not same or any(a.status == "undecided" for a in answers):
            return None
        wrong = failed
    return None if wrong is None else _refuted(wrong, OTHER)


def _refuted(answer: Answer, why: str) -> Judgement:
    said = f"{why}: {answer.reason}"
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


__all__ = ["judge"]
