"""Equations under derivatives that are meant for all densities: a slip is refuted by an instance, a property is not."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict

DIV, LAPLACE, SCORE = r"\nabla_x\cdot", r"\nabla_x\cdot\nabla_x p_t(x)", r"\nabla_x\log p_t(x)"
CONTINUITY = rf"-{DIV}(p_t(x)f(x,t)) + \frac12 g(t)^2{LAPLACE} = -{DIV}(p_t(x)(f(x,t) - \frac12 g(t)^2{SCORE}))"
STATIONARY = rf"-{DIV}(p_t(x)\frac12 g(t)^2{SCORE}) + \frac12 g(t)^2{LAPLACE} = 0"


@pytest.mark.parametrize(
    "tex, slips",
    [
        (CONTINUITY, [("(f(x,t) - ", "(f(x,t) + "), (r") + \frac12", r") + "), ("g(t)^2", "g(t)"), ("= -", "= ")]),
        (STATIONARY, [(") + ", ") - "), (r"\frac12 g(t)^2\n", r"g(t)^2\n"), ("g(t)^2", "g(t)"), (") + \\frac12", ") + ")]),
        (
            r"\nabla_x\log\frac{p(x)^{1-w}p(x|c)^w}{Z} = (1-w)\nabla_x\log p(x) + w\nabla_x\log p(x|c)",
            [("{1-w}", "{1+w}"), ("(1-w)", "(1+w)"), (") + w", ") - w")],
        ),
        (
            r"\frac{d}{dt}\sigma(t)^2 - 2\sigma(t)^2\frac{d}{dt}\log\alpha(t) = -2\sigma(t)^2\frac{d}{dt}\log\frac{\alpha(t)}{\sigma(t)}",
            [(r"}\sigma(t)^2 -", r"}\sigma(t) -"), ("= -2", "= 2"), ("= -2", "= -")],
        ),
    ],
)  # fmt: skip
def test_a_slip_in_what_holds_for_all_densities_is_refuted(tex, slips):
    assert verdict(tex) == "proved"
    for old, new in slips:
        assert old in tex
        judgement = audit_text(f"$$\n{tex.replace(old, new, 1)}\n$$").equations[0].judgement
        said = judgement.message
        assert judgement.verdict == "refuted" and judgement.witness and ("it is true" in said or "differ" in said), (
            old,
            new,
        )


@pytest.mark.parametrize(
    "tex",
    [
        rf"{LAPLACE} = 0",  # the density is harmonic
        rf"-{DIV}(p_t(x)f(x,t)) + \frac12 g(t)^2{LAPLACE} = 0",  # it is stationary under a drift that is given
        r"\frac{\partial p_t}{\partial t} = -\nabla\cdot(f \cdot p_t) + \frac{1}{2}g(t)^2\nabla^2 p_t",  # Fokker and Planck
        r"\frac{d}{dt}p_t(x) = -\nabla_x\cdot(p_t(x)u(x,t))",  # it flows along a field
        r"f(x,t)p_t(x) = \frac12 g(t)^2\nabla_x p_t(x)",  # no flux
    ],
)  # fmt: skip
def test_a_property_of_one_density_is_not_refuted(tex):
    assert verdict(tex) not in ("refuted", "proved")


def test_what_the_document_says_of_the_diffusion_is_put_in():
    tex, before = rf"-{DIV}(p_t(x)\beta(t){SCORE}) + \frac12 g(t)^2{LAPLACE} = 0", "$$g(t) = \\sqrt{2\\beta(t)}$$\n\n"
    assert verdict(tex) not in ("refuted", "proved") and verdict(tex, before) == "proved"
    assert verdict(tex.replace(") + ", ") - "), before) == "refuted"


def test_densities_that_bayes_rule_binds_are_no_instances():
    tex = r"\nabla_x\log p(x|c) = \nabla_x\log p(c|x) {} \nabla_x\log p(x)"
    assert verdict(tex.replace("{}", "+")) == "proved"
    found = audit_text(f"$$\n{tex.replace('{}', '-')}\n$$").equations[0].judgement
    assert found.verdict in ("refuted", "undecided") and "Gaussian" not in str(found.witness)
