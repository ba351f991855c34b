"""What a refutation rests on: not on what a letter usually means."""

import pytest

from tests.reading.asked import judged, last, verdict

LEVELS = r"The state is $x_t = \alpha_t x_0 + \sigma_t \epsilon$." + "\n\n"
CHAIN = r"Let $q(x_t|x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_tI)$." + "\n\n"


@pytest.mark.parametrize(
    "tex",
    [
        r"X_t = a_{s,t}X_s + \sqrt{q_{s,t}}\,Z_{s,t}",  # a state that is made of an earlier one, with letters of its own
        r"\alpha_t^2 + \sigma_t^2 = 1",  # of an example, or of another part
        r"x_N = \sigma(t_N)\epsilon",  # the law of the last state, which holds nearly
        r"\nabla_{x_\sigma}\log q(x_\sigma|x) = -\frac{x_\sigma-x}{\sigma^2} = -\frac{\epsilon}{\sigma}",
    ],
)
@pytest.mark.parametrize("before", [LEVELS, CHAIN, r"Let $\sigma(t) = t$." + "\n\n", ""])
def test_what_may_mean_something_else_accuses_nobody(before, tex):
    assert verdict(tex, before) != "refuted"


@pytest.mark.parametrize(
    ("before", "tex"),
    [
        (CHAIN, r"x_t = \sqrt{1-\beta_t}x_{t-1} + \beta_t\epsilon"),  # a slip
        (CHAIN, r"x_t = x_{t-1} + \sqrt{\beta_t}\epsilon"),  # no slip, of letters of which the document has said enough
        (LEVELS, r"x_0 = \frac{x_t-\alpha_t\epsilon}{\sigma_t}"),  # two letters exchanged
        ("", r"\int_0^t e^{-s}\,ds = 1 + e^{-t}"),  # a computation in which no letter is taken for anything
        (r"Let $a = b$." + "\n\n", r"(a+b)^2 = 3a^2"),  # of what the document itself has said
        ("", r"q(x_t|x_{t-2}) = \mathcal N(x_t; \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}, (1+\alpha_t\alpha_{t-1})I)"),
    ],
)
def test_what_can_mean_nothing_else_is_refuted(before, tex):
    assert verdict(tex, before) == "refuted"


def test_what_fails_and_is_left_open_says_why():
    found = last(LEVELS + r"$$x_N = \sigma(t_N)\epsilon$$")
    assert found.verdict == "undecided" and "its letters may mean something else here" in found.message
    assert "the left side is" in found.message and not found.witness


def test_a_step_of_another_index_is_a_slip():
    step = r"x_s = \alpha_s \hat x_0 + \sigma_s \epsilon_\theta(x_t,t)"
    assert verdict(step, LEVELS) != "refuted"
    found = last(LEVELS + f"$${step}$$".replace(r"\sigma_s", r"\sigma_t"))
    assert found.verdict == "refuted" and "in place of σ_t" in found.message


LOGS = r"\log p(x_t|y) = \log p(y|x_t) %s \log p(x_t) + %s"


@pytest.mark.parametrize("constant", ["C", "c", r"\text{const}", r"\mathrm{const}."])
def test_bayes_rule_with_a_constant(constant):
    assert verdict(LOGS % ("+", constant)) == "proved"
    assert verdict(LOGS % ("-", constant)) in ("undecided", "refuted")


def test_parameters_among_the_conditions():
    score = r"\nabla_x\log p(x|y,\theta,\phi) = \nabla_x\log p(y|x,\phi) %s \nabla_x\log p(x|\theta)"
    assert verdict(score % "+") == "proved"
    assert verdict(score % "-") == "refuted"
    assert verdict(r"p(\theta|x) = \frac{p(x|\theta)p(\theta)}{p(x)}") == "proved"
    assert verdict(r"\nabla_\theta\log p(x|\theta) = 0") == "undecided"


def test_another_power_of_another_density_is_a_definition():
    assert verdict(r"p_T(x) \propto p(x)^{1/T}") != "refuted"


def test_the_point_from_which_a_flow_has_come_may_have_a_name():
    flow = r"\psi_t(x) = e^{t}x"
    assert judged(flow, r"\psi_t^{-1}(x) = y").verdict == "definition"
    assert judged(flow, r"\psi_t^{-1}(x) = e^{t}x").verdict == "refuted"
    assert judged(flow, r"\psi_t^{-1}(x) = e^{-t}x").verdict == "proved"


def test_the_flow_of_a_trained_denoiser():
    flow = r"\frac{dx}{d\sigma} = \frac{x-D_\theta(x;\sigma)}{\sigma}"
    assert last(f"$${flow}$$", notation="edm").verdict == "proved"
    assert last(f"$${flow}$$".replace("x-D", "x+D"), notation="edm").verdict == "refuted"


def test_a_schedule_that_is_chosen_anew_is_the_one_from_there_on():
    assert judged(r"\sigma(t) = t", r"\sigma(t) = \sqrt t", r"\dot\sigma(t) = \frac{1}{2\sqrt t}").verdict == "proved"
    assert judged(r"\sigma(t) = t", r"\sigma(t) = \sqrt t", r"\dot\sigma(t) = \frac{1}{\sqrt t}").verdict == "refuted"


