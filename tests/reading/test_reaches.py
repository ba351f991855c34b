"""How far a logarithm reaches: what braces and bars of a quotient say, and what is left open."""

import pytest

from tests.reading.asked import displayed, meets, verdict

KL = r"D_{\mathrm{KL}}(q(z|x)\|p(z)) = \mathbb{E}_{q(z|x)}\left[%s\right]"
TRUE = [
    r"\log{q(z|x)/p(z)}",
    r"\log q(z|x)/p(z)",
    r"\log {(q(z|x))/(p(z))}",
    r"\log {\left(q(z|x)\right)/\left(p(z)\right)}",
    r"\log (q(z|x))/(p(z))",
    r"\log \left((q(z|x))/(p(z))\right)",
    r"\log{q(z|x)} - \log{p(z)}",
]


@pytest.mark.parametrize("inside", TRUE)
def test_a_quotient_behind_a_logarithm(inside):
    assert verdict(KL % inside) == "proved"


@pytest.mark.parametrize("inside", TRUE)
def test_and_upside_down(inside):
    swapped = inside.replace("q(z|x)", "Q").replace("p(z)", "q(z|x)").replace("Q", "p(z)")
    assert verdict(KL % swapped) == "refuted"


ROOT = r"\log \left((2\pi s^2)^d\right)^{1/2} = %s\log(2\pi s^2)"


@pytest.mark.parametrize(
    ("factor", "wanted"), [(r"\frac{d}{2}", "proved"), ("d", "refuted"), (r"\frac{1}{2}", "false")]
)
def test_a_power_behind_the_bracket_of_a_logarithm(factor, wanted):
    assert meets(displayed(ROOT % factor, "Let $s > 0$. "), wanted)


def test_a_power_of_the_logarithm_itself():
    assert verdict(r"\log(s)^2 = \log(s)\log(s)", "Let $s > 1$. ") == "proved"
    assert verdict(r"\log(s)^2 = 2\log(s)", "Let $s > 1$. ") == "proved"
    assert meets(displayed(r"\log(s)^2 = 3\log(s)", "Let $s > 1$. "), "false")


NEGATIVE = [r"\!", r"\!\!", r"\,", ""]


@pytest.mark.parametrize("space", NEGATIVE)
def test_a_negative_space_before_a_bracket_is_a_space(space):
    assert verdict(rf"\log{space}\left(s^2\right) = 2\log{space}\left(s\right)", "Let $s > 0$. ") == "proved"
    assert verdict(rf"\exp{space}\left(s\right)^2 = \exp{space}\left(3s\right)", "Let $s > 0$. ") == "refuted"
