"""Variances of the noisy state beside those of the data, and its second moment given the data."""

import pytest

from tests.reading.asked import verdict

MARGINAL = "$$q(x_t|x_0)=\\mathcal N(x_t;\\sqrt{\\bar\\alpha_t}x_0,(1-\\bar\\alpha_t)I)$$\n\n"
EXPLODING = "We have $x_t = x_0 + \\sigma_t\\epsilon$ with $\\epsilon\\sim\\mathcal N(0,I)$.\n\n"
LAWS = [
    (MARGINAL, r"\mathrm{Var}(x_t) = \bar\alpha_t\mathrm{Var}(x_0) + (1-\bar\alpha_t)I", r"= \bar", r"= \sqrt{\bar\alpha_t}\bar"),
    (MARGINAL, r"\mathbb V[x_t] = \bar\alpha_t\mathbb V[x_0] + (1-\bar\alpha_t)I", "(1-", "(1+"),
    (MARGINAL, r"\mathrm{Cov}[x_t] = \bar\alpha_t\mathrm{Cov}[x_0] + (1-\bar\alpha_t)\mathbf I", r"\bar\alpha_t\m", r"\alpha_t\m"),
    (EXPLODING, r"\operatorname{Var}(x_t) = \operatorname{Var}(x_0) + \sigma_t^2", r"\sigma_t^2", r"\sigma_t"),
    (MARGINAL, r"\mathbb E[\|x_t\|^2\mid x_0] = \bar\alpha_t\|x_0\|^2 + (1-\bar\alpha_t)d", "^2 + ", "^2 - "),
    (MARGINAL, r"\mathbb E[\|x_t\|^2\mid x_0] = \bar\alpha_t\|x_0\|^2 + (1-\bar\alpha_t)d", r"\bar\alpha_t\|", r"\sqrt{\bar\alpha_t}\|"),
]  # fmt: skip


@pytest.mark.parametrize("law, tex, old, new", LAWS)
def test_moments_of_the_state_are_proved_and_their_slips_refuted(law, tex, old, new):
    assert old in tex
    assert verdict(tex, law) == "proved"
    assert verdict(tex.replace(old, new, 1), law) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathrm{Var}(x_t) = 1",  # where the data have the variance 1
        r"\mathrm{Var}(x_t) = \bar\alpha_t\Sigma + (1-\bar\alpha_t)I",
        r"\mathrm{Var}(x_t) = \mathrm{Var}(x_s)",
        r"\mathrm{Var}(y_t) = 2\,\mathrm{Var}(y_0)",
    ],
)
def test_what_depends_on_the_data_is_neither_true_nor_false(tex):
    assert verdict(tex, MARGINAL) in ("undecided", "definition")
