"""What is given, chosen or framed: conditions beside a state, the value of a state, levels of a path, whole statements
in a frame, and estimates that stand for means. True ones accuse nobody, false ones are refuted.
"""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import displayed, last, meets, verdict

CHAIN = (
    "Let $q(x_t|x_{t-1})=\\mathcal N(x_t;\\sqrt{1-\\beta_t}x_{t-1},\\beta_tI)$, $\\alpha_t=1-\\beta_t$ and "
    "$\\bar\\alpha_t=\\prod_{s=1}^t\\alpha_s$.\n\n"
)
PATH = "Where $X_t=x$ is seen, we average.\n\n$$X_t=\\alpha_tX_1+\\sigma_tX_0$$\n\nSo $v_t(x)=\\mathbb E[\\dot X_t|X_t=x]$.\n\n"


def verdicts(text):
    return [e.judgement.verdict for e in audit_text(text).equations]


def test_a_state_at_its_value_is_a_setting_and_no_definition_for_all_times():
    found = verdicts("We see $X_t=x$.\n\n$$X_t=(1-t)X_0+tX_1$$\n\n$$X_t=X_0+t(X_1-X_0)$$\n\n$$X_t=X_0+t(X_1+X_0)$$")
    assert found == ["definition", "definition", "definition", "refuted"]


@pytest.mark.parametrize(
    "true, false",
    [
        (r"x=\alpha_t\mathbb E[X_1|X_t=x]+\sigma_t\mathbb E[X_0|X_t=x]", r"x=\alpha_t\mathbb E[X_1|X_t=x]-\sigma_t\mathbb E[X_0|X_t=x]"),
        (r"\mathbb E[X_1|X_t=x]=\frac{x-\sigma_t\mathbb E[X_0|X_t=x]}{\alpha_t}", r"\mathbb E[X_1|X_t=x]=\frac{x+\sigma_t\mathbb E[X_0|X_t=x]}{\alpha_t}"),
        (r"\mathbb E[X_0|X_t=x]=\frac{x-\alpha_t\mathbb E[X_1|X_t=x]}{\sigma_t}", r"\mathbb E[X_0|X_t=x]=\frac{x+\alpha_t\mathbb E[X_1|X_t=x]}{\sigma_t}"),
    ],
)  # fmt: skip
def test_means_given_the_value_of_a_state_hang_together_by_the_path(true, false):
    path = "The average is over $X_t=x$.\n\n$$X_t=\\alpha_tX_1+\\sigma_tX_0$$\n\nand $$\\psi_t(x|x_1)=\\alpha_tx_1+\\sigma_tx$$\n\n"
    assert verdict(true, path) in ("proved", "definition")  # x is X_t here, which has its meaning
    assert verdict(false, path) == "refuted"


def test_levels_of_a_path_that_were_left_open_may_be_chosen():
    open_ = "We interpolate $$x_t=a(t)x_0+b(t)x_1$$ with $a, b$ any functions. For example\n\n"
    assert verdict("x_t=(1-t)x_0+tx_1", open_) == "definition"
    assert verdict("x_t=(1-t)x_0+t^2x_1", "$$x_t=(1-t)x_0+tx_1$$\n\n") == "refuted"


def test_a_condition_beside_a_state_is_no_factor_and_no_equation():
    assert verdict(r"x_t|x_0=\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon", CHAIN) == "proved"
    assert verdict(r"x_t|x_0=\bar\alpha_tx_0+\sqrt{1-\bar\alpha_t}\epsilon", CHAIN) == "refuted"
    assert verdict(r"x_t|x_0=\mathcal N(\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)", CHAIN) in ("proved", "definition")
    assert verdict(r"x_t|x_0,x_1=\alpha_tx_0+\sigma_tx_1") != "refuted"


@pytest.mark.parametrize(
    "true, false",
    [
        (r"\hat x_0=\frac{x_t+(1-\bar\alpha_t)\nabla_{x_t}\log p_t(x_t)}{\sqrt{\bar\alpha_t}}",
         r"\hat x_0=\frac{x_t+\sqrt{1-\bar\alpha_t}\nabla_{x_t}\log p_t(x_t)}{\sqrt{\bar\alpha_t}}"),
        (r"\tilde x_0=\frac{x_t+(1-\bar\alpha_t)\nabla_{x_t}\log p_t(x_t)}{\sqrt{\bar\alpha_t}}",
         r"\tilde x_0=\frac{x_t-(1-\bar\alpha_t)\nabla_{x_t}\log p_t(x_t)}{\sqrt{\bar\alpha_t}}"),
        (r"x_\theta(x_t,t)=\mathbb E[x_0|x_t]", r"x_\theta(x_t,t)=2\mathbb E[x_0|x_t]"),
    ],
)  # fmt: skip
def test_an_estimate_stands_for_the_mean_given_the_state(true, false):
    assert (verdict(true, CHAIN), verdict(false, CHAIN)) == ("proved", "refuted")


