r"""What is false as it was read, and may be meant otherwise, accuses nobody: another notation on the way, a mean without
its noise, a parameter behind a comma, a factor that somebody put in.
"""

import pytest

from derivations.reading import audit_text
from derivations.reading.dynamics.updates import WITHOUT_NOISE
from derivations.reading.equations.certain import FAR
from derivations.reading.meanings import DATA_AT_ONE
from derivations.reading.nearby import INDEPENDENT, NUMBERED, STANDS
from derivations.reading.prose import UNDER
from tests.reading.asked import displayed, judged

CHAIN = [
    r"q(x_t\mid x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}\,x_{t-1}, \beta_t I)",
    r"\alpha_t = 1-\beta_t",
    r"\bar\alpha_t = \prod_{s=1}^t \alpha_s",
    r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon",
]
STATE = r"x_t = \sqrt{\alpha_t}\,x_0 + \sqrt{1-\alpha_t}\,\epsilon"


def test_a_state_in_the_notation_of_ddim_in_a_document_that_has_another_one():
    found = judged(*CHAIN, STATE)
    assert found.verdict == "undecided"
    assert "is true in another one: DDIM: alpha_t is what DDPM calls alpha_bar_t" in found.message
    one_bar = judged(*CHAIN, r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\alpha_t}\,\epsilon")
    assert one_bar.verdict == "refuted" and "in place of" in one_bar.message


def test_a_document_that_says_in_what_notation_it_is_is_held_to_it():
    text = "\n\n".join(f"$${f}$$" for f in (*CHAIN, STATE))
    assert audit_text(text).equations[-1].judgement.verdict == "undecided"
    assert audit_text(text, notation="ddpm").equations[-1].judgement.verdict == "refuted"


MEAN = r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\,\hat x_0 + \sqrt{%s}\,\epsilon_\theta(x_t, t)"


def test_the_mean_of_a_step_without_its_noise():
    found = judged(*CHAIN, MEAN % r"1-\bar\alpha_{t-1}-\sigma_t^2")
    assert (found.verdict, found.message) == ("undecided", WITHOUT_NOISE)
    assert judged(*CHAIN, MEAN % r"1-\bar\alpha_{t-1}").verdict == "proved"
    assert judged(*CHAIN, MEAN % r"1-\bar\alpha_{t}").verdict == "refuted"


def test_a_level_of_noise_behind_a_comma_is_the_parameter_that_it_is_behind_a_semicolon():
    score = r"\nabla_x \log p(x ; \sigma) = %s\nabla_x \log p(x, \sigma)"
    assert judged(score % "").verdict == "proved"
    assert judged(score % "-").verdict == "refuted"


def test_who_puts_a_factor_in_means_it():
    score = r"p(x) \propto \exp(-U(x))"
    tempered = judged(score, r"dx_t = \nabla_x \log p(x_t)\,dt + \sqrt{2\kappa}\,dW_t")
    assert tempered.verdict == "undecided" and FAR in tempered.message
    turned = judged(score, r"dx_t = -\nabla_x \log p(x_t)\,dt + \sqrt{2}\,dW_t")
    assert turned.verdict == "refuted" and "with the opposite sign" in turned.message


def test_the_end_of_a_chain_in_place_of_a_step():
    found = judged(*CHAIN[1:], r"q(x_t\mid x_{t-1}) = \mathcal{N}(x_T; \sqrt{1-\beta_t}\,x_{t-1}, \beta_t I)")
    assert found.verdict == "refuted" and "with t in place of T at x" in found.message


STATED = r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"


@pytest.mark.parametrize(
    "number", [r"\tag 5", r"\ \ \ (5)", "    (13)", "\n(5)", r" (25)", r"\cdots(5.1)", r"\#(5)", r"\hspace{2em}(2)"]
)
def test_the_number_of_an_equation_is_no_factor(number):
    assert displayed(STATED + number).verdict == "proved"


@pytest.mark.parametrize("numbered", [STATED + " (2)", STATED + " [12]", STATED + r"\enspace 5", "(5) " + STATED])
def test_what_may_be_the_number_of_an_equation_accuses_nobody(numbered):
    found = displayed(numbered)
    assert (found.verdict, found.message) == ("undecided", NUMBERED)


def test_a_factor_that_is_no_number_of_an_equation_is_wrong():
    assert "without the" in judged(*CHAIN, STATED.replace(r"\epsilon", r"2\epsilon")).message
    assert judged(*CHAIN, "5" + STATED).verdict == "refuted"


def test_two_values_of_which_one_stands_for_the_other():
    score = r"\underbrace{s_\theta(x_t,t) \approx \nabla_{x_t}\log q(x_t)}_{\text{score}} \equiv \underbrace{-\frac{\epsilon}{\sqrt{1-\bar\alpha_t}}}_{\text{noise}}"
    found = judged(*CHAIN, score)
    assert (found.verdict, found.message) == ("undecided", STANDS)
    named = judged(*CHAIN, r"\tilde\beta_t \equiv \frac{1-\bar\alpha_{t}}{1-\bar\alpha_t}\beta_t")
    assert named.verdict == "refuted"


