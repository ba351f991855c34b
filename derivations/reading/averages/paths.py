r"""Means at a point of a path: what a document says of E[X_0 | X_t = x], of velocities and of scores made of them.

A path X_t = a X_0 + b X_1 gives x = a E[X_0 | X_t = x] + b E[X_1 | X_t = x]; where one of its ends is standard normal
noise, independent of the rest, the score at x is -E[noise | X_t = x] / a. So of a path with two ends one mean is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Term, add, app, div, is_scalar, mul, neg, num, power, sqrt, sym
from derivations.reading.averages import conditional
from derivations.reading.equations import naming
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.laws import laws
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.standing import holds
from derivations.reading.notation.unfolding import Rule, Unfolder, canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

RESTS_ON = "score.tweedie"
SAID = "by what the path is made of, with its noise independent of the rest"
TIMES = "coefficients stand at another time than t, and whether the state does is not said"
DENSITIES = frozenset({"rho", "pi", "p", "q"})
MARGINAL = frozenset({"u", "v", "v_theta", "u_theta"})  # velocities, by their letters
SCHEDULE = frozenset({"alpha", "beta", "sigma", "gamma", "lambda", "eta"})


@dataclass(frozen=True)
class Path:
    """The state as it is written, the points that stand for it, the coefficients of its ends, and its noise if any."""

    rule: Rule
    points: frozenset[Term]
    ends: dict[Term, Term]
    noise: Term | None


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The verdict on an equation between means and scores at a point of the document's path; None for another one."""
    for path in of_document(notation, noises):
        try:
            sides = [_defined(notation, path, t) for t in (lhs, rhs)]
            a, b = (_at_a_point(path, t) for t in sides)
        except UnreadError:
            continue
        if _is_open(path, a) or _is_open(path, b) or not _speaks(sides, path):
            continue
        level = path.ends[path.noise] if path.noise is not None else num(1)
        words = {level.args[0]: "positive"} if level.op == "app" else {}
        sides = [_plain(t) for t in (a, b)]
        answer = equal(*in_names(*sides), {**words, **notation.domains}, notation.conditions())
        if answer.status == "proved":
            return Judgement("proved", RESTS_ON, SAID)
        unknown = path.noise is None and any(p.op == "grad" for t in (lhs, rhs) for p in walk(t))  # a score of any law
        if answer.status == "refuted" and not unknown and not may_be_chosen(notation, a, b):
            return Judgement("undecided", RESTS_ON, TIMES) if _at_another_time(lhs, rhs) else _refuted(answer)
    return None


def _at_another_time(*sides: Term) -> bool:
    """Whether a coefficient or a field stands at a time like 1 - t: the state beside it may be that of this time."""
    times = [p.args[-1] for t in sides for p in walk(t) if p.op == "app" and len(p.args) > 1]
    return any(is_scalar(s) and s.op in ("add", "neg", "mul") and sym("t", REAL) in s.free for s in times)


def _refuted(answer: Answer) -> Judgement:
    at = conditional.shown(answer.witness or {})
    return Judgement("refuted", RESTS_ON, answer.reason, witness=at, values=answer.values)


def of_document(notation: Notation, noises: Collection[str]) -> Iterator[Path]:
    """The states that the document makes of two or more vectors."""
    for rule in notation.own:
        left = rule.left
        if left.op not in ("app", "sym") or is_scalar(left) or str(left.args[0])[:1] not in STATES:
            continue
        others = Unfolder([r for r in notation.own if r != rule], scores=False)
        try:
            made = canonical(others(rule.right))
            ends = laws.parts(made)
        except UnreadError:
            continue
        if len(ends) < 2 or left in ends or any(not is_scalar(p) for c in ends.values() for p in walk(c)):
            continue
        moving = left.op == "app" and len(left.args) == 2 and left.args[1].op == "sym"
        points = {left, *([sym(str(left.args[0]), left.sort)] if moving else [])}
        noise = [e for e in ends if _name(e) in noises or _is_noise(notation, ends, e)]
        yield Path(
            replace(rule, right=made),
            frozenset(points),
            ends,
            noise[0] if len(noise) == 1 and holds(RESTS_ON) else None,
        )


