r"""The law of the state as a document states it itself, other letters for the diffusion, and what follows for the score."""

import pytest

from tests.reading.asked import displayed, judged, meets, verdict

LAWS = [
    r"$$\mathbf{x}_t=\mathbf{x}_0+t\epsilon$$ with $\epsilon\sim\mathcal N(0,I)$.",
    r"Let $\mathbf{x}_t\sim\mathcal{N}(\mathbf{x}_0,t^2\mathbf{I})$.",
    r"Let $p_{0t}(\mathbf{x}_t|\mathbf{x}_0)=\mathcal{N}(\mathbf{x}_t;\mathbf{x}_0,t^2\mathbf{I})$.",
    r"Let $q(\mathbf{x}_t|\mathbf{x}_0)=\mathcal{N}(\mathbf{x}_t;\mathbf{x}_0,t^2\mathbf{I})$.",
    r"$$d\mathbf{x}_t=\sqrt{2t}\,d\mathbf{w}_t$$ Let $\mathbf{x}_t\sim\mathcal{N}(\mathbf{x}_0,t^2\mathbf{I})$.",
]
MEANS = [
    (r"-\mathbb{E}\left[\frac{\mathbf{x}_t-\mathbf{x}_0}{t^2}\,\middle|\,\mathbf{x}_t\right]", "proved"),
    (r"-\mathbb{E}[\epsilon|\mathbf{x}_t]/t", "proved"),
    (r"\frac{\mathbb{E}[\mathbf{x}_0|\mathbf{x}_t]-\mathbf{x}_t}{t^2}", "proved"),
    (r"-\mathbb{E}\left[\frac{\mathbf{x}_t-\mathbf{x}_0}{t}\,\middle|\,\mathbf{x}_t\right]", "refuted"),
    (r"\mathbb{E}\left[\frac{\mathbf{x}_t-\mathbf{x}_0}{t^2}\,\middle|\,\mathbf{x}_t\right]", "refuted"),
    (r"-\mathbb{E}[\epsilon|\mathbf{x}_t]/t^2", "refuted"),
]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("mean", "wanted"), MEANS)
def test_the_score_by_the_mean_of_the_data_or_of_the_noise(law, mean, wanted):
    assert verdict(r"\nabla\log p_t(\mathbf{x}_t) = " + mean, law + "\n\n") == wanted


def test_the_data_may_be_called_x():
    text = r"Let $\mathbf{x}_t\sim\mathcal{N}(\mathbf{x},t^2\mathbf{I})$. "
    tweedie = r"\nabla\log p_t(\mathbf{x}_t) = -\mathbb{E}\left[\frac{\mathbf{x}_t-\mathbf{x}}{%s}\,\middle|\,\mathbf{x}_t\right]"
    assert verdict(tweedie % "t^2", text) == "proved"
    assert meets(displayed(tweedie % "t^3", text), "false")


@pytest.mark.parametrize(("mean", "_"), MEANS)
def test_without_a_law_of_the_state_nobody_is_accused(mean, _):
    assert verdict(r"\nabla\log p_t(\mathbf{x}_t) = " + mean) in ("undecided", "definition")


SDE = r"d\mathbf{x}_t = \boldsymbol\mu(\mathbf{x}_t,t)dt+%s\,d\mathbf{w}_t"
FLOW = r"d\mathbf{x}_t = \left[\boldsymbol\mu(\mathbf{x}_t,t)%s\nabla\log p_t(\mathbf{x}_t)\right]dt"


@pytest.mark.parametrize(
    ("diffusion", "score", "wanted"),
    [
        (r"\sigma(t)", r"-\frac{1}{2}\sigma(t)^2", "proved"),
        (r"\sigma(t)", r"-\sigma(t)^2", "refuted"),
        (r"\sigma(t)", r"+\frac{1}{2}\sigma(t)^2", "refuted"),
        (r"\sqrt{\beta(t)}", r"-\frac{1}{2}\beta(t)", "proved"),
        (r"\sqrt{\beta(t)}", r"-\frac{1}{2}\beta(t)^2", "refuted"),
        (r"\sqrt{2}\sigma(t)", r"-\sigma(t)^2", "proved"),
        (r"\sigma(t)", r"-\frac{1}{2}\beta(t)", "undecided"),
    ],
)
def test_the_probability_flow_with_another_letter_for_the_diffusion(diffusion, score, wanted):
    assert judged(SDE % diffusion, FLOW % score).verdict == wanted


def test_without_the_forward_equation_half_a_square_is_what_belongs_to_some_diffusion():
    assert judged(FLOW % r"-\frac{1}{2}\sigma(t)^2").verdict == "proved"
    assert judged(FLOW % r"-\sigma(t)^2").verdict == "undecided"


def test_of_two_forward_equations_either_may_be_meant():
    both = SDE % r"\sigma(t)", SDE % r"\sqrt{\beta(t)}"
    assert judged(*both, FLOW % r"-\frac{1}{2}\beta(t)").verdict == "proved"
    assert judged(*both, FLOW % r"-\frac{1}{2}\sigma(t)^2").verdict == "proved"
    assert judged(*both, FLOW % r"-\sigma(t)^2").verdict == "undecided"


@pytest.mark.parametrize("d", [r"\mathop{}\!\mathrm{d}", r"\mathop{\mathrm{d}}", r"\mathop{}\mathrm{d}", r"{\rm d}"])
def test_a_differential_with_spaces_around_it(d):
    assert judged(rf"{d} x_t = f(x_t,t){d} t+g(t){d} w_t").formula == "em.scheme"


@pytest.mark.parametrize("ends", [r"\alpha_0=0=\sigma_1", r"\alpha_1=1=\sigma_0", r"\alpha_0=\sigma_1=0"])
def test_the_ends_of_a_schedule_are_settings(ends):
    assert verdict(ends) == "definition"


def test_but_not_an_impossible_one():
    chain = r"$$q(x_t|x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_t I), \quad \bar\alpha_t=\prod_{s=1}^t(1-\beta_s)$$"
    assert verdict(r"0=\bar\alpha_0", chain) == "refuted"


def test_the_state_before_all_noise_is_the_data():
    assert verdict(r"\mathbf z_0=\mathbf x", r"$$\mathbf z_t = \alpha_t\mathbf x+\sigma_t\epsilon$$ ") == "definition"


SOLVER = r"""
$$q_{0t}(x_t|x_0) = \mathcal{N}(x_t|\alpha(t)x_0,\sigma^2(t)I)$$

$$dx_t = f(t)x_t\,dt+g(t)\,dw_t$$

Let $\lambda_t := \log(\alpha_t/\sigma_t)$ and $h := \lambda_t-\lambda_s$.

"""


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (r"x_t = \frac{\alpha_t}{\alpha_s}x_s-\sigma_t(e^{h}-1)\epsilon_\theta(x_s,s)", "proved"),
        (r"x_t = \frac{\alpha_t}{\alpha_s}x_s-\sigma_t(e^{h}+1)\epsilon_\theta(x_s,s)", "refuted"),
        (r"\tilde x_t = \frac{\alpha_t}{\alpha_s}\tilde x_s-\alpha_t(\frac{\sigma_s}{\alpha_s}-\frac{\sigma_t}{\alpha_t})\epsilon_\theta(\tilde x_s,s)", "proved"),
    ],
)  # fmt: skip
def test_levels_that_are_stated_beside_a_forward_equation_are_the_levels(step, wanted):
    assert verdict(step, SOLVER) == wanted
