"""More of what strangers write: titles, constants, integrals of sums, flows, choices; beside each a false one."""

import pytest

from derivations.reading import audit_text

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
