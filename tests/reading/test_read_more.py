"""More of what strangers write: titles, constants, integrals of sums, flows, choices; beside each a false one."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import meets

DDPM = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$"
FLOW = "$$p_t(x|x_1) = \\mathcal N(x|tx_1, (1-t)^2 I)$$\n\n$$\\phi_t(x) = (1-t)x + tx_1$$"


def judged(formula, before=DDPM):
    """The judgement on a display behind another one."""
    return audit_text(f"{before}\n\n$${formula}$$").equations[-1].judgement


SQUARE = r"\log q(x_t|x_{t-1}) = -\frac{1}{2\beta_t}\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2"
PARABOLA = (
    r"\log q(x_{t-1}|x_t,x_0) = -\frac12\left(\frac{\alpha_t}{\beta_t}+\frac{1}{1-\bar\alpha_{t-1}}\right)x_{t-1}^2"
    r"+\left(\frac{\sqrt{\alpha_t}}{\beta_t}x_t+\frac{\sqrt{\bar\alpha_{t-1}}}{1-\bar\alpha_{t-1}}x_0\right)x_{t-1} + C"
)
PAIRS = {
    "a log-density up to a constant": (SQUARE + " + C", SQUARE.replace(r"\sqrt{\alpha_t}", r"\alpha_t") + " + C"),
    "a constant in words": (SQUARE + r" + \text{const}", SQUARE.replace(r"2\beta_t", r"\beta_t") + r" + \text{const}"),
    "a parabola up to a constant": (PARABOLA, PARABOLA.replace(r"1-\bar\alpha_{t-1}}\right)x_{t-1}^2", r"1-\bar\alpha_t}\right)x_{t-1}^2")),
    "terms of the condition alone, up to the rest": (
        r"\log q(x_t|x_{t-1}) = -\frac{1}{2\beta_t}(\alpha_t x_{t-1}^2 - 2\sqrt{\alpha_t}x_t x_{t-1}) + C",
        r"\log q(x_t|x_{t-1}) = -\frac{1}{2\beta_t}(\alpha_t x_{t-1}^2 - \sqrt{\alpha_t}x_t x_{t-1}) + C",
    ),
    "the integral of a sum": (r"\int_0^1 3t^2 + 2t\,dt = 2", r"\int_0^1 3t^2 - 2t\,dt = 2"),
    "an integral that begins with a sign": (r"\int_0^1 -2t\,dt = -1", r"\int_0^1 -2t\,dt = 1"),
    "an integral and another term": (r"\int_0^1 2t\,dt - 1 = 0", r"\int_0^1 2t\,dt + 1 = 0"),
    "a norm by two bars twice": (
        r"\left|\left|\frac{1}{\sqrt{\alpha_t}}(x_t-\epsilon)-\frac{1}{\sqrt{\alpha_t}}(x_t-\epsilon_\theta)\right|\right|^2 = \frac{1}{\alpha_t}\|\epsilon-\epsilon_\theta\|^2",
        r"\left|\left|\frac{1}{\sqrt{\alpha_t}}(x_t-\epsilon)-\frac{1}{\sqrt{\alpha_t}}(x_t-\epsilon_\theta)\right|\right|^2 = \frac{1}{\sqrt{\alpha_t}}\|\epsilon-\epsilon_\theta\|^2",
    ),
    "a brace that nothing closes": (
        r"\left\{\begin{array}{l} \alpha_t = 1-\beta_t \\ \bar\alpha_t = \alpha_t\bar\alpha_{t-1}\end{array}\right.",
        r"\left\{\begin{array}{l} \alpha_t = 1-\beta_t \\ \bar\alpha_t = \alpha_t\bar\alpha_{t+1}\end{array}\right.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    true, false = PAIRS[name]
    assert judged(true).verdict == "proved"
    assert judged(false).verdict == "refuted"


def test_the_rate_of_a_flow():
    assert judged(r"\frac{d}{dt}\phi_t(x) = x_1 - x", FLOW).verdict == "proved"
    assert judged(r"\frac{d}{dt}\phi_t(x) = x_1 + x", FLOW).verdict == "refuted"
    assert judged(r"\frac{d}{dt}\psi_t(x) = u_t(\psi_t(x))", FLOW).verdict == "definition"
    assert judged(r"\frac{d}{dt}\psi_t(x) = -u_t(\psi_t(x))", FLOW).verdict == "undecided"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\text{Effective drift} = 2t", "definition"), (r"\operatorname{log\_mean\_coeff} = -t", "definition"),
        (r"s_\theta(x) \approx \nabla\log p(x)", "definition"), (r"\sigma_{\min} \approx 0.01", "definition"),
        (r"h_\theta(x) \approx s_\theta(x)", "undecided"), (r"\beta_t \approx 2\alpha_t", "undecided"),
        (r"y = \text{embed}(y')", "definition"), (r"\alpha_t = \bar\alpha_t", "undecided"),
        (r"x = 1 \text{ otherwise}", "undecided"),
        (r"p_\theta(x_0) = \int p(x_T)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)\,dx_1 \ldots dx_T", "definition"),
    ],
)  # fmt: skip
def test_titles_choices_and_approximations(tex, wanted):
    assert judged(tex).verdict == wanted


SDE = "$$dx = f(x,t)dt + g(t)dw$$"
RATE = r"\frac{\partial p_t(x)}{\partial t} = "


@pytest.mark.parametrize(
    ("right", "wanted"),
    [
        (r"-\nabla\cdot(f(x,t)p_t(x)) + \frac12 g(t)^2\nabla^2 p_t(x)", "proved"),
        (r"-\nabla\cdot(f(x,t)p_t(x)) + g(t)^2\nabla^2 p_t(x)", "refuted"),
        (r"-\nabla\cdot(f(x,t)p_t(x)) + \frac12 g(t)\nabla^2 p_t(x)", "refuted"),
        (r"-\nabla\cdot(f(x,t)p_t(x)) + \frac12\sigma(t)^2\nabla^2 p_t(x)", "undecided"),  # of another equation
        (r"\nabla\cdot(f(x,t)p_t(x)) + \frac12 g(t)^2\nabla^2 p_t(x)", "refuted"),
        (r"-\nabla\cdot(f(x,t)p_t(x)) - \frac12 g(t)^2\nabla^2 p_t(x)", "undecided"),  # it may run back
        (r"-\nabla\cdot(p_t(x)v_t(x))", "definition"),
        (r"\nabla\cdot(p_t(x)v_t(x))", "false"),
    ],
)  # fmt: skip
def test_how_a_density_moves(right, wanted):
    assert meets(judged(RATE + right, SDE), wanted)


def test_a_laplacian_without_an_equation_before_is_nobodys_mistake():
    assert judged(RATE + r"-\nabla\cdot(f(x,t)p_t(x)) + g(t)^2\nabla^2 p_t(x)", "$$t = 1$$").verdict == "definition"
    assert judged(RATE + r"\nabla\cdot(f(x,t)p_t(x)) + g(t)^2\nabla^2 p_t(x)", "$$t = 1$$").verdict == "undecided"
    assert judged(RATE + r"-\nabla\cdot(f(x,t)p_t(x)) - g(t)^2\nabla^2 p_t(x)", "$$t = 1$$").verdict == "undecided"


@pytest.mark.parametrize(
    ("true", "false", "wrong"),
    [
        (r"\hat x_0 = \frac{x-\sqrt{1-\bar\alpha_t}\epsilon_\theta}{\sqrt{\bar\alpha_t}}", r"\hat x_0 = \frac{x-\sqrt{1-\alpha_t}\epsilon_\theta}{\sqrt{\bar\alpha_t}}", "refuted"),
        (r"x_t = \sqrt{\bar\alpha_t}x + \sqrt{1-\bar\alpha_t}\epsilon", r"x_t = \sqrt{\bar\alpha_t}x + (1-\bar\alpha_t)\epsilon", "refuted"),
        (r"x_t = \sqrt{\bar\alpha}x_0 + \sqrt{1-\bar\alpha}\epsilon", r"x_t = \sqrt{\bar\alpha}x_0 + (1-\bar\alpha)\epsilon", "undecided"),
    ],
)  # fmt: skip
def test_what_is_written_without_an_index(true, false, wrong):
    assert judged(true).verdict == "proved"
    assert judged(false).verdict == wrong


@pytest.mark.parametrize(
    "words", ["This cannot be written as ", "It is wrong that ", "we use it instead of ", "这里不能写成 "]
)
def test_what_the_author_calls_wrong_is_not_held_against_him(words):
    (found,) = audit_text(f"{words}$x_t = x_{{t-1}} + \\sqrt{{\\beta_t}}\\epsilon$.", notation="ddpm").equations
    assert found.judgement.verdict == "undecided" and "say so too" in found.judgement.message
    (found,) = audit_text("Here $x_t = x_{t-1} + \\sqrt{\\beta_t}\\epsilon$.", notation="ddpm").equations
    assert found.judgement.verdict == "refuted"


JUMP = r"x_1 = \sqrt{\bar\alpha_1}\frac{x_3-\sqrt{1-\bar\alpha_3}\epsilon_\theta(x_3,3)}{\sqrt{\bar\alpha_3}} + \sqrt{1-\bar\alpha_1}\epsilon_\theta(x_3,3)"


def test_a_step_between_numbered_states_and_bayes_rule_up_to_a_factor():
    assert judged(JUMP).verdict == "proved"
    assert judged(JUMP.replace(r"+ \sqrt{1-\bar\alpha_1}", r"+ \sqrt{1-\bar\alpha_3}")).verdict == "refuted"
    assert judged(r"q(y|x) \propto q(x|y)q(y)").verdict == "proved"
    assert judged(r"q(y|x) \propto q(x|y)q(x)").verdict == "undecided"
    assert judged(r"q(y|x) \propto q(x|y)p(y)").verdict == "undecided"


def test_two_steps_of_the_chain_are_one():
    mean = r"\sqrt{\alpha_t\alpha_{t-1}}x_{t-2}"
    found = [audit_text(rf"$$q(x_t|x_{{t-2}}) = \mathcal N(x_t;{mean},({v})I)$$", notation="ddpm").equations[0].judgement
             for v in (r"1-\alpha_t\alpha_{t-1}", r"\beta_t+\beta_{t-1}", r"1-\alpha_t\alpha_{t-2}")]  # fmt: skip
    assert [(j.verdict, j.formula) for j in found] == [
        ("proved", "forward.two_step"),
        *[("refuted", "forward.two_step")] * 2,
    ]


@pytest.mark.parametrize(
    "tex",
    [
        r"q(x_{t-1}|x_t,x_0) = N(x_{t-1}; \~\mu_t(x_t,x_0), \~\beta_tI)",
        r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t} z, z \textasciitilde N(0,I)",
        r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t} z, z \~ \mathcal N(0,I)",
    ],
)
def test_tildes_of_a_text(tex):
    assert audit_text(f"$${tex}$$", notation="ddpm").equations[0].judgement.verdict == "proved"


@pytest.mark.parametrize("bars", [r"\left||%s\right||^2", r"\\vert\\vert %s\\vert\\vert^2", r"\|%s\|^2"])
def test_norms_in_any_bars(bars):
    error = bars % r"x_0 - x_\theta(x_t, t)"
    found = audit_text(f"$$L = {error}$$").equations[0].judgement
    assert found.reading == "L = |x[0] - x_theta(x(t), t)|^2"


def test_a_prime_behind_a_bracket_is_a_derivative_in_time():
    quotient = r"\left(\frac{\alpha_t}{\sigma_t}\right)' = \frac{\dot\alpha_t\sigma_t %s \alpha_t\dot\sigma_t}{\sigma_t^2}"
    assert audit_text(f"$${quotient % '-'}$$").equations[0].judgement.verdict == "proved"
    assert audit_text(f"$${quotient % '+'}$$").equations[0].judgement.verdict == "refuted"
    assert audit_text(r"$$(x - \mu)' = 0$$").equations[0].judgement.verdict == "unread"


def test_letters_side_by_side_that_spell_something():
    error = r"\|\epsilon - \epsilon_\theta(x_t, t)\|^2"
    read = {f"$$loss = {error}$$": "loss = |eps - eps_theta(x(t), t)|^2", r"$$a_t = b_t + constant$$": "constant"}
    for tex, reading in read.items():
        assert reading in audit_text(tex).equations[0].judgement.reading
    reverse = r"$$dx = [f(x,t) - g^2(t)\nabla_xlogp_t(x)]dt + g(t)d\bar w$$"
    assert audit_text(reverse).equations[0].judgement.verdict == "proved"
    assert audit_text(reverse.replace("- g^2", "+ g^2")).equations[0].judgement.verdict == "refuted"
    assert audit_text(r"$$\int\int p(x,y)dxdy = 1$$").equations[0].judgement.verdict == "proved"
    assert audit_text(r"$$abc = acb$$").equations[0].judgement.reading == "a*b*c = a*c*b"
