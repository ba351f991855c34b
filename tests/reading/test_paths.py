"""Means and scores at a point of a path: true relations are proved, false ones refuted, and a second path is one."""

from __future__ import annotations

import pytest

from derivations.reading.audit import audit_text
from tests.reading.asked import last

STRAIGHT = r"""
$$X_t = (1-t)X_0 + tX_1$$
$$v(x,t) = E[X_1-X_0|X_t=x]$$
With $X_0\sim N(0,I)$,
"""
GENERAL = r"""
$$dx_t = b(t,x_t)\,dt + g(t)\,dw$$
$$x_t = I(t,x_0,x_1) + \gamma(t)z, \qquad z\sim\mathsf{N}(0,\mathrm{Id})$$
$$b(t,x) = E[\dot x_t|x_t=x]$$
$$s(t,x) = \nabla\log\rho(t,x)$$
$$v(t,x) = E[\partial_t I(t,x_0,x_1)|x_t=x]$$
"""
ADDED = r"$$\tilde{x} = x + \sigma\epsilon$$" + "\n\n"
TWO = (
    GENERAL
    + r"""
$$x_t = \alpha(t) z + \beta(t) x_1$$
$$X_t = (1-t)X_0 + tX_1$$
$$\frac{d}{dt}X_t = """
)


@pytest.mark.parametrize(
    ("before", "true", "false"),
    [
        (
            STRAIGHT,
            r"\nabla\log\rho_t(x) = -\frac{E[X_0|X_t=x]}{1-t}",
            r"\nabla\log\rho_t(x) = -\frac{E[X_0|X_t=x]}{t}",
        ),
        (STRAIGHT, r"v(x,t) = \frac{E[X_1|X_t=x]-x}{1-t}", r"v(x,t) = \frac{E[X_1|X_t=x]-x}{t}"),
        (STRAIGHT, r"v(x,t) = \frac{x-E[X_0|X_t=x]}{t}", r"v(x,t) = \frac{x-E[X_0|X_t=x]}{1-t}"),
        (STRAIGHT, r"v(x,t) = \frac{x+(1-t)\nabla\log\rho_t(x)}{t}", r"v(x,t) = \frac{x+t\nabla\log\rho_t(x)}{t}"),
        (STRAIGHT, r"\nabla\log\rho_t(x) = \frac{t\,v(x,t)-x}{1-t}", r"\nabla\log\rho_t(x) = \frac{t\,v(x,t)+x}{1-t}"),
        (
            GENERAL,
            r"b(t,x) = E[\partial_t I(t,x_0,x_1) + \dot\gamma(t)z|x_t=x]",
            r"b(t,x) = E[\partial_t I(t,x_0,x_1) - \dot\gamma(t)z|x_t=x]",
        ),
        (GENERAL, r"b(t,x) = v(t,x) - \dot\gamma(t)\gamma(t)s(t,x)", r"b(t,x) = v(t,x) + \dot\gamma(t)\gamma(t)s(t,x)"),
        (GENERAL, r"s(t,x) = -\gamma^{-1}(t)E[z|x_t=x]", r"s(t,x) = -\gamma^{-2}(t)E[z|x_t=x]"),
        (
            ADDED,
            r"E[x|\tilde x] = \tilde x + \sigma^2\nabla_{\tilde x}\log p_\sigma(\tilde x)",
            r"E[x|\tilde x] = \tilde x + \sigma\nabla_{\tilde x}\log p_\sigma(\tilde x)",
        ),
    ],
)
def test_means_and_scores_at_a_point(before: str, true: str, false: str) -> None:
    """What follows from the path is proved, a slip is refuted."""
    assert last(f"{before}$${true}$$", ".tex").verdict == "proved"
    assert last(f"{before}$${false}$$", ".tex").verdict == "refuted"


def test_another_path_of_the_same_document_accuses_nobody() -> None:
    """A state that is made of other ends is made anew; its velocity is that of the new path."""
    found = [e.judgement.verdict for e in audit_text(TWO + "X_1 - X_0$$", ".tex").equations]
    assert "refuted" not in found and found[-1] == "proved"
    assert last(TWO + "X_0 - X_1$$", ".tex").verdict == "refuted"


@pytest.mark.parametrize("tex", [r"v(x,t) = X_1 - X_0", r"\nabla\log\rho_t(x) = -\frac{X_0}{1-t}"])
def test_one_sample_is_no_mean(tex: str) -> None:
    """A velocity along one line is another quantity than their mean: nothing is proved of it."""
    assert last(f"{STRAIGHT}$${tex}$$", ".tex").verdict != "proved"


REVERSED = r"$$X_t := a_tX_1 + b_tX_0$$ where $X_0\sim N(0,I)$." + "\n\n"


def test_coefficients_at_another_time_than_the_state_accuse_nobody() -> None:
    """In the link of two processes x(t) is the state of one and a_{1-t} a coefficient of the other."""
    velocity = r"$$E[\dot{a}_{1-t} x_1 + \dot{b}_{1-t} x_0 | x(t)] = \frac{\dot{a}_{1-t}}{a_{1-t}}[x(t) + b_{1-t}^2 \nabla \log p_t(x(t))] - \dot{b}_{1-t} b_{1-t} \nabla \log p_t(x(t))$$"
    kernel = r"Let $p_t(\cdot | x_0=x) = \mathcal{N}(x e^{-t}, (1 - e^{-2t})I)$." + "\n\n"
    assert (
        last(REVERSED + velocity, ".tex").verdict == last(kernel + REVERSED + velocity, ".tex").verdict == "undecided"
    )
    assert last(REVERSED + velocity.replace("1-t", "t"), ".tex").verdict == "proved"
    assert last(REVERSED + velocity.replace("1-t", "t").replace("+ b", "- b"), ".tex").verdict == "refuted"
