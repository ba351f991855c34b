"""Equations in the time that is left, whose coefficients are schedules at T - t; drifts that are numbers; letters that
are counted above.
"""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, meets

FORWARD = r"The forward equation is $dX_t = -\alpha(t) X_t dt + \eta(t) dB_t$." + "\n\n"


@pytest.mark.parametrize(
    ("drift", "wanted"),
    [
        (r"\alpha(T-t) Y_t + \eta^2(T-t)\nabla\log p_{T-t}(Y_t)", "proved"),
        (r"\alpha(T-t) Y_t + \eta(T-t)^2\nabla\log p_{T-t}(Y_t)", "proved"),
        (r"\alpha(T-t) Y_t + \frac12\eta^2(T-t)\nabla\log p_{T-t}(Y_t)", "refuted"),
        (r"\alpha(T-t) Y_t + \eta(T-t)\nabla\log p_{T-t}(Y_t)", "refuted"),
        (r"-\alpha(T-t) Y_t + \eta^2(T-t)\nabla\log p_{T-t}(Y_t)", "refuted"),
        (r"2\alpha(T-t) Y_t + \eta^2(T-t)\nabla\log p_{T-t}(Y_t)", "refuted"),
        (r"\alpha(T-t) Y_t + \eta^2(T-t)\nabla\log p_t(Y_t)", "undecided"),
    ],
)
@pytest.mark.parametrize("state", [r"\overleftarrow{X}_t", r"X_t^\leftarrow"])
def test_a_reverse_equation_has_the_schedules_of_the_time_that_is_left(drift, wanted, state):
    drift = drift.replace("Y_t", state)
    tex = rf"$$d{state} = \left[{drift}\right] dt + \eta(T-t) dB_t$$"
    assert last(FORWARD + tex).verdict == wanted


@pytest.mark.parametrize(
    ("drift", "wanted"),
    [
        (r"-\alpha(t) X_t - \eta(t)^2\nabla\log p_t(X_t)", "proved"),
        (r"\alpha(t) X_t - \eta(t)^2\nabla\log p_t(X_t)", "refuted"),
        (r"-2\alpha(t) X_t - \eta(t)^2\nabla\log p_t(X_t)", "refuted"),
    ],
)
def test_a_reverse_equation_has_the_drift_of_the_forward_one(drift, wanted):
    assert last(FORWARD + rf"$$dX_t = \left[{drift}\right] dt + \eta(t) d\bar{{W}}_t$$").verdict == wanted


LINEAR = (
    r"Let $dx = f(t)x\,dt + g(t)dw$ with $f(\cdot):\mathbb{R}\to\mathbb{R}$."
    "\n\n"
    r"$$s(t) = \exp\left(\int_0^t f(\xi)d\xi\right)$$"
    "\n\n"
)


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"dx = \left[f(t)x - \tfrac12 g(t)^2\nabla_x\log p_t(x)\right]dt", "proved"),
        (r"dx = \left[f(t)x - g(t)^2\nabla_x\log p_t(x)\right]dt", "refuted"),
        (r"\dot s(t)/s(t) = f(t)", "proved"),
        (r"\dot s(t)/s(t) = 2f(t)", "refuted"),
        (r"\dot s(t) s(t) = f(t)", "false"),
    ],
)
def test_a_drift_of_the_time_alone_is_a_number_however_its_argument_is_called(tex, wanted):
    assert meets(last(LINEAR + f"$${tex}$$"), wanted)


def test_numbers_above_a_letter_count_where_a_one_stands_above_it():
    text = r"Let $\alpha_t = t$. For $\alpha_t^1,\alpha_t^2\ge0$ we need" + "\n\n" + r"$$\alpha^1_t - \alpha^2_t = 1.$$"
    assert last(text).verdict == "undecided"
    powers = r"Let $\alpha_t = t$. Then" + "\n\n" + r"$$\alpha_t^3\alpha_t = \alpha_t^2.$$"
    assert last(powers).verdict == "refuted"


@pytest.mark.parametrize("mark", [r"\blacktriangleright", r"\triangleright"])
def test_an_ornament_says_nothing(mark):
    text = rf"$$(a+b)^2 = a^2 + 2ab + b^2 \qquad {mark}\text{{ binomial}}$$"
    assert last(text).verdict == "proved"
    assert last(text.replace("2ab", "ab")).verdict == "refuted"


def test_a_schedule_at_another_time_is_no_product():
    text = r"Let $\beta(t) = t^2$. Then $$\beta(1-t) = (1-t)^2$$"
    assert last(text).verdict == "proved"
    assert meets(last(text.replace("$$\\beta(1-t) = (1-t)^2", r"$$2\beta(1-t) = 2t^2(1-t)")), "false")
    assert (
        audit_text(r"Let $\beta > 0$. Then $$2\beta(1-t) = 2\beta - 2\beta t$$").equations[-1].judgement.verdict
        == "proved"
    )
