"""Steps of exponential integrators: the weights of their networks make up the exact step, or they are refuted."""

from __future__ import annotations

import pytest

from derivations.reading.audit import audit_text
from tests.reading.asked import last, meets

LEVELS = r"""
$$q(x_t|x_0) = \mathcal{N}(x_t;\alpha_t x_0,\sigma_t^2 I)$$
With $\lambda_t := \log(\alpha_t/\sigma_t)$ and $h_i = \lambda_{t_i}-\lambda_{t_{i-1}}$,
$$D_i = (1+\frac{1}{2r_i})x_\theta(\tilde x_{t_{i-1}},t_{i-1}) - \frac{1}{2r_i}x_\theta(\tilde x_{t_{i-2}},t_{i-2})$$
"""
STEP = r"\tilde x_{t_i} = \frac{\alpha_{t_i}}{\alpha_{t_{i-1}}}\tilde x_{t_{i-1}} - \sigma_{t_i}(e^{h_i}-1)"
HERE, THERE = r"\epsilon_\theta(\tilde x_{t_{i-1}},t_{i-1})", r"\epsilon_\theta(u_i,s_i)"
MORE = rf" - \frac{{\sigma_{{t_i}}}}{{2r_1}}(e^{{h_i}}-1)({THERE} - {HERE})"
DATA = r"\tilde x_{t_i} = \frac{\sigma_{t_i}}{\sigma_{t_{i-1}}}\tilde x_{t_{i-1}} - \alpha_{t_i}(e^{-h_i}-1)D_i"
BARE = r"x_t = \frac{\alpha_t}{\alpha_s}x_s - \sigma_t(e^{h}-1)\epsilon_\theta(x_s,s)"


@pytest.mark.parametrize("step", [STEP + THERE, STEP + HERE + MORE, DATA])
def test_a_step_of_higher_order_is_consistent(step: str) -> None:
    """With one value of the network at all points it is the exact step."""
    assert last(f"{LEVELS}$${step}$$", ".tex").verdict == "definition"


@pytest.mark.parametrize(
    "step",
    [
        STEP.replace("- \\sigma", "+ \\sigma") + THERE,
        STEP.replace("e^{h_i}", "e^{-h_i}") + THERE,
        STEP + HERE + MORE.replace(f"({THERE} - {HERE})", THERE),
        DATA.replace("- \\alpha", "- \\sigma"),
        DATA.replace("e^{-h_i}", "e^{h_i}"),
    ],
)
def test_weights_that_do_not_make_up_the_exact_step_are_refuted(step: str) -> None:
    """A sign, an exponent, a weight that does not cancel, another level."""
    assert meets(last(f"{LEVELS}$${step}$$", ".tex"), "false")


def test_a_wrong_average_of_predictions_shows_in_the_step() -> None:
    """The weights of D_i add up to 1."""
    wrong = LEVELS.replace(r"(1+\frac{1}{2r_i})", r"(1+\frac{1}{r_i})")
    assert meets(last(f"{wrong}$${DATA}$$", ".tex"), "false")


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (BARE, "proved"),
        (BARE.replace("e^{h}", "e^{-h}"), "undecided"),  # h may be counted down
        (BARE.replace("- \\sigma", "+ \\sigma"), "refuted"),
        (BARE.replace("- \\sigma_t", "- \\sigma_s"), "false"),
        (BARE.replace("- \\sigma_t", "- \\alpha_t"), "refuted"),
    ],
)
def test_a_length_that_is_not_said(step: str, verdict: str) -> None:
    """h is the step in the half log-SNR, up or down."""
    law = r"$$q(x_t|x_0) = \mathcal{N}(x_t;\alpha_t x_0,\sigma_t^2 I)$$"
    assert meets(last(f"{law}\n\n$${step}$$", ".tex"), verdict)


@pytest.mark.parametrize("heading", [r"\section{First order}", "## First order"])
def test_a_heading_takes_nothing_back(heading: str) -> None:
    """The words of a heading are no part of the sentence of a formula."""
    wrong = f"$${STEP.replace('- ', '+ ')}{HERE}$$"
    for text in (f"{LEVELS}\n{heading}\nThe step is\n{wrong}", f"{LEVELS}\n{wrong}\n{heading}\nMore."):
        assert audit_text(text, ".md").equations[-1].judgement.verdict == "refuted"
