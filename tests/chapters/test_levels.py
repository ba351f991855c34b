"""Levels: every hypothesis is needed by its proof, and the slips that are met in print are refused."""

import pytest

from derivations.chapters.levels import (
    a_r,
    a_s,
    a_t,
    added,
    b_s,
    b_t,
    before,
    center,
    chapter,
    early,
    first,
    fresh_noise,
    from_data,
    gamma,
    kept,
    late,
    narrow,
    noisy,
    now,
    ordered,
    snr,
    step,
    x_s,
)
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, order
from derivations.kernel.terms import exp, le, log, lt, normal
from derivations.language.calculation import Calculation
from derivations.language.notation import I, x_0, x_t
from tests.chapters.checks import unequal

ENTRIES = {e.id: e for e in chapter.entries}
GIVEN = ENTRIES["vdm.posterior"].given
FLIPPED = log(step(now, x_t, before, x_s)) + log(from_data(before, x_s)) - log(from_data(now, x_t))


def refused(left, wrong, *facts):
    """The two sides are not equal, whatever is known of the levels."""
    with pytest.raises(RuleError, match=r"does not hold|owes"):
        algebra(left, wrong, GIVEN, (*noisy(GIVEN), *facts))


def test_the_kernel_knows_that_there_is_noise():
    level, fresh = noisy(GIVEN)
    assert (level.conclusion, fresh.conclusion) == (lt(0, b_t), lt(0, fresh_noise()))
    assert set(level.hypotheses) <= set(GIVEN) and set(fresh.hypotheses) <= set(GIVEN)


@pytest.mark.parametrize("wrong", [lt(a_s * b_t, a_t * b_s), le(a_t * b_s, a_s * b_t)], ids=["signal grows", "nothing happens"])
def test_without_fresh_noise_there_is_no_step(wrong):
    given = (*(h for h in GIVEN if h != ordered[-1][0]), wrong)
    with pytest.raises(RuleError):
        noisy(given)
    with pytest.raises(Exception, match=r"rests on what is not given|no certificate|not among"):
        ENTRIES["vdm.transition"].author(Calculation("vdm.transition", given))


@pytest.mark.parametrize("mean, variance", [
    (center(x_t, x_0), fresh_noise() * b_s**2),  # not divided by the variance at t
    (center(x_t, x_0), narrow**2),
    (center(x_0, x_t), narrow),
    (a_t / a_s * (b_s / b_t) * x_t + a_s * (fresh_noise() / b_t**2) * x_0, narrow),  # deviations for variances
    (a_s / a_t * (b_s**2 / b_t**2) * x_t + a_s * (fresh_noise() / b_t**2) * x_0, narrow),
], ids=["not divided", "square", "exchanged", "deviations", "upside down"])  # fmt: skip
def test_mutants_of_the_posterior(mean, variance):
    refused(FLIPPED, log(normal(x_s, mean, variance * I)))


def test_mutants_of_the_step():
    marginal = ENTRIES["vdm.transition"].part("marginal").conclusion.args[1]
    for wrong in (normal(x_t, a_t * x_0, b_t * I), normal(x_t, a_s * x_0, b_t**2 * I), normal(x_t, a_t * x_0, (b_t**2 + b_s**2) * I)):
        refused(marginal, wrong)
    variance = ENTRIES["vdm.transition"].part("variance")
    assert variance.conclusion.args == (added, fresh_noise())
    unequal(fresh_noise(), b_t**2 - b_s**2, lt(0, a_s))
    assert ENTRIES["vdm.transition"].part("factor").conclusion.args[0] == kept


def test_a_detour_needs_levels_in_order():
    detour = ENTRIES["vdm.transition"].part("in two steps")
    assert lt(0, a_r) in detour.hypotheses and len(detour.hypotheses) == len(GIVEN) + 3


def test_mutants_of_the_loss():
    right = ENTRIES["vdm.discrete_loss"].part("data").conclusion.args[1]
    weight, drop, off = right.args
    for wrong in (drop * off, weight * (snr(now) - snr(before)) * off, weight * (snr(before) / snr(now) - 1) * off):
        unequal(right, wrong, lt(0, b_s), lt(0, b_t), lt(0, a_t))


def test_a_stop_is_charged_with_the_smaller_error():
    detour, straight = ENTRIES["vdm.more_steps"].part("not worse").conclusion.args
    given = (*ENTRIES["vdm.more_steps"].given, lt(0, b_s), lt(snr(before), snr(first)))
    with pytest.raises(RuleError, match="no certificate"):
        order(le(straight, detour), given)
    unequal(detour, straight, *given)
    change = ENTRIES["vdm.more_steps"].part("change").conclusion
    unequal(change.args[0], (snr(before) - snr(now)) / 2 * (early - late), *given)  # the drop of the other step


def test_mutants_of_gamma():
    share, right = ENTRIES["vdm.expm1"].theorem.conclusion.args
    given = ENTRIES["vdm.expm1"].given
    for wrong in (1 - exp(gamma(now) - gamma(before)), exp(gamma(before) - gamma(now)), 1 - exp((gamma(before) - gamma(now)) / 2)):
        unequal(share, wrong, *given)
    assert algebra(share, right, given)
