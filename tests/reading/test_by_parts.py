"""Integrals over the whole space, by parts; gradients of test functions in inner products."""

import pytest

from tests.reading.asked import last, told_apart, verdict

PAIRS = [
    (r"\nabla\phi(x)^\top u(x) p(x)", r"\phi(x) \nabla\cdot(p(x) u(x))"),
    (r"\langle\nabla\phi(x), u(x)\rangle p_t(x)", r"\phi(x) \nabla\cdot[p_t(x) u(x)]"),
    (r"\nabla_x p(x)\cdot s_\theta(x)", r"p(x) \nabla_x\cdot s_\theta(x)"),
]


@pytest.mark.parametrize(("gradient", "divergence"), PAIRS)
def test_the_sign_changes(gradient, divergence):
    told_apart(rf"\int {gradient} dx = -\int {divergence} dx", rf"\int {gradient} dx = \int {divergence} dx")
    assert "the boundary terms are taken to vanish" in last(rf"$$\int {gradient} dx = -\int {divergence} dx$$").message


def test_how_far_a_gradient_before_a_dot_reaches_is_not_clear():
    said = r"\int \nabla\phi(x)\cdot u(x) p(x) dx = %s\int \phi(x) \nabla\cdot(p(x) u(x)) dx"
    assert verdict(said % "-") == "proved"
    assert verdict(said % "") == "undecided"


@pytest.mark.parametrize(
    "tex",
    [
        r"\int \nabla\phi(x)\cdot u(x) p(x) dx = -\int \nabla\cdot(p(x) u(x)) dx",
        r"\int \nabla\phi(x)\cdot u(x) p(x) dx = -2\int \phi(x) \nabla\cdot(p(x) u(x)) dx",
        r"\int_0^1 f(x) g'(x) dx = -\int_0^1 f'(x) g(x) dx",
    ],
)
def test_what_is_not_shown_by_parts(tex):
    assert verdict(tex) not in ("proved", "convention")


def test_a_flow_is_no_test_function():
    flow = r"$$\frac{d}{dt}\phi_t(x) = u_t(\phi_t(x))$$ and "
    assert verdict(r"\nabla\phi_t(x)\cdot v = \nabla\phi_t(x)\cdot v", flow) != "unread"
