"""Gaussian densities that a document writes out: a meaning where they integrate to 1, and refuted where they do not."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, verdict

GAUSSIANS = [
    (r"p(x) = \frac{1}{\sqrt{2\pi}\sigma}\exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)", r"{2\sigma^2}", r"{\sigma^2}"),
    (r"p(x) = \frac{1}{\sqrt{2\pi}\sigma}\exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)", r"\sqrt{2\pi}\sigma", r"\sqrt{2\pi\sigma}"),
    (r"p(z) = (2\pi)^{-d/2}e^{-\|z\|^2/2}", "^2/2", "^2"),
    (r"p_\theta(x|z) = \frac{1}{(2\pi\sigma^2)^{d/2}}\exp\left(-\frac{\|x-\mu_\theta(z)\|^2}{2\sigma^2}\right)", r"(2\pi\s", r"(\pi\s"),
    (r"p(y|x) = \frac{1}{(2\pi\sigma_y^2)^{m/2}}\exp\left(-\frac{\|y-Ax\|^2}{2\sigma_y^2}\right)", "{2\\sigma_y^2}", "{\\sigma_y^2}"),
    (r"p(x) = \frac{1}{(2\pi)^{d/2}|\Sigma|^{1/2}}\exp\left(-\frac12(x-\mu)^\top\Sigma^{-1}(x-\mu)\right)", r"|^{1/2}", "|"),
    (r"p(x) = \frac{1}{\sqrt{(2\pi)^d\det\Sigma}}\exp\left(-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu)\right)", r"-\frac12(", "-("),
    (r"p(\mathbf x) = \frac{1}{(2\pi)^{D/2}|\mathbf\Sigma|^{1/2}}\exp\left(-\frac12(\mathbf x-\mathbf\mu)^\top\mathbf\Sigma^{-1}(\mathbf x-\mathbf\mu)\right)", r"-\frac12(", "-("),
    (r"\log p_\theta(x|z) = -\frac{1}{2\sigma^2}\|x-\mu_\theta(z)\|^2 - \frac D2\log(2\pi\sigma^2)", r"\pi\sigma^2", r"\pi\sigma"),
    (r"\log q_\sigma(\tilde x|x) = -\frac{1}{2\sigma^2}\|\tilde x-x\|^2 - \frac d2\log(2\pi) - d\log\sigma", r"- d\log", r"+ d\log"),
]  # fmt: skip


@pytest.mark.parametrize("tex, old, new", GAUSSIANS)
def test_a_gaussian_is_a_definition_and_what_does_not_integrate_to_one_is_refuted(tex, old, new):
    assert old in tex
    found, wrong = last(f"$${tex}$$"), last(f"$${tex.replace(old, new, 1)}$$")
    assert (found.verdict, found.message.endswith("is given its meaning here: a Gaussian")) == ("definition", True)
    assert (wrong.verdict, wrong.message.split(":")[0]) == ("refuted", "it does not integrate to 1")
    assert wrong.values and wrong.values[0] != wrong.values[1]


@pytest.mark.parametrize(
    "tex",
    [
        r"p(x) = \frac{1}{Z}\exp(-\|x\|^2)",  # Z is what it must be
        r"p(x) = \frac{1}{Z\sqrt{2\pi}}\exp(-\|x\|^2)",
        r"p(x) = \exp(-\|x\|^2)",  # says nothing of what it integrates to
        r"p(r) = \frac{1}{\sqrt{2\pi}}r\,e^{-r^2/2}",
        r"p_0(x) = \frac{1}{\sqrt{2\pi}}\left(\frac12e^{-(x-2)^2/2} + \frac12e^{-(x+2)^2/2}\right)",
        r"f(x) = \frac{1}{\sqrt{2\pi}}e^{-x^2}",  # no density
        r"\tilde x_t = \frac{1}{\sqrt{2\pi}}e^{-x^2}",
    ],
)
def test_what_is_no_one_gaussian_accuses_nobody(tex):
    assert verdict(tex) != "refuted"


def test_what_follows_speaks_of_the_gaussian_that_was_written_out():
    before = f"$${GAUSSIANS[3][0]}$$\n\n"
    assert verdict(r"\nabla_x\log p_\theta(x|z) = -\frac{x-\mu_\theta(z)}{\sigma^2}", before) == "proved"
    assert verdict(r"\nabla_x\log p_\theta(x|z) = -\frac{x-\mu_\theta(z)}{\sigma}", before) == "refuted"


@pytest.mark.parametrize(
    "before, tex, expected",
    [
        (r"$x\in\mathbb R^D$, $\epsilon\sim\mathcal N(0,I)$ ", r"\mathbb E\|\epsilon\|^2 = D", "proved"),
        (r"$x\in\mathbb R^D$, $\epsilon\sim\mathcal N(0,I)$ ", r"\mathbb E\|\epsilon\|^2 = 2D", "refuted"),
    ],
)
def test_a_letter_of_its_own_for_the_dimension(before, tex, expected):
    assert verdict(tex, before) == expected


def test_a_denoiser_is_no_dimension():
    assert last(r"$$D_\theta(x;\sigma) = \frac{D(x;\sigma)}{2}$$").reading.endswith("D(x, sigma)/2")


@pytest.mark.parametrize(
    "tex, expected",
    [
        (r"\mathbb E_{p(x)}[\nabla_x\log p(x)] = 0", "proved"),
        (r"\mathbb E_{p(x|y)}[\nabla_x\log p(x|y)] = 0", "proved"),
        (r"\mathbb E_{p(x)}[\nabla_x\log q(x)] = 0", "undecided"),
        (r"\mathbb E_{p(x|y)}[\nabla_y\log p(x|y)] = 0", "undecided"),
    ],
)
def test_the_mean_of_a_score_is_zero(tex, expected):
    assert verdict(tex) == expected


def test_a_density_in_one_dimension_says_nothing_of_another_density_of_its_letter():
    before = "$$q(x_t|x_0) = \\mathcal N(x_t; \\sqrt{\\bar\\alpha_t}x_0, (1-\\bar\\alpha_t)I)$$ and $p(x) = \\mathcal N(x; \\mu, s)$ "
    tweedie = r"\mathbb E[x_0|x_t] = \frac{x_t + (1-\bar\alpha_t)\nabla_{x_t}\log p_t(x_t)}{\sqrt{\bar\alpha_t}}"
    assert verdict(tweedie, before) == "proved"
    assert verdict(tweedie.replace("x_t + ", "x_t - "), before) == "refuted"


def test_a_sum_over_coordinates_and_the_dimension_have_one_size():
    tex = r"\sum_{i=1}^D\log\frac{1}{\sqrt{2\pi\sigma_i^2}} = -\frac{D}{2}\log(2\pi) - \frac12\sum_{i=1}^D\log(\sigma_i^2)"
    assert verdict(tex) == "proved"
    assert verdict(tex.replace(r"-\frac{D}{2}", "-D")) == "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"q_\sigma(x_t|x_{t-1},x_0) = \frac{q_\sigma(x_{t-1}|x_t,x_0)q_\sigma(x_t|x_0)}{q_\sigma(x_{t-1}|x_0)}", "proved"),
        (r"q_\sigma(x_t|x_{t-1},x_0) = \frac{q_\sigma(x_{t-1}|x_t,x_0)q_\sigma(x_{t-1}|x_0)}{q_\sigma(x_t|x_0)}", "refuted"),
        (r"q_\sigma(x_t|x_{t-1},x_0) = \frac{q_\sigma(x_{t-1}|x_t,x_0)q(x_t|x_0)}{q_\sigma(x_{t-1}|x_0)}", "undecided"),
    ],
)
def test_a_law_with_a_label_obeys_bayes_rule(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted
