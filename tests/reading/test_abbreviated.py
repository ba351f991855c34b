"""Names that are written shorter than before: nothing true is called false, and what fails either way is."""

from __future__ import annotations

import pytest

from derivations.reading.audit import audit_text
from tests.reading.asked import last, meets

STATE = r"$$x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}\epsilon$$" + "\n\n"
KERNEL = r"$$q(x(t)|x(0)) = \mathcal{N}(x(t); \mu(x(0), t), \sigma^2(t) I)$$" + "\n\n"
BOLTZMANN = r"$$\sigma(x) = \frac{1}{Z} e^{-2V(x)/g^2}, \quad Z = \int e^{-2V(x)/g^2}\, dx$$" + "\n\n"
RATIOS = r"""$$x_\theta(x_t,t) := \frac{x_t - \sigma_t\epsilon_\theta(x_t,t)}{\alpha_t}$$

with $h = \lambda_t - \lambda_s$ and $D_\theta(x;\sigma) = c_{skip}(\sigma) x$

"""
GUIDED = r"\nabla_{x}\log p_t(x_t|c, \omega) = (1-\omega)\nabla_{x}\log p_t(x_t) + \omega\nabla_{x}\log p_t(x_t|c)"
NETWORKS = r"""
\section{Ratios}
$$\lambda_t := \log\frac{\alpha_t}{\sigma_t}$$
$$q(x_t|x_0) = \mathcal{N}(x_t; \alpha_t x_0, \sigma_t^2 I)$$
$$\nabla_x \log q(x_t|x_0) = -\frac{\epsilon}{\sigma_t}$$
$$x_t = \alpha_t x_0 + \sigma_t \epsilon$$
\section{Steps}
With $h = \lambda_t - \lambda_s$, $$e^{h} = RATIO$$
$$\int_{\lambda_s}^{\lambda_t} e^\lambda\,d\lambda = \frac{\alpha_t}{\sigma_t}\left(1-e^{-h}\right)$$
\section{Denoisers}
$$\nabla_x \log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}$$
$$c_{skip}(\sigma) = \frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}$$
"""


def _last(text: str, suffix: str = ".md") -> tuple[str, str]:
    found = audit_text(text, suffix).equations[-1].judgement
    return found.verdict, found.message


@pytest.mark.parametrize(
    "text",
    [
        STATE + r"$$\nabla_{x_t}\log p(x_t| y) = \nabla_{x_t}\log p(y| x_t) + \nabla_{x_t}\log p(x)$$",
        r"$$p_t(x) = \int p_t(x_t|x_0)p_{\text{data}}(x_0)dx_0$$",
        KERNEL + r"$$\nabla_{x(t)} \log q(x(t) | x(0)) = - \frac{1}{\sigma^2(t)} (x(t) - \mu)$$",
        BOLTZMANN + r"$$\log \sigma_t = -2V_t/g_t^2 - \log Z_t$$",
        RATIOS
        + r"$$\int_{\lambda_s}^{\lambda_t} e^\lambda\,d\lambda = \frac{\alpha_t}{\sigma_t}\left(1-e^{-h}\right)$$",
        r"$$\{\sigma_i\}_{1\leq i \leq L} \text{ s.t. } \frac{\sigma_1}{\sigma_2} = \dots = \frac{\sigma_{L-1}}{\sigma_L} > 1$$",
        f"$${GUIDED}$$",
    ],
)
def test_a_shorter_name_accuses_nobody(text: str) -> None:
    """What holds with the longer name is open, or a definition."""
    assert _last(text)[0] in ("undecided", "definition", "proved")


@pytest.mark.parametrize(
    "text",
    [
        STATE + r"$$\nabla_{x_t}\log p(x_t| y) = \nabla_{x_t}\log p(y| x_t) - \nabla_{x_t}\log p(x)$$",
        KERNEL + r"$$\nabla_{x(t)} \log q(x(t) | x(0)) = \frac{1}{\sigma^2(t)} (x(t) - \mu)$$",
    ],
)
def test_what_fails_with_either_name_is_refuted(text: str) -> None:
    """A sign that is lost is lost however a name is written."""
    assert meets(last(text), "false")


def test_a_guided_score_by_its_old_name_is_open() -> None:
    """It is false as an equation, and what is guided may keep its name."""
    assert last(GUIDED.replace(", \\omega", "").join(("$$", "$$")).replace("omega", "pi")).verdict == "undecided"


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (r"\frac{\alpha_t\sigma_s}{\sigma_t\alpha_s}", "proved"),
        (r"\frac{\sigma_t\alpha_s}{\alpha_t\sigma_s}", "refuted"),
    ],
)
def test_a_chapter_that_is_silent_of_the_notation_goes_on_in_the_one_before(ratio: str, verdict: str) -> None:
    """What the chapter before says of lambda_t is known there."""
    found = [e for e in audit_text(NETWORKS.replace("RATIO", ratio), ".tex").equations if "e^{h}" in e.formula.tex]
    assert [e.judgement.verdict for e in found] == [verdict]
