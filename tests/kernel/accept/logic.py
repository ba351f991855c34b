"""What the rules of logic prove: for each rule, calls and the theorem that each gives, as text."""

from derivations.kernel.equality import algebra, chain, order, symmetric
from derivations.kernel.logic import (
    assume,
    axiom,
    cases,
    conjoin,
    conjunct,
    cut,
    define,
    generalize,
    induction,
    instantiate,
    instantiate_function,
    specialize,
    weaken,
)
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import peel_last
from derivations.kernel.terms import conj, eq, eye, forall, inner, integral, le, lt, mul, norm2, num, sqrt, sum_
from tests.kernel.letters import S, a, b, c, d, f, g, i, j, m, n, u, v, x, y, z

ROOT = algebra(sqrt(x**2), x, (lt(0, x),))
BOTH = assume(conj(lt(0, x), lt(0, y)))
DEFINITE = order(le(0, inner(u, mul(S, u))))


def everywhere(variable):
    """Under a hypothesis for all values: f is positive at one."""
    return specialize(assume(forall(z, lt(0, f(z)))), variable)


def gauss_sum():
    """sum_{i=0}^n i = n (n + 1) / 2, by induction from 0."""
    claim = eq(sum_(i, 0, n, i), n * (n + 1) / 2)
    base = algebra(sum_(i, 0, 0, i), num(0) * (num(0) + 1) / 2)
    peeled = cut(peel_last(sum_(i, 0, n + 1, i)), order(le(0, n + 1), (le(0, n),)))
    after = substitute(claim, {n: n + 1}).args[1]
    last = algebra(peeled.conclusion.args[1], after, (le(0, n),), (assume(claim),))
    return induction(base, chain(peeled, last), n, num(0))


ACCEPT = {
    "assume": [(lambda: assume(lt(0, x)), "0 < x |- 0 < x")],
    "weaken": [(lambda: weaken(ROOT, lt(y, 1), lt(0, x)), "0 < x, y < 1 |- sqrt((x**2)) = x")],
    "cut": [
        (lambda: cut(ROOT, conjunct(BOTH, 0)), "and(0 < x, 0 < y) |- sqrt((x**2)) = x"),
        (
            lambda: cut(assume(forall(x, lt(0, f(x)))), generalize(everywhere(y), y)),
            "all(z, true(), 0 < f(z)) |- all(x, true(), 0 < f(x))",
        ),
    ],
    "conjunct": [
        (lambda: conjunct(BOTH, 0), "and(0 < x, 0 < y) |- 0 < x"),
        (lambda: conjunct(BOTH, 1), "and(0 < x, 0 < y) |- 0 < y"),
    ],
    "conjoin": [(lambda: conjoin(ROOT, assume(lt(0, y))), "0 < x, 0 < y |- and(sqrt((x**2)) = x, 0 < y)")],
    "instantiate": [
        (lambda: instantiate(ROOT, ((x, y**2 + 1),)), "0 < ((y**2) + 1) |- sqrt((((y**2) + 1)**2)) = ((y**2) + 1)"),
        (lambda: instantiate(algebra(x - y, -(y - x)), ((x, y), (y, x))), "|- (y - x) = -(x - y)"),
        (
            lambda: instantiate(algebra(integral(x, f(x, y)), integral(z, f(z, y))), ((y, x),)),
            "|- int(x', lebesgue(), f(x', x)) = int(z, lebesgue(), f(z, x))",
        ),
        (lambda: instantiate(weaken(DEFINITE, lt(0, c)), ((S, c * eye(d)),)), "0 < c |- 0 <= inner(u, ((c*eye(d))*u))"),
        (lambda: instantiate(algebra(norm2(u), inner(u, u)), ((d, 2 * m),)), "|- norm2(u) = inner(u, u)"),
    ],
    "instantiate_function": [
        (
            lambda: instantiate_function(algebra(f(x + 1) + f(y), f(y) + f(1 + x)), "f", (z,), z**2 + a),
            "|- ((((x + 1)**2) + a) + ((y**2) + a)) = (((y**2) + a) + (((1 + x)**2) + a))",
        ),
        (
            lambda: instantiate_function(algebra(sum_(i, 1, n, f(i)), sum_(j, 1, n, f(j))), "f", (z,), z * i),
            "|- sum(i', 1, n, (i'*i)) = sum(j, 1, n, (j*i))",
        ),
        (lambda: instantiate_function(weaken(algebra(f(x), f(x)), lt(0, x)), "f", (x,), x**2), "0 < x |- (x**2) = (x**2)"),
    ],
    "cases": [
        (
            lambda: cases(
                order(le(0, a**3), (), (symmetric(assume(eq(num(0), a))),)),
                order(le(0, a**3), (lt(0, a),)),
                num(0),
                a,
            ),
            "0 <= a |- 0 <= (a**3)",
        ),
    ],
    "generalize": [
        (lambda: generalize(order(le(0, x**2)), x), "|- all(x, true(), 0 <= (x**2))"),
        (lambda: generalize(ROOT, x, lt(0, x)), "|- all(x, 0 < x, sqrt((x**2)) = x)"),
        (
            lambda: generalize(weaken(ROOT, lt(x, 1), lt(0, y)), x, conj(lt(0, x), lt(x, 1))),
            "0 < y |- all(x, and(0 < x, x < 1), sqrt((x**2)) = x)",
        ),
        (
            lambda: generalize(generalize(order(le(0, norm2(u)), (le(1, d),)), u), d, le(1, d)),
            "|- all(d, 1 <= d, all(u, true(), 0 <= norm2(u)))",
        ),
    ],
    "specialize": [
        (lambda: everywhere(a + b), "all(z, true(), 0 < f(z)) |- 0 < f((a + b))"),
        (lambda: specialize(generalize(ROOT, x, lt(0, x)), y), "0 < y |- sqrt((y**2)) = y"),
        (
            lambda: specialize(generalize(weaken(ROOT, lt(x, 1)), x, conj(lt(0, x), lt(x, 1))), num(1) / 2),
            "0 < (1/2), (1/2) < 1 |- sqrt(((1/2)**2)) = (1/2)",
        ),
        (lambda: specialize(generalize(DEFINITE, S), eye(d)), "|- 0 <= inner(u, (eye(d)*u))"),
    ],
    "induction": [(gauss_sum, "0 <= n |- sum(i, 0, n, i) = ((n*(n + 1))/2)")],
    "define": [
        (lambda: define("accept.square", (x,), x**2), "|- all(x, true(), accept.square(x) = (x**2))"),
        (lambda: define("accept.square", (x,), x**2), "|- all(x, true(), accept.square(x) = (x**2))"),
        (
            lambda: define("accept.length", (u, v), inner(u, v) + d),
            "|- all(u, true(), all(v, true(), accept.length(u, v) = (inner(u, v) + d)))",
        ),
        (lambda: define("accept.of_f", (), f(num(1)) + g(num(2))), "|- accept.of_f() = (f(1) + g(2))"),
    ],
    "axiom": [(lambda: axiom("accept.choice", forall(x, lt(0, f(x)))), "|- all(x, true(), 0 < f(x))")],
}
