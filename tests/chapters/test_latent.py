"""Latent variables: every hypothesis is needed by its proof, and what is false is refused."""

from dataclasses import replace

import pytest

from derivations.chapters.gaussian.moments import normalization_at
from derivations.chapters.latent import chapter
from derivations.chapters.latent import divergence as kl_page
from derivations.chapters.latent import evidence as elbo_page
from derivations.chapters.latent import gaussian as gaussian_page
from derivations.chapters.latent.support import as_average, positive_covers
from derivations.kernel import RuleError
from derivations.kernel.decay import gaussian_integrable
from derivations.kernel.equality import combine, log_bound, order
from derivations.kernel.logic import cut, generalize, instantiate_function
from derivations.kernel.terms import expect, eye, kl, le, log, lt, normal, num, sym
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Claim
from derivations.language.letters import carried
from derivations.language.notation import d
from derivations.registry.verdicts import judge

REFUSED = r"rests on what is not given|owes|does not hold"
ENTRIES = {e.id: e for e in chapter.entries}
b = gaussian_page.b


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


def last_line(id, label=""):
    """The entry, and the right side of its statement."""
    part = next(p for p in ENTRIES[id].results if p.label == label or not label)
    return ENTRIES[id], part.lines[-1].term


def refused(id, mutant, label=""):
    """The right side of the statement is not the mutant."""
    entry, right = last_line(id, label)
    with pytest.raises(DerivationError, match=r"does not hold|owes"):
        Calculation(id, entry.given).start(right).to(mutant)


def test_the_divergence_is_not_bounded_from_above():
    p, q, excess = kl_page.p, kl_page.q, kl_page.excess
    with pytest.raises(RuleError, match="is not that combination"):
        combine(le(excess, 0), (log_bound(q / p),), (p,), (lt(0, p), lt(0, q)))


def test_the_minus_sign_of_the_cross_entropy_cannot_be_dropped():
    x, p, q = kl_page.x, kl_page.p, kl_page.q
    right = last_line("kl.cross_entropy")[1]
    with pytest.raises(RuleError, match="does not hold"):
        carried(right, expect(x, p, log(q)) + expect(x, p, log(p)))


def test_the_chain_rule_averages_under_the_first_density():
    x, p, q = kl_page.x, kl_page.p, kl_page.q
    refused("kl.chain", kl_page.divergence + expect(x, q, kl_page.inner_divergence))
    refused("kl.chain", kl(x, q, p) + expect(x, p, kl_page.inner_divergence))


def test_the_gap_is_the_divergence_of_the_encoder_from_the_posterior_and_not_the_other_way_round():
    z, q, post = elbo_page.z, elbo_page.q_z, elbo_page.p_z_given_x
    with pytest.raises(RuleError, match="a gap between"):
        as_average(z, q, log(q / post), kl(z, post, q))
    refused("elbo.gap", elbo_page.elbo - elbo_page.gap)


def test_the_divergence_from_the_prior_is_subtracted():
    refused("elbo.rec_kl", elbo_page.reconstruction + kl(elbo_page.z, elbo_page.q_z, elbo_page.p_z))


def test_the_bound_holds_for_an_encoder_that_is_filled_in():
    z = sym("z", elbo_page.z.sort)
    at = normal(z, elbo_page.vector("c", dim=elbo_page.m), eye(elbo_page.m))
    theorem = instantiate_function(ENTRIES["elbo.jensen"].theorem, "q_z_given_x", (z, elbo_page.x), at)
    assert theorem.conclusion.op == "le"


def test_gaussians_satisfy_every_hypothesis_of_the_inequality():
    x, mean = kl_page.x, kl_page.vector("c")
    p, q = normal(x, mean, eye(d)), normal(x, 2 * mean, eye(d))
    theorem = ENTRIES["kl.nonneg"].part("nonneg")
    for name, density in (("p", p), ("q", q)):
        theorem = instantiate_function(theorem, name, (x,), density)
        theorem = cut(theorem, generalize(order(le(0, density)), x))
        theorem = cut(theorem, normalization_at(density.args[1], eye(d), x))
    covered = cut(positive_covers(x, p, q), generalize(order(lt(0, q)), x))
    theorem = cut(theorem, covered)
    theorem = cut(theorem, gaussian_integrable(x, p * log(p / q)))
    assert theorem.hypotheses == ()
    assert theorem.conclusion == le(0, kl(x, p, q))


def test_mutants_of_the_closed_form_of_the_autoencoder():
    j, m = gaussian_page.j, gaussian_page.m
    mu, sigma = gaussian_page.mean_of(j), gaussian_page.spread_of(j)
    total, half = gaussian_page.sum_, gaussian_page.half
    for summand in (
        mu**2 + sigma**2 - 1 + log(sigma**2),
        mu**2 + sigma**2 + 1 - log(sigma**2),
        mu**2 + sigma - 1 - log(sigma**2),
        mu + sigma**2 - 1 - log(sigma**2),
        mu**2 + sigma**2 - 1 - log(sigma),
    ):
        refused("vae.kl_closed", half * total(j, 1, m, summand))
    refused("vae.kl_closed", total(j, 1, m, mu**2 + sigma**2 - 1 - log(sigma**2)))


def test_the_middle_terms_differ_by_what_is_said():
    a, c, q_1 = gaussian_page.a, gaussian_page.c, gaussian_page.q_1
    for wrong in (-(2 * b * c * q_1), b * c * q_1, -(a * b * c * q_1), num(0)):
        entry = ENTRIES["hvae.kl_form_false"]
        with pytest.raises(DerivationError, match="does not hold"):
            Calculation(entry.id, entry.given).start(-(b * c * q_1)).to(wrong)


def test_the_claim_is_refuted_at_its_point_and_not_where_it_is_true():
    entry = ENTRIES["hvae.kl_form_false"]
    assert judge(entry).verdict == "refuted"
    harmless = replace(entry, claim=Claim(entry.claim.lhs, entry.claim.rhs, {**entry.claim.at, b: 0}))
    assert judge(harmless).verdict == "undecided"
