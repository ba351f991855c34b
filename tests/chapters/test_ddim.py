"""DDIM: every hypothesis is needed by its proof, and the slips that are met in print are refused."""

import pytest

from derivations.chapters.conventions import schedule_facts
from derivations.chapters.ddim import (
    center,
    chapter,
    eps_hat,
    estimate,
    eta,
    eta_level,
    marginal,
    pointing,
    ranges,
    sigma,
)
from derivations.chapters.posterior.reverse_step import BETA_TILDE, MU_TILDE, beta_tilde, mu_tilde, weak_facts
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, order
from derivations.kernel.terms import integral, le, normal, num, sqrt
from derivations.language.notation import I, alpha_bar, eps, s, t, x, x_0, x_t, y

ENTRIES = {e.id: e for e in chapter.entries}


def refused(id, left, wrong, *facts):
    """The two sides are not equal under the hypotheses of the entry."""
    with pytest.raises(RuleError, match=r"does not hold|owes"):
        algebra(left, wrong, ENTRIES[id].given, facts)


@pytest.mark.parametrize("kernel", [
    normal(y, center(s, pointing(t, x, x_0), x_0), sigma * I),  # a deviation in the place of a variance
    normal(y, center(s, pointing(t, x, x_0), x_0, num(0)), sigma**2 * I),  # all of the noise kept, and fresh noise too
    normal(y, center(s, pointing(t, x, x_0), x), sigma**2 * I),  # the noisy point in the place of the clean one
    normal(y, sqrt(alpha_bar(s)) * x_0 - sqrt(1 - alpha_bar(s) - sigma**2) * pointing(t, x, x_0), sigma**2 * I),
], ids=["deviation", "too much", "not clean", "sign"])  # fmt: skip
def test_other_steps_do_not_begin_the_proof(kernel):
    start = ENTRIES["ddim.subsequence"].theorem.conclusion.args[0]
    refused("ddim.subsequence", integral(x, kernel * marginal(t, x)), start, *ranges(s, t))


def test_the_variance_does_not_know_the_sign_of_the_kept_noise():
    """It is fixed by the estimate of the data, and not by the marginals: the family of the paper is not all of them."""
    kept = sqrt(1 - alpha_bar(s) - sigma**2) / sqrt(1 - alpha_bar(t))
    variance = kept**2 * (1 - alpha_bar(t)) + sigma**2
    given = ENTRIES["ddim.subsequence"].given
    assert algebra(variance, 1 - alpha_bar(s), given, ranges(s, t))


def test_mutants_of_the_step():
    mean = center(s, eps_hat, estimate)
    start = center(s, pointing(t, x_t, estimate), estimate)
    for wrong in (
        center(s, eps_hat, x_t),  # x_t where the estimate belongs
        center(s, -eps_hat, estimate),
        sqrt(alpha_bar(s)) * estimate + sqrt(1 - alpha_bar(s) - sigma) * eps_hat,  # sigma, not its square
        sqrt(alpha_bar(t)) * estimate + sqrt(1 - alpha_bar(s) - sigma**2) * eps_hat,  # the level of t
    ):
        refused("ddim.step", start, wrong, *ranges(s, t))
    assert algebra(start, mean, ENTRIES["ddim.step"].given, ranges(s, t))


def test_mutants_of_eta():
    facts = (BETA_TILDE, *weak_facts())
    for wrong in (eta * beta_tilde(t), eta**2 * beta_tilde(t) ** 2, eta**2 * (1 - alpha_bar(t - 1))):
        refused("ddim.eta", eta_level() ** 2, wrong, *facts)
    with pytest.raises(RuleError, match="no certificate"):
        order(le(eta * beta_tilde(t), 1 - alpha_bar(t)), ENTRIES["ddim.eta"].given[:2], facts)


def test_mutants_of_ddpm_as_a_special_case():
    facts = (BETA_TILDE, MU_TILDE, *schedule_facts())
    mean = ENTRIES["ddim.ddpm_special"].theorem.conclusion.args[0]
    refused("ddim.ddpm_special", mean, mu_tilde(x_0, x_t), *facts)
    no_noise = sqrt(alpha_bar(t - 1)) * x_0 + sqrt(1 - alpha_bar(t - 1)) * pointing(t, x_t, x_0)
    refused("ddim.ddpm_special", no_noise, mu_tilde(x_t, x_0), *facts)


def test_the_map_changes_both_levels():
    left = ENTRIES["ddim.deterministic"].part("exact").conclusion.args[0]
    for wrong in (sqrt(alpha_bar(s)) * x_0 + sqrt(1 - alpha_bar(t)) * eps, sqrt(alpha_bar(t)) * x_0 + sqrt(1 - alpha_bar(s)) * eps):
        refused("ddim.deterministic", left, wrong, *ranges(s, t))


def test_eulers_step_goes_from_t_to_s():
    left, right = ENTRIES["ddim.euler_in_sigma"].theorem.conclusion.args
    start = x_t / sqrt(alpha_bar(t))
    refused("ddim.euler_in_sigma", left, 2 * start - right, *ranges(s, t))


@pytest.mark.parametrize("label", ["noise", "data", "score"])
def test_mutants_of_the_three_forms(label):
    left, right = ENTRIES["ddim.forms"].part(label).conclusion.args
    first, second = right.args
    refused("ddim.forms", left, first - second)
    refused("ddim.forms", left, second)
