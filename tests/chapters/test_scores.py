"""Scores: every hypothesis is needed by its proof, and what is false is refused."""

from dataclasses import replace

import pytest

from derivations.chapters.gaussian.moments import normalization_at
from derivations.chapters.scores import chapter, denoising, marginal, tweedie
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, chain, constant_dropped
from derivations.kernel.integrals import reweighted
from derivations.kernel.logic import assume, cut, generalize, instantiate_function
from derivations.kernel.terms import eq, expect, eye, integral, lt, ne, normal, weighted
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Claim
from derivations.language.notation import d, theta, vector, x_0, x_t
from derivations.registry.verdicts import judge

REFUSED = r"rests on what is not given|owes|does not hold"
ENTRIES = {e.id: e for e in chapter.entries}
alpha, sigma, score, clean, data = tweedie.alpha, tweedie.sigma, marginal.score, marginal.clean, marginal.data


@pytest.mark.parametrize(("id", "k"), [(e.id, k) for e in chapter.entries for k in range(len(e.given))])
def test_without_one_of_its_hypotheses_a_proof_is_refused(id, k):
    entry = ENTRIES[id]
    fewer = entry.given[:k] + entry.given[k + 1 :]
    with pytest.raises((DerivationError, RuleError), match=REFUSED):
        entry.author(Calculation(id, fewer))


@pytest.mark.parametrize("entry", chapter.entries, ids=lambda e: e.id)
def test_verdicts_are_what_the_chapter_declares(entry):
    assert judge(entry).verdict == entry.declared
    assert entry.axioms == []


def refused(id, mutant, *facts):
    """The right side of the statement is not the mutant, whatever facts may be used."""
    entry = ENTRIES[id]
    right = entry.results[0].lines[-1].term
    with pytest.raises(DerivationError, match="does not hold"):
        Calculation(id, entry.given).start(right).to(mutant, by=facts)


def test_the_average_is_over_the_origin_and_not_over_the_data():
    pull = marginal.grad(x_t, marginal.log(marginal.k))
    refused("score.posterior_expectation", integral(x_0, pull, data), marginal.noisy_positive.theorem)
    refused("score.posterior_expectation", -integral(x_0, pull, clean), marginal.noisy_positive.theorem)


def test_mutants_of_the_expected_noise():
    noise = integral(x_0, tweedie.noise, clean)
    for wrong in (noise / sigma, -noise, -(noise / sigma**2), -(tweedie.noise / sigma)):
        refused("score.eps", wrong)


def test_mutants_of_tweedies_formula():
    positive = tweedie.with_gaussian_noise(marginal.noisy_positive.theorem)
    for wrong in (
        (x_t - sigma**2 * score) / alpha,
        (x_t + sigma * score) / alpha,
        x_t + sigma**2 * score,
        alpha * (x_t + sigma**2 * score),
        x_t / alpha + sigma**2 * score,
    ):
        refused("score.tweedie", wrong, positive)


def test_gaussian_data_leave_nothing_to_assume_but_names():
    density = normal(x_0, vector("c"), eye(d))
    law = weighted(x_0, density)
    theorem = instantiate_function(ENTRIES["score.tweedie"].theorem, "p_data", (), law)
    mass = reweighted(integral(x_0, 1, law))
    unit = normalization_at(vector("c"), eye(d), x_0)
    theorem = cut(theorem, chain(mass, algebra(mass.conclusion.args[1], integral(x_0, density)), unit))
    names = [h for h in theorem.hypotheses if h.op == "all"]
    assert {h for h in theorem.hypotheses if h not in names} == {lt(0, sigma), ne(alpha, 0)}
    assert {h.args[2].args[0] for h in names} == {marginal.q, clean}


def test_a_law_that_is_not_the_posterior_has_no_tweedie():
    entry = ENTRIES["score.tweedie"]
    given = tuple(h for h in entry.given if h != tweedie.gaussian(marginal.bayes_rule))
    with pytest.raises(DerivationError, match="rests on what is not given"):
        entry.author(Calculation(entry.id, given))


def test_a_constant_that_knows_the_network_is_no_constant():
    swapped = assume(eq(denoising.denoising, denoising.constant + denoising.explicit))
    with pytest.raises(RuleError, match="depends on theta"):
        constant_dropped(swapped, theta, denoising.explicit)


def test_the_denoising_loss_is_not_the_explicit_one():
    right = ENTRIES["dsm.equivalence"].part("explicit").conclusion.args[1]
    signs = (marginal.positive, generalize(marginal.noisy_positive.theorem, x_t).conclusion)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(right, denoising.denoising, signs)


def test_the_variance_belongs_to_the_noisy_point():
    doubt = expect(x_t, marginal.q, denoising.doubt)
    assert theta not in doubt.free


def test_the_claim_is_refuted_at_its_point_and_not_where_it_is_true():
    entry = ENTRIES["score.not_conditional"]
    outcome = judge(entry)
    assert outcome.verdict == "refuted"
    harmless = replace(entry, claim=Claim(entry.claim.lhs, entry.claim.rhs, {**entry.claim.at, alpha: 0}))
    assert judge(harmless).verdict == "undecided"