def _is_noise(notation: Notation, ends: Mapping[Term, Term], end: Term) -> bool:
    """Whether the law of the state given the other end says that this end is standard normal: N(x; a x_1, b^2 I)."""
    laws_ = [r.right for r in notation.own if r.right.op == "normal" and "|" in str(r.left.args[0])]
    for _, mean, covariance in (law.args for law in laws_):
        given, variance = [e for e in ends if e != end], isotropic(covariance)
        if len(given) != 1 or variance is None:
            continue
        pairs = (mean, mul(ends[given[0]], given[0])), (variance, power(ends[end], 2))
        if all(equal(notation.as_defined(a), b, notation.domains).status == "proved" for a, b in pairs):
            return True
    return False


def _name(t: Term) -> str:
    """The name of an end, with its index: x_0."""
    fixed = t.op == "app" and len(t.args) == 2 and t.args[1].op == "num"
    return f"{t.args[0]}_{t.args[1].args[0]}" if fixed else str(t.args[0])


def _defined(notation: Notation, path: Path, t: Term) -> Term:
    """The term with the document's definitions put in, at the state for its values, but for what it is made of."""
    for point in path.points:
        t = replaced(t, point, path.rule.left)
    t = _with_velocities(notation, path, t)
    unfold = Unfolder([r for r in notation.own if r.left != path.rule.left], scores=False)
    return canonical(unfold(canonical(conditional.unnamed(t))))


def _with_velocities(notation: Notation, path: Path, t: Term) -> Term:
    """The term with the mean of the path's rate for a field like u_t(x), which nothing says to be another one."""
    state = path.rule.left
    velocity = t.op == "app" and t.args[0] in MARGINAL and not notation.has_rule(t) and state.op == "app"
    if velocity and set(t.args[1:]) == {state, *state.args[1:]}:
        return app(conditional.GIVEN, app("rate", state, state.args[1], sort=t.sort), state, sort=t.sort)
    return rebuild(t, tuple(_with_velocities(notation, path, a) if isinstance(a, Term) else a for a in t.args))


def _at_a_point(path: Path, t: Term) -> Term:
    """The term with its means and scores at a point made of as few means as can be."""
    t = _scored(path, conditional.opened(_split(_moved(path, t))))
    first = path.noise or next(iter(path.ends))
    for point in path.points:
        rest = [neg(mul(c, _mean(e, point))) for e, c in path.ends.items() if e != first]
        t = replaced(t, _mean(first, point), div(add(point, *rest), path.ends[first]))
    for point in path.points - {path.rule.left}:
        t = replaced(t, path.rule.left, point)
    return t


def _mean(end: Term, point: Term) -> Term:
    return app(conditional.GIVEN, end, point, sort=end.sort)


