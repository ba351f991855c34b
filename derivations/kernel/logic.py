"""Rules of logic: hypotheses, instances, quantifiers, induction, definitions and axioms.

Each docstring is the inference figure of its rule, and how the rule fails. `G |- A` is hypotheses |- conclusion.
"""

from __future__ import annotations

from typing import Any

from derivations.kernel.definitions import PI
from derivations.kernel.forms import is_dimension
from derivations.kernel.linear import is_spd, matrix
from derivations.kernel.normal import Normalizer
from derivations.kernel.smooth import functions, is_smooth
from derivations.kernel.substitution import expand_function, given_less, mentions, moves, substitute
from derivations.kernel.terms import BOOL, INT, MEASURE, TRUE, Term, add, eq, forall, is_scalar, le, lift, lt, num, show
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same

DEFINED: dict[str, tuple[tuple[Term, ...], Term]] = {}
AXIOMS: dict[str, Term] = {}
VARIED: set[str] = set()  # functions that vary in an equality up to a constant: no definition may rest on them


def ground_false(h: Term) -> bool:
    """Whether a hypothesis is false as it stands, whatever its symbols are, so that anything would follow from it."""
    if h.op == "and":
        return any(map(ground_false, h.args))
    if h.op == "all":
        return h.args[1] == TRUE and ground_false(h.args[2])
    if h.op not in ("lt", "le", "eq", "ne") or _unknown_beside_number(*h.args):
        return False
    n = Normalizer()
    if not is_scalar(h.args[0]):
        return h.op == "ne" and h.args[0].sort != MEASURE and n.key(h.args[0]) == n.key(h.args[1]) and not n.owed
    gap = n.scalar(add(h.args[1], -h.args[0]))
    s = n.sign_of(gap)
    if n.owed or s is None:
        return False
    zero = n.field.is_zero(gap)
    return {
        "lt": zero or s.value < 0,
        "le": not zero and s.value < 0 and s.strict,
        "eq": not zero and s.strict,
        "ne": zero,
    }[h.op]


def _unknown_beside_number(a: Term, b: Term) -> bool:
    """Whether a symbol or an opaque function is compared with a number: either may be, and nothing need be computed."""
    other = b if a.op == "num" else a
    return "num" in (a.op, b.op) and other.op in ("sym", "app") and other != PI


def without(hypotheses: tuple[Term, ...], h: Term, who: str) -> tuple[Term, ...]:
    """The hypotheses less h; refuses when h is not among them."""
    rest = tuple(x for x in hypotheses if not same(x, h))
    if len(rest) == len(hypotheses):
        raise RuleError(f"{who}: {show(h)} is not among the hypotheses: {'; '.join(map(show, hypotheses)) or 'none'}")
    return rest


def not_free(x: Term, hypotheses: tuple[Term, ...], who: str, *given: Theorem) -> None:
    """Refuse when x occurs free in a hypothesis, or is a dimension in one of the theorems: they hold where 1 <= x."""
    for h in hypotheses:
        if x in h.free:
            raise RuleError(f"{who}: {show(x)} occurs free in the hypothesis {show(h)}")
    if any(x in t.dimensions for t in given):
        raise RuleError(f"{who}: {show(x)} is a dimension, and what holds from 1 on may not hold elsewhere")


@rule
def assume(h: Term) -> Sequent:
    """A |- A. Refuses a hypothesis that is false as it stands."""
    if h.sort != BOOL:
        raise RuleError(f"assume: {show(h)} is not a formula")
    if ground_false(h):
        raise RuleError(f"assume: {show(h)} is false, so anything would follow from it")
    return Sequent((h,), h)


@rule
def weaken(t: Theorem, *more: Term) -> Sequent:
    """G |- A  gives  G, H |- A. Refuses a false H."""
    for h in more:
        if ground_false(h):
            raise RuleError(f"weaken: {show(h)} is false, so anything would follow from it")
    return Sequent(merge(t.hypotheses, more), t.conclusion)


@rule
def cut(t: Theorem, lemma: Theorem) -> Sequent:
    """G, A |- B and D |- A  give  G, D |- B. Refuses when A is not among the hypotheses of the first."""
    rest = without(t.hypotheses, lemma.conclusion, "cut")
    return Sequent(merge(rest, lemma.hypotheses), t.conclusion)


