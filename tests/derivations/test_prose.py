"""The author's words in a terminal: formulas in letters and signs, and nothing of TeX left."""

import pytest

from derivations.cli.page import page
from derivations.cli.prose import prose
from derivations.registry import entries, report

SAID = {
    r"$\bar\alpha_t=\prod_{s=1}^t\alpha_s$": "ᾱ_t=Π_{s=1}^tα_s",
    r"$\tilde\beta_t\le\beta_t$ for every $t\ge 1$": "β̃_t ≤ β_t for every t ≥ 1",
    r"$\mathbf{x}\sim\mathcal{N}(\mu,\Sigma)$": "x ~ N(μ,Σ)",
    r"$A^\top\sqrt{1-\bar\alpha_t}$": "Aᵀ√(1-ᾱ_t)",
    r"$\tfrac12g^2\nabla\log p_t$, $(\log\sigma)'$, $d\log a$": "½g²∇log p_t, (log σ)', d log a",
    r"$\frac{a+b}{\sigma_t^2}$ and $\frac ab$": "(a+b)/σ_t² and a/b",
    "*law* of [the mean][posterior.mean], `code`, 2*3*4": "law of the mean, code, 2*3*4",
    r"\unknown outside, $\unknown{x}$": r"\unknown outside, unknownx",
}


@pytest.mark.parametrize("markdown", SAID)
def test_formulas_become_letters_and_signs(markdown):
    assert prose(markdown) == SAID[markdown]


def test_a_broken_formula_is_no_error():
    assert prose(r"$\frac{a$ and $\sqrt$ and $}{$ and $x_$") == "a/ and √() and } and x_{}"


@pytest.mark.parametrize("entry", entries().values(), ids=entries())
def test_no_page_in_a_terminal_shows_tex(entry):
    text = "\n".join(page(report(entry, second_opinion=False, used_by=False)))
    assert "\\" not in text and "$" not in text
