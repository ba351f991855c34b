"""Derivatives of vectors and matrices in a scalar, and Laplacians: what the calculus finds, and what it owes."""

from fractions import Fraction

import pytest

from derivations.evidence.ring import opinion
from derivations.kernel.calculus import rate
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import define, instantiate, specialize, table
from derivations.kernel.terms import (
    Mat,
    Vec,
    app,
    comps,
    diag,
    diff,
    divergence,
    exp,
    eye,
    grad,
    inner,
    inv,
    jacobian,
    log,
    logdet,
    lt,
    mul,
    ne,
    norm2,
    normal,
    num,
    sqrt,
    sum_,
    sym,
    trace,
)
from derivations.kernel.theorem import RuleError
from tests.kernel.finite_models import Model
from tests.kernel.letters import A, B, L, S, d, f, i, u, v, x
from tests.kernel.test_second_opinion import forged

half = num(Fraction(1, 2))
y = sym("y", Vec(d))
M, N = app("M", x, sort=Mat(d, d, "spd")), app("N", x, sort=Mat(d, d))
X, Y = app("X", x, sort=Vec(d)), app("Y", x, sort=Vec(d))
dM, dN, dX, dY = (diff(x, t) for t in (M, N, X, Y))
spread = u - X
TRUE = {
    "Jacobi's formula": (diff(x, logdet(M)), trace(inv(M) @ dM), ()),
    "a sum of definite matrices": (diff(x, logdet(S + x**2 * L)), 2 * x * trace(inv(S + x**2 * L) @ L), ()),
    "a multiple of a definite matrix": (diff(x, logdet(x * S)), d / x, (lt(0, x),)),
    "an inverse": (diff(x, inv(M)), -(inv(M) @ dM @ inv(M)), ()),
    "a product": (diff(x, N @ M @ A), dN @ M @ A + N @ dM @ A, ()),
    "a square": (diff(x, N @ N), dN @ N + N @ dN, ()),
    "a transpose": (diff(x, N.T), dN.T, ()),
    "a trace": (diff(x, trace(N @ A)), trace(dN @ A), ()),
    "a quotient": (diff(x, N / x), dN / x - N / x**2, (ne(x, 0),)),
    "entries": (diff(x, trace(diag(i, f(i, x), d))), sum_(i, 1, d, diff(x, f(i, x))), ()),
    "components": (diff(x, comps(i, x**2 * f(i), d)), comps(i, 2 * x * f(i), d), ()),
    "a curve": (diff(x, exp(-x) * X + x**2 * u), exp(-x) * (dX - X) + 2 * x * u, ()),
    "a moving image": (diff(x, N @ X), dN @ X + N @ dX, ()),
    "a quadratic form": (diff(x, inner(X, N @ Y)), inner(dX, N @ Y) + inner(X, dN @ Y) + inner(X, N @ dY), ()),
    "a rescaled curve": (diff(x, app("X", 2 * x, sort=Vec(d))), 2 * diff(sym("z"), app("X", sym("z"), sort=Vec(d)), 2 * x), ()),
    "the slope of a slope": (diff(x, diff(x, x**2 * u)), 2 * u, ()),
    "a moving Gaussian": (
        diff(x, log(normal(u, X, M))),
        inner(dX, inv(M) @ spread) + half * inner(inv(M) @ spread, dM @ inv(M) @ spread) - half * trace(inv(M) @ dM),
        (),
    ),
    "a Laplacian": (divergence(u, f(u) * grad(u, f(u))), norm2(grad(u, f(u))) + f(u) * divergence(u, grad(u, f(u))), ()),
    "a Laplacian and more": (divergence(u, grad(u, f(u)) + u), divergence(u, grad(u, f(u))) + d, ()),
    "the Laplacian of a logarithm": (
        divergence(u, grad(u, log(f(u)))),
        divergence(u, grad(u, f(u))) / f(u) - norm2(grad(u, f(u))) / f(u) ** 2,
        (lt(0, f(u)),),
    ),
    "the Laplacian of a power": (divergence(u, grad(u, norm2(u) ** 2)), (8 + 4 * d) * norm2(u), ()),
    "the trace of a linear Jacobian": (divergence(u, mul(A, B, u) + v), trace(A @ B), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_the_calculus_finds_it(name):
    a, b, hypotheses = TRUE[name]
    assert algebra(a, b, hypotheses).hypotheses == hypotheses


ATTACKS = {
    "factors change places": (diff(x, N @ M), M @ dN + N @ dM, (), "does not hold"),
    "a square as in numbers": (diff(x, N @ N), 2 * (N @ dN), (), "does not hold"),
    "an inverse as in numbers": (diff(x, inv(M)), -(inv(M) @ inv(M) @ dM), (), "does not hold"),
    "the sign of an inverse": (diff(x, inv(M)), inv(M) @ dM @ inv(M), (), "does not hold"),
    "a trace without the inverse": (diff(x, logdet(M)), trace(dM), (), "does not hold"),
    "a determinant that may be negative": (diff(x, logdet(x * S)), d / x, (ne(x, 0),), "owes .*is positive definite"),
    "a matrix that may be singular": (diff(x, logdet(S + x * A)), trace(inv(S + x * A) @ A), (), "is positive definite"),
    "an inverse that may not exist": (diff(x, inv(N)), -(inv(N) @ dN @ inv(N)), (), "is positive definite"),
    "a root at the edge of its domain": (diff(x, sqrt(x) * u), u / (2 * sqrt(x)), (), "owes x > 0"),
    "a condition on a variable outside": (
        divergence(u, grad(y, log(inner(y, v)), u)), -norm2(v) / inner(u, v) ** 2,
        (lt(0, inner(y, v)), ne(inner(u, v), 0)), r"owes inner\(u, v\) > 0",
    ),
    "a condition on every entry": (diff(x, diag(i, log(f(i) * x), d)), eye(d) / x, (lt(0, x),), r"owes .* > 0 \(for a logarithm"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_is_refused(name):
    a, b, hypotheses, text = ATTACKS[name]
    with pytest.raises(RuleError, match=text):
        algebra(a, b, hypotheses)


def test_it_holds_in_one_dimension_too():
    """At d = 1 a definite matrix is a positive number; Jacobi's formula is (log m)' = m'/m."""
    theorem = algebra(diff(x, logdet(x * eye(d))), d / x, (lt(0, x),))
    assert str(instantiate(theorem, table({d: num(1)})).conclusion) == "diff(x, logdet((x*eye(1))), x) = (1/x)"


def test_at_a_point_outside_the_domain_a_hypothesis_is_false():
    theorem = algebra(diff(x, logdet(x * S)), d / x, (lt(0, x),))
    with pytest.raises(RuleError, match="becomes 0 < -1, which is false"):
        instantiate(theorem, table({x: num(-1)}))


def test_a_defined_matrix_is_unfolded():
    rotation = define("slopes.M", (x, A), x**2 * A)
    here = specialize(specialize(rotation, x), A).conclusion.args[0]
    assert algebra(here + A, (x**2 + 1) * A, (), (rotation,)).conclusion.args[1] == (x**2 + 1) * A


def test_a_function_whose_slope_was_taken_stays_smooth():
    assert algebra(diff(x, logdet(M)), trace(inv(M) @ dM)).smooth == {"M"}
    assert order(lt(0, x**2 + 1)).smooth == frozenset()


# ---- in numbers, at d = 1, 2 and 3

STEP = Fraction(1, 10**6)
CURVES = [
    (A + x * B) @ (S + x**2 * L), inv(S + x**2 * L), ((A + x * B) @ inv(S + x**2 * L) @ A).T, (x**3 * A + B) / (1 + x**2),
    x * inv(L) @ (S + x * A) @ (S + x * A), (x * A) @ u + x**2 * v, (A + x * B) @ inv(S + x**2 * L) @ (u + x * v),
    trace((A + x * B) @ inv(S + x**2 * L)), inner(u + x * v, inv(S + x**2 * L) @ (u - x * v)),
]  # fmt: skip


def flat(value):
    return [q for part in value for q in flat(part)] if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("dim", [1, 2, 3])
@pytest.mark.parametrize("curve", CURVES, ids=str)
def test_a_slope_is_the_limit_of_difference_quotients(curve, dim):
    model, here = Model(7, dim, 2, 2), Fraction(2, 3)
    slope = flat(model.value(rate(curve, x, []), {x: here}))
    ahead, behind = (flat(model.value(curve, {x: here + sign * STEP})) for sign in (1, -1))
    for s, p, q in zip(slope, ahead, behind, strict=True):
        assert abs(s - (p - q) / (2 * STEP)) <= (1 + abs(s)) * Fraction(1, 10**6)


def determinant(rows):
    """By the first row."""
    if not rows:
        return Fraction(1)
    minors = [tuple(r[:k] + r[k + 1 :] for r in rows[1:]) for k in range(len(rows))]
    return sum((-1) ** k * rows[0][k] * determinant(m) for k, m in enumerate(minors))


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_jacobi_in_numbers(dim):
    model, here, curve = Model(7, dim, 2, 2), Fraction(2, 3), S + x**2 * L
    slope = model.value(trace(inv(curve) @ rate(curve, x, [])), {x: here})
    ahead, now, behind = (determinant(model.value(curve, {x: here + k * STEP})) for k in (1, 0, -1))
    assert now > 0
    assert abs(slope - (ahead - behind) / (2 * STEP * now)) <= (1 + abs(slope)) * Fraction(1, 10**6)


# ---- what SymPy says of them

PATH = app("M", x, sort=Mat(d, d))
OPINIONS = {
    "slope of a product of matrices": (diff(x, PATH @ PATH), diff(x, PATH) @ PATH + PATH @ diff(x, PATH), 2 * (PATH @ diff(x, PATH))),
    "slope of an inverse": (
        diff(x, inv(S + x**2 * L)), -2 * x * (inv(S + x**2 * L) @ L @ inv(S + x**2 * L)), 2 * x * (inv(S + x**2 * L) @ L @ inv(S + x**2 * L)),
    ),
    "slope of a determinant": (diff(x, logdet(S + x**2 * L)), 2 * x * trace(inv(S + x**2 * L) @ L), 2 * x * trace(L)),
    "slope of a curve": (diff(x, x**2 * u + exp(x) * v), 2 * x * u + exp(x) * v, 2 * x * u + v),
    "trace of a Jacobian": (
        trace(jacobian(u, mul(A, u) + 2 * u)), trace(A) + 2 * d, trace(A) + d,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPINIONS)
def test_slopes_of_vectors_and_matrices(name):
    a, b_, wrong = OPINIONS[name]
    assert opinion(algebra(a, b_)).verdict == "agrees"
    assert opinion(forged(a, wrong)).verdict == "disagrees"
