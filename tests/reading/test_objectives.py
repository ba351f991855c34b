"""What losses train their networks to be, weights of tilts, steps with a told noise: true forms, and slips in them."""

import pytest

from tests.reading.asked import judged, last, meets

KERNEL = r"The score is $s(x)=\nabla\log p(x)$ and $q_\sigma(\tilde x\mid x) = \mathcal N(\tilde x;x,\sigma^2I)$. "
IMPLICIT = r"J(\theta) = \mathbb E_{p(x)}[\frac12\|s_\theta(x)\|^2 + \operatorname{tr}(\nabla_{x}s_\theta(x))]"
SLICED = r"J(\theta) = \mathbb E_{p(v)}\mathbb E_{p(x)}[v^\top\nabla_{x}s_\theta(x)\,v + \frac12(v^\top s_\theta(x))^2]"
DENOISING = r"J(\theta) = \frac12\mathbb E_{q_\sigma(\tilde x\mid x)p(x)}[\|s_\theta(\tilde{x})+\frac{\tilde{x}-x}{\sigma^2}\|^2]"
DRAWN = r"J(\theta) = \frac12\mathbb E_{x,\epsilon}[\|s_\theta(x+\sigma\epsilon)+\frac{\epsilon}{\sigma}\|^2]"
LEVELS = r"J(\theta) = \mathbb E_{p(x)}\mathbb E_{\tilde{x}\sim\mathcal N(x,\sigma_i^2I)}[\|s_\theta(\tilde{x},\sigma_i)+\frac{\tilde{x}-x}{\sigma_i^2}\|^2]"
NOISE = r"L = \mathbb E_{t,x_0,\epsilon}\|\epsilon-\epsilon_\theta(x_t,t)\|^2"
STRAIGHT = "$$x_t=(1-t)x_0+tx_1$$\n\nThe samples move by $\\frac{dx_t}{dt} = v_\\theta(x_t,t)$.\n\n"
VELOCITY = r"L = \mathbb E_{t,x_0,x_1}\|v_\theta(x_t,t)-(x_1-x_0)\|^2"


@pytest.mark.parametrize(
    ("before", "loss", "old", "new"),
    [
        (KERNEL, IMPLICIT, r"\frac12\|", r"\|"),
        (KERNEL, IMPLICIT, r"+ \operatorname", r"- \operatorname"),
        (KERNEL, IMPLICIT, r"+ \operatorname", r"+ \frac12\operatorname"),
        (KERNEL, SLICED, r"\frac12(v", "(v"),
        (KERNEL, SLICED, r"+ \frac12(v", r"- \frac12(v"),
        (KERNEL, DENOISING, r"(\tilde{x})+", r"(\tilde{x})-"),
        (KERNEL, DENOISING, r"{\sigma^2}", r"{\sigma}"),
        (KERNEL, DRAWN, r"{\sigma}", r"{\sigma^2}"),
        (KERNEL, DRAWN, r")+\frac", r")-\frac"),
        (KERNEL, DRAWN, r"\frac{\epsilon}{\sigma}", r"\sigma\epsilon"),
        (KERNEL, LEVELS, r"\sigma_i)+", r"\sigma_i)-"),
        (KERNEL, LEVELS, r"{\tilde{x}-x}{\sigma_i^2}", r"{\tilde{x}-x}{\sigma_i}"),
        ("", NOISE, r"\epsilon-", "x_0-"),
        ("", NOISE, r"\epsilon-", r"\epsilon+"),
        (STRAIGHT, VELOCITY, "x_1-x_0", "x_0-x_1"),
    ],
)
def test_a_loss_that_trains_its_network_to_be_something_else(before, loss, old, new):
    assert last(f"{before}\n\n$${loss}$$").verdict != "refuted"
    assert meets(last(f"{before}\n\n$${loss.replace(old, new, 1)}$$"), "false")


@pytest.mark.parametrize(
    "loss",
    [
        r"J(\theta) = \mathbb E[\|\sigma s_\theta(x+\sigma\epsilon)+\epsilon\|^2]",  # weighed
        r"J(\theta) = \mathbb E_{p(x)}[2\operatorname{tr}(\nabla_x s_\theta(x)) + \|s_\theta(x)\|^2]",
        r"J(\theta) = \mathbb E_{p(x)}[\|s_\theta(x)\|^2 + \lambda\operatorname{tr}(\nabla_x s_\theta(x))]",
        r"L = \mathbb E\|f_\theta(x_t,t)-x_0\|^2",
        r"L = \mathbb E\|v_\theta(x_t,t)-u_t(x_t\mid x_1)\|^2",
    ],
)
def test_other_losses_accuse_nobody(loss):
    assert last(f"{KERNEL}\n\n$${loss}$$").verdict != "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\tilde p_w(x_t\mid y)\propto\frac{p(x_t\mid y)^{1+w}}{p(x_t)^w}\propto p(x_t)p(y\mid x_t)^{1+w}", "proved"),
        (r"\tilde p_w(x_t\mid y)\propto\frac{p(x_t\mid y)^{1+w}}{p(x_t)^w}\propto p(x_t)p(y\mid x_t)^{w}", "refuted"),
        (r"\tilde p_w(x_t\mid y)\propto\frac{p(x_t\mid y)^{1+w}}{p(x_t)^{1+w}}\propto p(x_t)p(y\mid x_t)^{1+w}", "refuted"),
        (r"p_w(x\mid y)\propto p(x\mid y)p(y\mid x)^{w}\propto p(x)p(y\mid x)^{1+w}", "proved"),
    ],
)
def test_products_of_powers_of_densities(tex, wanted):
    assert judged(tex).verdict == wanted