@pytest.mark.parametrize(
    "true, other",
    [
        (r"\hat x_0=\mathbb E[x_0|x_t]", r"\hat x_0=\mathbb E[\epsilon|x_t]"),
        (r"\epsilon_\theta(x_t,t)=\mathbb E[\epsilon|x_t]", r"\epsilon_\theta(x_t,t)=\mathbb E[x_0|x_t]"),
    ],
)
def test_the_mean_of_something_else_is_no_slip_of_the_pen(true, other):
    assert verdict(true, CHAIN) == "proved"
    found = last(f"{CHAIN}$${other}$$")
    assert found.verdict == "undecided" and "it fails as it was read" in found.message


def test_the_data_is_not_its_mean_but_may_stand_for_it():
    mean = r"x_0=\frac{x_t+(1-\bar\alpha_t)\nabla_{x_t}\log p(x_t)}{\sqrt{\bar\alpha_t}}"
    assert verdict(mean, CHAIN) == "undecided"
    wrong = mean.replace("(1-", "\\sqrt{(1-").replace(")\\nabla", ")}\\nabla")
    assert meets(displayed(wrong, CHAIN), "false")


def test_an_estimate_of_the_data_is_of_the_step_of_the_state_beside_it():
    levels = "Let $z_t=\\alpha_tx+\\sigma_t\\epsilon$ with $\\alpha_t^2+\\sigma_t^2=1$.\n\n"
    assert verdict(r"z_s=\alpha_s\hat x+\frac{\sigma_s}{\sigma_t}(z_t-\alpha_t\hat x)", levels) == "proved"
    assert verdict(r"z_s=\alpha_s\hat x+\frac{\sigma_t}{\sigma_s}(z_t-\alpha_t\hat x)", levels) == "refuted"


def test_a_velocity_and_a_score_of_one_law_are_not_free_of_one_another():
    path = "Let $x_t=(1-t)x_0+t\\epsilon$ and $v=\\epsilon-x_0$.\n\n"
    assert verdict(r"\nabla\log p_t(x)=-\frac{x+(1-t)v(x,t)}{t}", path) != "refuted"


def test_a_product_without_an_end_ends_where_its_name_says():
    factors = "With $a_t=\\sqrt{\\alpha_t}$, $b_t=\\sqrt{1-\\alpha_t}$: $$x_t=a_tx_{t-1}+b_t\\epsilon_t,\\quad\\bar a_t=\\prod_sa_s,\\quad\\bar b_t=\\sqrt{1-\\bar a_t^2}$$\n\n"
    assert verdict(r"x_t=\bar a_tx_0+\bar b_t\bar\epsilon_t", "Let $\\beta_t=1-\\alpha_t$. " + factors) == "proved"
    assert verdict(r"x_t=\bar a_tx_0+\bar b_t^2\bar\epsilon_t", "Let $\\beta_t=1-\\alpha_t$. " + factors) == "refuted"


@pytest.mark.parametrize("frame", [r"\boxed{%s}", r"\textcolor{red}{%s}", r"{\color{red}%s}"])
def test_a_statement_in_a_frame_is_read(frame):
    true, false = r"\beta_t=1-\frac{\bar\alpha_t}{\bar\alpha_{t-1}}", r"\beta_t=1-\frac{\bar\alpha_{t-1}}{\bar\alpha_t}"
    assert verdict(frame % true, CHAIN) in ("proved", "definition")
    assert verdict(frame % false, CHAIN) == "refuted"


def test_a_constant_at_the_end_of_a_frame_is_read():
    assert verdict(r"\boxed{L(\theta)=\mathbb E[\|s_\theta(x)\|^2]+\text{const}}") == "definition"