def test_a_reverse_equation_in_the_letters_of_its_forward_one():
    forward = r"dx_t = -\frac12\beta(t)x_t\,dt + \beta(t)\,dW_t"
    reverse = r"dx_t = \left[-\frac12\beta(t)x_t - %s\nabla_{x_t}\log q_t(x_t)\right]dt + \beta(t)\,d\bar W_t"
    assert judged(forward, reverse % r"\beta(t)^2").verdict == "proved"
    assert judged(forward, reverse % r"\beta(t)").verdict == "refuted"


@pytest.mark.parametrize("words", ["当 ", "If ", "Suppose ", "taking ", "Quand ", "Wenn "])
def test_what_is_supposed_is_no_claim(words):
    before = r"$$q(x_t|x_0) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)$$" + "\n\n"
    formula = r"$\nabla_{x_t}\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}}$"
    assert last(before + words + formula).verdict == "undecided"
    assert last(before + "We have " + formula).verdict == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"x_{t-1} = \mu_\theta(x_t,t) + \sqrt{\tilde\beta_t}\,g + \sqrt{\tilde\beta_t}\,\epsilon",
        r"x_t = \sqrt{\bar\alpha_t}x_0 + \kappa\sqrt{1-\bar\alpha_t}\,\epsilon",
        r"\frac{\hat\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}} = \frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}} - \gamma\nabla_{x_t}\log p(y|x_t)",
    ],
)
def test_what_is_true_without_a_quantity_that_is_brought_in_is_no_slip(tex):
    assert verdict(tex, CHAIN) != "refuted"


def test_parameters_below_a_letter_are_no_variables():
    score = r"\nabla_{x_t}\log p(x_t|y,\theta,\phi) = \nabla_{x_t}\log p(y|x_t,\phi) + \nabla_{x_t}\log p(x_t|\theta)"
    assert verdict(score + r" = \nabla_{x_t}\log p(y|x_t,\phi) - \frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}}") != "refuted"


def test_a_rate_is_measured_by_a_forward_equation():
    reverse = r"dx_t = \left[-\frac12\beta(t)x_t - \beta(t)^2 s_\theta(x_t,t)\right]dt + \beta(t)\,d\bar W_t"
    assert judged(reverse).verdict == "undecided"
    assert judged(r"dx_t = -\frac12\beta(t)x_t\,dt + \sqrt{\beta(t)}\,dW_t", reverse).verdict == "refuted"


def test_dots_behind_written_terms_say_nothing_of_fewer():
    powers = r"S_t = b^2\left(1+a^2+(a^2)^2+\cdots+(a^{t-1})^2\right) = b^2\,\frac{1-a^{2t}}{1-a^2}"
    assert verdict(powers) != "refuted"
    assert verdict(r"1 + 2 + \dots + n = \frac{n(n-1)}{2}") == "refuted"


def test_an_assignment_to_itself_is_no_equation():
    assert verdict(r"\epsilon_i \leftarrow \frac{\epsilon_i}{2}") == "definition"
    assert verdict(r"x \leftarrow x + \eta\nabla_x\log p(x) + \sqrt{2\eta}\,\xi") == "proved"


def test_two_log_snrs_differ_by_a_factor():
    told = r"Let $\lambda_t = \log\frac{\alpha_t^2}{\sigma_t^2}$." + "\n\n"
    assert verdict(r"h = \lambda_t-\lambda_s = \log\frac{\alpha_t}{\sigma_t} - \log\frac{\alpha_s}{\sigma_s}", told) != "refuted"
    assert verdict(r"h = \lambda_t-\lambda_s = 2\log\frac{\alpha_t}{\sigma_t} + 2\log\frac{\alpha_s}{\sigma_s}", told) == "refuted"


RATIO = r"$$r := \frac{\bar\alpha_t}{\bar\alpha_s} = \prod_{i=s+1}^t \alpha_i \in (0, 1)$$" + "\n\n"


def test_an_index_letter_that_is_a_factor_has_a_meaning_of_its_own():
    assert verdict(r"r\bar\alpha_s = \bar\alpha_t", CHAIN) != "refuted"
    assert verdict(r"r\bar\alpha_s = \bar\alpha_t", CHAIN + RATIO) == "proved"
    assert verdict(r"r\bar\alpha_t = \bar\alpha_s", CHAIN + RATIO) == "refuted"


SPREAD = r"dx = \left[f(x,t) - \frac{1}{2}(g(t)^2 %s \sigma(t)^2)\nabla_x\log p(x,t)\right]dt + \sigma(t)dW"
FORWARD = r"dx = f(x,t)dt + g(t)dW"


@pytest.mark.parametrize("before", [[FORWARD], []])
def test_noise_of_another_strength_forward_and_back(before):
    assert judged(*before, SPREAD % "-").verdict == "proved"
    assert judged(*before, SPREAD % "+").verdict == "proved"
    assert judged(*before, SPREAD.replace(r"\frac{1}{2}", "") % "-").verdict == "refuted"
