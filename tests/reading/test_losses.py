"""Losses of a network: equal for each draw, equal up to a constant, named and put in; mutants are refuted or open."""

import pytest

from tests.reading.asked import judged, last, verdict

# ---- the same draws

CHAIN = (
    r"q(x_t|x_0) = N(x_t; \sqrt{\bar\alpha_t} x_0, (1-\bar\alpha_t) I)",
    r"q(x_{t-1} | x_t, x_0) = N(x_{t-1}; \tilde\mu_t(x_t, x_0), \tilde\beta_t I)",
    r"p_\theta(x_{t-1} | x_t) = N(x_{t-1}; \mu_\theta(x_t, t), \sigma_t^2 I)",
    r"\mu_\theta(x_t,t) = \frac{1}{\sqrt{\alpha_t}}(x_t - \frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t))",
)
MEANS = r"\mathbb{E}_{%s}\left[\frac{1}{2\sigma_t^2}\|\tilde\mu_t(x_t, x_0) - \mu_\theta(x_t, t)\|^2\right]"
NOISES = r"\mathbb{E}_{%s}\left[\frac{%s}{2\sigma_t^2\alpha_t(1-%s)} \|\epsilon - \epsilon_\theta(%s, t)\|^2\right]"
STATE = r"\sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}\epsilon"
DRAWS = [
    ("q", r"x_0,\epsilon", STATE),
    ("q(x_t|x_0)", r"\epsilon\sim\mathcal{N}(0,I)", "x_t"),
    (r"x_0,\epsilon", r"x_0,\epsilon", "x_t"),
]


@pytest.mark.parametrize(("means", "noises", "state"), DRAWS)
def test_means_and_noises_under_the_same_draws(means, noises, state):
    def asked(weight, level):
        return judged(*CHAIN, f"{MEANS % means} = {NOISES % (noises, weight, level, state)}")

    assert asked(r"\beta_t^2", r"\bar\alpha_t").verdict == "proved"
    false = asked(r"\beta_t", r"\bar\alpha_t")
    assert false.verdict == "refuted"
    assert "what is averaged on the two sides differs" in false.message
    assert "it is true with the square of β_t" in false.message
    assert asked(r"\beta_t^2", r"\alpha_t").verdict == "refuted"


def test_other_draws_are_no_average_of_these():
    over_the_noise = NOISES % (r"\epsilon\sim\mathcal{N}(0,I)", r"\beta_t^2", r"\bar\alpha_t", "x_t")
    over_both = MEANS % r"x_0,\epsilon"
    assert judged(*CHAIN, f"{over_both} = {over_the_noise}").verdict == "undecided"


def test_what_is_of_the_state_may_be_left_out():
    short = r"\mathbb{E}\left[\frac{1}{2\sigma_t^2}\|\tilde\mu_t - \mu_\theta\|^2\right]"
    there = NOISES % ("q", r"\beta_t^2", r"\bar\alpha_t", "x_t")
    assert judged(*CHAIN, f"L_{{t-1}} = {short} = {there}").verdict == "proved"
    assert judged(*CHAIN[:2], f"{short} = {there}").verdict != "refuted"


def test_a_noisy_state_by_its_law_and_by_its_noise():
    by_law = r"\mathbb{E}_{z\sim p_{data}, x\sim\mathcal{N}(a_t z, b_t^2 I)}\|u_\theta(x, t) - c_t z - \frac{k_t}{b_t}(x - a_t z)\|^2"
    by_noise = r"\mathbb{E}_{z\sim p_{data}, \epsilon\sim\mathcal{N}(0, I)}\|u_\theta(a_t z + b_t\epsilon, t) - c_t z - %s\epsilon\|^2"
    positive = "with $b_t > 0$, "
    assert verdict(f"{by_law} = {by_noise % 'k_t'}", positive) == "proved"
    assert verdict(f"{by_law} = {by_noise % 'b_t'}", positive) != "proved"


# ---- up to a constant


