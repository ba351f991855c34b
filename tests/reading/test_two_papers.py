"""Chapters of one document that are about two papers: neither is accused in the notation of the other."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, meets

CHAIN = (
    r"\section{Steps} Let $q(x_n|x_{n-1}) = \mathcal{N}(\sqrt{\alpha_n}x_{n-1},(1-\alpha_n)I)$ and $\bar\alpha_n=\prod_{i=1}^n\alpha_i$, so that "
    r"$q(x_n|x_0)=\mathcal{N}(\sqrt{\bar\alpha_n}x_0,(1-\bar\alpha_n)I)$." + "\n\n"
)
LEVELS = (
    r"\section{Levels} Let $dx = \frac12\frac{d\log\alpha_t}{dt}x\,dt+\sqrt{-\frac{d\log\alpha_t}{dt}}dw$. Then "
    r"$p_t(x_t|x_0) = \mathcal{N}(\sqrt{\alpha_t}x_0,(1-\alpha_t)I)$." + "\n\n"
)


def verdicts(text):
    return [e.judgement.verdict for e in audit_text(text, ".tex").equations]


def test_a_chapter_is_not_accused_in_a_notation_of_which_it_does_not_speak():
    assert "refuted" not in verdicts(CHAIN + LEVELS)


@pytest.mark.parametrize(
    ("wrong", "right"), [(r"(1-\bar\alpha_n)I", r"\bar\alpha_nI"), (r"\sqrt{\alpha_n}", r"\alpha_n")]
)
def test_a_fault_of_the_chapter_that_speaks_of_it_is_found(wrong, right):
    assert "refuted" in verdicts(CHAIN.replace(wrong, right) + LEVELS)


def test_a_mean_with_a_variance_of_its_own_is_another_one():
    mean = (
        r"\begin{equation}\tilde\mu_n(x_n,x_0) = \sqrt{\bar\alpha_{n-1}}x_0+\sqrt{1-\bar\alpha_{n-1}-\lambda_n^2}"
        r"\frac{x_n-\sqrt{\bar\alpha_n}x_0}{\sqrt{1-\bar\alpha_n}}\end{equation}"
    )
    assert "refuted" not in verdicts(CHAIN + mean)
    own = r"\begin{equation}\tilde\mu_n(x_n,x_0) = \sqrt{\bar\alpha_{n-1}}x_0+x_n\end{equation}"
    assert meets(last(CHAIN + own, ".tex"), "false")
