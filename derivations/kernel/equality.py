"""Rules of equality and order. `algebra` and `order` are the exact zero test and the sign certificates."""

from __future__ import annotations

from itertools import pairwise

from derivations.kernel import linear
from derivations.kernel.definitions import unfold
from derivations.kernel.field import Element
from derivations.kernel.hypotheses import EquationError
from derivations.kernel.logic import varied, vary
from derivations.kernel.normal import Normalizer
from derivations.kernel.substitution import alpha, conditioned, substitute
from derivations.kernel.terms import (
    Term,
    add,
    eq,
    eqmod,
    inv,
    is_scalar,
    le,
    lift,
    log,
    logdet,
    lt,
    mul,
    neg,
    num,
    relation,
    show,
    sqrt,
)
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same

STRENGTH = {"eq": 0, "le": 1, "lt": 2}


def normalizer(hypotheses: tuple[Term, ...], using: tuple[Theorem, ...], who: str) -> Normalizer:
    """What decides under the hypotheses and with the theorems, whose equations are used from left to right."""
    try:
        facts = (*hypotheses, *(t.conclusion for t in using))
        return Normalizer(facts, [t.conclusion for t in using if is_equation(t.conclusion)])
    except EquationError as e:
        raise RuleError(f"{who}: {e}") from None


def is_equation(t: Term) -> bool:
    """Whether the formula is an equation, for all values of some variables perhaps."""
    return t.op == "eq" or (t.op == "all" and is_equation(t.args[2]))


def refuse_owed(n: Normalizer, who: str, goal: Term | str) -> None:
    """Refuse when something is owed, naming it."""
    if n.owed:
        raise RuleError(f"{who}: {show(goal)} owes " + "; ".join(n.owed) + ". Add the hypothesis that settles it")


def difference(n: Normalizer, a: Term, b: Term) -> list[Element]:
    """What is left of a - b: nothing when it is zero."""
    f = n.field
    if is_scalar(a):
        e = f.add(n.scalar(a), f.neg(n.scalar(b)))
        return [] if f.is_zero(e) else [e]
    gap = add(a, neg(b))
    return [*(linear.vector(n, gap) if a.sort[0] == "vec" else linear.matrix(n, gap)).values()]


def residual(n: Normalizer, a: Term, b: Term) -> tuple[bool, str]:
    """Whether a - b is zero, and what is left of it, in the author's names."""
    left = difference(n, a, b)
    return not left, n.texts(left)


@rule
def algebra(a: Term, b: Term, hypotheses: tuple[Term, ...] = (), using: tuple[Theorem, ...] = ()) -> Sequent:
    """H, G |- a = b  when a - b is zero in the tower, given H and G |- l = r; equations are used from left to right.

    An equation for all x, f(x) = r unfolds f everywhere, under binders too; other premises are facts about signs.
    Refuses with what is owed (a sign, a denominator) or with the residual, and never answers from a missing sign.
    """
    a, b = lift(a), lift(b)
    goal = eq(a, b)
    n = normalizer(hypotheses, using, "algebra")
    zero, left = residual(n, a, b)
    refuse_owed(n, "algebra", goal)
    if not zero:
        raise RuleError(f"algebra: {show(goal)} does not hold: left minus right leaves {left[:600]}")
    return Sequent(merge(hypotheses, *(t.hypotheses for t in using)), goal, dimensions=frozenset(n.sizes))


@rule
def order(goal: Term, hypotheses: tuple[Term, ...] = (), using: tuple[Theorem, ...] = ()) -> Sequent:
    """H, G |- a < b (or <=, !=)  when the sign of b - a has a certificate. Refuses with the difference whose sign is
    open.
    """
    if goal.op not in ("lt", "le", "ne"):
        raise RuleError(f"order: needs <, <= or !=, got {show(goal)}")
    n = normalizer(hypotheses, using, "order")
    true = n.holds(goal)
    refuse_owed(n, "order", goal)
    if not true:
        gap = n.scalar(add(goal.args[1], neg(goal.args[0])))
        raise RuleError(
            f"order: no certificate for {show(goal)}: "
            f"the sign of {n.text(gap.num)[:300]} / ({n.text(gap.den)[:200]}) is open"
        )
    return Sequent(merge(hypotheses, *(t.hypotheses for t in using)), goal, dimensions=frozenset(n.sizes))


