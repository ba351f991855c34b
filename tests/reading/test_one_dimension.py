"""Examples in one dimension: a strength D of the diffusion, a law without its variable, and the score that it has."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict

LAW = r"p_t(x) = N(0, 2Dt) = \frac{1}{\sqrt{4\pi Dt}}\exp\left(-\frac{x^2}{4Dt}\right)"
STATED = rf"The density is ${LAW}$." + "\n\n"


def test_a_density_is_the_law_without_a_variable():
    assert verdict(LAW) == "proved"
    assert verdict(LAW.replace("4\\pi", "2\\pi")) == "refuted"
    assert verdict(r"p(x) = N(m, v) = \frac{1}{\sqrt{2\pi v}} e^{-(x - m)^2 / (2 v)}") == "proved"
    assert verdict(r"p(x) = N(m, v) = \frac{1}{\sqrt{2\pi v}} e^{-(x - m)^2 / v}") == "refuted"


def test_the_score_follows_from_the_law_that_is_stated():
    assert verdict(r"\nabla_x\log p_t(x) = -\frac{x}{2Dt}", STATED) == "proved"
    assert verdict(r"\nabla_x\log p_t(x) = \frac{x}{2Dt}", STATED) == "refuted"


def test_a_score_of_no_stated_law_is_of_any():
    before = r"With $dx = f(x, t)dt + g(t)dw$ and the score $s(x, t) = \nabla_x\log p_t(x)$," + "\n\n"
    assert verdict(r"\nabla_x\log p_t(x) = -\frac{x}{1 + t}", before) == "undecided"
    assert verdict(r"-g^2\nabla_x\log p_t(x) = \frac{x}{t}", before) == "undecided"
    assert verdict(r"-g^2\nabla_x\log p_t(x) = g^2\nabla_x\log p_t(x)", before) == "refuted"


@pytest.mark.parametrize(("factor", "wanted"), [("", "undecided"), ("2", "undecided")])
def test_a_name_without_the_time_may_be_the_function_of_it(factor, wanted):
    before = STATED + r"Let $g(t) = \sqrt{2D}$ and $dx = g(t)\,dw$." + "\n\n"
    assert verdict(rf"-g^2\nabla\log p_t(x) = \frac{{{factor}x}}{{t}}", before) == wanted
    assert verdict(r"-g(t)^2\nabla\log p_t(x) = \frac{x}{t}", before) == "proved"
    assert verdict(r"-g(t)^2\nabla\log p_t(x) = \frac{2x}{t}", before) == "refuted"


def test_a_letter_under_a_root_is_a_number_unless_it_has_arguments():
    brownian = r"$dx = \sqrt{2D}\,dw$"
    assert [e.judgement.verdict for e in audit_text(brownian).equations] == ["definition"]
    denoiser = r"$D(x, \sigma) = x + \sigma^2 \nabla_x\log p(x; \sigma)$ and $\sqrt{2D}$"
    assert audit_text(denoiser).equations[0].judgement.verdict != "unread"
