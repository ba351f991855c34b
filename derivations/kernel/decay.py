"""Rules that discharge what analysis demands, for Gaussians: a polynomial times a Gaussian is integrable and vanishes.

A Gaussian in x is a factor N(u; m, S) whose gap u - m is affine in x with an invertible slope and whose S is positive
definite and free of x, or exp(-c x^2), exp(-c |x|^2) with c > 0 free of x. All other factors must be polynomials in x.
"""

from __future__ import annotations

from derivations.kernel import linear
from derivations.kernel.equality import refuse_owed, residual
from derivations.kernel.logic import not_free
from derivations.kernel.normal import Normalizer
from derivations.kernel.state import Word
from derivations.kernel.terms import (
    LEBESGUE,
    Term,
    add,
    dominated,
    integrable,
    is_scalar,
    lt,
    mul,
    neg,
    norm2,
    num,
    power,
    show,
    vanishes,
)
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


def is_polynomial(t: Term, x: Term) -> bool:
    """Whether t is a polynomial in x (log of a Gaussian density is one), with coefficients free of x."""
    if x not in t.free or t == x:
        return True
    if t.op in ("add", "neg", "mul", "inner", "norm2"):
        return all(is_polynomial(a, x) for a in t.args)
    if t.op == "div":
        return x not in t.args[1].free and is_polynomial(t.args[0], x)
    if t.op == "pow":
        e = t.args[1]
        return e.op == "num" and e.args[0].denominator == 1 and e.args[0] >= 0 and is_polynomial(t.args[0], x)
    if t.op in ("divg", "diff", "grad"):
        return t.args[2] == x == t.args[0] and is_polynomial(t.args[1], x)
    if t.op == "log":
        return _log_polynomial(t.args[0], x)
    return False


def _log_polynomial(t: Term, x: Term) -> bool:
    if t.op in ("mul", "div"):
        return all(x not in a.free or _log_polynomial(a, x) for a in t.args)
    return t.op == "normal" and x not in t.args[2].free and all(is_polynomial(a, x) for a in t.args[:2])


def factors(t: Term) -> list[Term]:
    """The factors of a product, quotients and signs opened."""
    if t.op == "mul":
        return [f for a in t.args for f in factors(a)]
    if t.op == "neg":
        return [num(-1), *factors(t.args[0])]
    if t.op == "div":
        return [*factors(t.args[0]), num(1) / t.args[1]]
    return [t]


def is_gaussian(n: Normalizer, t: Term, x: Term, fixed: frozenset[Term] = frozenset()) -> bool:
    """Whether t is a Gaussian in x as the module docstring says, its slope and spread free of x and of `fixed`."""
    fixed |= {x}
    if t.op == "exp":
        square = power(x, 2) if is_scalar(x) else norm2(x)
        e = t.args[0]
        if e.op != "neg" or e.args[0].op != "mul" or e.args[0].args[-1] != square:
            return False
        rate = mul(*e.args[0].args[:-1])
        return not fixed & rate.free and n.holds(lt(num(0), rate))
    if t.op != "normal" or x not in t.free or fixed & t.args[2].free or is_scalar(t.args[0]) != is_scalar(x):
        return False
    gap = add(t.args[0], neg(t.args[1]))
    if is_scalar(x):
        slope = n.scalar(Term("diff", (x, gap, x), x.sort))
        seen = n.free_in(n.field.up(slope.num), n.field.up(slope.den))
        return n.holds(lt(num(0), t.args[2])) and n.nonzero(slope.num) and not fixed & seen
    if not linear.is_spd(n, linear.matrix(n, t.args[2])):
        return False
    v = linear.vector(n, gap)
    mine = [(w, e) for (w, atom), e in v.items() if x in n.vectors[atom].free]
    names = [n.vectors[atom] for (w, atom), _ in v.items() if x in n.vectors[atom].free]
    affine = all(x not in n.free_in(n.field.up(e.num), n.field.up(e.den)) | _letters(n, w) for (w, _), e in v.items())
    if len(mine) != 1 or names != [x] or not affine:
        return False
    word, e = mine[0]
    if fixed & (n.free_in(n.field.up(e.num), n.field.up(e.den)) | _letters(n, word)):
        return False
    return n.nonzero(e.num) and linear.invertible(n, word)


def _letters(n: Normalizer, word: Word) -> frozenset[Term]:
    """The symbols on which the letters of a word depend."""
    return frozenset(s for k, _, _ in word for s in n.letters[k].term.free)


def _require(x: Term, body: Term, hypotheses: tuple[Term, ...], who: str, rest: tuple[Term, ...] = ()) -> None:
    """body = Gaussian x polynomial x (the terms of `rest`, each once), or the derivative of such a thing; or a
    refusal.

    The hypotheses may say nothing of x, which is bound: a slope known for x > 0 only is no slope on the whole line.
    """
    not_free(x, hypotheses, who)
    if body.op in ("divg", "diff", "grad") and body.args[0] == body.args[2] == x and not rest:
        body = body.args[1]
    n = Normalizer(hypotheses)
    parts = factors(body)
    for term in rest:
        if term not in parts:
            raise RuleError(f"{who}: {show(term)} is not a factor of {show(body)}")
        parts.remove(term)
    gaussians = [p for p in parts if is_gaussian(n, p, x)]
    if not gaussians:
        raise RuleError(
            f"{who}: no factor of {show(body)} is proved to be a Gaussian in {show(x)}; "
            f"owed: {'; '.join(n.owed) or 'a sign'}"
        )
    parts.remove(gaussians[0])
    bad = [p for p in parts if not is_polynomial(p, x) and p not in gaussians]
    if bad:
        raise RuleError(f"{who}: the factor {show(bad[0])} is not a polynomial in {show(x)}")
    for p in parts:
        residual(n, p, mul(p, 0))  # for what it owes
    refuse_owed(n, who, body)


