"""Two spaces of different dimension are never taken for one another, however alike the terms look."""

import pytest

from derivations.kernel.equality import algebra, convert
from derivations.kernel.logic import assume
from derivations.kernel.terms import (
    INT,
    Mat,
    Vec,
    app,
    diag,
    exp,
    eye,
    integrable,
    integral,
    norm2,
    num,
    sym,
    trace,
    zero,
)  # fmt: skip
from derivations.kernel.theorem import RuleError

d, m, i = sym("d", INT), sym("m", INT), sym("i", INT)
x, y, x_too = sym("x", Vec(d)), sym("y", Vec(m)), sym("x", Vec(m))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (integral(x, exp(-norm2(x))), integral(y, exp(-norm2(y)))),
        (integral(x, app("f", norm2(x))), integral(y, app("f", norm2(y)))),
        (integral(x, num(1)), integral(y, num(1))),
        (norm2(x), norm2(x_too)),
        (app("f", zero(d)), app("f", zero(m))),
        (app("f", eye(d)), app("f", eye(m))),
        (trace(sym("A", Mat(d, d))), trace(sym("A", Mat(m, m)))),
        (trace(diag(i, app("b", i), d)), trace(diag(i, app("b", i), m))),
    ],
)
def test_terms_over_two_spaces_are_not_equal(left, right):
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, right)


def test_integrability_over_one_space_says_nothing_about_another():
    with pytest.raises(RuleError, match="differ in more than rewriting"):
        convert(assume(integrable(x, app("f", norm2(x)))), integrable(y, app("f", norm2(y))))


def test_one_space_is_known_under_two_spellings_of_its_dimension():
    a, b = sym("x", Vec(m + d)), sym("y", Vec(d + m))
    assert algebra(integral(a, exp(-norm2(a))), integral(b, exp(-norm2(b))))
