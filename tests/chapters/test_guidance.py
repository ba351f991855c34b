"""Guidance: every hypothesis is needed by its proof, and the slips that are met in print are refused."""

from dataclasses import replace

import pytest

from derivations.chapters.guidance import (
    bottom,
    center,
    chapter,
    eps_c,
    eps_none,
    omega,
    positive,
    precision,
    score,
    score_c,
    sigma,
    tau,
    tilted,
    v_c,
    v_u,
    variance_at,
)
from derivations.kernel.equality import algebra
from derivations.kernel.logic import instantiate, table
from derivations.kernel.terms import grad, le, log, lt
from derivations.language.entry import Claim
from derivations.language.notation import x
from derivations.registry.verdicts import judge
from tests.chapters.checks import unequal

ENTRIES = {e.id: e for e in chapter.entries}


@pytest.mark.parametrize("wrong", [
    (omega - 1) * score + omega * score_c,  # the sign that is met in a well-known implementation
    omega * score + (1 - omega) * score_c,
    (1 - omega) * score + (1 + omega) * score_c,  # the weights of the other scale, mixed up
    score + omega * score_c,
], ids=["sign", "exchanged", "two scales", "not one in all"])  # fmt: skip
def test_mutants_of_the_guided_score(wrong):
    unequal(grad(x, log(tilted)), wrong, *positive)


def test_the_two_scales_differ_by_one():
    w = omega - 1
    assert algebra((1 - omega) * score + omega * score_c, (1 + w) * score_c - w * score, positive)


def test_the_implicit_classifier_has_the_unconditional_noise_first():
    right = ENTRIES["cfg.implicit_classifier"].theorem.conclusion.args[1]
    for wrong in ((eps_c(x) - eps_none(x)) / sigma, eps_none(x) - eps_c(x), (eps_none(x) - eps_c(x)) / sigma**2):
        unequal(right, wrong, lt(0, sigma))


def test_mutants_of_the_guided_gaussian():
    right = ENTRIES["cfg.gaussian"].part("law").conclusion.args[0]
    given = ENTRIES["cfg.gaussian"].given
    spot = right.args[0]
    assert algebra(right, -(precision * (spot - center)), given)
    for wrong in (-((omega / v_c) * (spot - center)), precision * (spot - center), -((spot - center) / precision)):
        unequal(right, wrong, *given)


def test_adding_noise_and_tilting_commute_without_guidance():
    gap = ENTRIES["cfg.not_forward_consistent"].theorem
    for scale in (0, 1):
        at = instantiate(gap, table({omega: scale}))
        assert algebra(at.conclusion.args[1], at.conclusion.args[1] * 0, (*at.hypotheses, lt(0, v_c), lt(0, v_u), le(0, tau)))
    unequal(variance_at(tau), variance_at(0) + tau, lt(0, v_c), lt(0, v_u), lt(0, bottom), lt(0, bottom + tau), lt(0, tau))


def test_the_claim_is_not_refuted_where_it_is_true():
    entry = ENTRIES["cfg.not_forward_consistent"]
    for harmless in ({omega: 1}, {v_u: 1}, {tau: 0}):
        claim = Claim(entry.claim.lhs, entry.claim.rhs, {**entry.claim.at, **harmless})
        assert judge(replace(entry, claim=claim)).verdict == "undecided"
