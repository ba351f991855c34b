"""Statements of one document that contradict one another: the second is refuted, unless it begins another example."""

from __future__ import annotations

import pytest

from tests.reading.asked import last

GENERAL = r"""## Conditional paths

Let $x_1\sim q$ be a data point and $x_0\sim\mathcal N(0,I)$ a noise. A Gaussian path is

$$p_t(x\mid x_1) = \mathcal N(x;\, \mu_t(x_1), \sigma_t(x_1)^2 I).$$

## The straight path

"""
STRAIGHT = r"""The interpolation is

$$x_t = (1-t)x_0 + t\,x_1,$$

and its velocity

$$\frac{dx_t}{dt} = x_1 - x_0 .$$

"""


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{1-t}", "proved"),
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{t}", "refuted"),
        (r"u_t(x_t\mid x_1) = \frac{x_t-x_1}{1-t}", "refuted"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t)^2 I)", "proved"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t) I)", "refuted"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, (1-t) x_1, (1-t)^2 I)", "refuted"),
    ],
)
def test_an_example_of_a_general_law_is_judged_by_its_own_path(tex: str, wanted: str) -> None:
    """What is noise is said in another chapter, and the general law neither accuses nor excuses."""
    assert last(f"{GENERAL}{STRAIGHT}In terms of the point,\n\n$${tex}$$").verdict == wanted


@pytest.mark.parametrize("between", ["## Another path", "Consider instead a path that ends elsewhere."])
def test_a_velocity_of_another_example_accuses_nobody(between: str) -> None:
    """Behind a heading, or a word, it may be the velocity of another path of the same general law."""
    tex = r"u_t(x\mid x_1) = \frac{x_1-x}{t}"
    assert last(f"{GENERAL}{STRAIGHT}{between}\n\n$${tex}$$").verdict != "refuted"


@pytest.mark.parametrize("drawn", [r"$x_0\sim p_{data}$", r"$x_0\sim\mathcal N(0,I)$ and $x_0\sim q$"])
def test_an_end_that_is_drawn_from_the_data_is_no_noise(drawn: str) -> None:
    """The law of a state given its other end is known where the first one is noise alone."""
    text = f"## Ends\n\nLet {drawn}.\n\n## A path\n\n{STRAIGHT}"
    assert last(text + r"$$p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t) I)$$").verdict != "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\dot x_t = \dot\alpha_t x_1 + \dot\sigma_t x_0", "proved"),
        (r"\dot x_t = \dot\alpha_t x_0 + \dot\sigma_t x_1", "refuted"),
    ],
)
def test_the_rates_of_a_path_stand_at_their_ends(tex: str, wanted: str) -> None:
    """The rate of a level is that of its own end."""
    path = r"A path $x_t=\alpha_t x_1+\sigma_t x_0$ has the velocity"
    assert last(f"{GENERAL}{STRAIGHT}{path}\n\n$${tex}$$").verdict == wanted


OU = r"$$dX_t = -\theta(X_t-\mu)dt + \sigma dW_t$$"
OF_OU = r"$$X_t = \mu + (X_0-\mu)e^{-\theta t} + \sigma\int_0^t e^{-\theta(t-s)}dW_s$$"
OU_LAW = r"$$X_t|X_0 \sim \mathcal N\left(\mu + (X_0-\mu)e^{-\theta t}, \sigma^2\frac{1-e^{-2\theta t}}{2\theta}\right)$$"
VP = r"$$dX_t = -\frac12\beta(t)X_t\,dt + \sqrt{\beta(t)}\,dW_t$$"
OF_VP = r"$$X_t = \alpha(t)X_0 + \int_0^t\frac{\alpha(t)}{\alpha(s)}\sqrt{\beta(s)}\,dW_s$$"
DECAY = r"Put $\alpha(t) = \exp\big(-\frac12\int_0^t\beta(s)\,ds\big)$."
OTHER = "## First\n\n" + r"$$dX_t = f(X_t,t)dt + g(t)dW_t$$" + "\n\n## Second\n\n"
VE = r"For $dX_t = \sqrt{\frac{d[\sigma^2(t)]}{dt}}\,dW_t$ the kernel is"
VE_LAW = r"$$p_{0t}(x_t\mid x_0) = \mathcal N\big(x_t;\, x_0, [\sigma^2(t)-\sigma^2(0)]I\big)$$"


@pytest.mark.parametrize(
    ("before", "true", "old", "new"),
    [
        (OU, OF_OU, r"e^{-\theta(t-s)}", r"e^{-\theta t}"),
        (OU, OF_OU, r"(X_0-\mu)", r"(X_0+\mu)"),
        (OU, OU_LAW, r"{2\theta}\r", r"{\theta}\r"),
        (OU, OU_LAW, r"\mu + (X_0-\mu)", r"(X_0-\mu)"),
        (OTHER + VP + "\n\n" + DECAY, OF_VP, r"\frac{\alpha(t)}{\alpha(s)}", r"\frac{\alpha(s)}{\alpha(t)}"),
        (f"## VP\n\n{VP}\n\n## VE\n\n{VE}", VE_LAW, r"[\sigma^2(t)-\sigma^2(0)]", r"[\sigma(t)-\sigma(0)]"),
        (f"{VP}\n\n{DECAY} The mean function solves", r"$$\frac{d}{dt}\alpha(t) = -\frac12\beta(t)\alpha(t)$$", r"-\frac12", "-"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_linear_equation_follows_from_it(before: str, true: str, old: str, new: str) -> None:
    """Its solution, its law and its decay are proved, and a slip in them is refuted by the equation at hand."""
    assert last(f"{before}\n\n{true}").verdict == "proved"
    assert old in true and last(f"{before}\n\n{true.replace(old, new, 1)}").verdict == "refuted"


@pytest.mark.parametrize("between", ["## Another", "Consider instead a noise of another strength."])
def test_a_law_of_another_linear_equation_accuses_nobody(between: str) -> None:
    """Behind a heading, or a word, the law may be of an equation that is not written."""
    law = OU_LAW.replace(r"{2\theta}", r"{\theta}")
    assert last(f"{VP}\n\n{OU}\n\n{between}\n\n{law}").verdict != "refuted"
    assert last(f"{VP}\n\n{OU}\n\nThen\n\n{law}").verdict == "refuted"
