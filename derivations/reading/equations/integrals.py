"""Integrals in closed form: polynomials times exponentials of polynomials of degree at most two, over the line or an
interval.

Over the line the closed form is that of a Gaussian's moments, as the book proves them; where it is not defined, the
integral is not finite. Over an interval it is an antiderivative, whose derivative the kernel compares with the
integrand.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

from derivations.kernel.definitions import PI
from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import Term, add, diff, div, exp, is_scalar, mul, neg, num, power, sqrt
from derivations.reading.equations.series import polynomial
from derivations.reading.notation.standing import holds

RESTS_ON = "gauss.moments"
Equal = Callable[[Term, Term], bool]
Factors = tuple[dict[int, Term], dict[int, Term], list[Term]]


def carried_out(t: Term, equal: Equal) -> Term:
    """The term with the integrals of this kind carried out; the others stay."""
    args = tuple(carried_out(a, equal) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "int" or t.args[1].op not in ("lebesgue", "interval"):
        return t
    x, measure, body = t.args
    bounded = measure.op == "interval" and not any(isinstance(e, str) for e in measure.args)
    whole = _slope_of(body, x) if bounded else None
    if whole is not None:
        first, last = measure.args
        return add(substitute(whole, {x: last}), neg(substitute(whole, {x: first})))
    split = factors(body, x)
    if split is None:
        return t
    polynomial_, exponent, kept = split
    if measure.op == "lebesgue" or measure.args == ("-oo", "oo"):
        value = _over_the_line(polynomial_, exponent) if holds(RESTS_ON) else None
    else:
        value = None if any(isinstance(e, str) for e in measure.args) else _over(t, polynomial_, exponent, equal)
    return t if value is None else mul(*kept, value)


def _slope_of(t: Term, x: Term) -> Term | None:
    """What a term is the derivative of, in x, where it is written as one; None for another term."""
    if t.op == "neg":
        inside = _slope_of(t.args[0], x)
        return None if inside is None else neg(inside)
    if t.op == "mul":
        slopes = [a for a in t.args if x in a.free]
        inside = _slope_of(slopes[0], x) if len(slopes) == 1 else None
        return None if inside is None else mul(*(a for a in t.args if a not in slopes), inside)
    if t.op != "diff" or t.args[2] != x or not is_scalar(t.args[0]):
        return None
    y, body, _ = t.args
    return body if y == x else None if x in body.free else substitute(body, {y: x})


def factors(t: Term, x: Term) -> Factors | None:
    """A polynomial in x, the exponent of an exponential of one, and factors without x; None for anything else."""
    if x not in t.free:
        return {0: num(1)}, {}, [t]
    if t.op == "exp":
        inside = polynomial(t.args[0], x)
        return None if inside is None or max(inside) > 2 else ({0: num(1)}, inside, [])
    if t.op == "normal" and is_scalar(t.args[0]):
        at, mean, spread = t.args
        gap = polynomial(neg(div(power(add(at, neg(mean)), 2), mul(2, spread))), x)
        if gap is None or max(gap) > 2:
            return None
        return {0: num(1)}, gap, [div(1, sqrt(mul(2, PI, spread)))]
    if t.op == "neg":
        return _together([({0: num(-1)}, {}, []), factors(t.args[0], x)])
    if t.op == "div" and x not in t.args[1].free:
        return _together([factors(t.args[0], x), ({0: num(1)}, {}, [div(1, t.args[1])])])
    if t.op == "mul":
        return _together([factors(a, x) for a in t.args])
    found = polynomial(t, x)
    return None if found is None else (found, {}, [])


def _together(parts: list[Factors | None]) -> Factors | None:
    whole: dict[int, Term] = {0: num(1)}
    exponent: dict[int, Term] = {}
    kept: list[Term] = []
    for part in parts:
        if part is None:
            return None
        grown: dict[int, Term] = {}
        for j, a in whole.items():
            for k, b in part[0].items():
                _put(grown, j + k, mul(a, b))
        whole = grown
        for k, c in part[1].items():
            _put(exponent, k, c)
        kept += part[2]
    return whole, exponent, kept


def _put(table: dict[int, Term], k: int, c: Term) -> None:
    table[k] = add(table[k], c) if k in table else c


def _over_the_line(whole: dict[int, Term], exponent: dict[int, Term]) -> Term | None:
    """exp(-a x^2 + b x + c) has the mass sqrt(pi/a) exp(b^2/4a + c), its mean is b/2a and its variance 1/2a."""
    if 2 not in exponent:
        return None
    a, b, c = neg(exponent[2]), exponent.get(1, num(0)), exponent.get(0, num(0))
    mass = mul(sqrt(div(PI, a)), exp(add(div(power(b, 2), mul(4, a)), c)))
    mean, variance = div(b, mul(2, a)), div(1, mul(2, a))
    return mul(mass, add(num(0), *(mul(k, moment(n, mean, variance)) for n, k in whole.items())))


def moment(n: int, mean: Term, variance: Term) -> Term:
    """The n-th moment of a Gaussian."""
    out = []
    for k in range(0, n + 1, 2):
        weight = Fraction(comb(n, k))
        for odd in range(1, k, 2):
            weight *= odd
        out.append(mul(num(weight), _power(mean, n - k), _power(variance, k // 2)))
    return add(num(0), *out)


def _power(t: Term, n: int) -> Term:
    return num(1) if n == 0 else power(t, n)


def _over(t: Term, whole: dict[int, Term], exponent: dict[int, Term], equal: Equal) -> Term | None:
    """A polynomial times exp(k x + c): its antiderivative at the ends."""
    x, measure, _ = t.args
    if exponent.get(2, num(0)) != num(0) or 1 not in exponent:
        return None
    k = exponent[1]
    top = exp(add(mul(k, x), exponent.get(0, num(0))))
    terms, degree = [], max(whole)
    rest = dict(whole)
    for n in range(degree, -1, -1):  # (x^n e^kx)' / k = x^n e^kx + n x^(n-1) e^kx / k
        c = rest.get(n)
        if c is not None:
            terms.append(div(mul(c, _power(x, n), top), k))
            if n:
                _put(rest, n - 1, neg(div(mul(n, c), k)))
    anti = add(num(0), *terms)
    body = mul(add(num(0), *(mul(c, _power(x, n)) for n, c in whole.items())), top)
    if not equal(diff(x, anti), body):
        return None
    lo, hi = measure.args
    return add(substitute(anti, {x: hi}), neg(substitute(anti, {x: lo})))
