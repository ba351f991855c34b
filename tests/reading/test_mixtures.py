r"""Averages over mixtures, as flow matching needs them; inverses of flows, sets, maps of densities, another example."""

import pytest

from tests.reading.asked import judged, verdict

PATH = r"p_t(x) = \int p_t(x|x_1) q(x_1)\,dx_1"
FIELD = r"u_t(x) = \int u_t(x|x_1) \frac{p_t(x|x_1)q(x_1)}{p_t(x)}\,dx_1"
MARGINAL = r"\mathcal L_{FM}(\theta) = \mathbb E_{t,p_t(x)}\|v_\theta(x,t) - u_t(x)\|^2"
CONDITIONAL = r"\mathcal L_{CFM}(\theta) = \mathbb E_{t,q(x_1),p_t(x|x_1)}\|v_\theta(x,t) - u_t(x|x_1)\|^2"
SLOPES = r"\nabla_\theta\mathcal L_{FM}(\theta) = \nabla_\theta\mathcal L_{CFM}(\theta)"


def test_a_mixture_and_its_field_are_definitions():
    assert judged(PATH).verdict == judged(PATH, FIELD).verdict == "definition"
    assert judged(PATH, FIELD.replace("{p_t(x)}", "{q(x)}")).verdict == "undecided"  # no mean of anything
    assert judged(FIELD).verdict == "definition"  # the weights say what the density below is
    assert judged(FIELD.replace("{p_t(x)}", "{q(x)}")).verdict == "undecided"


SQUARE = r"\mathbb E_{p_t(x)}\|v_t(x)\|^2 = \int \|v_t(x)\|^2 p_t(x|x_1)q(x_1)\,dx_1 dx"
CROSS = (
    r"\mathbb E_{p_t(x)}\langle v_t(x), u_t(x)\rangle = \mathbb E_{q(x_1),p_t(x|x_1)}\langle v_t(x), u_t(x|x_1)\rangle"
)


@pytest.mark.parametrize("tex", [SQUARE, CROSS, r"\int p_t(x)\,dx = 1", r"\int p_t(x|x_1)\,dx = 1"])
def test_averages_over_a_mixture(tex):
    assert judged(PATH, FIELD, tex).verdict == "proved"


@pytest.mark.parametrize(
    "tex",
    [
        SQUARE.replace("p_t(x|x_1)q(x_1)", "p_t(x|x_1)q(x)"), SQUARE.replace("q(x_1)", "q(x_1)^2"),
        CROSS.replace("v_t(x), u_t(x|x_1)", "u_t(x), u_t(x|x_1)"), CROSS.replace(r"u_t(x|x_1)\rangle", r"u_t(x_1|x)\rangle"),
        r"\mathbb E_{p_t(x)}\|u_t(x)\|^2 = \mathbb E_{q(x_1),p_t(x|x_1)}\|u_t(x|x_1)\|^2",  # Jensen
        r"\mathbb E_{p_t(x|x_1)}\langle u_t(x|x_1), u_t(x)\rangle = \mathbb E_{p_t(x|x_1)}\|u_t(x|x_1)\|^2",
        r"\int p_t(x|x_1)\,dx_1 = 1", r"\int p_t(x)q(x_1)\,dx = 1",
    ],
)  # fmt: skip
def test_what_is_no_identity_is_not_proved(tex):
    assert judged(PATH, FIELD, tex).verdict not in ("proved", "convention", "definition")


def test_both_losses_of_flow_matching_have_one_gradient():
    assert judged(PATH, FIELD, MARGINAL, CONDITIONAL, SLOPES).verdict == "proved"
    assert judged(MARGINAL, CONDITIONAL, SLOPES).verdict == "undecided"  # of fields that hang together in no way
    wrong = CONDITIONAL.replace("- u_t(x|x_1)", "- 2u_t(x|x_1)")
    assert judged(PATH, FIELD, MARGINAL, wrong, SLOPES).verdict == "undecided"
    other = CONDITIONAL.replace("v_\\theta", "w_\\theta")
    assert judged(PATH, FIELD, MARGINAL, other, SLOPES).verdict == "undecided"


FLOW = r"\psi_t(x) = \sigma_t(x_1)x + \mu_t(x_1)"
VELOCITY = r"u_t(x|x_1) = \frac{\sigma_t'(x_1)}{\sigma_t(x_1)}(x-\mu_t(x_1)) + \mu_t'(x_1)"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\psi_t'(x) = \sigma_t'(x_1)x + \mu_t'(x_1)", "proved"), (r"\psi_t'(x) = \sigma_t'(x_1)x - \mu_t'(x_1)", "undecided"),
        (r"\psi_t^{-1}(y) = \frac{y-\mu_t(x_1)}{\sigma_t(x_1)}", "proved"),
        (r"\psi_t^{-1}(y) = \frac{y+\mu_t(x_1)}{\sigma_t(x_1)}", "refuted"),
        (r"\phi_t^{-1}(y) = \frac{y-\mu_t(x_1)}{\sigma_t(x_1)}", "definition"),
        (r"\frac{d}{dt}\psi_t(x) = \dot\mu_t(x_1) + \dot\sigma_t(x_1)x", "proved"),
        (r"p_1 = [\psi_1]_{\#} p_0", "definition"), (r"[\psi_t]_* p_0(x) = p_t(x|x_1)", "definition"),
        (r"\mathcal D = \{W, b\}", "definition"), (r"W = 2\{a, b\}", "unread"),
    ],
)  # fmt: skip
def test_rates_and_inverses_of_a_flow_and_what_a_shape_says(tex, wanted):
    assert judged(FLOW, VELOCITY, tex).verdict == wanted


