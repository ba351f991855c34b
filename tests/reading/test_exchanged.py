"""Mixtures that are carried: derivatives under integrals, the field of a mixture, and averages over it."""

import pytest

from tests.reading.asked import verdict, verdicts

CARRIED = r"\frac{d}{dt}p_t(x|z) = -\nabla\cdot(u_t(x|z)p_t(x|z))"
MIXED = r"p_t(x) = \int p_t(x|z)q(z)dz"
FIELD = r"u_t(x) = \frac{\int u_t(x|z)p_t(x|z)q(z)dz}{p_t(x)}"


def both(tex):
    """A formula given z, and given the data x_1."""
    return [tex, tex.replace("dz", "dx_1").replace("z", "x_1")]


@pytest.mark.parametrize("given", [0, 1])
@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{d}{dt}\int p_t(x|z)q(z)dz = \int\left(\frac{d}{dt}p_t(x|z)\right)q(z)dz", True),
        (r"\int\left(\frac{d}{dt}p_t(x|z)\right)q(z)dz = -\int\nabla\cdot(u_t(x|z)p_t(x|z))q(z)dz", True),
        (r"\int\left(\frac{d}{dt}p_t(x|z)\right)q(z)dz = \int\nabla\cdot(u_t(x|z)p_t(x|z))q(z)dz", None),
        (r"\int\left(\frac{d}{dt}p_t(x|z)\right)q(z)dz = -\int\nabla\cdot(u_t(x|z))q(z)dz", False),
        (
            r"-\int\mathrm{div}(u_t(x|z)p_t(x|z))q(z)dz = -\mathrm{div}\left(\int u_t(x|z)p_t(x|z)q(z)dz\right)",
            True,
        ),
        (
            r"-\int\mathrm{div}(u_t(x|z)p_t(x|z))q(z)dz = -\mathrm{div}\left(\int u_t(x|z)p_t(x|z)dz\right)",
            False,
        ),
        (r"\mathrm{div}\left(\int u_t(x|z)p_t(x|z)q(z)dz\right) = \mathrm{div}(u_t(x)p_t(x))", True),
        (r"\mathrm{div}\left(\int u_t(x|z)p_t(x|z)q(z)dz\right) = \mathrm{div}(u_t(x))", False),
        (r"\frac{d}{dt}\int p_t(x|z)q(z)dz = -\mathrm{div}(u_t(x)p_t(x))", True),
        (r"\frac{d}{dt}\int p_t(x|z)q(z)dz = -2\,\mathrm{div}(u_t(x)p_t(x))", False),
    ],
)
def test_a_derivative_goes_under_the_integral(given, tex, wanted):
    before = [both(t)[given] for t in (CARRIED, MIXED, FIELD)]
    assert verdicts(*before) == ["definition"] * 3
    found = verdicts(*before, both(tex)[given])[-1]
    assert found == "refuted" if wanted is None else (found == "proved") == wanted


def test_nothing_is_carried_that_the_document_has_not_said():
    tex = r"\int\left(\frac{d}{dt}p_t(x|z)\right)q(z)dz = -\int\nabla\cdot(u_t(x|z)p_t(x|z))q(z)dz"
    assert verdicts(tex)[-1] == "undecided"


def test_the_whole_derivation_gives_the_field_its_meaning():
    chain = (
        r"\frac{d}{dt}p_t(x) = \frac{d}{dt}\int p_t(x|x_1)q(x_1)dx_1 = \int\left(\frac{d}{dt}p_t(x|x_1)\right)q(x_1)dx_1"
        r" = -\int\mathrm{div}(u_t(x|x_1)p_t(x|x_1))q(x_1)dx_1 = -\mathrm{div}\left(\int u_t(x|x_1)p_t(x|x_1)q(x_1)dx_1\right)"
        r" = -\mathrm{div}(u_t(x)p_t(x))"
    )
    field = both(FIELD)[1]
    assert verdicts(both(CARRIED)[1], chain, field) == ["definition", "proved", "proved"]
    assert verdicts(both(CARRIED)[1], chain, field.replace("q(x_1)", ""))[-1] != "proved"
    wrong = chain.replace(r"= -\int\mathrm{div}", r"= \int\mathrm{div}")
    assert verdicts(both(CARRIED)[1], wrong)[-1] == "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{d}{dt}p_t(x|x_1) = 0", "undecided"),
        (r"\partial_t q_t(x|x_0) = 0", "undecided"),
        (r"p_0(x|x_1) = \mathcal N(x|x_1, I)", "undecided"),
        (r"p_1(x|x_1) = \mathcal N(x|x_1, \sigma_{\min}^2 I)", "proved"),
        (r"p_1(x|x_1) = \mathcal N(x|x_1, \sigma_{\min} I)", "undecided"),
    ],
)
def test_a_conditional_density_has_a_time(tex, wanted):
    path = r"p_t(x|x_1) = \mathcal N(x|tx_1, (1-(1-\sigma_{\min})t)^2 I)"
    found = verdicts(path, tex)[-1]
    assert found == wanted or (wanted == "undecided" and found in ("refuted", "definition"))


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"E_{p_t(x)}\|v_t(x)\|^2 = \int\|v_t(x)\|^2 p_t(x)dx", "proved"),
        (r"E_{p_t(x)}\|v_t(x)\|^2 = \int\|v_t(x)\|^2 p_t(x|z)q(z)dz\,dx", "proved"),
        (r"E_{p_t(x)}\langle v_t(x), u_t(x)\rangle = \int\langle v_t(x), u_t(x|z)\rangle p_t(x|z)q(z)dz\,dx", "proved"),
        (r"E_{p_t(x)}\|u_t(x)\|^2 = \int\|u_t(x|z)\|^2 p_t(x|z)q(z)dz\,dx", "undecided"),
        (r"E_{x\sim p(x)}\|x\|^2 = \int\|x\|^2 p(x)dx", "proved"),
        (r"E_{x\sim p(x)}\|x\|^2 = 2\int\|x\|^2 p(x)dx", "refuted"),
    ],
)
def test_a_plain_e_with_a_law_below_is_an_expectation(tex, wanted):
    assert verdicts(MIXED, FIELD, tex)[-1] == wanted


@pytest.mark.parametrize(
    "tex", [r"p_0(x|x_1) = \mathcal N(x; 0, I)", r"p_1(x|x_1) = \mathcal N(x; x_1, \sigma_{\min}^2 I)"]
)
def test_what_every_path_is_at_its_ends(tex):
    assert verdicts(r"p_t(x|x_1) = \mathcal N(x; \alpha_t x_1, \sigma_t^2 I)", tex) == ["definition"] * 2
    assert verdicts(r"p_t(x|x_1) = \mathcal N(x; t x_1, (1-t)^2 I)", tex)[-1] in ("proved", "definition", "undecided")


def test_a_density_of_a_state_has_its_time_once():
    guided = r"\nabla_{x_t}\log p_t(x_t | y) = \nabla_{x_t}\log p_t(x_t) %s \nabla_{x_t}\log p_t(y | x_t)"
    assert verdict(guided % "+") == "proved"
    assert verdict(guided % "-") == "refuted"
