"""Instances that would prove something false: capture, lost promises, an exchanged dimension."""

import pytest

from derivations.kernel.equality import algebra, congruence, constant_dropped, order
from derivations.kernel.logic import (
    assume,
    generalize,
    induction,
    instantiate,
    instantiate_function,
    specialize,
    weaken,
)
from derivations.kernel.terms import (
    INT,
    Mat,
    TermError,
    Vec,
    add,
    app,
    comps,
    eq,
    eqmod,
    exp,
    eye,
    forall,
    inner,
    integral,
    inv,
    le,
    lt,
    mul,
    norm2,
    num,
    sym,
    zero,
)
from derivations.kernel.theorem import RuleError

x, y, c, theta = sym("x"), sym("y"), sym("c"), sym("theta")
n, m, d, e, i = (sym(s, INT) for s in ("n", "m", "d", "e", "i"))
xd, u, S = sym("x", Vec(d)), sym("u", Vec(d)), sym("S", Mat(d, d, "spd"))
POSITIVE = order(le(0, inner(u, mul(S, u))))


def test_a_bound_vector_does_not_capture_one_whose_dimension_becomes_its_own():
    """x in R^d is bound, x in R^3 is free; after d := 3 they are still two."""
    x3 = sym("x", Vec(num(3)))
    theorem = algebra(integral(xd, norm2(x3) * exp(-norm2(xd))), norm2(x3) * integral(xd, exp(-norm2(xd))))
    at3 = instantiate(theorem, ((d, num(3)),)).conclusion
    assert x3 in at3.args[0].free
    assert at3.args[0].args[0] != x3


def test_nor_does_it_capture_one_that_is_given_its_dimension():
    xe = sym("x", Vec(e))
    theorem = algebra(integral(xd, norm2(xe) * exp(-norm2(xd))), norm2(xe) * integral(xd, exp(-norm2(xd))))
    assert sym("x", Vec(d)) in instantiate(theorem, ((e, d),)).conclusion.args[0].free


def test_a_vector_is_replaced_by_a_vector_of_its_space_only():
    with pytest.raises(TermError, match="has sort"):
        instantiate(algebra(inner(u, xd), inner(xd, u)), ((u, comps(i, num(1), e)),))


def test_vectors_whose_dimensions_are_spelled_differently_are_two_variables():
    one, two = sym("x", Vec(m + d)), sym("x", Vec(d + m))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(norm2(one), norm2(two))


def test_a_dimension_is_not_rewritten_under_a_free_vector():
    with pytest.raises(RuleError, match="d is the dimension of x"):
        congruence(norm2(xd), d, algebra(num(1) + 1, num(2)))


def test_a_matrix_that_is_definite_before_the_substitution_only_is_refused():
    """0 < c makes c I definite, but c becomes -c at the same time."""
    with pytest.raises(RuleError, match=r"S is positive definite, and .* is not proved to be"):
        instantiate(weaken(POSITIVE, lt(0, c)), ((c, -c), (S, mul(c, eye(d)))))
    assert instantiate(weaken(POSITIVE, lt(0, c)), ((S, mul(c, eye(d))),))


def test_for_all_definite_matrices_does_not_cover_the_others():
    with pytest.raises(RuleError, match="specialize: S is positive definite, and -eye"):
        specialize(generalize(POSITIVE, S), -eye(d))


def test_a_function_of_definite_matrices_is_not_given_for_others():
    a, f = sym("A", Mat(d, d)), app("F", sym("A", Mat(d, d)), sort=Mat(d, d, "spd"))
    theorem = order(le(0, inner(u, mul(f, u))))
    with pytest.raises(TermError, match="F is given for a positive definite S, and A is not declared so"):
        instantiate_function(theorem, "F", (S,), inv(S))
    assert a in theorem.conclusion.free


def test_a_hypothesis_for_all_definite_matrices_is_not_used_at_others():
    a = sym("A", Mat(d, d))
    for_all = forall(S, lt(0, app("f", S)))
    assert order(lt(0, app("f", inv(S))), (for_all,))
    with pytest.raises(RuleError, match="no certificate"):
        order(lt(0, app("f", a)), (for_all,))


