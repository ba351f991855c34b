"""Vectors and matrices: what moves out of an integral, whose component is whose, which Gaussian is one."""

import pytest

from derivations.kernel.decay import gaussian_dominated, gaussian_integrable
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume
from derivations.kernel.terms import (
    INT,
    MEASURE,
    Mat,
    Vec,
    app,
    comps,
    diag,
    eq,
    eye,
    forall,
    inner,
    integrable,
    integral,
    inv,
    le,
    lt,
    mul,
    ne,
    norm2,
    normal,
    num,
    sum_,
    sym,
    trace,
    zero,
)
from derivations.kernel.theorem import RuleError

x, y, a, b = sym("x"), sym("y"), sym("a"), sym("b")
d, i, j = sym("d", INT), sym("i", INT), sym("j", INT)
u, v = sym("u", Vec(d)), sym("v", Vec(d))
A, B = sym("A", Mat(d, d)), sym("B", Mat(d, d))
S, L = sym("S", Mat(d, d, "spd")), sym("L", Mat(d, d, "spd"))
M = sym("M", MEASURE)
g, moving = app("g", x), app("A", x, sort=Mat(d, d))
ONE = integral(x, num(1), M)


def test_a_matrix_that_depends_on_the_variable_stays_under_the_integral():
    left = mul(ONE, integral(x, mul(g, moving, u), M))
    right = mul(integral(x, g, M), integral(x, mul(moving, u), M))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, right)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(
            integral(x, mul(moving, app("v", x, sort=Vec(d))), M),
            integral(x, mul(A, app("v", x, sort=Vec(d))), M),
        )


def test_a_matrix_that_does_not_moves_out_of_a_fixed_vector_or_when_it_is_invertible():
    w, definite = app("v", x, sort=Vec(d)), sym("S", Mat(d, d, "spd"))
    assert algebra(integral(x, mul(g, definite, w), M), mul(definite, integral(x, mul(g, w), M)))
    with pytest.raises(RuleError, match="does not hold"):  # A w may have an integral where w has none
        algebra(integral(x, mul(g, A, w), M), mul(A, integral(x, mul(g, w), M)))
    assert algebra(integral(x, mul(g, A, u), M), mul(integral(x, g, M), A, u))


def test_the_index_of_one_vector_is_not_a_name_in_the_other():
    left = inner(comps(i, app("p", i), d), comps(j, app("q", i, j), d))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, sum_(i, 1, d, app("p", i) * app("q", i, i)))
    assert algebra(left, sum_(j, 1, d, app("p", j) * app("q", i, j)))


def test_matrices_do_not_commute():
    with pytest.raises(RuleError, match="does not hold"):
        algebra(mul(A, B), mul(B, A))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(mul(S, L), mul(L, S))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(trace(mul(A, B, S)), trace(mul(B, A, S)))
    assert algebra(trace(mul(A, B)), trace(mul(B, A)))


def test_nor_do_they_in_the_guard_of_a_hypothesis():
    guarded = forall(y, lt(0, app("f", y)), eq(mul(A, B, u), mul(B, A, u)))
    with pytest.raises(RuleError, match="no certificate"):
        order(lt(0, app("f", y)), (guarded,))


def test_vectors_are_not_ordered_and_not_told_apart_by_signs():
    with pytest.raises(RuleError, match="order: "):
        order(ne(u, v), (lt(0, sym("u")),))


def test_vectors_are_no_commuting_scalars():
    with pytest.raises(RuleError, match="does not hold"):
        algebra(inner(u, v) ** 2, norm2(u) * norm2(v))
    with pytest.raises(RuleError, match="no certificate"):
        order(lt(0, inner(u, v)), (lt(0, norm2(u)), lt(0, norm2(v))))


def test_only_a_definite_matrix_has_an_inverse_and_a_sign():
    with pytest.raises(RuleError, match="A is positive definite"):
        algebra(mul(inv(A), A), eye(d))
    with pytest.raises(RuleError, match="no certificate"):
        order(le(0, inner(u, mul(A, u))))
    with pytest.raises(RuleError, match="no certificate"):
        order(le(0, inner(u, mul(S, L, u))))
    with pytest.raises(RuleError, match="is positive definite"):
        algebra(mul(inv(S - L), S - L), eye(d))
    with pytest.raises(RuleError, match="is positive definite"):
        algebra(mul(inv(diag(i, app("s", i), d)), diag(i, app("s", i), d)), eye(d))
    assert order(le(0, inner(u, mul(inv(S), u))))


def test_a_square_known_as_a_fraction_keeps_its_sign():
    """|u|^2 = a/b with b < 0 makes a <= 0, not a >= 0."""
    known = assume(eq(norm2(u), a / b))
    with pytest.raises(RuleError, match="no certificate"):
        order(le(0, a), (lt(b, 0), le(0, norm2(u))), (known,))
    assert order(le(a, 0), (lt(b, 0), le(0, norm2(u))), (known,))


GAUSSIANS = [
    normal(x, x**2, num(1)),
    normal(x, app("m", x), num(1)),
    normal(x, num(0), 1 + x**2),
    normal(num(0) * x, num(0), num(1)),
    normal(x, num(0), b),
    normal(x * a, num(0), num(1)),
    normal(mul(app("A", u, sort=Mat(d, d, "spd")), u), zero(d), eye(d)),
    normal(u, mul(app("A", u, sort=Mat(d, d)), v), eye(d)),
    normal(u, zero(d), mul(1 + norm2(u), eye(d))),
    normal(mul(norm2(u), u), zero(d), eye(d)),
    normal(mul(A, u), zero(d), eye(d)),
    normal(u, u, eye(d)),
    normal(u, zero(d), A),
    normal(inner(u, v), num(0), num(1)),
    normal(mul(x, v), zero(d), eye(d)),
]


@pytest.mark.parametrize("density", GAUSSIANS, ids=str)
def test_what_is_no_gaussian_is_not_taken_for_one(density):
    with pytest.raises(RuleError, match="is proved to be a Gaussian"):
        gaussian_integrable(u if u in density.free else x, density)


def test_a_slope_that_depends_on_y_does_not_dominate():
    other = assume(integrable(y, app("g", y)))
    with pytest.raises(RuleError, match="y occurs free in the hypothesis"):
        gaussian_dominated(x, normal(x * y, num(0), num(1)) * app("g", y), other, (lt(0, y),))
    with pytest.raises(RuleError, match="is not one Gaussian kernel"):
        gaussian_dominated(x, normal(x, y, 1 + y**2) * app("g", y), other)
    assert gaussian_dominated(x, normal(x, y, num(1)) * app("g", y), other)
    stretch = app("A", v, sort=Mat(d, d, "spd"))
    far = assume(integrable(v, app("g", v)))
    with pytest.raises(RuleError, match="is not one Gaussian kernel"):
        gaussian_dominated(u, normal(mul(stretch, u), zero(d), eye(d)) * app("g", v), far)
