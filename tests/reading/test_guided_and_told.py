"""Guided noises and scores, coefficients by stated levels, means that are shortened, bounds beside a chain."""

import pytest

from tests.reading.asked import last

STATE = r"$x_t=\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon$. "
SLOPE = r"\nabla_{x_t}\log p_\phi(y\mid x_t)"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\hat\epsilon_\theta(x_t,t) = \epsilon_\theta(x_t,t) - s\sqrt{1-\bar\alpha_t}\," + SLOPE, "proved"),
        (r"\hat\epsilon = \epsilon_\theta(x_t) - \sqrt{1-\bar\alpha_t}\," + SLOPE, "proved"),
        (r"\hat\epsilon_\theta(x_t,t) = \epsilon_\theta(x_t,t) + s\sqrt{1-\bar\alpha_t}\," + SLOPE, "refuted"),
        (r"\hat\epsilon_\theta(x_t,t) = \epsilon_\theta(x_t,t) - s(1-\bar\alpha_t)\," + SLOPE, "refuted"),
        (r"\hat\epsilon_\theta(x_t,t) = \epsilon_\theta(x_t,t) - s\sqrt{1-\bar\alpha_t}\nabla_{x_t}p_\phi(y\mid x_t)", "refuted"),
        (r"\hat\epsilon_\theta(x_t,t) = \epsilon_\theta(x_t,t) - s\," + SLOPE, "definition"),  # a scale of its own
        (r"\tilde s(x_t,t,y) = (1+w)\nabla_{x_t}\log p(x_t\mid y) - w\nabla_{x_t}\log p(x_t)", "convention"),
        (r"\tilde s(x_t,t,y) = (1+w)\nabla_{x_t}\log p(x_t\mid y) + w\nabla_{x_t}\log p(x_t)", "refuted"),
        (r"\tilde s(x_t,t,y) = (1+w)\nabla_{x_t}\log p(x_t\mid y) - (1+w)\nabla_{x_t}\log p(x_t)", "refuted"),
        (r"\tilde\mu_t = \frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_t)", "proved"),
        (r"\tilde\mu_t = \frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{1-\bar\alpha_t}\epsilon_t)", "refuted"),
        (r"\tilde\mu_t = \frac{1}{\sqrt{\bar\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_t)", "refuted"),
    ],
)  # fmt: skip
def test_guidance_and_means_beside_a_chain(tex, wanted):
    assert last(f"{STATE}\n\n$${tex}$$").verdict == wanted


LEVELS = r"$x_t=\alpha_tx_0+\sigma_t\epsilon$ and $\lambda_t=\log\frac{\alpha_t}{\sigma_t}$. "
LINEAR = r"The forward SDE is $dx_t=f(t)x_t\,dt+g(t)\,dw_t$ with "
SPREAD = r"\frac{d\sigma_t^2}{dt}"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"f(t)=\frac{d\log\alpha_t}{dt}", "proved"),
        (r"f(t)=\frac{d\alpha_t}{dt}", "refuted"),
        (r"f(t)=-\frac{d\log\alpha_t}{dt}", "refuted"),
        (rf"g(t)^2={SPREAD}-2\frac{{d\log\alpha_t}}{{dt}}\sigma_t^2", "proved"),
        (rf"g(t)^2={SPREAD}-2f(t)\sigma_t^2", "proved"),
        (rf"g(t)^2={SPREAD}+2f(t)\sigma_t^2", "refuted"),
        (rf"g(t)^2={SPREAD}-f(t)\sigma_t^2", "refuted"),
        (r"g(t)^2=-2\sigma_t^2\frac{d\lambda_t}{dt}", "proved"),
        (r"g(t)^2=2\sigma_t^2\frac{d\lambda_t}{dt}", "refuted"),
        (r"f(t)=-\frac12\beta(t)", "definition"),
        (r"g(t)^2=-2\frac{d\log\alpha_t}{dt}", "definition"),  # where the variance is preserved
    ],
)
def test_a_linear_equation_has_the_coefficients_of_its_levels(tex, wanted):
    assert last(f"{LEVELS}{LINEAR}\n\n$${tex}$$").verdict == wanted


def test_without_levels_a_drift_and_a_diffusion_are_chosen():
    assert last(LINEAR + r"$$f(t)=\frac{d\alpha_t}{dt}$$").verdict != "refuted"


@pytest.mark.parametrize(("power", "wanted"), [("", "proved"), ("^2", "refuted")])
def test_a_noise_level_that_is_stated_is_that_of_the_state(power, wanted):
    score = rf"\nabla_x\log q_t(x_t) = -\frac{{\mathbb E[\epsilon\mid x_t]}}{{\sigma_t{power}}}"
    assert last(f"{LEVELS}\n\n$${score}$$").verdict == wanted


