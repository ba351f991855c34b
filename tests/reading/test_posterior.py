"""Means given a value as integrals over the posterior, with Bayes' rule and the law of the noise; joint densities."""

import pytest

from tests.reading.asked import last, verdicts

NOISY = r"Let $p(y|x) = \mathcal{N}(y; x, \sigma^2 I)$."


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\mathbb{E}[x|y] = \int x\, p(x|y)\,dx = \int x \frac{p(y|x)p(x)}{p(y)}\,dx", "proved"),
        (r"\mathbb{E}[X|y] = \int x\, p(x|y)\,dx", "proved"),
        (r"\mathbb{E}[\|x\|^2|y] = \int \|x\|^2 p(x|y)\,dx", "proved"),
        (r"\nabla_y p(y) = \int \nabla_y p(y|x)\, p(x)\,dx", "proved"),
        (r"\nabla_y \log p(y) = \frac{\int (x-y)\, p(y|x) p(x)\,dx}{\sigma^2 p(y)} = \frac{\mathbb{E}[x|y] - y}{\sigma^2}", "proved"),
        (r"\mathbb{E}[X|y] = y + \sigma^2\nabla_y \log p(y)", "proved"),
        (r"\frac{\int (x-y)\, p(y|x) p(x)\,dx}{\sigma^2 p(y)} = \frac{\mathbb{E}[x|y] + y}{\sigma^2}", "refuted"),
        (r"\frac{\int (x-y)\, p(y|x) p(x)\,dx}{\sigma p(y)} = \frac{\mathbb{E}[x|y] - y}{\sigma^2}", "refuted"),
        (r"\mathbb{E}[X|y] = y - \sigma^2\nabla_y \log p(y)", "refuted"),
        (r"\mathbb{E}[x|y] = \int x \frac{p(y|x)p(y)}{p(x)}\,dx", "undecided"),
    ],
)  # fmt: skip
def test_means_given_a_noisy_value(tex: str, wanted: str) -> None:
    assert last(f"{NOISY}\n\n$${tex}$$").verdict == wanted


def test_two_owners_of_densities_are_not_one_law() -> None:
    assert last(r"$$\mathbb{E}[x|y] = \int x \frac{q(y|x)p(x)}{p(y)}\,dx$$").verdict == "undecided"


def test_the_state_of_a_chain_given_the_data() -> None:
    law = r"q(x_t|x_0) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}\, x_0, (1-\bar\alpha_t) I)"
    mean = r"\nabla_{x_t}\log q(x_t) = -\int q(x_0|x_t) \frac{x_t - \sqrt{\bar\alpha_t}\,x_0}{1-\bar\alpha_t}\,dx_0"
    assert verdicts(law, mean)[-1] == "proved"
    assert verdicts(law, mean.replace("= -", "= "))[-1] != "proved"
    assert verdicts(law, mean.replace("{1-", "{2-"))[-1] != "proved"


def test_a_marginal_is_the_integral_of_the_joint_density() -> None:
    both = r"\mathbb{E}_{p(x)p(\tilde x|x)}[\|s(\tilde x)\|^2]"
    alone = r"\mathbb{E}_{p(\tilde x)}[\|s(\tilde x)\|^2]"
    joint = r"\mathbb{E}_{p(x,\tilde x)}[\|s(\tilde x)\|^2]"
    assert last(f"$${both} = {alone}$$").verdict == "proved"
    assert last(f"$${joint} = {alone}$$").verdict == "proved"
    assert last(f"$${both} = {joint}$$").verdict == "proved"
    assert last(f"$${both} = 2 {alone}$$").verdict == "refuted"
    other = alone.replace("p(", "q(")
    assert last(f"$${both} = {other}$$").verdict == "undecided"


def test_denoising_score_matching_is_expanded() -> None:
    norm = r"\frac{1}{2}\mathbb{E}_{p(x)p(\tilde x|x)}[\|s(\tilde x) - \nabla_{\tilde x}\log p(\tilde x|x)\|^2]"
    parts = (
        r"\frac{1}{2}\mathbb{E}_{p(\tilde x)}[\|s(\tilde x)\|^2]"
        r"- \mathbb{E}_{p(x,\tilde x)}[s(\tilde x)\cdot\nabla_{\tilde x}\log p(\tilde x|x)]"
        r"+ \frac{1}{2}\mathbb{E}_{p(x,\tilde x)}[\|\nabla_{\tilde x}\log p(\tilde x|x)\|^2]"
    )
    assert last(f"$${norm} = {parts}$$").verdict == "proved"
    assert last(f"$${norm} = {parts.replace('- ', '+ ')}$$").verdict != "proved"