@rule
def combine(
    goal: Term, parts: tuple[Theorem, ...], weights: tuple[Term, ...], hypotheses: tuple[Term, ...] = ()
) -> Sequent:
    """G_i |- a_i <= b_i and w_i >= 0 give H, G |- a <= b  when b - a = sum w_i (b_i - a_i); < when a strict part has
    w_i > 0.

    An equation among the parts may have a weight of any sign. Refuses a wrong combination or a weight of open sign.
    """
    if goal.op not in ("le", "lt", "eq"):
        raise RuleError(f"combine: needs =, <= or <, got {show(goal)}")
    n = Normalizer((*hypotheses, *(h for t in parts for h in t.hypotheses)))
    total, strict = num(0), False
    for t, w in zip(parts, weights, strict=True):
        if t.conclusion.op not in STRENGTH:
            raise RuleError(f"combine: {show(t.conclusion)} is not an equation or inequality")
        total = add(total, lift(w) * (t.conclusion.args[1] - t.conclusion.args[0]))
        s = n.sign_of(n.scalar(lift(w)))
        if t.conclusion.op != "eq":
            if goal.op == "eq" or s is None or (s.value < 0 and not n.field.is_zero(n.scalar(lift(w)))):
                raise RuleError(f"combine: the weight {show(lift(w))} of {show(t.conclusion)} is not proved to be >= 0")
            strict = strict or (t.conclusion.op == "lt" and s.strict)
    zero, left = residual(n, goal.args[1] - goal.args[0], total)
    refuse_owed(n, "combine", goal)
    if not zero:
        raise RuleError(f"combine: {show(goal)} is not that combination: what is left is {left[:400]}")
    if goal.op == "lt" and not strict:
        raise RuleError(f"combine: {show(goal)} is strict, but no strict part has a positive weight")
    return Sequent(merge(hypotheses, *(t.hypotheses for t in parts)), goal)


@rule
def chain(*links: Theorem) -> Sequent:
    """G |- a R b and D |- b S c  give  G, D |- a (R then S) c; the ends that meet must be the same term. Refuses a
    gap.
    """
    strength, theta = 0, None
    for t in links:
        if t.conclusion.op == "eqmod":
            theta = t.conclusion.args[0]
        elif t.conclusion.op not in STRENGTH:
            raise RuleError(f"chain: {show(t.conclusion)} is not a link")
        else:
            strength = max(strength, STRENGTH[t.conclusion.op])
    if theta is not None and (
        strength or any(t.conclusion.op == "eqmod" and t.conclusion.args[0] != theta for t in links)
    ):
        raise RuleError("chain: an equality up to a constant does not mix with inequalities or with another variable")
    for s, t in pairwise(links):
        if not same(s.conclusion.args[-1], t.conclusion.args[-2]):
            raise RuleError(f"chain: a gap between {show(s.conclusion.args[-1])} and {show(t.conclusion.args[-2])}")
    a, b = links[0].conclusion.args[-2], links[-1].conclusion.args[-1]
    hypotheses = merge(*(t.hypotheses for t in links))
    if theta is not None:
        return Sequent(hypotheses, eqmod(theta, a, b))
    return Sequent(hypotheses, relation(next(k for k, v in STRENGTH.items() if v == strength), a, b))


@rule
def symmetric(t: Theorem) -> Sequent:
    """G |- a = b  gives  G |- b = a. Refuses another relation."""
    if t.conclusion.op not in ("eq", "eqmod", "ne"):
        raise RuleError(f"symmetric: {show(t.conclusion)} is not symmetric")
    *theta, a, b = t.conclusion.args
    return Sequent(t.hypotheses, Term(t.conclusion.op, (*theta, b, a), t.conclusion.sort))


@rule
def congruence(context: Term, hole: Term, t: Theorem) -> Sequent:
    """G |- a = b  gives  G |- C[a] = C[b]: a symbol of the context is replaced, never capturing. Refuses another
    relation.
    """
    if t.conclusion.op != "eq":
        raise RuleError(f"congruence: needs an equation, got {show(t.conclusion)}")
    sized = [s for s in context.free if s != hole and any(hole in d.free for d in s.sort[1:3])]
    if sized:
        raise RuleError(
            f"congruence: {show(hole)} is the dimension of {', '.join(sorted(map(show, sized)))}; "
            "instantiate it instead"
        )
    a, b = t.conclusion.args
    return Sequent(t.hypotheses, eq(substitute(context, {hole: a}), substitute(context, {hole: b})))


@rule
def convert(
    t: Theorem, conclusion: Term, hypotheses: tuple[Term, ...] = (), using: tuple[Theorem, ...] = ()
) -> Sequent:
    """G |- a R b  gives  G, H |- c R d  when a = c and b = d in the tower (R any relation, integrability included).

    Every argument of the conclusion must be equal to the premise's, given H and the equations. Refuses with the
    argument that differs, and a conditional density: what it is given depends on how it is written. So does what
    varies in an equality up to a constant.
    """
    if conditioned(conclusion) or varied(alpha(conclusion)) != varied(alpha(t.conclusion)):
        raise RuleError(f"convert: {show(conclusion)} means what is written in it, and is not rewritten")
    n = normalizer((*hypotheses, *t.hypotheses), using, "convert")
    if n.key(t.conclusion) != n.key(conclusion):
        raise RuleError(f"convert: {show(t.conclusion)} and {show(conclusion)} differ in more than rewriting")
    refuse_owed(n, "convert", conclusion)
    given = merge(t.hypotheses, hypotheses, *(u.hypotheses for u in using))
    return Sequent(given, conclusion, dimensions=frozenset(n.sizes))