def test_a_divergence_between_laws_that_the_document_gives():
    divergence = r"\mathrm{KL}(q(x_{t-1}|x_t, x_0) \| p_\theta(x_{t-1} | x_t))"
    named = (*CHAIN[:3], rf"L_{{t-1}} = \mathbb{{E}}_q[{divergence}]")
    true = judged(*named, f"L_{{t-1}} = {MEANS % 'q'} + C")
    assert (true.verdict, true.formula) == ("proved", "loss.mean")
    other = MEANS.replace("sigma_t^2", "sigma_t") % "q"
    false = judged(*named, f"L_{{t-1}} = {other} + C")
    assert false.verdict == "refuted"
    assert "the sides differ by more than a constant" in false.message
    assert "it is true with the square of σ_t" in false.message
    weighted = NOISES % (r"x_0,\epsilon", r"\beta_t^2", r"\bar\alpha_t", STATE)
    assert judged(*named, CHAIN[3], f"L_{{t-1}} - C = {weighted}").verdict == "proved"


def test_with_one_variance_no_constant_is_left():
    same = CHAIN[2].replace(r"\sigma_t^2", r"\tilde\beta_t")
    divergence = r"\mathrm{KL}(q(x_{t-1}|x_t, x_0) \| p_\theta(x_{t-1} | x_t))"
    square = r"\|\tilde\mu_t(x_t, x_0) - \mu_\theta(x_t, t)\|^2"
    assert judged(*CHAIN[:2], same, rf"{divergence} = \frac{{1}}{{2\tilde\beta_t}} {square}").verdict == "proved"
    assert judged(*CHAIN[:2], same, rf"{divergence} = \frac{{1}}{{\tilde\beta_t}} {square}").verdict == "refuted"
    assert judged(*CHAIN[:3], rf"{divergence} = \frac{{1}}{{2\sigma_t^2}} {square}").verdict != "proved"


SCORE = r"\mathbb{E}_{%s}\|s_\theta(%s) %s \nabla_{%s}\log %s\|^2"
LABELLED = [
    (r"\tilde x", r"p_\sigma(\tilde x)", r"q_\sigma(\tilde x|x)", r"p_{data}(x), q_\sigma(\tilde x|x)"),
    (r"\tilde x", r"p_\sigma(\tilde x)", r"q(\tilde x|x_0)", r"x_0, \tilde x"),
    (r"x_\sigma", r"q(x_\sigma)", r"q(x_\sigma|x)", r"x\sim\pi(x), q(x_\sigma|x)"),
    (r"x_\sigma", r"q(x_\sigma)", r"q(x_\sigma|x)", r"\pi(x), q(x_\sigma|x)"),
]


@pytest.mark.parametrize(("y", "marginal", "kernel", "laws"), LABELLED)
def test_densities_with_labels(y, marginal, kernel, laws):
    explicit = SCORE % (marginal, y, "-", y, marginal)
    denoising = SCORE % (laws, y, "%s", y, kernel)
    true = last(f"$${explicit} = {denoising % '-'} + \\text{{const}}$$")
    assert (true.verdict, true.formula) == ("proved", "dsm.equivalence")
    assert verdict(f"{explicit} = {denoising % '+'} + C_1") == "refuted"
    bare = last(f"$${explicit} = {denoising % '-'}$$")
    assert bare.verdict not in ("proved", "convention")


def test_the_score_of_a_model_is_no_marginal():
    explicit = r"\mathbb{E}_{q(y)}\|\nabla_y\log p_\theta(y) - \nabla_y\log p_\theta(y|x)\|^2"
    assert verdict(rf"{explicit} = \mathbb{{E}}_{{q(x), q(y|x)}}\|\nabla_y\log p_\theta(y)\|^2 + C") != "proved"


EXPLICIT = r"J_{ESM}(\theta) = \frac12\mathbb{E}_{p(x)}\|s_\theta(x) - \nabla\log p(x)\|^2"
BY_PARTS = (
    r"J_{ESM}(\theta) = \mathbb{E}_{p(x)}\left[\mathrm{tr}(\nabla_x s_\theta(x)) %s \frac12\|s_\theta(x)\|^2\right]%s"
)


def test_a_loss_that_has_a_name():
    assert judged(EXPLICIT, BY_PARTS % ("+", " + C")).verdict == "proved"
    assert judged(EXPLICIT, BY_PARTS % ("-", " + C")).verdict == "refuted"
    bare = judged(EXPLICIT, BY_PARTS % ("+", ""))
    assert bare.verdict == "undecided"
    assert "it holds up to a constant free of the network; '=' says more than that" in bare.message


