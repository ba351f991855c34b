r"""Solutions of linear stochastic equations and their moments, integrals by antiderivatives, steps of size epsilon."""

import pytest

from tests.reading.asked import judged

LINEAR = r"dX_t = f(t)X_t dt + g(t)dW_t"
VP = r"dX_t = -\frac12\beta(t)X_t dt + \sqrt{\beta(t)}dW_t"
SOLVED = r"X_t = X_0 e^{\int_0^t f(s)ds} + \int_0^t e^{\int_s^t f(\tau)d\tau}g(s)dW_s"
SECOND = r"\mathbb E[X_t^2] = \mathbb E[X_0^2]e^{2\int_0^t f(s)ds} + \int_0^t e^{2\int_s^t f(\tau)d\tau}g(s)^2 ds"
SPREAD = r"\operatorname{Var}[X_t|X_0] = 1 - e^{-\int_0^t\beta(s)ds}"


@pytest.mark.parametrize(
    ("equation", "tex"),
    [
        (LINEAR, SOLVED), (LINEAR, SECOND), (LINEAR, SECOND.replace("E[X_t^2]", "E[X_t]").replace("E[X_0^2]", "E[X_0]").replace("2\\int_0", "\\int_0").split(" + ")[0]),
        (LINEAR, SOLVED.replace(r"\int_0^t e^{\int_s^t f(\tau)d\tau}", r"e^{\int_0^t f(s)ds}\int_0^t e^{-\int_0^s f(\tau)d\tau}")),
        (VP, SPREAD), (VP, r"\mathbb E[X_t|X_0] = e^{-\frac12\int_0^t\beta(s)ds}X_0"),
        (VP, SPREAD.replace("= ", r"= \int_0^t e^{-\int_s^t\beta(\tau)d\tau}\beta(s)ds = ")),
    ],
)  # fmt: skip
def test_what_solves_the_equation_is_proved(equation, tex):
    assert judged(equation, tex).verdict == "proved"


@pytest.mark.parametrize(
    ("equation", "tex"),
    [
        (LINEAR, SOLVED.replace("g(s)", "g(t)")), (LINEAR, SOLVED.replace(r"e^{\int_0", r"e^{-\int_0")),
        (LINEAR, SOLVED.replace("g(s)", "g(s)^2")), (LINEAR, SECOND.replace("g(s)^2", "g(s)")), (LINEAR, SECOND.replace("{2\\int_0", "{\\int_0")),
        (VP, SPREAD.replace("e^{-", "e^{-2")), (VP, SPREAD.replace("1 -", "1 +")), (LINEAR, SPREAD), (VP, SECOND),
    ],
)  # fmt: skip
def test_what_does_not_is_not(equation, tex):
    assert judged(equation, tex).verdict not in ("proved", "convention")


@pytest.mark.parametrize(
    ("true", "false", "wanted"),
    [
        (r"\frac{d}{dt}e^{\int_s^t f(\tau)d\tau} = f(t)e^{\int_s^t f(\tau)d\tau}", r"\frac{d}{dt}e^{\int_s^t f(\tau)d\tau} = f(s)e^{\int_s^t f(\tau)d\tau}", "refuted"),
        (r"\int_0^t e^{-\int_s^t\beta(\tau)d\tau}\beta(s)ds = 1-e^{-\int_0^t\beta(s)ds}", r"\int_0^t e^{-\int_s^t\beta(\tau)d\tau}\beta(s)ds = 1-e^{-2\int_0^t\beta(s)ds}", "refuted"),
        (r"e^{\int_0^t -\frac12\beta(s)ds} = \sqrt{e^{-\int_0^t\beta(s)ds}}", r"e^{\int_0^t -\frac12\beta(s)ds} = \sqrt{e^{-2\int_0^t\beta(s)ds}}", "refuted"),
        (r"\int_s^t \beta(u)du + \int_0^s \beta(u)du = \int_0^t \beta(u)du", r"\int_s^t \beta(u)du - \int_0^s \beta(u)du = \int_0^t \beta(u)du", "refuted"),
    ],
)  # fmt: skip
def test_integrals_of_what_nothing_is_known_of(true, false, wanted):
    assert judged(true).verdict == "proved"
    assert judged(false).verdict == wanted


def test_an_integral_over_time_without_ends_is_no_number():
    assert judged(r"v = e^{-\int\beta(t)dt}").verdict == "unread"