@rule
def constant_dropped(t: Theorem, theta: Term, constant: Term) -> Sequent:
    """G |- a = b + C with C free of theta  gives  G |- a =_theta b. Refuses a C that mentions theta, or another
    equation, and a theta that is a defined function or that a definition rests on.
    """
    if t.conclusion.op != "eq":
        raise RuleError(f"constant_dropped: needs an equation, got {show(t.conclusion)}")
    a, total = t.conclusion.args
    names = {theta} if theta.op == "sym" else set()
    if names & constant.free or _mentions_term(constant, theta):
        raise RuleError(f"constant_dropped: {show(constant)} depends on {show(theta)}")
    if theta.op == "app":
        vary(theta.args[0], "constant_dropped")
    if total.op != "add" or total.args[-1] != constant:
        raise RuleError(f"constant_dropped: the right side {show(total)} does not end in + {show(constant)}")
    return Sequent(t.hypotheses, eqmod(theta, a, add(*total.args[:-1])))


def _mentions_term(t: Term, part: Term) -> bool:
    if part.op == "app" and t.op == "app" and t.args[0] == part.args[0]:
        return True
    return t == part or any(_mentions_term(a, part) for a in t.args if isinstance(a, Term))


@rule
def log_bound(u: Term) -> Sequent:
    """0 < u |- log u <= u - 1: the one inequality of the logarithm from which Gibbs, Jensen and KL >= 0 follow."""
    return Sequent((lt(0, u),), le(log(u), u - 1))


@rule
def log_bound_equality(u: Term) -> Sequent:
    """0 < u, log u = u - 1 |- u = 1: the bound is attained at 1 only, the logarithm being strictly concave."""
    return Sequent((lt(0, u), eq(log(u), u - 1)), eq(u, num(1)))


@rule
def positive_root(a: Term, b: Term, square: Theorem) -> Sequent:
    """G |- a^2 = b  gives  G, 0 <= a, 0 <= b |- a = sqrt(b). Refuses another equation."""
    if square.conclusion != eq(a**2, b):
        raise RuleError(f"positive_root: needs {show(eq(a**2, b))}, got {show(square.conclusion)}")
    return Sequent(merge(square.hypotheses, (le(0, a), le(0, b))), eq(a, sqrt(b)))


@rule
def from_logs(t: Theorem) -> Sequent:
    """G |- log a = log b  gives  G |- a = b, for a and b built as products of Gaussian densities, exponentials and
    positive factors.

    Refuses when a factor is not proved positive.
    """
    c = t.conclusion
    if c.op != "eq" or any(e.op != "log" for e in c.args):
        raise RuleError(f"from_logs: needs log a = log b, got {show(c)}")
    n = Normalizer(t.hypotheses)
    for e in c.args:
        if not n.positive(e.args[0]):
            raise RuleError(f"from_logs: {show(e.args[0])} is not proved positive")
    refuse_owed(n, "from_logs", c)
    return Sequent(t.hypotheses, eq(c.args[0].args[0], c.args[1].args[0]))


@rule
def inverse_from(t: Theorem) -> Sequent:
    """G |- X M = I  gives  G |- M^-1 = X, for a matrix M proved positive definite. Refuses another equation."""
    c = t.conclusion
    if c.op != "eq" or c.args[0].op != "mul" or c.args[1].op != "eye" or c.args[0].args[-1].sort[0] != "mat":
        raise RuleError(f"inverse_from: needs X M = I, got {show(c)}")
    m, n = c.args[0].args[-1], Normalizer(t.hypotheses)
    if not linear.is_spd(n, linear.matrix(n, m)):
        raise RuleError(f"inverse_from: {show(m)} is not proved positive definite")
    refuse_owed(n, "inverse_from", c)
    return Sequent(t.hypotheses, eq(inv(m), mul(*c.args[0].args[:-1])))


@rule
def determinant_lemma(noise: Term, a: Term, prior: Term) -> Sequent:
    """|- log det(L + A P A^T) = log det L + log det P + log det(P^-1 + A^T L^-1 A), for definite symbols L and P."""
    for s in (noise, prior):
        if s.op != "sym" or s.sort[0] != "mat" or s.sort[3] != "spd":
            raise RuleError(f"determinant_lemma: {show(s)} must be a symbol for a positive definite matrix")
    left = logdet(add(noise, mul(a, prior, a.T)))
    inside = add(inv(prior), mul(a.T, inv(noise), a))
    return Sequent((), eq(left, add(logdet(noise), logdet(prior), logdet(inside))))


@rule
def unfolded(t: Term) -> Sequent:
    """|- t = its definition, for the notations N, E and KL. Refuses a term that is none of them."""
    if unfold(t) is t:
        raise RuleError(f"unfolded: {show(t)} is not N, E or KL")
    return Sequent((), eq(t, unfold(t)))