def test_a_hypothesis_for_all_integers_is_not_used_at_a_real_number():
    with pytest.raises(RuleError, match="no certificate"):
        order(lt(0, app("f", x)), (forall(n, lt(0, app("f", n))),))


def test_a_hypothesis_false_at_the_instance_is_refused():
    with pytest.raises(RuleError, match="becomes 0 < -1, which is false"):
        instantiate(algebra(x, x, (lt(0, x),)), ((x, num(-1)),))
    with pytest.raises(RuleError, match="a hypothesis becomes 0 < -1, which is false"):
        instantiate_function(algebra(x, x, (lt(0, app("f")),)), "f", (), num(-1))


def test_a_constant_stays_one():
    dropped = constant_dropped(algebra(c + theta, add(theta, c)), theta, c)
    with pytest.raises(TermError, match="depends on theta, so what was a constant would not be one"):
        instantiate(dropped, ((c, theta),))
    with pytest.raises(TermError, match="cannot replace it"):
        instantiate(dropped, ((theta, num(0)),))
    assert instantiate(dropped, ((theta, x),)).conclusion == eqmod(x, c + x, x)
    assert instantiate(dropped, ((c, y),)).conclusion == eqmod(theta, y + theta, theta)


def test_a_constant_of_the_same_name_stays_one():
    """u of R^k is fixed while u of R^d varies; where k is d they are one vector."""
    u, w = sym("u", Vec(d)), sym("u", Vec(n))
    two = norm2(w) + norm2(u)
    dropped = constant_dropped(algebra(two, add(norm2(u), norm2(w))), u, norm2(w))
    with pytest.raises(TermError, match="u depends on u, so what was a constant would not be one"):
        instantiate(dropped, ((n, d),))
    hidden = assume(forall(u, eq(app("two", u), two)))
    dropped = constant_dropped(algebra(app("two", u), add(norm2(u), norm2(w)), (), (hidden,)), u, norm2(w))
    with pytest.raises(RuleError, match="u was fixed while u varied, and u is not"):
        instantiate(dropped, ((n, d),))
    assert instantiate(dropped, ((d, num(3)),))


def test_a_function_in_a_constant_stays_one():
    k = app("k", x)
    dropped = constant_dropped(algebra(k + theta, add(theta, k)), theta, k)
    with pytest.raises(TermError, match="an equality up to a constant depends on theta"):
        instantiate_function(dropped, "k", (x,), theta)
    net = app("net", x)
    dropped = constant_dropped(algebra(k + net, add(net, k)), net, k)
    with pytest.raises(TermError, match="an equality up to a constant depends on net"):
        instantiate_function(dropped, "k", (x,), app("net", x) ** 2)
    with pytest.raises(TermError, match="an equality up to a constant depends on net"):
        instantiate_function(dropped, "net", (x,), x)


def test_induction_starts_at_one_place():
    p = app("p", n)
    base = assume(lt(0, app("p", app("s", n, sort=INT))))
    with pytest.raises(RuleError, match=r"the start s\(n\) depends on n"):
        induction(base, specialize(assume(forall(n, lt(0, app("p", n + 1)), lt(0, p))), n), n, app("s", n, sort=INT))


def test_the_zero_of_one_space_is_not_that_of_another():
    with pytest.raises(RuleError, match="does not hold"):
        algebra(app("f", zero(d)), app("f", zero(e)))
    with pytest.raises(TermError, match="different sorts"):
        eq(zero(d), zero(e))


@pytest.mark.parametrize("pair", [
    (sym("n", INT), sym("n")), (app("f", x), app("f", x, sort=INT)), (app("f", x), app("f", xd)),
    (inner(u, mul(sym("S", Mat(d, d)), u)), inner(u, mul(S, u))),
], ids=["int and real", "two results", "two arguments", "definite and not"])  # fmt: skip
def test_things_of_one_name_and_two_sorts_are_two_things(pair):
    with pytest.raises(RuleError, match="does not hold"):
        algebra(*pair)
