"""Continuous time: every hypothesis is needed by its proof, and a slip of sign or of a factor is refused."""

import pytest

from derivations.chapters.continuous import chapter, density, flow, langevin, reverse
from derivations.chapters.continuous.density import Delta, f, g, half, p, spread, t
from derivations.chapters.continuous.flow import score
from derivations.chapters.continuous.reverse import back, psi
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume, instantiate_function
from derivations.kernel.terms import diff, divergence, exp, grad, inner, log, norm2, normal, num, sqrt, zero
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.notation import I, d, u, vector, x
from tests.chapters.checks import unequal

ENTRIES = {e.id: e for e in chapter.entries}


def test_mutants_of_the_step():
    mean = inner(u, x + Delta * f(x, t))
    right = exp(mean + half * g(t) ** 2 * Delta * norm2(u))
    for wrong in (half * g(t) ** 2 * Delta**2, half * g(t) * Delta, g(t) ** 2 * Delta):
        unequal(right, exp(mean + wrong * norm2(u)))
    theorem = ENTRIES["em.scheme"].part("law").conclusion.args[2]
    assert algebra(theorem.args[1], right)


def test_mutants_of_the_flow():
    right = spread(p(x, t), f(x, t), g(t) ** 2)
    for part in (g(t) ** 2 * score(t), -(half * g(t) ** 2 * score(t)), half * g(t) * score(t), num(0) * score(t)):
        unequal(right, -divergence(x, p(x, t) * (f(x, t) - part)), flow.positive)


@pytest.mark.parametrize("noise", [g(back), psi(back)], ids=["reverse", "family"])
def test_mutants_of_the_reverse_drift(noise):
    """The only coefficient of the score with which the density runs backwards is (g^2 + noise^2) / 2."""
    left, gap = -spread(p(x, back), f(x, back), g(back) ** 2), half * (g(back) ** 2 + noise**2)
    positive = reverse.earlier(flow.positive)
    assert algebra(left, spread(p(x, back), -(f(x, back) - gap * score(back)), noise**2), (positive,))
    for drift in (
        -(f(x, back) + gap * score(back)),  # the sign of the score
        f(x, back) - gap * score(back),  # the direction of time
        -(f(x, back) - half * g(back) ** 2 * score(back)),  # the factor of the flow
        -(f(x, back) - (g(back) ** 2 + half * noise**2) * score(back)),  # a factor that is met in print
        -f(x, back),  # no score
    ):
        unequal(left, spread(p(x, back), drift, noise**2), positive)


def test_the_drift_with_the_score_does_not_lead_forward():
    """Without the sign of the slope in time the equation would be that of the forward film."""
    drift = -(f(x, back) - g(back) ** 2 * score(back))
    with pytest.raises(DerivationError, match=r"nothing to rewrite|does not hold"):
        sheet = Calculation("mutant", ENTRIES["sde.reverse"].given).start(diff(reverse.s, p(x, back)))
        sheet.to(spread(p(x, back), drift, g(back) ** 2), by=(reverse.changed(flow.fokker_planck), assume(reverse.earlier(flow.positive))))
        sheet.to(-spread(p(x, back), drift, g(back) ** 2))


@pytest.mark.parametrize("drift, noise", [(langevin.uphill, 1), (half * langevin.uphill, 2), (-(half * langevin.uphill), 1)])
def test_mutants_of_langevins_balance(drift, noise):
    unequal(spread(langevin.rho(x), drift, num(noise)), num(0), langevin.positive)


def test_the_heat_kernel_has_half_a_laplacian():
    bell = normal(x, zero(d), t * I)
    for wrong in (divergence(x, grad(x, bell)), -(half * divergence(x, grad(x, bell)))):
        unequal(diff(t, bell), wrong, *ENTRIES["fp.heat_kernel"].given)


def test_mutants_of_the_generator():
    rate = ENTRIES["fp.generator"].theorem.conclusion.args[0]
    phi = density.phi_u
    for wrong in (divergence(x, grad(x, phi)), -(half * divergence(x, grad(x, phi)))):
        unequal(rate, inner(f(x, t), grad(x, phi)) + g(t) ** 2 * wrong)


def test_the_flow_of_a_gaussian_that_drifts_home():
    """The theorem at a law that is known: the variance-preserving equation takes N(m, I) to m' = -m/2."""
    mean = exp(-half * t) * vector("c")
    bell, theorem = normal(x, mean, I), ENTRIES["pfode.fokker_planck"].part("general")
    for name, params, body in (("p_density", (x, t), bell), ("drift", (x, t), -(half * x)), ("g_at", (t,), num(1))):
        theorem = instantiate_function(theorem, name, params, body)
    law, positive = theorem.hypotheses
    assert algebra(law.args[2].args[0], law.args[2].args[1]) and order(positive.args[2])
    assert algebra(-(half * x) - half * grad(x, log(bell)), diff(t, mean))


def test_root_two_is_not_two():
    unequal(sqrt(2) ** 2, num(4))