def _moved(path: Path, t: Term) -> Term:
    """The term with the path put in where the mean of its velocity is taken."""
    args = tuple(_moved(path, a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and args[0] == conditional.GIVEN and args[1] not in path.points:
        body = Unfolder([path.rule], scores=False)(args[1])
        args = (args[0], laws.rates(canonical(body), sym("t", REAL)), *args[2:])
    return t if args == t.args else rebuild(t, args)


def _split(t: Term) -> Term:
    """The term with the rates of sums of fixed vectors as sums of these, with the rates of their coefficients."""
    args = tuple(_split(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "diff" or is_scalar(t):
        return t
    try:
        found = laws.parts(t.args[1])
    except UnreadError:
        return t
    if t.args[1] in found or any(t.args[0] in a.free for a in found):
        return t
    return add(*(mul(Term("diff", (t.args[0], c, t.args[2]), REAL), a) for a, c in found.items()), num(0))


def _plain(t: Term) -> Term:
    """The term without factors of 1."""
    args = tuple(_plain(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    kept = [f for f in t.args if f != num(1)] if t.op == "mul" else [t]
    return t if len(kept) == len(t.args) or not kept or t.op != "mul" else mul(*kept) if kept[1:] else kept[0]


def in_names(a: Term, b: Term) -> tuple[Term, Term]:
    """The sides with a name for each mean, and for the rate of each function of time: they have any values."""
    for p in {p for t in (a, b) for p in walk(t) if p.op == "diff" and p.args[1].op == "num"}:
        a, b = (replaced(t, p, num(0)) for t in (a, b))
    rates = {p for t in (a, b) for p in walk(t) if p.op == "diff" and p.args[1].op == "app" and is_scalar(p)}
    for p in sorted(rates, key=repr):
        name = sym(f"{p.args[1].args[0]}'({plain(p.args[2])})", REAL)
        a, b = (replaced(t, p, name) for t in (a, b))
    for p in sorted({p for t in (a, b) for p in walk(t) if p.op == "app" and p.args[0] == conditional.GIVEN}, key=repr):
        a, b = (replaced(t, p, sym(plain(p), p.sort)) for t in (a, b))
    return a, b


def _scored(path: Path, t: Term) -> Term:
    """The term with scores at a point as means of the noise."""
    args = tuple(_scored(path, a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if path.noise is None or t.op != "grad" or t.args[1].op != "log" or t.args[2] not in path.points:
        return t
    density = t.args[1].args[0]
    others = [a for a in density.args[1:] if a != t.args[0]] if density.op == "app" else [t]
    marginal = naming.is_density(density) and "|" not in density.args[0]
    named = marginal or (density.op == "app" and density.args[0] in DENSITIES)
    if not named or any(not is_scalar(a) for a in others) or len(others) > 1:
        return t
    return neg(div(_mean(path.noise, t.args[2]), path.ends[path.noise]))


def _is_open(path: Path, t: Term) -> bool:
    """Whether something stands in a term that is neither a point, a mean at it, nor a number of time."""
    if t in path.points:
        return False
    if t.op == "app" and t.args[0] == conditional.GIVEN:
        return t.args[2] not in path.points or len(t.args) != 3
    if t.op == "app":
        return not all(isinstance(a, Term) and is_scalar(a) for a in t.args[1:]) or not is_scalar(t)
    if t.op in ("grad", "divg", "int", "sum", "norm2", "inner"):
        return True
    if t.op == "sym" and not is_scalar(t):
        return True
    return any(_is_open(path, a) for a in t.args if isinstance(a, Term))


def _speaks(sides: Collection[Term], path: Path) -> bool:
    """Whether an equation of vectors is about means or scores at a point of the path."""
    given = conditional.conditions(*sides) & path.points
    scores = [p for t in sides for p in walk(t) if p.op == "grad" and p.args[2] in path.points]
    return not any(map(is_scalar, sides)) and bool(given or scores)


def may_be_chosen(notation: Notation, a: Term, b: Term) -> bool:
    """Whether levels stand in the sides that the document has not chosen: a condition on them may be said in words."""
    own = {str(r.left.args[0]) for r in notation.own}
    levels = {str(p.args[0]) for t in (a, b) for p in walk(t) if p.op == "app" and p.args[0] in SCHEDULE} - own
    for kept, made in permutations(sorted(levels)[:2]) if len(levels) > 1 else ():
        x, y = (_preserving(t, kept, made) for t in (a, b))
        if equal(*in_names(x, y), {**notation.domains, kept: "unit"}).status == "proved":
            return True
    return False


def _preserving(t: Term, kept: str, made: str) -> Term:
    """The term where the squares of two levels add up to 1."""
    at = sym("t", REAL)
    value = sqrt(add(num(1), neg(power(app(kept, at), 2))))
    return canonical(Unfolder([Rule(app(made, at), value, "")], scores=False)(t))


__all__ = ["Path", "in_names", "judge", "may_be_chosen", "of_document"]