STEP = r"x_{t+1} = x_t + \epsilon s_\theta(x_t) + \sqrt{2\epsilon}\,\eta_t, \quad \eta_t \sim \mathcal N(0, I)"
STATE = r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"


def test_epsilon_under_a_root_is_the_size_of_a_step():
    assert judged(STEP).verdict == "proved"
    assert judged(STEP.replace(r"\sqrt{2", r"\sqrt{")).verdict not in ("proved", "convention")
    assert judged(STEP, STATE).verdict == "proved"  # and a noise elsewhere
    assert judged(STATE, STEP.replace(r"\sqrt{2\epsilon}", r"\sqrt{3\epsilon}")).verdict not in ("proved", "convention")


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"dx = f(x,t)dt + g(x,t)dw", "definition"), (r"m'(t) = a(t)m(t) + b(t); \quad m(0) = m_0", "definition"),
        (r"x_i = x_{i-1} + \sqrt{\sigma_i^2-\sigma_{i-1}^2}z_i", "definition"), (r"x_t = x_{t-1} + \sqrt{\beta_t}\epsilon", "refuted"),
        (r"\nabla_\phi\mathbb E_\epsilon[f(g_\phi(\epsilon,x))] = \mathbb E_\epsilon[\nabla_\phi f(g_\phi(\epsilon,x))]", "proved"),
        (r"\nabla_\phi\mathbb E_{q_\phi(z|x)}[f(z)] = \mathbb E_{q_\phi(z|x)}[\nabla_\phi f(z)]", "undecided"),
        (r"\nabla_\phi\mathbb E_{q_\phi(z|x)}[f(z)] = \mathbb E_{q_\phi(z|x)}[f(z)\nabla_\phi\log q_\phi(z|x)]", "undecided"),
        (r"\nabla_\theta\mathbb E_{p(x)}[2\|s_\theta(x)\|^2] = 2\mathbb E_{p(x)}[\nabla_\theta\|s_\theta(x)\|^2]", "undecided"),
        (r"\nabla_\theta\mathcal L(\theta) = \nabla_\theta\mathcal G(\theta)", "undecided"),
    ],
)  # fmt: skip
def test_equations_that_determine_and_gradients_of_averages(tex, wanted):
    assert judged(r"\bar\alpha_t = \prod_{s=1}^t(1-\beta_s)", tex).verdict == wanted


def test_a_function_of_other_states_is_another_one():
    """sigma_t(x | x_1) of one example is no claim about sigma_t(x_0, x_1) of the next."""
    first = r"\sigma_t(x|x_1) = 1-(1-\sigma_{min})t"
    assert judged(first, r"\sigma_t(z) = \sigma_t(x_0,x_1) = \sigma^2").verdict != "refuted"
    assert judged(first, r"\sigma_t(x_0,x_1) = \sqrt{t(1-t)}\sigma").verdict != "refuted"


def test_limits_of_opaque_integrals_are_kept():
    assert judged(LINEAR, SOLVED.replace(r"\int_0^t e^{\int_s", r"\int_s^t e^{\int_s")).verdict not in (
        "proved",
        "convention",
    )
    assert judged(r"\int_s^t\beta(u)du + \int_0^s\beta(u)du = \int_0^t\beta(u)du").verdict == "proved"


OU = r"dX_t = -X_t dt + \sqrt2 dB_t"
LANGEVIN = r"dx = -\nabla U(x)dt + \sqrt2 dw"
DENSITY = r"\frac{\partial p(x,t)}{\partial t} = \nabla\cdot(p(x,t)\nabla U(x)) + \Delta p(x,t)"


