"""Densities that are proportional to an exponential: defined up to what normalises them, and what follows for scores."""

import pytest

from tests.reading.asked import verdicts

DENSITIES = ["p", r"p_\infty", r"p_{\text{target}}", r"\pi", r"\rho_\infty", "q"]


@pytest.mark.parametrize("name", DENSITIES)
@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\nabla_x\log P(x) = -\nabla_x V(x)", "proved"),
        (r"\nabla_x\log P(x) = \nabla_x V(x)", "refuted"),
        (r"\nabla_x\log P(x) = -2\nabla_x V(x)", "refuted"),
    ],
)
def test_the_score_of_a_density_that_is_an_exponential(name, tex, wanted):
    found = verdicts(rf"{name}(x) \propto \exp(-V(x))", tex.replace("P", name))
    assert found == ["definition", wanted]


@pytest.mark.parametrize(
    "tex",
    [r"p^*(x) \propto p(x)e^{r(x)/\beta}", r"\pi^*(y|x) \propto \pi(y|x)e^{r(x,y)/\beta}", r"p(y) \propto e^{-f(y)}"],
)
def test_a_tilted_law_gets_its_meaning(tex):
    assert verdicts(tex) == ["definition"]
    assert verdicts(r"q(y) \propto e^{-g(y)}", tex) == ["definition"] * 2  # and is no proof of itself


def test_another_energy_is_another_example():
    assert verdicts(r"p(x) \propto e^{-f(x)}", r"p(x) \propto e^{-f(x)/T}") == ["definition"] * 2


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"p(x|y) \propto p(y|x)p(x)", "proved"),
        (r"p(x|y) \propto p(y|x)", "undecided"),
        (r"\rho(t) \propto e^{-t}", "undecided"),
        (r"p(x) \propto x^2", "undecided"),
    ],
)
def test_what_is_no_definition(tex, wanted):
    assert verdicts(tex)[-1] == wanted


@pytest.mark.parametrize(
    ("density", "tex", "wanted"),
    [
        (r"p(x) \propto e^{-\beta V(x)}", r"\frac{\partial}{\partial\beta}\log p(x) = -V(x)", "undecided"),
        (r"p_t(x) \propto e^{-tV(x)}", r"\partial_t\log p_t(x) = -V(x)", "undecided"),
        (r"\pi_t(x) \propto e^{-tV(x)}", r"\partial_t\log\pi_t(x) = -V(x)", "undecided"),
        (r"p_t(x) \propto e^{-tV(x)}", r"\nabla\log p_t(x) = -t\nabla V(x)", "proved"),
        (
            r"p_\theta(x) \propto e^{-E_\theta(x)}",
            r"\nabla_\theta\log p_\theta(x) = -\nabla_\theta E_\theta(x)",
            "undecided",
        ),
        (
            r"p_\gamma(x|y) \propto p(x)p(y|x)^\gamma",
            r"\frac{\partial}{\partial\gamma}\log p_\gamma(x|y) = \log p(y|x)",
            "undecided",
        ),
    ],
)
def test_what_normalises_depends_on_the_parameters(density, tex, wanted):
    """No change of one sign makes the rate of such a density true: what is lacking is a mean over it."""
    assert verdicts(density, tex) == ["definition", wanted]


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"p(w) = \mathcal N(w; 0, I)", "proved"),
        (r"p(w) = \mathcal N(w; 0, 2I)", "undecided"),
        (r"p(w) = \mathcal N(w; m, I)", "undecided"),
    ],
)
def test_the_gaussian_that_is_proportional_to_it(tex, wanted):
    assert verdicts(r"p(w) \propto \exp\left(-\frac12\|w\|^2\right)", tex) == ["definition", wanted]