@pytest.mark.parametrize(("level", "wanted"), [(r"\sigma_t", "proved"), (r"\sigma_t^2", "refuted"), (r"\eta_t", "proved")])
def test_the_noise_of_a_step_is_that_of_its_law(level, wanted):
    law = r"p_\theta(x_{t-1}\mid x_t) = \mathcal N(x_{t-1};\mu_\theta(x_t,t),\sigma_t^2I)"
    mean = r"\frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t))"
    assert judged(law, rf"x_{{t-1}} = {mean} + {level} z").verdict == wanted


BOUND = r"\log p_\theta(x) \ge \mathbb E_{q_\phi(z\mid x)}[\log p_\theta(x\mid z)] - KL(%s)"


@pytest.mark.parametrize(
    ("laws", "wanted"), [(r"q_\phi(z\mid x)\|p(z)", "proved"), (r"p(z)\|q_\phi(z\mid x)", "refuted")]
)
def test_the_divergence_in_a_bound_has_an_order(laws, wanted):
    assert judged(BOUND % laws).verdict == wanted


KNOWN = (
    r"c_{skip}(\sigma) = \frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}",
    r"\nabla_x\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}",
)


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\lambda(\sigma) = \frac{\sigma^2+\sigma_{data}^2}{(\sigma\sigma_{data})^2}", "proved"),
        (r"\lambda(\sigma) = \frac{\sigma^2+\sigma_{data}^2}{\sigma\sigma_{data}}", "refuted"),
        (r"D_\theta(x;\sigma) = c_{skip}(\sigma)x + c_{out}(\sigma)F_\theta(c_{in}(\sigma)x;c_{noise}(\sigma))", "definition"),
        (r"D_\theta(x;\sigma) = c_{out}(\sigma)x + c_{skip}(\sigma)F_\theta(c_{in}(\sigma)x;c_{noise}(\sigma))", "refuted"),
        (r"\hat x_i = x_i + \sqrt{\hat t_i^2-t_i^2}\epsilon_i", "definition"),
        (r"\hat x_i = x_i + \sqrt{\hat t_i-t_i}\epsilon_i", "false"),
    ],
)
def test_preconditioning_and_noise_that_is_added(tex, wanted):
    assert meets(judged(*KNOWN, tex), wanted)


SCORED = "Let $p(x)$ be a density, and its score\n\n$$%s$$"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"s(x) = \nabla_x\log p(x)", "definition"),
        (r"s(x) = \nabla_x p(x)", "refuted"),
        (r"s_\theta(x,t) = -\nabla_x\log p_t(x)", "undecided"),
        (r"s(x) = -\nabla_x E(x)", "definition"),
    ],
)
def test_a_score_by_its_name(tex, wanted):
    assert last(SCORED % tex).verdict == wanted


MIXED = r"u_t(x) = \int u_t(x\mid x_1)%s\,dx_1"


@pytest.mark.parametrize(
    ("weights", "wanted"),
    [
        (r"\frac{p_t(x\mid x_1)q(x_1)}{p_t(x)}", "definition"),
        (r"p_t(x\mid x_1)q(x_1)", "refuted"),
        (r"\frac{p_t(x\mid x_1)p_t(x)}{q(x_1)}", "refuted"),
    ],
)
def test_the_weights_of_a_marginal_velocity(weights, wanted):
    assert last(f"$${MIXED % weights}$$").verdict == wanted


LATENTS = r"Latents are $z_t=\alpha_t x+\sigma_t\epsilon$ with $\mathrm{SNR}(t)=\frac{\alpha_t^2}{\sigma_t^2}$. "
STEP = r"KL(q(z_s\mid z_t,x)\|p_\theta(z_s\mid z_t)) = %s\|x-\hat x_\theta(z_t,t)\|^2"


@pytest.mark.parametrize(
    ("weight", "wanted"),
    [
        (r"\frac12(\mathrm{SNR}(s)-\mathrm{SNR}(t))", "proved"),
        (r"\frac12(\mathrm{SNR}(t)-\mathrm{SNR}(s))", "refuted"),
        (r"(\mathrm{SNR}(s)-\mathrm{SNR}(t))", "refuted"),
    ],
)
def test_a_step_that_puts_its_prediction_into_the_posterior(weight, wanted):
    assert last(f"{LATENTS}\n\n$${STEP % weight}$$").verdict == wanted