def test_the_path_of_the_next_example_is_no_mistake():
    first = r"p_t(x|x_1) = \mathcal N(x|x_1, \sigma_{1-t}^2 I)"
    other = judged(first, r"p_t(x|x_1) = \mathcal N(x|\alpha_{1-t}x_1, (1-\alpha_{1-t}^2)I)")
    assert other.verdict == "definition" and "another meaning" in other.message
    assert (
        judged(r"p_t(x|x_1) = \mathcal N(x|tx_1, (1-t)^2 I)", r"p_0(x|x_1) = \mathcal N(x|0, I)").verdict
        == "proved"
    )


def test_a_label_in_letters_of_indices_is_no_product():
    found = judged(
        r"\sigma(t) = \sigma_{min}(\sigma_{max}/\sigma_{min})^t",
        r"\frac{d\sigma^2(t)}{dt} = 2\log(\frac{\sigma_{max}}{\sigma_{min}})\sigma^2(t)",
    )
    assert found.verdict == "proved" and "sigma_min" in found.reading
    wrong = judged(
        r"\sigma(t) = \sigma_{min}(\sigma_{max}/\sigma_{min})^t",
        r"\frac{d\sigma^2(t)}{dt} = \log(\frac{\sigma_{max}}{\sigma_{min}})\sigma^2(t)",
    )
    assert wrong.verdict == "refuted"


def test_the_divergence_by_the_trace_of_a_jacobian():
    by_parts = r"\mathbb E_{p(x)}[\text{tr}[\nabla_x s_\theta(x)]] = -\mathbb E_{p(x)}[s_\theta(x)^T\nabla_x\log p(x)]"
    assert judged(by_parts).verdict == "proved"
    assert judged(by_parts.replace("= -", "= ")).verdict != "proved"


FISHER = r"\frac12\mathbb E_p[\|s_\theta(x)-\nabla\log p(x)\|^2] = \mathbb E_p[\text{tr}(\nabla s_\theta(x)) + \frac12\|s_\theta(x)\|^2] + \text{const}"


def test_score_matching_up_to_a_constant():
    """The loss of Hyvarinen; no other factor, and no other sign, gives a constant."""
    assert judged(FISHER).verdict == "proved"
    assert judged(FISHER.replace("E_p", r"E_{x\sim p_{data}}").replace("p(x)", "p_{data}(x)")).verdict == "proved"
    assert judged(FISHER.replace(r"\text{tr}(\nabla s", r"\operatorname{tr}(J_x s")).verdict == "proved"
    for old, new in ((r"\text{tr}", r"2\text{tr}"), (r"+ \frac12", "+ "), (r"[\text{tr}", r"[-\text{tr}")):
        assert judged(FISHER.replace(old, new)).verdict == "refuted"
    assert judged(FISHER.replace(r" + \text{const}", "")).verdict == "undecided"
    assert judged(FISHER.replace(r"\text{const}", r"s_\theta(x)^2")).verdict != "proved"


def test_the_field_of_a_mixture_by_what_is_mixed_given_the_point():
    assert verdict(r"u_t(x) = \int u_t(x|z) p_t(z|x) dz") == "definition"
    assert verdict(r"u_t(x) = \int u_t(x|z) p_t(x|z) dz") == "undecided"


@pytest.mark.parametrize("prior", ["p(z)", "p_t(z)"])
@pytest.mark.parametrize("posterior", ["p(z|x)", "p_t(z|x)"])
def test_what_is_mixed_need_not_move(prior, posterior):
    assert verdict(f"p_t(x|z) {prior} = {posterior} p_t(x)") == "proved"
    assert verdict(f"p_t(x|z) p(x) = {posterior} p_t(x)") == "refuted"


def test_slopes_of_losses_that_are_said_to_differ_by_a_constant():
    field = r"u_t(x) = \int u_t(x|z)\frac{p_t(x|z) p(z)}{p_t(x)}dz"
    said = judged(field, r"L_{FM}(\theta) = L_{CFM}(\theta) + C", r"\nabla_\theta L_{FM}(\theta) = \nabla_\theta L_{CFM}(\theta)")
    assert said.verdict == "proved"
