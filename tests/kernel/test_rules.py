"""Every rule of the kernel: what it proves, and every way in which it refuses, in its own words."""

import pytest

from derivations.kernel import RULES
from derivations.kernel.terms import TermError
from derivations.kernel.theorem import RuleError
from tests.kernel.accept import coordinates, decay, equality, evolution, integrals, limits, logic, series, sums
from tests.kernel.reject import coordinates as no_coordinates
from tests.kernel.reject import decay as no_decay
from tests.kernel.reject import equality as no_equality
from tests.kernel.reject import evolution as no_evolution
from tests.kernel.reject import integrals as no_integrals
from tests.kernel.reject import limits as no_limits
from tests.kernel.reject import logic as no_logic
from tests.kernel.reject import series as no_series
from tests.kernel.reject import sums as no_sums

ACCEPT = {
    rule: cases
    for module in (logic, equality, sums, integrals, coordinates, series, evolution, limits, decay)
    for rule, cases in module.ACCEPT.items()
}
REJECT = {
    rule: cases
    for module in (
        no_logic, no_equality, no_sums, no_integrals, no_coordinates, no_series, no_evolution, no_limits, no_decay,
    )
    for rule, cases in module.REJECT.items()
}


def flat(table):
    return [pytest.param(rule, *case, id=f"{rule}-{k}") for rule in table for k, case in enumerate(table[rule])]


@pytest.mark.parametrize(("rule", "proof", "text"), flat(ACCEPT))
def test_the_rule_proves(rule, proof, text):
    theorem = proof()
    assert theorem.rule == rule
    assert str(theorem) == text


@pytest.mark.parametrize(("rule", "attempt", "text"), flat(REJECT))
def test_the_rule_refuses(rule, attempt, text):
    with pytest.raises((RuleError, TermError), match=text):
        attempt()


def test_every_rule_has_both():
    assert set(ACCEPT) == set(RULES), "a rule without an accepting case, or a case without a rule"
    assert set(REJECT) == set(RULES), "a rule without a refusing case, or a case without a rule"
    assert all(ACCEPT.values()) and all(REJECT.values())


def test_every_rule_is_documented():
    for name, rule in RULES.items():
        assert rule.__doc__ and len(rule.__doc__) > 20, f"{name} has no inference figure"
        assert "|-" in rule.__doc__ or "give" in rule.__doc__ or "is" in rule.__doc__, name
