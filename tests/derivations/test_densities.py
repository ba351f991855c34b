"""Equality of terms built from Gaussian densities: what is compared, and that nothing false comes of it."""

import pytest

from derivations.kernel import RuleError
from derivations.kernel.terms import app, expect, integral, lt, mul, normal, show, sqrt, sym, zero
from derivations.language.densities import equal
from derivations.language.notation import I, d, vector

a, c, v, w = sym("a"), sym("c"), sym("v"), sym("w")
x, y, mu = vector("x"), vector("y"), vector("mu")
signs = lt(0, v), lt(0, w)
was = normal(x, mu, w * I)


ALIKE = {
    "the mean is spelled otherwise": (normal(y, a * x + a * mu, v * I), normal(y, a * (x + mu), v * I)),
    "a product of two": (normal(y, 2 * x, v * I) * was, normal(y, x + x, v * I) * was),
    "inside an integral": (integral(x, normal(y, 2 * x, v * I) * was), integral(x, normal(y, x + x, v * I) * was)),
    "inside an average": (expect(x, was, (a + c) ** 2), expect(x, was, a**2 + 2 * a * c + c**2)),
    "the variance": (normal(y, x, (v + w) * I), normal(y, x, (w + v) * I)),
    "a factor before the integral": (integral(x, normal(y, mu, v * I) * was), normal(y, mu, v * I) * integral(x, was)),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_stands_in_the_densities_is_compared(name):
    left, right = ALIKE[name]
    theorem = equal(left, right, signs)
    assert show(theorem.conclusion) == f"{show(left)} = {show(right)}"
    assert theorem.rule in ("chain", "congruence", "under", "instantiate")
    assert set(theorem.hypotheses) <= set(signs)


def test_what_is_built_otherwise_is_left_to_algebra():
    theorem = equal(normal(y - mu, zero(d), v * I), normal(y, mu, v * I), signs)
    assert theorem.rule == "algebra"
    assert equal(was * normal(y, x, v * I), normal(y, x, v * I) * was, signs).rule == "algebra"


FALSE = {
    "another mean": (normal(y, 2 * x, v * I) * was, normal(y, x, v * I) * was, "does not hold"),
    "the deviation for the variance": (normal(y, x, v * I), normal(y, x, sqrt(v) * I), "does not hold"),
    "inside an integral": (integral(x, normal(y, 2 * x, v * I) * was), integral(x, normal(y, x, v * I) * was), "does not hold"),
    "a factor that depends on x": (integral(x, normal(y, x, v * I) * was), normal(y, x, v * I) * integral(x, was), "does not hold"),
    "a function that depends on x": (integral(x, app("g", x) * app("f", x)), app("g", x) * integral(x, app("f", x)), "does not hold"),
    "another law": (expect(x, was, a), expect(x, normal(x, mu, v * I), 2 * a), "does not hold"),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_nothing_false_follows(name):
    left, right, why = FALSE[name]
    with pytest.raises(RuleError, match=why):
        equal(left, right, signs)


def test_a_condition_on_the_variable_of_integration_is_not_used():
    inside = lt(0, sym("x"))
    s = sym("x")
    with pytest.raises(RuleError):
        equal(integral(s, sqrt(s**2) * app("f", s)), integral(s, s * app("f", s)), (inside,))


def test_a_function_called_f_is_no_obstacle():
    f = app("f", x)
    assert equal(integral(x, c * f), c * integral(x, f), ()).rule == "algebra"
    assert equal(integral(x, c * app("g", x)), mul(c, integral(x, app("g", x))), ()).rule == "instantiate"


def test_what_is_owed_is_asked_for():
    with pytest.raises(RuleError, match="owes"):
        equal(normal(y - mu, zero(d), v * I), normal(y, mu, v * I), ())
