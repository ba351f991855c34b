r"""How formulas are written in haste: braces that group nothing, conditions in brackets, measures, lists in one style."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, verdict

STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$." + "\n\n"
MEAN = r"\frac{\sqrt{\alpha_t}(1 - \bar\alpha_{t-1}) x_t %s \sqrt{\bar\alpha_{t-1}}(1 - \alpha_t) x_0}{1 - \bar\alpha_t}"
SPREAD = r"\frac{(1 - \alpha_t)(1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t} I"


def test_braces_that_a_bracket_crosses_are_those_of_a_colour():
    law = rf"q(x_{{t-1}} | x_t, x_0) \propto {{\mathcal{{N}}(x_{{t-1}} ;}} \underbrace{{{MEAN}}}_{{\mu_q}}, {SPREAD})"
    assert verdict(law % "+", STEPS) == "proved"
    assert verdict(law % "-", STEPS) == "refuted"
    assert verdict(r"\frac{x_t - (\epsilon}{2}) = 3") == "unread"


def test_a_closing_brace_too_many_is_removed_and_reported():
    law = r"q(x_t | x_0) = \mathcal{N}(\sqrt{\bar\alpha_t} x_0, (1 %s \bar\alpha_t} ) I)"
    said = audit_text(f"{STEPS}$${law % '-'}$$").equations[-1]
    assert said.judgement.verdict in ("proved", "definition")
    assert "a closing brace that nothing opens removed" in said.repairs
    assert verdict(law % "+", STEPS) == "refuted"
    assert verdict(r"x} = 3} + 2") == "unread"


def test_brackets_behind_a_wide_space_are_a_note():
    step = r"x_t = \sqrt{\bar\alpha_t} x_0 %s \sqrt{1 - \bar\alpha_t}\,\epsilon"
    lines = r"\begin{align} x_0 &= \frac{x_t - \sqrt{1 - \bar\alpha_t}\,\epsilon}{\sqrt{\bar\alpha_t}} \\" "\n"
    lines += r"&= \frac{x_t}{\sqrt{\bar\alpha_t}} %s \sqrt{\frac{1 - \bar\alpha_t}{\bar\alpha_t}}\epsilon"
    lines += rf"\hspace{{2 cm}} ({step % '+'}, \epsilon\sim\mathcal{{N}}(\textbf{{0, I}})) \end{{align}}"
    assert verdict(lines % "-", STEPS) == "proved"
    assert verdict(lines % "+", STEPS) == "refuted"


@pytest.mark.parametrize("law", [r"\mathbf{0, I}", r"\textbf{0, I}", r"\boldsymbol{0, I}", r"\mathbf{0}, \mathbf{1}"])
def test_a_list_in_one_style(law):
    assert verdict(rf"\epsilon\sim\mathcal{{N}}({law})") == "definition"


def test_a_law_that_is_integrated_over_is_a_density():
    before = r"Let $p_t(x) = \int q(x | y)\,p(dy)$." + "\n\n"
    assert audit_text(before).equations[0].judgement.verdict == "definition"
    assert verdict(r"\int q(x, y)\,p(dx) = \int q(x, y) p(x)\,dx") == "proved"
    assert verdict(r"\int p(dx) q(x, y) = \int q(x, y) p(x)\,dx") == "proved"
    assert verdict(r"\int q(x, y)\,p(dx) = 2\int q(x, y) p(x)\,dx") not in ("proved", "convention")


def test_a_derivative_may_be_divided():
    said = last(r"$$f(x, t) = x \frac{ds}{dt} / s(t)$$")
    assert said.reading == "f(x, t) = x*(d/dt s/s(t))"
    assert verdict(r"\frac{dx}{dt} / x = 2") == verdict(r"\frac{1}{x}\frac{dx}{dt} = 2") == "undecided"


def test_a_noise_z_with_the_index_of_a_step():
    steps = r"x_t = \sqrt{1 - \beta_t} x_{t-1} + \sqrt{\beta_t} z_{t-1}, \quad z_t\sim\mathcal{N}(\mathbf{0}, \mathbf{1})"
    two = r"x_t = \sqrt{\alpha_t \alpha_{t-1}} x_{t-2} + \sqrt{1 %s \alpha_t \alpha_{t-1}} \tilde z_{t-2}"
    before = f"{STEPS}$${steps}$$\n\n"
    assert audit_text(before).equations[-1].judgement.verdict in ("definition", "proved")
    assert verdict(two % "-", before) == "proved"
    assert verdict(two % "+", before) == "refuted"


def test_sizes_are_no_mathematics():
    assert verdict(r"\large \bar\alpha_t = \Huge \prod \LARGE_{s=1}^t \alpha_s", r"$\alpha_t = 1 - \beta_t$") != "refuted"
    assert verdict(r"\Huge x_0 = 0") == "definition"