@pytest.mark.parametrize(
    ("before", "tex", "wanted"),
    [
        (OU, r"X_t = e^{-t}X_0 + \sqrt2\int_0^t e^{-(t-s)}dB_s", "proved"), (OU, r"X_t = e^{-t}X_0 + \sqrt2\int_0^t e^{t-s}dB_s", "refuted"),
        (OU, r"X_t = e^{-2t}X_0 + \sqrt2\int_0^t e^{-(t-s)}dB_s", "refuted"), (OU, r"X_t = e^{-t}X_0 + \int_0^t e^{-(t-s)}dB_s", "refuted"),
        (OU + "$$\n\n$$" + LINEAR, r"X_t = e^{-t}X_0 + \int_0^t e^{-(t-s)}dB_s", "undecided"),  # of which equation?
        (LANGEVIN, DENSITY, "proved"), (LANGEVIN, DENSITY.replace(r"\Delta", r"\frac12\Delta"), "refuted"),
        (LANGEVIN, DENSITY.replace(r"\nabla\cdot", r"-\nabla\cdot"), "refuted"),
    ],
)  # fmt: skip
def test_solutions_and_densities_of_the_equations_before(before, tex, wanted):
    assert judged(before, tex).verdict == wanted


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\nabla f = 0", "undecided"), (r"\nabla\cdot v = 0", "undecided"), (r"\nabla_x(f+g) = \nabla_x f + \nabla_x g", "undecided"),
        (r"\nabla_x(f+g) = \nabla_x f - \nabla_x g", "undecided"),
        (r"\begin{bmatrix} x_t \\ y_t \end{bmatrix} \sim \mathcal N\left(\begin{bmatrix} 0 \\ 0 \end{bmatrix}, I\right)", "definition"),
        (r"z = \mu + \sigma\epsilon \sim \mathcal N(\mu, \sigma^2)", "definition"), (r"a \sim b \sim c", "undecided"),
        (r"\partial_t\rho_t + \nabla\cdot(\rho_t v_t) = 0", "definition"),
    ],
)  # fmt: skip
def test_functions_without_their_variable_are_no_constants_and_laws_of_columns(tex, wanted):
    assert judged(tex).verdict == wanted


KERNEL = r"p_{0t}(x(t)|x(0)) = \mathcal N(x(t); x(0)e^{%s}, (1-e^{%s})I)"


@pytest.mark.parametrize(
    ("mean", "spread", "wanted"),
    [
        (r"-\frac12\int_0^t\beta(s)ds", r"-\int_0^t\beta(s)ds", "proved"), (r"\int_0^t-\frac12\beta(s)ds", r"-\int_0^t\beta(s)ds", "proved"),
        (r"\int_0^t-\frac12\beta(s)ds", r"\int_0^t-\beta(s)ds", "proved"), (r"\int_0^t-\beta(s)ds", r"-\int_0^t\beta(s)ds", "refuted"),
        (r"\int_0^t-\frac12\beta(s)ds", r"-\frac12\int_0^t\beta(s)ds", "refuted"), (r"\int_0^t\frac12\beta(s)ds", r"-\int_0^t\beta(s)ds", "refuted"),
    ],
)  # fmt: skip
def test_one_integral_in_two_spellings_is_one(mean, spread, wanted):
    assert judged(KERNEL % (mean, spread)).verdict == wanted


def test_a_step_with_alpha_of_one_step_is_not_held_against_a_document_that_writes_it_for_the_product():
    state = r"x_t = \sqrt{\alpha_t}x_0 + \sqrt{1-\alpha_t}\epsilon"
    score = r"s_\theta(x_t,t) = -\frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\alpha_t}}"
    step = r"x_{t-1} = \frac{1}{\sqrt{\alpha_t}}(x_t + (1-\alpha_t)s_\theta(x_t,t)) + \sqrt{1-\alpha_t}z"
    assert judged(state, score, step).verdict != "refuted"


def test_alpha_of_continuous_time_beside_alpha_of_the_steps_is_not_accused():
    chain, path = r"\bar\alpha_t = \prod_{s=1}^t\alpha_s", r"\alpha(t) = e^{-\int_0^t\beta(s)ds}"
    state = r"x(t) = \sqrt{\alpha(t)}x(0) + \sqrt{1-\alpha(t)}\epsilon"
    assert judged(chain, path, state).verdict != "refuted"
    of_steps = state.replace("(t)", "_t").replace("(0)", "_0")
    assert judged(chain, of_steps.replace(r"1-\alpha", r"1-\bar\alpha")).verdict == "refuted"


def test_a_chain_beside_a_state_of_continuous_time_is_another_process():
    state = r"x(t) = m(t) + \sqrt{v(t)}z; \quad z \sim \mathcal N(z; 0, I)"
    for chain in (
        r"x_i = x_{i-1} + \sqrt{\sigma_i^2-\sigma_{i-1}^2}z_{i-1}",
        r"x_i = \sqrt{1-\beta_i}x_{i-1} + \sqrt{\beta_i}z_{i-1}",
    ):
        assert judged(LINEAR, state, chain).verdict != "refuted"
