r"""A letter that is named again, a second process beside the first, a schedule and its steps: names, and no claims."""

from derivations.reading import audit_text
from tests.reading.asked import judged
from tests.reading.test_meant_otherwise import CHAIN

DDIM = (
    r"q(x_t\mid x_0) = \mathcal N(\sqrt{\alpha_t}x_0, (1-\alpha_t) I)",
    r"x_{t-1} = \sqrt{\alpha_{t-1}}\frac{x_t-\sqrt{1-\alpha_t}\epsilon_\theta(x_t)}{\sqrt{\alpha_t}}"
    r" + \sqrt{1-\alpha_{t-1}-\sigma_t^2}\,\epsilon_\theta(x_t) + \sigma_t\epsilon_t",
)


def test_what_alpha_is_in_ddpm_said_in_the_notation_of_ddim():
    found = judged(*DDIM, r"\alpha_t = 1-\beta_t")
    assert found.verdict == "undecided" and "is true in another one: DDPM" in found.message
    assert judged(*DDIM, r"\alpha_t = \alpha_{t-1} - \beta_t").verdict != "proved"


def test_the_steps_of_a_schedule_and_its_values_in_continuous_time():
    counted = r"q(x_i\mid x_{i-1}) = \mathcal N(x_i; \sqrt{1-\beta_i}x_{i-1}, \beta_i I)"
    for before in (CHAIN, (*CHAIN, counted)):
        assert judged(*before, r"\beta_i = \beta(i/N)/N").verdict == "definition"
    assert judged(*CHAIN, r"\beta_i = 1-\alpha_{i-1}").verdict == "refuted"


LEVELS = (r"z_t = \alpha_t x + \sigma_t\epsilon", r"\alpha_t^2 + \sigma_t^2 = 1")


def test_an_average_of_estimates_at_two_states_is_no_guidance():
    average = r"\tilde x = (1-w)\,\hat x(z_{t'}%s) + w\,\hat x(z_t%s)"
    assert judged(*LEVELS, average % ("", "")).verdict != "refuted"
    guided = r"\tilde\epsilon_\theta(z_t, c) = (1-w)\,\epsilon_\theta(z_{s}, c) + w\,\epsilon_\theta(z_t)"
    assert judged(*LEVELS, guided).verdict == "refuted"


TWO = r"""
A variance exploding state is $x = x_0 + \sigma\epsilon$ with $\epsilon\sim\mathcal N(0, I)$, and
$z = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon$ is brought to this form by
$$x = \frac{z}{\sqrt{\bar\alpha_t}}, \qquad \sigma = \sqrt{\frac{1-\bar\alpha_t}{\bar\alpha_t}}.$$
The slope is $\hat\epsilon = (x-D)/\sigma$, so that
$$x' = x + (\sigma'-\sigma)\frac{x-D}{\sigma} = %s = D + \sigma'\hat\epsilon.$$
"""


def test_a_second_state_and_its_slope_with_a_name_of_the_first():
    slope = r"\frac{\sigma'}{\sigma}x + \left(1-\frac{\sigma'}{\sigma}\right)D"
    wrong = slope.replace("1-", "1+")
    state, step = _displayed(TWO % slope)
    assert state != "refuted" and step == "proved"
    assert _displayed(TWO % wrong)[1] != "proved"


def _displayed(text):
    return [e.judgement.verdict for e in audit_text(text).equations if e.formula.kind == "display"]


def test_a_schedule_that_runs_between_its_ends():
    line = r"\beta_t = \beta_1 + \frac{t-1}{T-1}(\beta_T - \beta_1)"
    assert judged(*CHAIN, line).message == "a schedule is chosen here"
    assert judged(*CHAIN, r"\beta_t = \beta_1 + \beta_T").verdict != "definition"


def test_the_gradient_of_log_h_in_a_conditioned_process_is_no_score():
    forward = r"dx_t = f(x_t, t)\,dt + g(t)\,dw_t"
    for name in (r"h(x_t, t)", r"\Psi", r"\phi(x_t)"):
        assert judged(forward, rf"dx_t = [f(x_t, t) + g(t)^2\nabla\log {name}]\,dt + g(t)\,dw_t").verdict != "refuted"
    assert judged(forward, r"dx_t = [f(x_t, t) + g(t)^2\nabla\log p_t(x_t)]\,dt + g(t)\,d\bar w_t").verdict == "refuted"


def test_the_density_of_one_variable_by_the_form_of_another():
    form = r"(2\pi)^{%sD/2}\det(\Sigma)^{-1/2}\exp(-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu))"
    log = r"= -\frac D2\log(2\pi) - \frac12\log\det(\Sigma) - \frac12(x-\mu)^T\Sigma^{-1}(x-\mu)"
    assert judged(rf"q(\tilde x) = {form % ''}", rf"\log q(\tilde x) {log}").verdict == "undecided"
    assert judged(rf"q(x) = {form % '-'}", rf"\log q(x) {log}").verdict == "proved"
    wrong = judged(rf"q(x) = {form % ''}")
    assert wrong.verdict == "refuted" and "with the opposite sign before D" in wrong.message


