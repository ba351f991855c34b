r"""More ways of writing: double signs, ranges that end below, d beside a number, environments of the author's own."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict

DDPM = r"Let $\alpha_t = 1-\beta_t$ and $\bar\alpha_t=\prod_{s=1}^t\alpha_s$." + "\n\n"
PAIRS = {
    "a double sign": (r"(a \pm b)^2 = a^2 \pm 2ab + b^2", r"(a \pm b)^2 = a^2 + 2ab + b^2"),
    "opposite double signs": (r"(a \pm b)(a \mp b) = a^2 - b^2", r"(a \pm b)(a \mp b) = a^2 \pm b^2"),
    "a range that ends below": (r"\bar\alpha_t = \prod_{s\le t}(1-\beta_s)", r"\bar\alpha_t = \prod_{s<t}(1-\beta_s)"),
    "the dimension beside a number": (
        r"D_{KL}(\mathcal N(\mu,\sigma^2 I)\|\mathcal N(0,I)) = \frac12(\|\mu\|^2+d\sigma^2-d-d\log\sigma^2)",
        r"D_{KL}(\mathcal N(\mu,\sigma^2 I)\|\mathcal N(0,I)) = \frac12(\|\mu\|^2+d\sigma^2-d-d\log\sigma)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    true, false = PAIRS[name]
    assert verdict(true, DDPM) in ("proved", "definition")
    assert verdict(false, DDPM) == "refuted"


def test_a_sum_that_does_not_say_its_end_is_no_sum_of_a_known_number_of_terms():
    assert verdict(r"\sum_k 2a_k = 2\sum_k a_k") == "proved"
    assert verdict(r"\sum_k a_k = \sum_{k=1}^n a_k") == "undecided"
    assert verdict(r"\sum_k w_k = 1") != "proved"


def test_a_sum_of_vectors_is_read_and_no_two_are_said_to_differ():
    assert verdict(r"\bar x = \sum_{k=1}^n w_k \mathbf{x}_k") == "definition"
    assert verdict(r"\nabla_x \log p(x) = \sum_{k=1}^n w_k \mathbf{x}_k") == "undecided"


def test_the_noise_of_the_last_step_is_set_to_0():
    assert verdict(r"\mathbf{z} = \mathbf{0}", DDPM) == "definition"


def test_argmin_in_words_is_the_operator():
    assert verdict(r"\theta^* = \underset{\theta}{\text{argmin}}\ L(\theta)") == "definition"
    assert verdict(r"\theta^* = \operatorname*{arg\,min}_\theta L(\theta)") == "definition"


def test_scripts_under_an_operator_that_is_none():
    tex = r"\mathop{\mathbb E}\limits_{\epsilon\sim\mathcal N(0,I)}\left[\|\epsilon\|^2\right] = d"
    assert verdict(tex) == "proved"


OWN = r"""
\newcommand{\be}{\begin{equation}}
\newcommand{\ee}{\end{equation}}
\newenvironment{eq}{\begin{align}}{\end{align}}
\begin{document}
Let $\alpha_t=1-\beta_t$ and $\bar\alpha_t=\prod_{s=1}^t\alpha_s$. We set $z=0$ if $t=1$ \end{x}
\be x_t = \sqrt{\bar\alpha_t}x_0 + SECOND\epsilon \ee
\begin{eq} \tilde\beta_t &= \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t \\ \shortintertext{and} a &= b \end{eq}
\end{document}
"""


def test_displays_between_macros_and_in_environments_of_the_author():
    found = audit_text(OWN.replace("SECOND", r"\sqrt{1-\bar\alpha_t}"), ".tex").equations
    assert [e.judgement.verdict for e in found[-2:]] == ["proved", "proved"]
    found = audit_text(OWN.replace("SECOND", r"(1-\bar\alpha_t)"), ".tex").equations
    assert found[-2].judgement.verdict == "refuted"
    assert [e.formula.line for e in found[-2:]] == [7, 8]