def test_a_thin_negative_space_before_a_bracket_is_a_space():
    assert verdict(r"\mathcal N\!\left(x;0,1\right)=\frac{1}{\sqrt{2\pi}}e^{-x^2/2}") == "proved"
    assert verdict(r"\mathcal N\!\left(x;0,1\right)=\frac{1}{\sqrt{\pi}}e^{-x^2/2}") == "refuted"


def test_letters_of_unicodes_alphabets_and_signs_above_a_name_are_read():
    assert verdict("𝔼[𝑋+𝑌]=𝔼[𝑋]+𝔼[𝑌]") == verdict(r"\mathbb E[X+Y]=\mathbb E[X]+\mathbb E[Y]")
    assert verdict(r"\theta^-\leftarrow\mu\theta^-+(1-\mu)\theta") == "definition"


def test_an_index_with_a_prime_is_set_and_goes_round_in_no_circle():
    setting = CHAIN + "One step is $t' = t - 1$.\n\n"
    assert verdict(r"x_{t'}=\sqrt{\bar\alpha_{t'}}x_0+\sqrt{1-\bar\alpha_{t'}}\epsilon", setting) == "proved"
    assert verdict(r"x_{t'}=\bar\alpha_{t'}x_0+\sqrt{1-\bar\alpha_{t'}}\epsilon", setting) == "refuted"


LANGEVIN = "Langevin dynamics samples from $p$:\n\n"


@pytest.mark.parametrize(
    "step, expected",
    [
        (r"x_{k+1}=x_k+\eta\nabla\log p(x_k)+\sqrt{2\eta}z_k", "proved"),
        (r"x_{k+1}=x_k+\eta\nabla\log p(x_k)+\sqrt{\eta}z_k", "refuted"),
        (r"x_{k+1}=x_k+\eta s_\theta(x_k)+\sqrt{\eta}z_k", "refuted"),
        (r"x_{k+1}=x_k+\frac\eta2s_\theta(x_k)+\sqrt{\eta}z_k", "proved"),
        (r"x_{k+1}=x_k+\eta\nabla\log p(x_k)+\sqrt{2\eta\tau}z_k", "undecided"),
        (r"x_{t-1}=x_t+\eta s_\theta(x_t,t)+\sqrt{\eta}z", "definition"),
    ],
)  # fmt: skip
def test_the_noise_of_what_is_called_langevins_step(step, expected):
    assert verdict(step, LANGEVIN) == expected


def test_the_same_noise_is_right_in_a_reverse_step():
    assert (
        verdict(r"x_{k+1}=x_k+\eta s_\theta(x_k)+\sqrt{\eta}z_k", "The reverse diffusion, and no Langevin step:\n\n")
        != "refuted"
    )


def test_a_step_begins_at_the_state_of_its_field():
    forward = "For $dx=f(x,t)dt+g(t)dw$ Euler and Maruyama take\n\n"
    assert verdict(r"x_{t+\Delta t}=x_t+f(x_t,t)\Delta t+g(t)\sqrt{\Delta t}z", forward) == "definition"
    assert verdict(r"x_{t+\Delta t}=x_0+f(x_t,t)\Delta t+g(t)\sqrt{\Delta t}z", forward) == "refuted"
    assert verdict(r"x_{t+1}=x_0+f(x_t,t)+g(t)z", forward) == "refuted"
    assert verdict(r"x_t=x_0+tv(x_t,t)", "On straight paths ") != "refuted"


def test_what_is_mixed_is_a_density_at_the_same_time():
    assert verdict(r"p_t(x)=\int p_t(x|x_1)q(x_1)dx_1") == "definition"
    assert verdict(r"p_t(x)=\int p_{t-1}(x|x_1)q(x_1)dx_1") == "refuted"
    assert verdict(r"p_t(x)=\int p_{t-1}(x|z)p(z)dz") == "refuted"
    assert verdict(r"p_t(x)=\int p(x|y)p_{t-1}(y)dy") != "refuted"


FLOW = "We write $x_t=(1-t)x_0+t\\epsilon$ with data $x_0$ and noise $\\epsilon\\sim\\mathcal N(0,I)$.\n\n"
VARIATIONAL = "A VDM has $q(z_t|x)=\\mathcal N(\\alpha_tx,\\sigma_t^2I)$ with $\\alpha_t^2+\\sigma_t^2=1$.\n\n"


