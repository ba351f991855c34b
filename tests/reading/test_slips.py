"""Slips that were accepted: each beside the true form, which still is."""

import pytest

from tests.reading.asked import displayed, judged, meets, verdict

VP = r"The forward equation is $$d\mathbf x = -\frac12\beta(t)\mathbf x\,dt+\sqrt{\beta(t)}\,d\mathbf w$$ Then "
DDPM = r"Here $\bar\alpha_t=\prod_{s=1}^t\alpha_s$, $\beta_t = 1-\alpha_t$. Then "
Y = r"p(y|x) = \mathcal N(y;\mathcal A(x),\sigma^2 I) \propto \exp\left(-\frac{1}{2\sigma^2}\|y-\mathcal A(x)\|^2\right)"
SCORE = r"\nabla_{x_t}\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t} = -\frac{\epsilon}{\sqrt{1-\bar\alpha_t}}"
GUIDED = (
    r"\tilde{v}_\theta(x_t,t,c) = v_\theta(x_t,t,\varnothing) + w\cdot(v_\theta(x_t,t,c)-v_\theta(x_t,t,\varnothing))"
)
NOISED = r"Let $\tilde x = x+\sigma\epsilon$ with $\epsilon\sim\mathcal N(0,I)$, so $q_\sigma(\tilde x|x)=\mathcal N(\tilde x;x,\sigma^2I)$. Then "
NEGATIVE = r"\nabla_{\tilde x}\log q_\sigma(\tilde x|x) = -\frac{\tilde x-x}{\sigma^2} = "
PAIRS = (
    ("", r"\frac{dx_t}{dt} = f(x_t,t)-\frac12g(t)^2\nabla_x\log p_t(x_t)", r"\frac{dx_t}{dt} = f(x_t,t)-\frac12g(t)^2\nabla_x\log p_t(x_{t-1})"),
    ("", r"\frac{dx_t}{dt} = f(t)x_t+\frac{g^2(t)}{2\sigma_t}\epsilon_\theta(x_t,t)", r"\frac{dx_t}{dt} = f(t)x_0+\frac{g^2(t)}{2\sigma_t}\epsilon_\theta(x_t,t)"),
    ("", r"dx=[f(x,t)-g(t)^2\nabla_x\log p_t(x)]dt+g(t)d\bar w", r"dx=[f(x,t)-g(t)^2\nabla_xp_t(x)]dt+g(t)d\bar w"),
    ("", r"dX_t=[f(X_t,t)-g^2(t)\nabla_x\log p_t(X_t)]dt+g(t)d\bar W_t", r"dX_{t-1}=[f(X_t,t)-g^2(t)\nabla_x\log p_t(X_t)]dt+g(t)d\bar W_t"),
    ("", r"dx=[f(x_t,t)-g(t)^2\nabla_x\log p_t(x_t)]dt+g(t)d\bar w", r"dx=[f(x,t)-g(t)^2\nabla_x\log p_{t-1}(x)]dt+g(t)d\bar w"),
    ("", r"dx_t=\frac12\nabla_x\log p(x_t)dt+dB_t", r"dx_t=\frac12\nabla_xp(x_t)dt+dB_t"),
    (VP, r"\frac{dx}{dt} = -\frac12\beta(t)[x+\nabla_x\log p_t(x)]", r"\frac{dx}{dt} = -\beta(t)[x+\nabla_x\log p_t(x)]"),
    ("", Y, Y.replace("{2\\sigma^2}", "{\\sigma^2}")),
    ("", r"\mathcal N(y;m,\sigma^2I) \propto e^{-\frac1{2\sigma^2}\|y-m\|^2}", r"\mathcal N(y;m,\sigma^2I) \propto e^{-\frac1{\sigma^2}\|y-m\|^2}"),
    (DDPM, SCORE, SCORE.replace(r"= -\frac{\epsilon}", r"= \frac{\epsilon}")),
    ("", GUIDED, GUIDED.replace("+ w", "- w")), ("", GUIDED, GUIDED[:-1].replace(r"-v_\theta(x_t", r"-v_\theta(x_0") + ")"),
    ("", r"\tilde\epsilon = (1+w)\epsilon_\theta(x_t,c) - w\epsilon_\theta(x_t)", r"\tilde\epsilon = (1+w)\epsilon_\theta(x_t) - w\epsilon_\theta(x_t,c)"),
    (DDPM, r"x_t = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon", r"x_0 = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon"),
    (DDPM, r"q(x_t|x_0) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)", r"q(x_0|x_t) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)"),
    ("", r"p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1};\mu_\theta(x_t,t),\Sigma_\theta(x_t,t))", r"p_\theta(x_{t-1}|x_t) = \mathcal N(x_t;\mu_\theta(x_t,t),\Sigma_\theta(x_t,t))"),
    (DDPM, r"q(x_t|x_{t-1}) = \mathcal N(x_t;\sqrt{1-\beta_t}x_{t-1},\beta_tI)", r"q(x_t) = \mathcal N(x_t;\sqrt{1-\beta_t}x_{t-1},\beta_tI)"),
    (DDPM, r"q(x_{t-1}|x_0) = \mathcal N(\sqrt{\bar\alpha_{t-1}}x_0,(1-\bar\alpha_{t-1})I)", r"q(x_0|x_{t-1}) = \mathcal N(\sqrt{\bar\alpha_{t-1}}x_0,(1-\bar\alpha_{t-1})I)"),
    ("", GUIDED, GUIDED.replace(r"\tilde{v}_\theta(x_t", r"\tilde{v}_\theta(x_{t-1}")), (NOISED, NEGATIVE + r"-\frac{\epsilon}{\sigma}", NEGATIVE + r"\frac{\epsilon}{\sigma}"),
    ("", r"\log p(x) = \mathbb{E}_{q(z|x)}[\log p(x,z)-\log p(z|x)]", r"p(x) = \mathbb{E}_{q(z|x)}[\log p(x,z)-\log p(z|x)]"),
    ("", r"p(x|y) = \frac{p(y|x)p(x)}{p(y)}", r"p(x|y) = -\frac{p(y|x)p(x)}{p(y)}"),
)  # fmt: skip


