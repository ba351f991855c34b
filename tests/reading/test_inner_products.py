r"""A gradient is of what stands before a dot: \nabla\log p(x)\cdot v is an inner product."""

import pytest

from tests.reading.asked import verdict


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\nabla p_t(x) = \nabla\log p_t(x)\cdot p_t(x)", r"\nabla p_t(x) = -\nabla\log p_t(x)\cdot p_t(x)"),
        (r"\nabla_x p(x) = \nabla_x\log p(x)\cdot p(x)", r"\nabla_x p(x) = 2\nabla_x\log p(x)\cdot p(x)"),
        (r"\nabla_x\log p(x)\cdot(x - y) = (x - y)\cdot\nabla_x\log p(x)",
         r"\nabla_x\log p(x)\cdot(x - y) = (y - x)\cdot\nabla_x\log p(x)"),
        (r"\nabla\cdot(p(x) f(x, t)) = \nabla p(x)\cdot f(x, t) + p(x)\nabla\cdot f(x, t)",
         r"\nabla\cdot(p(x) f(x, t)) = \nabla p(x)\cdot f(x, t) - p(x)\nabla\cdot f(x, t)"),
    ],
)  # fmt: skip
def test_what_stands_behind_the_dot_is_outside(true, false):
    assert verdict(true) == "proved"
    assert verdict(false) == "refuted"


def test_a_product_of_functions_may_be_meant_as_a_whole():
    assert verdict(r"\nabla_x f(x)\cdot g(x) = g(x)\nabla_x f(x) + f(x)\nabla_x g(x)") == "proved"
    assert verdict(r"\nabla_x f(x)\cdot g(x) = g(x)\nabla_x f(x) - f(x)\nabla_x g(x)") != "proved"
