r"""What holds nearly: expansions to first order, the law of the last state, limits in the size of a step."""

import pytest

from tests.reading.asked import displayed, meets, verdict

DDPM = r"Let $\alpha_t = 1-\beta_t$ and $\bar\alpha_t=\prod_{s=1}^t\alpha_s$." + "\n\n"
CONTINUOUS = r"$$dx = -\frac12\beta(t)x\,dt+\sqrt{\beta(t)}\,dw$$" + "\n\n"
LEVELS = r"$$x_t = \alpha_t x_0 + \sigma_t \epsilon$$" + "\n\n"
STEP = r"\sqrt{1-\beta(t)\Delta t}\,\mathbf{x} + \sqrt{\beta(t)\Delta t}\,\mathbf{z} \approx \mathbf{x} - \frac12\beta(t)\Delta t\,\mathbf{x} + \sqrt{\beta(t)\Delta t}\,\mathbf{z}"
PAIRS = {
    "the last state given the data": (r"q(x_T|x_0) \approx \mathcal N(0,I)", r"q(x_T|x_0) \approx \mathcal N(0,2I)", DDPM),
    "the last state": (r"q(x_T) \approx \mathcal N(x_T;0,I)", r"q(x_T) \approx \mathcal N(x_T;x_0,I)", DDPM),
    "a limit of laws": (r"\lim_{T\to\infty} q(x_T|x_0)=\mathcal N(0,I)", r"\lim_{T\to\infty} q(x_T|x_0)=\mathcal N(x_0,I)", DDPM),
    "a root": (r"\sqrt{1-\beta_t} \approx 1-\frac12\beta_t", r"\sqrt{1-\beta_t} \approx 1-\beta_t", DDPM),
    "a logarithm": (r"\log(1-\beta_t)\approx-\beta_t", r"\log(1-\beta_t)\approx\beta_t", DDPM),
    "a root of a step": (r"\sqrt{1-\beta(t)\Delta t} \approx 1-\frac12\beta(t)\Delta t", r"\sqrt{1-\beta(t)\Delta t} \approx 1-\beta(t)\Delta t", CONTINUOUS),
    "with its order": (
        r"\sqrt{1-\beta(t)\Delta t} = 1-\frac12\beta(t)\Delta t + O(\Delta t^2)", r"\sqrt{1-\beta(t)\Delta t} = 1-\frac12\beta(t)\Delta t + O(\Delta t^3)", CONTINUOUS,
    ),
    "a difference quotient": (
        r"\lim_{\Delta t\to 0}\frac{\sqrt{1-\beta\Delta t}-1}{\Delta t} = -\frac12\beta", r"\lim_{\Delta t\to 0}\frac{\sqrt{1-\beta\Delta t}-1}{\Delta t} = -\beta", "",
    ),
    "a step of a state": (STEP, STEP.replace(r"- \frac12", "- "), CONTINUOUS),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    true, false, before = PAIRS[name]
    assert verdict(true, before) == "proved"
    assert meets(displayed(false, before), "false")


@pytest.mark.parametrize(
    ("tex", "before"),
    [
        (r"q(x_t|x_0) \approx \mathcal N(0,I)", DDPM),  # it is not said that t is the last step
        (r"q(x_T|x_0) \approx \mathcal N(0,\sigma_{\max}^2 I)", LEVELS),  # of another design
        (r"\alpha_t \approx 1 - 2\beta_t", DDPM),  # alpha_t is no function that is written out
        (r"\sqrt{1-\beta_t} \approx c", DDPM), (r"\sqrt{1-\beta_t}\approx 2", DDPM), (r"e^{a t} \approx 1 + b t", ""),
        (r"\lim_{t\to\infty}\bar\alpha_t = 1", DDPM), (r"f(\Delta t) \approx f(0) + \Delta t", ""),
    ],
)  # fmt: skip
def test_what_is_said_of_no_expansion_is_open(tex, before):
    assert verdict(tex, before) not in ("proved", "refuted")


def test_either_way_of_writing_the_last_law():
    assert verdict(r"q(x_T|x_0) \approx \mathcal N(0,\sigma_T^2 I)", LEVELS) == "proved"
    assert verdict(r"\lim_{t\to\infty}\bar\alpha_t = 0", DDPM) == "definition"


def test_a_wrong_expansion_in_a_chain_is_found():
    chain = r"x_1 = \sqrt{1-\beta_1}x_0 + \sqrt{\beta_1}\epsilon \approx (1-\frac12\beta_1)x_0 + \sqrt{\beta_1}\epsilon"
    assert verdict(chain, DDPM) in ("proved", "definition")
    assert verdict(chain.replace(r"\frac12", ""), DDPM) == "refuted"