@pytest.mark.parametrize("before, true, slip", PAIRS, ids=range(len(PAIRS)))
def test_a_slip_is_refuted_and_the_true_form_is_not(before, true, slip):
    assert true != slip
    assert verdict(true, before) in ("proved", "convention", "definition")
    assert verdict(slip, before) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"x_{t+1} = x_{t-1}+\eta s_\theta(x)+\sqrt{2\eta}z", r"x_t = x_t+\eta s_\theta(x_t)+\sqrt{2\eta}z", r"dx_t=\nabla_x\log p(x_t)dt+dB_t",
        r"q(x_t|x_t,x_0) = q(x_t|x_{t-1})", r"q(x_{t-1}|x_t) = \mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\tilde\beta_tI)",
    ],
)  # fmt: skip
def test_what_is_no_step_of_its_chain_or_no_density_is_not_accepted(tex):
    assert verdict(tex, DDPM) in ("undecided", "refuted")


@pytest.mark.parametrize(
    "tex",
    [
        r"p(y|x) = \mathcal N(x;y,\sigma^2I)",
        r"x = x+\eta s_\theta(x)+\sqrt{2\eta}z",
        r"x_{t-1} = x_t+\eta s_\theta(x_t)+\sqrt{2\eta}z",
    ],
)
def test_a_density_in_a_symmetric_form_and_the_steps_of_a_program_are_accepted(tex):
    assert verdict(tex) in ("proved", "definition")


def test_the_variable_of_a_density_is_not_what_the_document_calls_by_its_letter():
    before = r"We observe $$\mathbf y = \mathcal A(\mathbf x) + \sigma\boldsymbol\epsilon$$ so that "
    assert verdict(Y, before) == "proved"
    assert verdict(Y.replace("{2\\sigma^2}", "{\\sigma^2}"), before) == "refuted"


CHAIN = r"""\begin{aligned} x_t &= \sqrt{\alpha_t}x_{t-1}+\sqrt{1-\alpha_t}\epsilon_t \\ &= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{1-\alpha_t\alpha_{t-1}}\epsilon \\
&\ \ \vdots \\ &= \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon \end{aligned}"""  # fmt: skip


def test_what_stands_behind_dots_in_a_column_is_judged():
    assert verdict(CHAIN, DDPM) == "proved"
    assert verdict(CHAIN.replace(r"+\sqrt{1-\bar\alpha_t}", r"+\sqrt{\bar\alpha_t}"), DDPM) == "refuted"


def test_states_of_two_steps_in_numbers_are_not_free_of_one_another():
    tex = r"\sqrt{\alpha_t}x_{t-1}+\sqrt{1-\alpha_t}\epsilon_t = \sqrt{\bar\alpha_t}x_0+\sum_{i=1}^t\sqrt{\alpha_t\ldots\alpha_{i+1}}\sqrt{1-\alpha_i}\epsilon_i"
    assert judged(r"\bar\alpha_t = \prod_{s=1}^t\alpha_s", tex).verdict != "refuted"


