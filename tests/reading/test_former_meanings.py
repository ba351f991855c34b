"""Documents with several examples of one thing: what a name meant before, and times that are chosen between others."""

import pytest

from tests.reading.asked import judged, last, meets

KERNEL = r"p_{0t}(x_t\mid x_0) = \mathcal N(x_t; \alpha(t)x_0, (1-\alpha(t)^2)I)"
OTHER = r"p_{0t}(x_t\mid x_0) = \mathcal N(x_t; x_0, [\sigma^2(t)-\sigma^2(0)]I)"
SCORE = r"\nabla_{x_t}\log p_{0t}(x_t\mid x_0) = "
SDE = r"dX_t = f(X_t,t)\,dt + g(t)\,dW_t"
DECAY = r"\alpha(t) = \exp\big(-\frac12\int_0^t\beta(s)\,ds\big)"


@pytest.mark.parametrize(
    "score, expected",
    [
        (r"-\frac{x_t-\alpha(t)x_0}{1-\alpha(t)^2}", "proved"),
        (r"-\frac{x_t-x_0}{\sigma^2(t)-\sigma^2(0)}", "undecided"),  # for nothing says that sigma grows
        (r"-\frac{x_t-\alpha(t)x_0}{\sqrt{1-\alpha(t)^2}}", "false"),
        (r"\frac{x_t-\alpha(t)x_0}{1-\alpha(t)^2}", "false"),
        (r"-\frac{x_t-x_0}{\sigma(t)-\sigma(0)}", "false"),
    ],
)
def test_a_kernel_that_is_given_anew_in_another_example_may_be_meant_as_before(score, expected):
    assert meets(judged(SDE, DECAY, KERNEL, OTHER, SCORE + score), expected)


@pytest.mark.parametrize("law, expected", [(r"(1-\alpha(t)^2)I", "definition"), (r"(1-\alpha(t))I", "definition")])
def test_alpha_as_the_exponential_of_an_integral_is_no_schedule_of_steps(law, expected):
    assert judged(DECAY, rf"p_{{0t}}(x_t\mid x_0) = \mathcal N(x_t; \alpha(t)x_0, {law})").verdict == expected
    assert judged(DECAY, KERNEL, SCORE + r"-\frac{x_t-\alpha(t)x_0}{1-\alpha(t)^2}").verdict == "proved"
    assert meets(judged(DECAY, KERNEL, SCORE + r"-\frac{x_t-\alpha(t)x_0}{1-\alpha(t)}"), "false")


LEVELS = (
    r"Use $x_t=\alpha_tx_0+\sigma_t\epsilon$ with $\alpha_t^2+\sigma_t^2=1$, $\lambda_t=\log(\alpha_t/\sigma_t)$ and "
    r"$h=\lambda_t-\lambda_s$. "
)
MIDDLE = r"Let $\lambda_u=\frac12(\lambda_s+\lambda_t)$. "
STEP = r"$$x_u = \frac{\alpha_u}{\alpha_s}x_s-%s\,(%s)\,\epsilon_\theta(x_s,s)$$"


@pytest.mark.parametrize(
    "level, growth", [(r"\sigma_u", r"e^{h/2}-1"), (r"\sigma_s", r"e^{h/2}-1"), (r"\sigma_u", "e^h-1")]
)
def test_a_step_to_a_time_of_which_nothing_is_said_is_open(level, growth):
    assert last(LEVELS + STEP % (level, growth)).verdict == "undecided"


@pytest.mark.parametrize("middle", [MIDDLE, r"Let $u = t_\lambda(\frac{\lambda_s+\lambda_t}{2})$. "])
@pytest.mark.parametrize(
    "level, growth, expected",
    [
        (r"\sigma_u", r"e^{h/2}-1", "proved"),
        (r"\sigma_s", r"e^{h/2}-1", "false"),
        (r"\sigma_u", r"e^{h}-1", "refuted"),
        (r"\sigma_u", r"e^{-h/2}-1", "refuted"),
        (r"(-\sigma_u)", r"e^{h/2}-1", "refuted"),
    ],
)
def test_a_step_to_a_time_that_is_chosen_by_its_log_snr_is_judged(middle, level, growth, expected):
    assert meets(last(LEVELS + middle + STEP % (level, growth)), expected)


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{\alpha_t}{\alpha_s}x_s-\alpha_t\int_{\lambda_s}^{\lambda_t}e^{-\lambda}\epsilon_\theta(x_\lambda,\lambda)d\lambda", "proved"),
        (r"\frac{\alpha_t}{\alpha_s}x_s-\alpha_t\int_{\lambda_s}^{\lambda_t}e^{\lambda}\epsilon_\theta(x_\lambda,\lambda)d\lambda", "refuted"),
        (r"\frac{\alpha_t}{\alpha_s}x_s+\alpha_t\int_{\lambda_s}^{\lambda_t}e^{-\lambda}\epsilon_\theta(x_\lambda,\lambda)d\lambda", "refuted"),
        (r"\frac{\alpha_s}{\alpha_t}x_s-\alpha_t\int_{\lambda_s}^{\lambda_t}e^{-\lambda}\epsilon_\theta(x_\lambda,\lambda)d\lambda", "refuted"),
    ],
)  # fmt: skip
def test_an_exact_solution_is_exact_for_a_network_that_does_not_change(tex, wanted):
    assert last(f"{LEVELS}\n\n$$x_t = {tex}$$").verdict == wanted


TAKEN = r"\sigma_s^2-\rho_t^2"


@pytest.mark.parametrize("carried", [r"\sigma_s^2+\rho_t^2", r"\sigma_s-\rho_t"])
def test_the_noise_of_a_step_with_a_level_of_its_own_is_taken_from_what_is_carried(carried):
    step = r"x_s = \alpha_s x_\theta(x_t,t)+\sqrt{%s}\,\epsilon_\theta(x_t,t)+\rho_t z"
    drawn = LEVELS + r"Let $z\sim\mathcal N(0,I)$. "
    found = last(f"{drawn}\n\n$${step % carried}$$")  # a slip away from what is open itself
    assert found.verdict == "undecided" and "it fails as it was read" in found.message
    assert "it fails as it was read" not in last(f"{drawn}\n\n$${step % TAKEN}$$").message


def test_what_follows_from_a_law_that_is_stated_again_follows_from_the_later_one():
    first = r"x_t \sim \mathcal{N}(x_0, \frac{1}{\Delta t}\sigma^2)"
    later = r"x_t \sim \mathcal{N}(x_0, \sigma_t^2), \qquad \text{where } \sigma_t := \sigma_q\sqrt{t}"
    score = r"\nabla_{x_t}\log p_t(x_t) = \frac{\mathbb{E}[x_0 \mid x_t] - x_t}{%s}"
    assert judged(first, r"\sigma = \sigma_q\sqrt{\Delta t}", later, score % r"\sigma_t^2").verdict == "proved"
    assert judged(later, score % r"\sigma_t").verdict == "refuted"
