"""Sums over the values of a state, as in the bound of a model with discrete latents: they are integrals over the counting
measure.
"""

import pytest

from tests.reading.asked import last


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\sum_z p(z|x) = 1", "proved"),
        (r"\sum_{x_0} q(x_0|x_t) = 1", "proved"),
        (r"\sum_z p(x,z) = 1", "refuted"),
        (r"\sum_z p(x|z)p(z) = p(z)", "refuted"),
        (r"\mathbb{E}_{z\sim q(z|x)}[\log p(x|z)] = \sum_z q(z|x)\log p(x|z)", "proved"),
        (r"\mathbb{E}_{z\sim q(z|x)}[\log p(x|z)] = \sum_z p(z)\log p(x|z)", "refuted"),
        (r"D_{KL}(q(z|x)\|p(z)) = \sum_z q(z|x)\log\frac{q(z|x)}{p(z)}", "proved"),
        (r"D_{KL}(q(z|x)\|p(z)) = \sum_z p(z)\log\frac{q(z|x)}{p(z)}", "refuted"),
        (r"\log p(x) = \sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)} + D_{KL}(q(z|x)\|p(z|x))", "proved"),
        (r"\log p(x) = \sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)} - D_{KL}(q(z|x)\|p(z|x))", "refuted"),
        (r"\log p(x) = \sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)} + D_{KL}(q(z|x)\|p(z))", "refuted"),
        (r"\log p(x) \ge \sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)}", "proved"),
        (r"\log p(x) \le \sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)}", "refuted"),
        (r"\sum_x p(x) = \int p(x)dx", "undecided"),
    ],
)
def test_sums_over_states_are_averages(tex, wanted):
    assert last(f"We have\n\n$${tex}$$").verdict == wanted


def test_the_marginal_is_the_sum_of_the_joint():
    text = r"$$q(x_t) = \sum_{x_0} q(x_t|x_0)q(x_0)$$"
    found = last(text)
    assert (found.verdict, found.formula) == ("definition", "lvm.marginal")
    assert last(text.replace("q(x_0)$$", "q(x_t)$$")).verdict == "refuted"


def test_a_sum_without_one_value_is_not_the_whole_sum():
    assert last(r"$$\sum_{y\ne x} p(y|z) = 1$$").verdict == "undecided"
    assert last(r"$$\sum_{y\ne x} p(y) = \sum_y p(y)$$").verdict == "undecided"