def test_a_divergence_with_an_index_is_not_that_of_two_densities():
    loss = r"\mathrm{KL}_t = \frac{1}{2\tilde\beta_t}\mathbb{E}[\|\tilde\mu_t(x_t,x_0) - \mu_\theta(x_t,t)\|^2] + C"
    found = judged(*CHAIN, loss)
    assert found.verdict == "undecided" and "divergence" not in found.message


def test_a_step_the_wrong_way_is_told_by_its_sign():
    flow = r"\frac{dx}{dt} = f(x,t)"
    assert judged(flow, r"x_{t-\Delta t} = x_t - f(x_t, t)\,\Delta t").verdict != "refuted"
    found = judged(flow, r"x_{t-\Delta t} = x_t + f(x_t, t)\,\Delta t")
    assert found.verdict == "refuted" and "opposite sign" in found.message


GUIDED = r"""q(x_t\mid x_{t+1}, y) = \left(\frac{q(x_{t+1}\mid x_t, y)q(x_t, y)}{q(x_t, x_{t+1})}\right)
\frac{q(x_t\mid x_{t+1})}{q(y\mid x_{t+1})} = \frac{q(x_{t+1}\mid x_t)q(y\mid x_t)}{q(x_{t+1}\mid x_t)}
\frac{q(x_t\mid x_{t+1})}{q(y\mid x_{t+1})}"""


def test_a_step_that_does_not_depend_on_the_label():
    found = judged(*CHAIN, GUIDED)
    assert found.verdict == "undecided" and found.message.startswith(INDEPENDENT)
    assert found.message.endswith("in place of (x_{t + 1} | x_{t} , y)")
    wrong = judged(
        *CHAIN, GUIDED.replace(r"\frac{q(x_t\mid x_{t+1})}{q(y\mid x_{t+1})}", r"\frac{q(x_t\mid x_{t+1})}{q(y)}")
    )
    assert wrong.verdict != "proved" and INDEPENDENT not in wrong.message


