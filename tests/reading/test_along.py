"""Log-densities along a flow, fields at a point, and schedules under a derivative."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{d}{dt}\log p_t(x_t) = -\nabla\cdot v_t(x_t)", "proved"),
        (r"\frac{d}{dt}\log p_t(x_t) = \nabla\cdot v_t(x_t)", "refuted"),
        (
            r"\frac{d}{dt}\log p_t(x(t)) = -\operatorname{tr}\left(\frac{\partial f(x(t),t)}{\partial x(t)}\right)",
            "proved",
        ),
        (r"\log p_1(x_1) = \log p_0(x_0) - \int_0^1\nabla\cdot v_t(x_t)dt", "proved"),
        (r"\log p_1(x_1) = \log p_0(x_0) + \int_0^1\nabla\cdot v_t(x_t)dt", "refuted"),
        (r"\log p_0(x_0) = \log p_1(x_1) + \int_0^1\nabla\cdot v_t(x_t)dt", "proved"),
        (r"\log p_0(x(0)) = \log p_T(x(T)) + \int_0^T\nabla\cdot f(x(t),t)dt", "proved"),
        (r"\log p_0(x(0)) = \log p_T(x(T)) - \int_0^T\nabla\cdot f(x(t),t)dt", "undecided"),
        (r"\log p_1(x_1) = \log p_0(x_0) - \int_0^2\nabla\cdot v_t(x_t)dt", "undecided"),
    ],
)
def test_a_log_density_falls_by_the_divergence_of_the_field(tex, expected):
    assert verdict(tex) == expected


PATH = r"$$p_t(\cdot|z)=N(\alpha_tz,\beta_t^2I_d)$$" + "\n\n"
FIELD = r"$$u_t(x|z)=(\dot\alpha_t-\frac{\dot\beta_t}{\beta_t}\alpha_t)z+\frac{\dot\beta_t}{\beta_t}x$$" + "\n\n"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (
            r"u_t(x|z)=(\beta_t^2\frac{\dot\alpha_t}{\alpha_t}-\dot\beta_t\beta_t)\nabla\log p_t(x|z)+\frac{\dot\alpha_t}{\alpha_t}x",
            "definition",
        ),
        (
            r"(\beta_t^2\frac{\dot\alpha_t}{\alpha_t}-\dot\beta_t\beta_t)\nabla\log p_t(x|z)+\frac{\dot\alpha_t}{\alpha_t}x = u_t(x|z)",
            "proved",
        ),
        (
            r"(\beta_t^2\frac{\dot\alpha_t}{\alpha_t}+\dot\beta_t\beta_t)\nabla\log p_t(x|z)+\frac{\dot\alpha_t}{\alpha_t}x = u_t(x|z)",
            "refuted",
        ),
    ],
)
def test_schedules_under_a_derivative(tex, expected):
    assert audit_text(f"{PATH}{FIELD}$${tex}$$").equations[-1].judgement.verdict == expected


def test_the_field_of_a_mixture_tells_what_is_mixed():
    field = r"$$u_t(x)=\int u_t(x|z)\frac{p_t(x|z)q(z)}{p_t(x)}dz$$" + "\n\n"
    found = audit_text(f"{PATH}{FIELD}{field}" + r"$$p_t(x) = \int p_t(x|z)q(z)dz$$").equations
    assert [e.judgement.verdict for e in found[-2:]] in (["definition", "definition"], ["definition", "proved"])


def test_a_divergence_is_taken_before_the_point_is_put_in():
    assert verdict(r"\partial_tp_t(x)=-\text{div}(p_tu_t)(x)") == "definition"
    (e,) = audit_text(r"$$\partial_tp_t(x)=-\text{div}(p_tu_t)(x)$$").equations
    assert "p(x@)(∂x, t)*u(t, ∂x) at x" in e.judgement.reading


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{\sigma_1}{\sigma_2}=\cdots=\frac{\sigma_{L-1}}{\sigma_L}>1", "definition"),
        (r"\bar\alpha_1 = \dots = \alpha_1", "proved"),
        (
            r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon = \dots = \bar\alpha_tx_0 + \sqrt{1-\bar\alpha_t}\epsilon",
            "refuted",
        ),
    ],
)
def test_equal_things_with_dots_between_them_are_a_condition(tex, expected):
    assert verdict(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"y^TA^{-1}x = x^TA^{-1}y", "undecided"),
        (
            r"\hat\epsilon = \epsilon_\theta(x_t,t,\varnothing) + w(\epsilon_\theta(x_t,t,c)-\epsilon_\theta(x_t,t,\varnothing))",
            "convention",
        ),
        (
            r"\hat\epsilon = \epsilon_\theta(x_t,t,\varnothing) - w(\epsilon_\theta(x_t,t,c)-\epsilon_\theta(x_t,t,\varnothing))",
            "refuted",
        ),
        (r"\hat\epsilon = (1+w)\epsilon_\theta(x_t) - w\epsilon_\theta(x_t,c)", "refuted"),
        (r"\hat\epsilon = (1+w)\epsilon_\theta(x_t,c) - w\epsilon_\theta(x_t)", "convention"),
    ],
)
def test_what_is_true_of_numbers_only_or_of_the_other_sign_is_left_open(tex, expected):
    assert verdict(tex) == expected