@pytest.mark.parametrize("first, second", [(FLOW, VARIATIONAL), (VARIATIONAL, FLOW)])
def test_two_processes_of_one_document_accuse_nobody(first, second):
    states = {
        FLOW: "$$v=\\epsilon-x_0$$\n\n$$x_0=x_t-tv$$\n\n",
        VARIATIONAL: "$$z_t=\\alpha_tx+\\sigma_t\\epsilon$$\n\n",
    }
    text = first + states[first] + second + states[second]
    assert "refuted" not in verdicts(text)
    assert verdict("x_0=x_t+tv", FLOW + states[FLOW]) == "refuted"


def test_an_epsilon_under_a_root_is_the_size_of_a_step_there_and_a_noise_elsewhere():
    step = "$$x_{t+1}=x_t+\\frac{\\epsilon}{2}\\nabla_x\\log p(x_t)+\\sqrt\\epsilon z_t$$\n\n"
    assert (
        verdict(r"v=\frac{x_t-x_0}{t}=\frac{\epsilon-x_t}{1-t}", FLOW + step + "With $v=\\epsilon-x_0$:\n\n")
        == "proved"
    )
    assert (
        verdict(r"v=\frac{x_t-x_0}{t}=\frac{\epsilon+x_t}{1-t}", FLOW + step + "With $v=\\epsilon-x_0$:\n\n")
        == "refuted"
    )


def test_means_given_a_state_of_an_unknown_path_may_hang_together_with_it():
    given = "$$v(x,t)=\\mathbb E[x_1-x_0|x_t=x]$$\n\n"
    assert verdict(r"\mathbb E[x_1|x_t=x]=x+(1-t)v(x,t)", given) != "refuted"
    path = "Let $x_t=tx_1+(1-t)x_0$ with noise $x_0$.\n\n"
    assert verdict(r"\mathbb E[x_1|x_t=x]=x-(1-t)v(x,t)", path + given) == "refuted"


def test_a_weight_over_levels_may_be_chosen():
    levels = "In EDM, $x=y+n$ with $n\\sim\\mathcal N(0,\\sigma^2I)$ and denoiser $D(x;\\sigma)$, $c_{out}(\\sigma)$, $c_{skip}(\\sigma)$.\n\n"
    assert verdict(r"\lambda(\sigma)=\sigma^2", levels) != "refuted"
    assert verdict(r"\lambda(\sigma)=\frac{\sigma^2+\sigma_{data}^2}{(\sigma\sigma_{data})^2}", levels) != "refuted"


def test_a_condition_on_levels_is_one_where_a_deviation_has_arguments_elsewhere():
    kernel = "$$\\mu_t(x)=tx_1,\\quad\\sigma_t(x)=1-(1-\\sigma_{min})t$$\n\n"
    assert verdict(r"\alpha_t^2+\sigma_t^2=1", "A flow has $u_t(x|x_1)$ with " + kernel) != "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\ln p(x|y,\Sigma) = \ln p(y|x,\Sigma) + \ln p(x) - \ln p(y,\Sigma)", "undecided"),
        (r"p(x|y,\lambda) = \frac{p(y|x,\lambda)p(x)}{p(y,\lambda)}", "undecided"),
        (r"p(x|y,\lambda) = \frac{p(y|x,\lambda)p(x)}{p(x,\lambda)}", "refuted"),
        (r"p(x|y,z) = \frac{p(y|x,z)p(x)}{p(y,z)}", "refuted"),  # z is drawn
        (r"p(x|y,\lambda) = \frac{p(y|x,\lambda)p(x,\lambda)}{p(y,\lambda)}", "proved"),
    ],
)
def test_a_parameter_among_conditions_may_stand_beside_a_variable_too(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted


@pytest.mark.parametrize(
    "tex",
    [
        r"p(x|y, \lambda) = \frac{p(y|x, \lambda) p(y)}{p(x)}",
        r"p(x|y, c) = \frac{p(y|x, c) p(x)}{p(y, c)}",
        r"p(x, \theta) = \frac{p(x|\theta)}{p(\theta)}",
    ],
)
def test_what_is_false_with_a_parameter_too(tex):
    assert verdict(tex) == "refuted"


def test_a_parameter_may_be_left_out_elsewhere():
    said = last(r"$$p(x|y, \lambda) = \frac{p(y|x, \lambda) p(x)}{p(y)}$$")
    assert said.verdict == "undecided"
    assert "is a parameter of the law" in said.message
