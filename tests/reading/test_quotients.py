r"""Derivatives written in a line, dx/dt and \partial p/\partial t, and the equation of a density without arguments."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import displayed, judged, meets, verdict

SDE = r"dx = f(x,t)dt + g(t)dw"
PLANCK = r"%s = -\nabla\cdot(f p) + %s g^2 %s p"
RATES = [
    r"\partial_t p",
    r"\frac{\partial p}{\partial t}",
    r"\partial p/\partial t",
    r"\frac{\partial}{\partial t}p",
    "dp/dt",
]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("laplacian", [r"\Delta", r"\nabla^2"])
def test_the_equation_of_fokker_and_planck_without_arguments(rate, laplacian):
    assert judged(SDE, PLANCK % (rate, r"\frac{1}{2}", laplacian)).formula == "fp.adjoint"
    assert judged(SDE, PLANCK % (rate, r"\frac{1}{2}", laplacian)).verdict == "proved"
    assert judged(SDE, PLANCK % (rate, "", laplacian)).verdict == "refuted"
    assert judged(SDE, (PLANCK % (rate, r"\frac{1}{2}", laplacian)).replace("= -", "= ")).verdict != "proved"


def test_without_an_equation_of_a_path_it_says_what_moves_the_density():
    found = judged(PLANCK % (r"\partial_t p", r"\frac{1}{2}", r"\Delta"))
    assert found.verdict == "definition" and "no equation of a path before" in found.message


LINES = [
    (r"d\lambda_t/dt = -\frac{g(t)^2}{2\sigma_t^2}", r"\frac{d\lambda_t}{dt} = -\frac{g(t)^2}{2\sigma_t^2}"),
    (r"g(t) = \sqrt{d\sigma^2(t)/dt}", r"g(t) = \sqrt{\frac{d\sigma^2(t)}{dt}}"),
    (r"\partial\sigma_t^2/\partial t = g(t)^2", r"\frac{\partial\sigma_t^2}{\partial t} = g(t)^2"),
    (r"dx_t/dt = v_t(x_t)", r"\frac{dx_t}{dt} = v_t(x_t)"),
]


@pytest.mark.parametrize(("line", "fraction"), LINES)
def test_a_derivative_in_a_line_is_read_as_the_fraction(line, fraction):
    one, other = (audit_text(f"$${tex}$$").equations[0].judgement for tex in (line, fraction))
    assert (one.verdict, one.formula, one.message) == (other.verdict, other.formula, other.message)
    assert one.verdict != "unread"


FLOW = r"dx/dt = f(x,t) - %s g(t)^2\nabla_x\log p_t(x)"


def test_the_probability_flow_in_a_line():
    assert judged(SDE, FLOW % r"\frac{1}{2}").verdict == "proved"
    assert judged(SDE, FLOW % "").verdict == "refuted"


def test_a_derivative_of_a_named_function_in_a_line():
    assert verdict(r"d(t^2)/dt = 2t") == "proved"
    assert verdict(r"d(t^2)/dt = t") == "refuted"
    assert verdict(r"\partial(t^2 s)/\partial s = t^2") == "proved"


def test_a_dimension_in_a_quotient_is_no_derivative():
    assert verdict(r"\frac{d}{2}\log(2\pi) = d\log(2\pi)/2") == "proved"


NORMAL = r"\mathcal{N}(x; m, %s I) \propto e^{-\|x - m\|^2/%s}"


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        (NORMAL % (r"\sigma^2", r"2\sigma^2"), "proved"),
        (NORMAL % ("s", "2s"), "proved"),
        (NORMAL % (r"\sigma^2", r"3\sigma^2"), "refuted"),
        (NORMAL % ("s", "3s"), "refuted"),
        (r"\sqrt{\alpha_t}/2\beta_t = \frac{\sqrt{\alpha_t}}{2\beta_t}", "proved"),
        (r"\sqrt{\alpha_t}/2\beta_t = \frac{\sqrt{\alpha_t}\beta_t}{2}", "proved"),
        (r"\sqrt{\alpha_t}/2\sigma^2 = \sqrt{\alpha_t}\frac{\sigma^2}{2}", "proved"),
        (r"\sqrt{\alpha_t}/2\beta_t = \frac{\sqrt{\alpha_t}}{3\beta_t}", "false"),
        (r"dx = -\beta(t)/2\,x\,dt + \sqrt{\beta(t)}\,dw", "definition"),
    ],
)
def test_how_far_a_slash_reaches(formula, wanted):
    assert meets(displayed(formula), wanted)


def test_what_is_below_a_slash_is_read_back():
    assert displayed(NORMAL % (r"\sigma^2", r"2\sigma^2")).reading.endswith("exp(-|x - m|^2/(2*sigma^2))")