@rule
def gaussian_integrable(x: Term, body: Term, hypotheses: tuple[Term, ...] = (), measure: Term = LEBESGUE) -> Sequent:
    """H |- (polynomial x Gaussian) is integrable over x. Refuses another body, with the factor that does not fit."""
    if measure.op not in ("lebesgue", "interval"):
        raise RuleError(f"gaussian_integrable: {show(measure)} is not Lebesgue measure; see gaussian_against")
    summands = body.args if body.op == "add" else (body,)
    for s in summands:
        _require(x, s, hypotheses, "gaussian_integrable")
    return Sequent(hypotheses, integrable(x, body, measure))


@rule
def gaussian_against(x: Term, body: Term, other: Theorem, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """G |- g integrable over x against M  gives  G, H |- (polynomial x Gaussian x g) integrable: the factor is
    bounded.
    """
    c = other.conclusion
    if c.op != "integrable" or c.args[0] != x:
        raise RuleError(f"gaussian_against: needs integrability over {show(x)}, got {show(c)}")
    g = c.args[2]
    _require(x, body, hypotheses, "gaussian_against", () if g == num(1) else (g,))
    return Sequent(merge(other.hypotheses, hypotheses), integrable(x, body, c.args[1]))


@rule
def gaussian_vanishes(x: Term, field: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H |- (polynomial x Gaussian) vanishes at infinity. Refuses another field."""
    _require(x, field, hypotheses, "gaussian_vanishes")
    return Sequent(hypotheses, vanishes(x, field))


@rule
def gaussian_dominated(x: Term, body: Term, other: Theorem, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """G |- g integrable over y against M  gives  G, H |- N(u; m, S) g is dominated in x, for u - m affine in x, S
    free of x, y.

    The x-derivative of a Gaussian is bounded for all x and y, when the slope of u - m does not depend on y.
    Refuses another slope, a body with further factors that see x or y, and a measure that depends on x.
    """
    c = other.conclusion
    if c.op != "integrable":
        raise RuleError(f"gaussian_dominated: needs an integrability, got {show(c)}")
    y, measure, g = c.args
    for v in (x, y):
        not_free(v, hypotheses, "gaussian_dominated")
    n = Normalizer(hypotheses)
    parts = factors(body)
    there = g == num(1) or g in parts
    if g in parts:
        parts.remove(g)
    kernels = [p for p in parts if is_gaussian(n, p, x, frozenset((y,)))]
    if not there or len(kernels) != 1 or x in g.free | measure.free:
        raise RuleError(f"gaussian_dominated: {show(body)} is not one Gaussian kernel in {show(x)} times {show(g)}")
    parts.remove(kernels[0])
    if any({x, y} & p.free for p in parts):
        raise RuleError(f"gaussian_dominated: {show(body)} has a further factor that sees {show(x)} or {show(y)}")
    refuse_owed(n, "gaussian_dominated", body)
    return Sequent(merge(other.hypotheses, hypotheses), dominated(x, y, body, measure))


@rule
def free_integrable(t: Theorem, factor: Term) -> Sequent:
    """G |- f integrable over x  gives  G |- c f integrable, for c free of x."""
    c = t.conclusion
    if c.op != "integrable" or c.args[0] in factor.free or not is_scalar(factor):
        raise RuleError(f"free_integrable: needs an integrability and a scalar free of its variable, got {show(c)}")
    return Sequent(t.hypotheses, integrable(c.args[0], mul(factor, c.args[2]), c.args[1]))


@rule
def sum_integrable(*ts: Theorem) -> Sequent:
    """G |- f integrable and D |- g integrable  give  G, D |- f + g integrable. Refuses different variables or
    measures.
    """
    first = ts[0].conclusion
    for t in ts:
        c = t.conclusion
        if c.op != "integrable" or c.args[0] != first.args[0] or not same(c.args[1], first.args[1]):
            raise RuleError(f"sum_integrable: {show(c)} and {show(first)} do not fit together")
    body = add(*[t.conclusion.args[2] for t in ts])
    return Sequent(merge(*(t.hypotheses for t in ts)), integrable(first.args[0], body, first.args[1]))


@rule
def same_integrand(t: Theorem, equal: Theorem) -> Sequent:
    """G |- f integrable over x, and D |- f = g (x not in D)  give  G, D |- g integrable over x. Refuses another
    equation.
    """
    c = t.conclusion
    if c.op != "integrable" or equal.conclusion.op != "eq" or not same(equal.conclusion.args[0], c.args[2]):
        raise RuleError(f"same_integrand: {show(equal.conclusion)} does not start from the integrand of {show(c)}")
    not_free(c.args[0], equal.hypotheses, "same_integrand", equal)
    return Sequent(merge(t.hypotheses, equal.hypotheses), integrable(c.args[0], equal.conclusion.args[1], c.args[1]))