# ---- over times


TIMED = r"\mathbb{E}_{t\sim U(0,1), %s}\left[\lambda(t)\|s_\theta(x, t) %s \nabla\log p_t(%s)\|^2\right]"


def test_at_each_time_with_a_weight():
    both = r"z\sim p_{data}, x\sim p_t(\cdot|z)"
    named = "L_{SM} = " + TIMED % (both, "-", "x")
    conditional = "L_{CSM} = " + TIMED % (both, "%s", "x|z")
    assert judged(named, conditional % "-", "L_{SM} = L_{CSM} + C").verdict == "proved"
    assert judged(named, conditional % "+").verdict == "refuted"
    assert judged(named, conditional % "-", "L_{SM} = 2L_{CSM} + C").verdict != "proved"
    assert judged(named, conditional % "-", "L_{SM} = L_{CSM}").verdict == "undecided"


FIELD = r"u_t(x) = \int u_t(x|z)\frac{p_t(x|z)p_{data}(z)}{p_t(x)}dz"
MARGINAL = r"L_{FM}(\theta) = \mathbb{E}_{t\sim U(0,1), x\sim p_t}\|u_t^\theta(x) - u_t(x)\|^2"
GIVEN = (
    r"L_{CFM}(\theta) = \mathbb{E}_{t\sim U(0,1), z\sim p_{data}, x\sim p_t(\cdot|z)}\|u_t^\theta(x) - %su_t(x|z)\|^2"
)


def test_flow_matching_by_the_field_given_the_data():
    said = (FIELD, MARGINAL, GIVEN % "")
    assert judged(*said, r"L_{FM}(\theta) = L_{CFM}(\theta) + C").verdict == "proved"
    assert judged(*said, r"L_{FM}(\theta) = L_{CFM}(\theta)").verdict == "undecided"
    assert judged(*said, r"L_{FM}(\theta) = 2L_{CFM}(\theta) + C").verdict != "proved"
    assert judged(FIELD, MARGINAL, GIVEN % "2", r"L_{FM}(\theta) = L_{CFM}(\theta) + C").verdict != "proved"
    assert judged(*said, FIELD).message == "as it was defined before"


def test_the_field_by_its_name_alone():
    said = judged(MARGINAL, GIVEN % "", r"L_{FM}(\theta) = L_{CFM}(\theta) + C")
    assert said.verdict == "proved"
    assert "the field without the data being the mean of the field given the data" in said.message


def test_a_mean_over_a_time_is_an_integral():
    average = r"\mathbb{E}_{t\sim U[0,1], x\sim p_t}[u_\theta(x, t)^\top v(x, t)]"
    assert verdict(rf"{average} = \int_0^1\int p_t(x) u_\theta(x, t)^\top v(x, t) dx dt") == "proved"
    assert verdict(rf"{average} = \int_0^2\int p_t(x) u_\theta(x, t)^\top v(x, t) dx dt") != "proved"


# ---- laws below a plain letter, and mixtures that only their names say


def test_a_plain_letter_over_its_law_is_an_expectation():
    over_both = r"E_{q(z), p_t(x | z)}\|v_\theta(x)\|^2"
    assert verdict(rf"E_{{p_t(x)}}\|v_\theta(x)\|^2 = \int \|v_\theta(x)\|^2 p_t(x) dx = {over_both}") == "proved"
    assert verdict(r"E_{p_t(x)}\|v_\theta(x)\|^2 = 2\int \|v_\theta(x)\|^2 p_t(x) dx") == "refuted"
    assert verdict(rf"E_{{p_s(x)}}\|v_\theta(x)\|^2 = {over_both}") != "proved"


def test_weights_below_an_integral():
    field = r"u_t(x) = \frac{\int u_t(x | x_1) p_t(x | x_1) q(x_1) dx_1}{p_t(x)}"
    products = r"E_{p_t(x)}\langle v_\theta(x), u_t(x)\rangle = %sE_{q(x_1), p_t(x | x_1)}\langle v_\theta(x), u_t(x | x_1)\rangle"
    assert judged(field).verdict == "definition"
    assert judged(field, products % "").verdict == "proved"
    assert judged(field, products % "2").verdict == "refuted"