LATENT = r"Latents are $z_t=\alpha_t x+\sigma_t\epsilon$ with $\epsilon\sim\mathcal N(0,I)$. "
BOUND = r"\mathbb E_{q_\phi(z\mid x)}\left[\log\frac{p_\theta(x,z)}{q_\phi(z\mid x)}\right]"
Q, P = r"q_\phi(z\mid x)", r"p_\theta(z\mid x)"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (rf"\log p_\theta(x) = {BOUND} + KL({Q}\|{P})", "proved"),
        (rf"\log p_\theta(x) = {BOUND} - KL({Q}\|{P})", "refuted"),
        (rf"\log p_\theta(x) = {BOUND} + KL({P}\|{Q})", "refuted"),
        (rf"\log p_\theta(x) \ge {BOUND}", "proved"),
        (rf"\log p_\theta(x) \le {BOUND}", "refuted"),
    ],
)
def test_a_bound_with_a_latent_beside_a_chain(tex, wanted):
    assert last(f"{LATENT}\n\n$${tex}$$").verdict == wanted


SUM = r"\sum_{j=1}^k(\mu_j^2+\sigma_j^2-1%s)"


@pytest.mark.parametrize(
    ("factor", "end", "wanted"),
    [
        (r"\frac12", r"-\log\sigma_j^2", "proved"),
        (r"\frac12", r"+\log\sigma_j^2", "refuted"),
        (r"\frac12", r"-\log\sigma_j", "refuted"),
        ("", r"-\log\sigma_j^2", "refuted"),
        ("2", r"-\log\sigma_j^2", "undecided"),
    ],
)
def test_the_divergence_from_a_standard_normal(factor, end, wanted):
    laws = r"With $q_\phi(z\mid x)=\mathcal N(z;\mu,\operatorname{diag}(\sigma^2))$ and $p(z)=\mathcal N(z;0,I)$. "
    assert last(f"{laws}\n\n$$KL({Q}\\|p(z)) = {factor}{SUM % end}$$").verdict == wanted


@pytest.mark.parametrize(
    ("words", "ratio", "wanted"),
    [
        ("The half log-SNR is", r"\frac{\alpha_t}{\sigma_t}", "definition"),
        ("The log-SNR is", r"\frac{\alpha_t^2}{\sigma_t^2}", "definition"),
        ("The half log-SNR is", r"\frac{\sigma_t}{\alpha_t}", "refuted"),
        ("The log-SNR is", r"\frac{\sigma_t^2}{\alpha_t^2}", "refuted"),
        ("The negative log-SNR is", r"\frac{\sigma_t^2}{\alpha_t^2}", "definition"),
        ("We put", r"\frac{\sigma_t}{\alpha_t}", "definition"),
    ],
)
def test_a_log_snr_rises_with_the_signal(words, ratio, wanted):
    assert last(rf"$x_t=\alpha_tx_0+\sigma_t\epsilon$. {words}" + f"\n\n$$\\lambda_t = \\log{ratio}$$").verdict == wanted


PRESERVING = r"$$dX_t = f(X_t,t)dt + g(t)dW_t$$" "\n\n" r"$$dX_t = -\frac12\beta(t)X_tdt + \sqrt{\beta(t)}dW_t$$" "\n\n"
DECAY = r"Put $\alpha(t) = \exp(-\frac12\int_0^t\beta(s)ds)$. "


@pytest.mark.parametrize(
    ("law", "wanted"),
    [
        (r"\alpha(t)x_0, (1-\alpha(t)^2)I", "proved"),
        (r"\alpha(t)x_0, (1-\alpha(t))I", "refuted"),
        (r"\alpha(t)^2x_0, (1-\alpha(t)^2)I", "refuted"),
    ],
)
def test_the_law_of_the_one_linear_equation_beside_the_general_one(law, wanted):
    kernel = rf"$$p_{{0t}}(x_t\mid x_0) = \mathcal N(x_t; {law})$$"
    assert last(PRESERVING + DECAY + "\n\n" + kernel, ".tex").verdict == wanted


@pytest.mark.parametrize(
    "tex",
    [
        r"X_t\mid X_0 \sim \mathcal N(X_0, \sigma^2(t)I)",
        r"\nabla_{x_t}\log q(x_t\mid x_0) = -\frac{x_t-x_0}{\sigma_t^2}",
    ],
)
def test_an_example_without_a_level_of_the_signal_is_another_one(tex):
    assert last(f"{LEVELS}\n\nIn another example\n\n$${tex}$$").verdict != "refuted"