JOINT = r"\mathbb{E}_{q(z|x)}[\log p(x,z)-\log q(z|x)]"
CHAIN_PAIRS = (
    (DDPM, r"q(x_{1:T}|x_0) = \prod_{t=1}^Tq(x_t|x_{t-1})", r"q(x_{1:T}|x_0) = \prod_{t=1}^Tq(x_t|x_0)"),
    (DDPM, r"q(x_t|x_{t-1}) = q(x_t|x_{t-1},x_0)", r"q(x_{t-1}|x_t) = q(x_{t-1}|x_t,x_0)"),
    (DDPM, r"q(x_{t-1},x_t|x_0) = q(x_t|x_{t-1})q(x_{t-1}|x_0)", r"q(x_{t-1},x_t|x_0) = q(x_t|x_{t-1})q(x_{t-1})"),
    ("", r"\log p(x) \ge " + JOINT, r"\log p(x) \ge \mathbb{E}_{q(z|x)}[p(x|z)]-D_{KL}(q(z|x)\|p(z))"),
    ("", r"\log p(x) = \log\mathbb{E}_{q(z|x)}\left[\frac{p(x,z)}{q(z|x)}\right]", r"\log p(x) = \mathbb{E}_{q(z|x)}\left[\frac{p(x,z)}{q(z|x)}\right]"),
    ("", r"D_{KL}(q(z|x)\|p(z)) = \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right]", r"D_{KL}(q(z|x)\|p(z)) = \mathbb{E}_{q(z|x)}\left[\frac{q(z|x)}{p(z)}\right]"),
    ("", r"p(x) = \int q(z|x)\frac{p(x|z)p(z)}{q(z|x)}\,dz", r"p(x) = -\int q(z|x)\frac{p(x|z)p(z)}{q(z|x)}\,dz"),
    ("", r"\nabla_x\log p(x|y) = \nabla_x\log p(x)+\nabla_x\log p(y|x)", r"\nabla_x\log p(x|y) = \nabla_xp(x)+\nabla_x\log p(y|x)"),
    ("", r"\nabla_xp(x,y) = p(y)\nabla_xp(x|y)", r"\nabla_xp(x,y) = \nabla_xp(x|y)"), ("", r"\nabla_xp(x) = p(x)\nabla_x\log p(x)", r"\nabla_x\log p(x) = \nabla_xp(x)"),
    ("", r"e^{-\int_0^t\beta(s)ds}e^{-\int_0^t\beta(s)ds} = e^{-2\int_0^t\beta(s)ds}", r"e^{-\int_0^t\beta(s)ds}e^{-\int_0^t\beta(s)ds} = e^{-2\int_0^1\beta(s)ds}"),
    ("", r"\frac{d}{dt}\int_0^t\beta(s)ds = \beta(t)", r"\frac{d}{dt}\int_0^t\beta(s)ds = \beta(0)"),
    ("", r"\frac{dx}{dt} = -\dot\sigma(t)\sigma(t)\nabla_x\log p(x;\sigma(t))", r"\frac{dx}{dt} = \dot\sigma(t)\sigma(t)\nabla_x\log p(x;\sigma(t))"),
    ("", r"\mathbb{E}_{x\sim\mathcal N(\mu,\sigma^2)}[e^x] = e^{\mu+\frac12\sigma^2}", r"\mathbb{E}_{x\sim\mathcal N(\mu,\sigma^2)}[e^x] = e^{\mu+\sigma^2}"),
)  # fmt: skip


@pytest.mark.parametrize("before, true, slip", CHAIN_PAIRS, ids=range(len(CHAIN_PAIRS)))
def test_a_slip_in_densities_and_integrals_is_refuted_with_numbers(before, true, slip):
    assert verdict(true, before) in ("proved", "convention", "definition")
    assert meets(displayed(slip, before), "false")


SDE = r"The forward equation is $d\mathbf x = \mathbf f(\mathbf x,t)dt+g(t)d\mathbf w$. Then "


def test_the_noise_of_a_step_has_its_scale():
    step = r"x_{t+\Delta t} = x_t+f(x_t,t)\Delta t+g(t)"
    assert verdict(step + r"\sqrt{\Delta t}\,z", SDE) == "definition"
    assert verdict(step + r"\Delta t\,z", SDE) == "refuted"


LEVELS = r"The process is $z_t = \alpha_tx+\sigma_t\epsilon$. Then "


@pytest.mark.parametrize(
    "slip", [r"(z_t-\alpha_t\hat x_\theta(z_t;t))/\sigma_t^2", r"(z_t+\alpha_t\hat x_\theta(z_t;t))/\sigma_t"]
)
def test_two_networks_that_are_made_of_one_another_hang_together(slip):
    assert verdict(r"\hat\epsilon_\theta(z_t;t) = (z_t-\alpha_t\hat x_\theta(z_t;t))/\sigma_t", LEVELS) == "proved"
    assert verdict(r"\hat\epsilon_\theta(z_t;t) = " + slip, LEVELS) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"p(x_t|x_0) = \frac{q(x_0|x_t)p(x_t)}{p_0(x_0)}",
        r"q(z) = q(x_0)q(x_1)",
        r"p(x_i|p_i) = p_i^{x_i}(1-p_i)^{1-x_i}",
    ],
)
def test_letters_for_one_law_pairs_and_parameters_are_not_accused(tex):
    assert verdict(tex) != "refuted"


def test_the_tables_of_a_chain_are_in_the_data_and_not_in_the_line():
    found = judged(r"q(x_{t-1}|x_t,x_0) = \frac{q(x_t|x_{t-1})q(x_t|x_0)}{q(x_{t-1}|x_0)}")
    assert found.verdict == "refuted" and any(v.count(" ") > 8 for v in found.witness.values())
    assert "= 0) = " in found.place and "and so on" in found.place and len(found.place) < 300
