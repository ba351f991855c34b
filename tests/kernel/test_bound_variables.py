"""A hypothesis about a free symbol says nothing about the bound variable of the same name."""

import pytest

from derivations.kernel.coordinates import antiderivative, even
from derivations.kernel.decay import gaussian_integrable
from derivations.kernel.integrals import tonelli
from derivations.kernel.logic import assume, weaken
from derivations.kernel.sums import log_product
from derivations.kernel.terms import INT, exp, integrable, integral, interval, lt, num, prod_, sqrt, sym
from derivations.kernel.theorem import RuleError

x, y, i = sym("x"), sym("y"), sym("i", INT)


def test_a_logarithm_of_a_product_needs_every_factor_positive():
    with pytest.raises(RuleError, match="i occurs free in the hypothesis"):
        log_product(prod_(i, 1, 3, i - 5), (lt(5, i),))


def test_an_even_function_is_even_everywhere():
    odd = 2 * (sqrt((x - 5) ** 2) - sqrt((x + 5) ** 2)) - (sqrt((x - 10) ** 2) - sqrt((x + 10) ** 2))
    with pytest.raises(RuleError, match="x occurs free in the hypothesis"):
        even(integral(x, odd), (lt(10, x),))


def test_an_antiderivative_is_one_on_the_whole_interval():
    with pytest.raises(RuleError, match="x occurs free in the hypothesis"):
        half = num(1) / 2
        antiderivative(integral(x, sqrt(x**2), interval(-1, 1)), x**2 / 2, half, half, (lt(0, x),))


@pytest.mark.parametrize("free", [x, y])
def test_tonelli_needs_a_sign_at_every_pair(free):
    body = free * exp(-(1 * x**2)) * exp(-(1 * y**2))
    inside = gaussian_integrable(y, body)
    outside = assume(integrable(x, integral(y, body)))
    message = f"{free!r} occurs free in the hypothesis"
    with pytest.raises(RuleError, match=message):
        tonelli(x, y, body, inside, weaken(outside, lt(0, free)))
    with pytest.raises(RuleError, match=message):
        tonelli(x, y, body, weaken(inside, lt(0, free)), outside)
