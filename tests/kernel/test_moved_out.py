"""What moves out of an integral takes its sign along, in whatever order the letters were met."""

import pytest

from derivations.kernel.equality import algebra, order
from derivations.kernel.terms import app, forall, integral, le, lt, sym
from derivations.kernel.theorem import RuleError

x, y, z = sym("x"), sym("y"), sym("z")


def f(at):
    """An unspecified function."""
    return app("f", at)


def g(at):
    """Another one."""
    return app("g", at)


constant = integral(y, app("h", y))
inside = integral(x, (f(x) - g(x)) * constant)
outside = integral(z, f(z) - g(z)) * constant


@pytest.mark.parametrize("met_first", [integral(x, f(x) ** 2), integral(x, g(x) ** 2), integral(z, g(z)), integral(z, f(z))])
def test_an_inner_integral_moves_out_with_its_sign(met_first):
    assert algebra(met_first + inside, met_first + outside)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(met_first + inside, met_first - outside)


def test_an_integral_of_what_is_positive_everywhere_is_not_negative():
    assert order(le(0, integral(x, f(x))), (forall(x, lt(0, f(x))),))
    assert order(le(0, integral(x, f(x) * constant)), (forall(x, lt(0, f(x))), lt(0, constant)))
    with pytest.raises(RuleError, match="no certificate"):
        order(le(0, integral(x, f(x))), (lt(0, f(x)),))