@rule
def conjunct(t: Theorem, k: int) -> Sequent:
    """G |- A_0 and ... and A_n  gives  G |- A_k."""
    if t.conclusion.op != "and" or not 0 <= k < len(t.conclusion.args):
        raise RuleError(f"conjunct: no part {k} in {show(t.conclusion)}")
    return Sequent(t.hypotheses, t.conclusion.args[k])


@rule
def conjoin(*ts: Theorem) -> Sequent:
    """G |- A and D |- B  give  G, D |- A and B."""
    return Sequent(merge(*(t.hypotheses for t in ts)), Term("and", tuple(t.conclusion for t in ts), BOOL))


@rule
def instantiate(t: Theorem, pairs: tuple[tuple[Term, Term], ...]) -> Sequent:
    """G |- A  gives  G[x := s] |- A[x := s], for free symbols x, all at once, never capturing.

    Refuses pi, a definite matrix symbol set to a matrix not proved definite, a dimension set to what may be less than
    1,
    an instance that makes a hypothesis false, and one that depends on what varies in an equality up to a constant.
    """
    table = {x: lift(s) for x, s in pairs}
    if PI in table:
        raise RuleError("instantiate: pi is a constant")
    conclusion = substitute(t.conclusion, table)
    hypotheses = tuple(substitute(h, table) for h in t.hypotheses)
    for theta in varied(t.conclusion):
        _keep_constant(t, theta, table, "instantiate")
    _keep_definite(table, hypotheses, "instantiate")
    sizes = frozenset(k for x, s in table.items() if x in t.dimensions for k in _dimension(x, s).free)
    for old, new in zip(t.hypotheses, hypotheses, strict=True):
        if new != old and ground_false(new):
            raise RuleError(f"instantiate: the hypothesis {show(old)} becomes {show(new)}, which is false")
    return Sequent(hypotheses, conclusion, dimensions=sizes)


def varied(t: Term) -> frozenset[Term]:
    """What varies in the equalities up to a constant in the formula: they hold wherever the hypotheses do."""
    here = frozenset((t.args[0],)) if t.op == "eqmod" else frozenset()
    return here.union(*(varied(a) for a in t.args if isinstance(a, Term)))


def _keep_constant(t: Theorem, theta: Term, table: dict[Term, Term], who: str) -> None:
    """Refuse an instance, in the hypotheses alone even, by which what is fixed would move with theta."""
    new = substitute(theta, table)
    for x in frozenset(table).union(*(h.free for h in (*t.hypotheses, t.conclusion))) - {theta}:
        s = substitute(x, table)
        if moves(s, new):
            raise RuleError(f"{who}: {show(x)} was fixed while {show(new)} varied, and {show(s)} is not")


def _dimension(x: Term, s: Term) -> Term:
    if not is_dimension(s):
        raise RuleError(f"instantiate: {show(x)} is a dimension, and {show(s)} is not one: it may be less than 1")
    return s


def _keep_definite(table: dict[Term, Term], hypotheses: tuple[Term, ...], who: str) -> None:
    """Refuse to put a matrix that the hypotheses do not prove positive definite in the place of one that is."""
    for x, s in table.items():
        if x.sort[0] == "mat" and x.sort[3] == "spd":
            n = Normalizer(hypotheses)
            if not is_spd(n, matrix(n, s)) or n.owed:
                raise RuleError(f"{who}: {show(x)} is positive definite, and {show(s)} is not proved to be")


@rule
def instantiate_function(t: Theorem, name: str, params: tuple[Term, ...], body: Term) -> Sequent:
    """G |- A  gives  G[f := lambda] |- A[f := lambda], for an opaque function f.

    Refuses a defined function, an f on which a function of the theorem is defined (that one means the old f), a
    body that is not differentiable everywhere when f was differentiated in the proof: there f stands for smooth ones,
    and a body by which a conditional density would be given less.
    """
    if name in DEFINED:
        raise RuleError(f"instantiate_function: {name} is defined; it stands for one function only")
    for other, (_, meaning) in DEFINED.items():
        if any(mentions(h, other) for h in (*t.hypotheses, t.conclusion)) and _rests_on(meaning, name):
            raise RuleError(
                f"instantiate_function: {other} is defined by {name}, so {name} stands for one function only"
            )
    smooth = name in t.smooth or any(_rests_on(DEFINED[f][1], name) for f in t.smooth if f in DEFINED)
    if smooth and not is_smooth(body, frozenset(params)):
        raise RuleError(f"instantiate_function: {name} is differentiated, and {show(body)} may not be differentiable")
    sorts = {a.sort for h in (*t.hypotheses, t.conclusion) for a in _uses(h, name)}
    if sorts - {body.sort} and not (is_scalar(body) and sorts == {("real",)}):
        raise RuleError(f"instantiate_function: {name} has sort {sorts}, the body has sort {body.sort}")
    hypotheses = tuple(expand_function(h, name, params, body) for h in t.hypotheses)
    for h in hypotheses:
        if ground_false(h):
            raise RuleError(f"instantiate_function: a hypothesis becomes {show(h)}, which is false")
    conclusion = expand_function(t.conclusion, name, params, body)
    for old, new in zip((*t.hypotheses, t.conclusion), (*hypotheses, conclusion), strict=True):
        if given_less(old, new, name, params, body):
            raise RuleError(f"instantiate_function: with {show(body)} for {name} less is given in {show(old)}")
    return Sequent(hypotheses, conclusion, smooth=functions(body) if smooth else frozenset())