def test_a_chain_that_goes_on_behind_a_line_that_does_not_follow():
    lines = (
        r"a_t = \frac{\alpha_t(1-\bar\alpha_{t-1})}{1-\alpha_t} + 1",
        r"= \frac{\alpha_t(1-\bar\alpha_{t-1}) + 1-\bar\alpha_t}{1-\alpha_t}",
        r"= \frac{1-\bar\alpha_t}{1-\alpha_t}",
        r"= \frac{1-\bar\alpha_{t-1}}{1-\alpha_t}",
    )
    text = "\n".join(f"$${line}$$" for line in (*CHAIN, *lines))
    found = [e.judgement for e in audit_text(text).equations][len(CHAIN) :]
    assert [j.verdict for j in found] == ["definition", "refuted", "proved", "refuted"]
    assert found[2].message == "it follows from what stands before the line that does not"


def test_a_posterior_whose_exponent_has_lost_its_sign():
    sum_ = r"\frac{(x_t-\sqrt{\alpha_t}x_{t-1})^2}{2\beta_t} + \frac{(x_{t-1}-\sqrt{\bar\alpha_{t-1}}x_0)^2}{2(1-\bar\alpha_{t-1})}"
    kernel = rf"q(x_{{t-1}}\mid x_t, x_0) \propto \exp\left( %s({sum_})\right)"
    assert judged(*CHAIN, kernel % "-").verdict == "proved"
    found = judged(*CHAIN, kernel.replace("%s(", "").replace("})\\right", "}\\right"))
    assert found.verdict == "refuted" and "with the opposite sign of the exponent" in found.message


def test_a_word_between_two_statements_is_no_product_of_letters():
    found = judged(*LEVELS, r"SNR(1) = \alpha_1^2/\sigma^2_1 so \alpha_1^2 = SNR(1)\sigma_1^2")
    assert found.verdict == "proved" and found.reading.count(";") == 1
    assert judged(r"a = b + 1 so c = s o").reading == "a = b + 1; c = s*o"


def test_what_something_is_proportional_to():
    said = r"It is %s $\sin^2\frac{\theta}{2} = 1-\cos\theta$ here."
    verdicts = [audit_text(said % words).equations[0].judgement.verdict for words in ("", "proportional to")]
    assert verdicts == ["refuted", "undecided"]


DIVERGENCE = r"\mathrm{div}\left(p_t\left[u_t + \frac{\sigma_t^2}{2}\nabla\mathrm{log}p_t\right]\right)(x)"


def test_a_divergence_of_a_sum_in_brackets_at_a_point():
    whole = r"\mathrm{div}\left(p_tu_t\right)(x) = %s - \frac{\sigma_t^2}{2}\Delta p_t(x)"
    assert judged(whole % DIVERGENCE).verdict == "proved"
    assert judged(whole.replace("- ", "+ ") % DIVERGENCE).verdict == "refuted"
    assert judged(r"\partial_t p_t(x) = -\mathrm{div}(p_t(a + b(c)))(x)").verdict in ("unread", "undecided")


def test_the_number_of_a_row_in_a_cell_of_its_own():
    rows = r"1-\bar\alpha_t &= 1-\alpha_t\bar\alpha_{t-1} \quad &(7)\\ &= \alpha_t(1-\bar\alpha_{t-1})+\beta_t &&(8a)"
    found = judged(*CHAIN, rf"\begin{{aligned}}{rows}\end{{aligned}}")
    assert found.verdict == "proved" and "8" not in found.reading


def test_a_gradient_is_turned_and_has_no_power_of_steps():
    turned = judged(r"\nabla_x(v^T S(x)) = (\nabla_x S(x))^T v")
    assert turned.verdict == "unread" and "a gradient is turned that is no matrix here" in turned.message
    assert judged(r"\bar\alpha_T = (1-\beta)^T").reading == "alpha_bar(T) = (1 - beta)^T"


def test_nobody_writes_a_state_as_a_factor_by_mistake():
    mean = r"\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t%s"
    assert judged(*CHAIN, mean % "(x)").verdict != "refuted"
    assert judged(*CHAIN, mean % r"\cdot 5").verdict == "refuted"



def test_a_value_of_the_state_is_the_state_that_it_is_a_value_of():
    path = (r"x_t = (1-t)x_0 + tx_1", r"\hat x_1 = \mathbb E[x_1|x_t=x]")
    for field in (r"u_t(x) = \frac{\hat x_1 - x}{1-t}", r"\frac{\hat x_1-x}{1-t} = x_1 - x_0"):
        assert judged(*path, field).verdict != "refuted"
    assert judged(*path, r"x_t = (1-t)x_0 - tx_1").verdict == "refuted"


def test_what_is_assumed_beside_a_formula():
    score = r"\nabla_{x_t}\log p(x_t) = -\frac{\epsilon}{\sqrt{1-\bar\alpha_t}}"
    assert judged(*CHAIN, score).verdict == "refuted"
    for word in ("assume", "assuming that", "suppose"):
        assert judged(*CHAIN, rf"{score}, \quad \text{{{word} }} p(x_t) = q(x_t|x_0)").verdict == "undecided"