def test_data_at_one():
    law = r"x_t \sim \mathcal N(x_t \mid \sqrt{\bar\alpha_t}\,x_1, (1-\bar\alpha_t)I)"
    found = judged(law, r"x_t = \sqrt{\bar\alpha_t}\,x_1 + \sqrt{1-\bar\alpha_t}\,\epsilon")
    assert (found.verdict, found.message) == ("undecided", DATA_AT_ONE)
    both = judged(*CHAIN, r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,x_1")
    assert DATA_AT_ONE not in both.message


RATE = r"\frac{d\lambda_t}{dt} = \frac{d\log\alpha_t}{dt} - \frac{d\log\sigma_t}{dt} \\ %s"
LEVELS = [r"x_t = \alpha_t x_0 + \sigma_t\epsilon", r"\lambda_t = \log\frac{\alpha_t}{\sigma_t}"]


def test_a_line_that_begins_with_a_minus():
    own = RATE % r"-2\sigma_t^2\frac{d\lambda_t}{dt} = %s - 2\sigma_t^2\frac{d\log\alpha_t}{dt}"
    assert judged(*LEVELS, own % r"\frac{d\sigma_t^2}{dt}").verdict == "proved"
    assert judged(*LEVELS, own % r"-\frac{d\sigma_t^2}{dt}").verdict == "refuted"
    goes_on = r"(a-b)^2 = a^2 - 2ab + b^2 + c \\ - c = b^2 - 2ab + %s"
    assert judged(goes_on % "a^2").verdict == "proved"
    assert judged(goes_on % "a^3").verdict == "undecided"  # in either reading it is false


def test_a_rate_along_the_flow():
    path = r"x = s(t)(y + \sigma(t)n)"
    flow = r"\frac{dx}{d\sigma} = \frac{%s}{\sigma}"
    found = judged(path, r"\tilde x = \frac{x}{\sqrt{1+\sigma^2}}", (flow % "x - D").replace("dx", r"d\tilde x"))
    assert found.verdict == "undecided" and "along the flow" in found.message


def test_a_field_that_a_scheme_holds():
    forward = r"dX_s = -X_s\,ds + \sqrt2\,dB_s"
    held = judged(forward, r"dY_s = (Y_s + 2 s_\theta(Y_{s_k}, T-s_k))\,ds + \sqrt2\,dB_s")
    assert held.verdict != "refuted" and held.verdict != "proved"


DEVIATIONS = [
    r"q(x_t\mid x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t^2}\,x_{t-1}, \beta_t^2 I)",
    r"\bar\alpha_t = \prod_{s=1}^t (1-\beta_s^2)",
    r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon",
]


def test_a_deviation_of_the_posterior_beside_a_deviation_of_the_steps():
    deviation = r"\tilde\beta_t = \beta_t\sqrt{\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}}"
    assert judged(*DEVIATIONS, deviation).verdict != "refuted"
    law = r"q(x_{t-1}\mid x_t, x_0) = \mathcal N(x_{t-1}; \tilde\mu_t(x_t, x_0), \tilde\beta_t^%s I)"
    assert judged(*DEVIATIONS, deviation, law % "2").verdict == "convention"
    assert judged(*DEVIATIONS, deviation, law % "1").verdict not in ("proved", "convention")


def test_what_follows_from_what_a_sentence_supposes():
    claim = r"$q(x_{t-1}\mid x_t) = q(x_{t-1}\mid x_t, x_0)$"
    chain = "\n\n".join(f"$${f}$$" for f in CHAIN)
    supposed = audit_text(f"{chain}\n\n(a) $x_0$ deterministic: then {claim}.").equations[-1].judgement
    assert supposed.verdict == "undecided"
    assert audit_text(f"{chain}\n\nThen {claim}.").equations[-1].judgement.verdict == "refuted"


LEFT = r"$$\frac12\left[\bar\alpha_T x_0^2 - \bar\alpha_T - \ln(1-\bar\alpha_T)\right] = -\frac12\ln(1-\bar\alpha_T)$$"


def test_an_equation_that_a_sentence_grants():
    chain = "\n\n".join(f"$${f}$$" for f in CHAIN)
    granted = (
        audit_text(f"{chain}\n\nThe divergence is, per coordinate with $x_0^2 = 1$,\n\n{LEFT}").equations[-1].judgement
    )
    assert (granted.verdict, granted.message) == ("undecided", UNDER)
    apart = audit_text(f"{chain}\n\nWe have $x_0^2 = 1$. The divergence is\n\n{LEFT}").equations[-1].judgement
    assert apart.verdict == "refuted"


def test_what_is_said_of_one_moment_is_so_for_each_formula_of_its_sentence():
    text = (
        r"$$\frac{1}{v} = \frac{1+w}{a} - \frac{w}{b}$$"
        + "\n\n- $w=0$: $m=n$, $v=a$\n- numbers: $b=1$, $a=\\frac12$, $w=1$: $1/v=4-1=3$"
    )
    assert "refuted" not in [e.judgement.verdict for e in audit_text(text).equations]


def test_time_that_runs_back_and_a_clock_of_its_own():
    text = "A VP process. $$dx = -\\tfrac12\\beta(t)x\\,dt + \\sqrt{\\beta(t)}\\,dw$$\n\n$$%s$$"
    back = r"dx = \tfrac12\beta(t)x\,dt + \sqrt{\beta(t)}\,d\bar w"
    clock = r"dx = -\tfrac12\beta(T-\tau)x\,d\tau + \sqrt{\beta(T-\tau)}\,dw"
    for tex in (back, clock):
        assert audit_text(text % tex).equations[-1].judgement.verdict != "refuted"
    assert (
        audit_text(text % r"dx = \tfrac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw").equations[-1].judgement.verdict
        == "refuted"
    )


def test_a_step_over_their_number_is_a_time():
    found = judged(r"dx = -\tfrac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw", r"\beta(i/N) = N\beta_i")
    assert found.verdict != "refuted"


def test_a_trace_without_brackets():
    series = r"\log|\det(I+hA)| = h\operatorname{tr}A - %s\operatorname{tr}(A^2) + O(h^3)"
    assert judged(series % r"\frac{h^2}{2}").verdict == "proved"
    assert judged(series % "h^2").verdict != "proved"
    assert judged(r"\operatorname{tr}AB = \operatorname{tr}BA").verdict == "unread"


def test_a_vector_of_ones_is_no_number():
    assert judged(r"\mathbf 1e_m\mathbf 1e_m = \mathbf 1e_m").verdict == "unread"


def test_a_mean_given_the_state_depends_on_the_law_of_the_data():
    path = r"X_t = tX_1 + (1-t)X_0"
    found = judged(path, r"u_t(x) = \mathbb E[X_1 - X_0 \mid X_t = x] = m + \frac{t\nu-(1-t)}{t^2\nu+(1-t)^2}(x - tm)")
    assert found.verdict != "refuted"


def test_a_path_that_runs_the_other_way():
    path = r"x_t = \alpha_t x_0 + \sigma_t x_1"
    for other in (
        r"X_t = \alpha_t X_1 + \sigma_t X_0",
        r"\mathbb E[X_1|X_t=x] = \frac{x - \sigma_t\mathbb E[X_0|X_t=x]}{\alpha_t}",
    ):
        found = judged(path, other)
        assert (found.verdict, found.message) == ("undecided", DATA_AT_ONE)
    assert judged(path, r"X_t = \alpha_t X_0 - \sigma_t X_1").verdict == "refuted"


def test_a_bar_as_the_accent_of_a_text():
    found = judged(
        r"q(x_t|x_0) = N(x_t, \sqrt{\=\alpha_t}x_0, (1-\=\alpha_t)I) \\ \alpha_t := 1-\beta_t \\ \=\alpha_t := \prod_{s=1}^t\alpha_s"
    )
    assert found.verdict == "proved"


def test_a_time_below_a_network_and_in_its_bracket():
    estimate = r"\hat x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\,\hat\epsilon_t(x_t, t)}{\sqrt{\bar\alpha_t}} := f_\theta^{(t)}(x_t)"
    assert judged(*CHAIN, estimate).verdict == "proved"