def _rests_on(meaning: Term, name: str) -> bool:
    """Whether the meaning of a definition mentions the function, directly or through other definitions."""
    inner = [body for other, (_, body) in DEFINED.items() if mentions(meaning, other)]
    return mentions(meaning, name) or any(_rests_on(body, name) for body in inner)


def _uses(t: Term, name: str) -> list[Term]:
    here = [t] if t.op == "app" and t.args[0] == name else []
    return here + [s for a in t.args if isinstance(a, Term) for s in _uses(a, name)]


@rule
def cases(equal: Theorem, less: Theorem, a: Term, b: Term) -> Sequent:
    """G, a = b |- A and D, a < b |- A  give  G, D, a <= b |- A. Refuses different conclusions, or a case that is not
    assumed, or an equality up to a constant: each case has its own constant.
    """
    if varied(equal.conclusion):
        raise RuleError(f"cases: the constant in {show(equal.conclusion)} may be another one in each case")
    if not same(equal.conclusion, less.conclusion):
        raise RuleError(
            f"cases: the cases prove different things: {show(equal.conclusion)} and {show(less.conclusion)}"
        )
    first = without(equal.hypotheses, eq(a, b), "cases")
    second = without(less.hypotheses, lt(a, b), "cases")
    return Sequent(merge(first, second, (le(a, b),)), equal.conclusion)


@rule
def generalize(t: Theorem, x: Term, guard: Term = TRUE) -> Sequent:
    """G, g |- A  gives  G |- for all x with g, A. Refuses when x is free in G.

    Refuses also a guard that speaks of what varies in an equality up to a constant.
    """
    rest = (
        t.hypotheses if guard == TRUE else tuple(h for h in t.hypotheses if not any(same(h, g) for g in _parts(guard)))
    )
    not_free(x, rest, "generalize")
    if any(moves(guard, theta) for theta in varied(t.conclusion)):
        raise RuleError(f"generalize: the guard {show(guard)} speaks of what varies in {show(t.conclusion)}")
    if x in t.dimensions and not any(same(g, le(1, x)) for g in _parts(guard)):
        raise RuleError(f"generalize: {show(x)} is a dimension; the guard must say {show(le(1, x))}")
    return Sequent(rest, forall(x, t.conclusion, guard))


def _parts(guard: Term) -> tuple[Term, ...]:
    return guard.args if guard.op == "and" else (guard,)


@rule
def specialize(t: Theorem, s: Term) -> Sequent:
    """G |- for all x with g, A  gives  G, g[x := s] |- A[x := s]. Refuses another conclusion, a false guard,

    for a positive definite x an s that is not proved to be one, and an s by which something fixed would move with what
    varies in an equality up to a constant.
    """
    if t.conclusion.op != "all":
        raise RuleError(f"specialize: needs a conclusion 'for all', got {show(t.conclusion)}")
    x, guard, body = t.conclusion.args
    at = {x: lift(s)}
    for theta in varied(body):
        _keep_constant(t, theta, at, "specialize")
    extra = () if guard == TRUE else _parts(substitute(guard, at))
    if any(ground_false(h) for h in extra):
        raise RuleError(f"specialize: {show(s)} is outside the range {show(guard)}")
    _keep_definite(at, (*t.hypotheses, *extra), "specialize")
    return Sequent(merge(t.hypotheses, extra), substitute(body, at))


@rule
def induction(base: Theorem, step: Theorem, n: Term, start: Term) -> Sequent:
    """G |- P(start) and D, start <= n, P(n) |- P(n+1)  give  G, D, start <= n |- P(n).

    n is an integer symbol, free in neither G nor D. P is read off the step's induction hypothesis: the hypothesis
    whose instance at n+1 is the step's conclusion.
    """
    if n.sort != INT:
        raise RuleError(f"induction: {show(n)} is not an integer symbol")
    if n in base.dimensions | step.dimensions:
        raise RuleError(f"induction: {show(n)} is a dimension, and no induction runs over spaces")
    if n in start.free:
        raise RuleError(f"induction: the start {show(start)} depends on {show(n)}")
    found = [h for h in step.hypotheses if same(substitute(h, {n: n + 1}), step.conclusion)]
    if not found:
        raise RuleError(
            f"induction: no hypothesis of the step becomes its conclusion {show(step.conclusion)} at {show(n)} + 1"
        )
    p = found[0]
    if not same(substitute(p, {n: start}), base.conclusion):
        raise RuleError(
            f"induction: the base proves {show(base.conclusion)}, "
            f"but P({show(start)}) is {show(substitute(p, {n: start}))}"
        )
    guard = le(start, n)
    rest = tuple(h for h in step.hypotheses if not same(h, p) and not same(h, guard))
    not_free(n, rest, "induction")
    not_free(n, base.hypotheses, "induction")
    return Sequent(merge(base.hypotheses, rest, (guard,)), p)


@rule
def define(name: str, params: tuple[Term, ...], body: Term) -> Sequent:
    """|- for all params, f(params) = body, for a new name f: a conservative definition.

    Refuses a name that is defined otherwise, a body that rests on f (through other definitions too), has other free
    symbols, or may not be differentiable in its real and vector arguments: the calculus takes functions for smooth.
    A symbol in a dimension is known from the arguments only where it is that dimension: 2 * 3 is 3 * 2.
    Refuses a name, or a body that rests on a function, that varies in an equality up to a constant.
    """
    if not is_smooth(body, frozenset(params)):
        raise RuleError(f"define: {show(body)} may not be differentiable everywhere in the arguments of {name}")
    if name in VARIED:
        raise RuleError(f"define: {name} varies in an equality up to a constant, and what is defined does not")
    if any(_rests_on(body, f) for f in VARIED):
        raise RuleError(f"define: the body of {name} rests on a function that varies in an equality up to a constant")
    if _rests_on(body, name):
        raise RuleError(f"define: the body of {name} mentions {name} itself, or what is defined by it")
    loose = (
        body.free
        - frozenset(params)
        - {PI}
        - frozenset(part for p in params for part in p.sort[1:] if isinstance(part, Term) and part.op == "sym")
    )
    if loose:
        raise RuleError(f"define: the body of {name} has the free symbols {', '.join(sorted(map(show, loose)))}")
    conclusion = eq(Term("app", (name, *params), body.sort if not is_scalar(body) else ("real",)), body)
    for x in reversed(params):
        conclusion = forall(x, conclusion)
    if DEFINED.setdefault(name, (params, body)) != (params, body):
        raise RuleError(f"define: {name} is defined already, as {show(DEFINED[name][1])}")
    return Sequent((), conclusion)


@rule
def axiom(name: str, statement: Term) -> Sequent:
    """|- A, marked with the axiom's name. Refuses a name that the ledger holds with another statement."""
    if not same(AXIOMS.setdefault(name, statement), statement):
        raise RuleError(f"axiom: {name} is in the ledger with another statement: {show(AXIOMS[name])}")
    return Sequent((), statement, frozenset((name,)))


def vary(f: str, who: str) -> None:
    """Note that a function varies in an equality up to a constant. Refuses a defined one, and what one rests on."""
    if f in DEFINED or any(_rests_on(body, f) for _, body in DEFINED.values()):
        raise RuleError(f"{who}: {f} is defined, or a definition rests on it; it does not vary alone")
    VARIED.add(f)


def table(pairs: dict[Any, Any]) -> tuple[tuple[Term, Term], ...]:
    """A dictionary of instances as the rules take it."""
    return tuple((k, lift(v)) for k, v in pairs.items())


__all__ = [
    "assume",
    "axiom",
    "cases",
    "conjoin",
    "conjunct",
    "cut",
    "define",
    "generalize",
    "induction",
    "instantiate",
    "num",
    "specialize",
    "weaken",
]
