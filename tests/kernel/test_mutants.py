"""The corpora can fail: a rule from which a check is taken away proves or says something else somewhere.

`rule_mutants` makes the mutants of every check that stands in the source of a rule, and the brutal ones that return
without checking. The list here is of what the rules lean on: the normal form, signs, `same`. Each mutant must change
the outcome of at least one case.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from derivations.kernel import (
    RULES,
    binders,
    coordinates,
    decay,
    equality,
    evolution,
    integrals,
    limits,
    linear,
    logic,
    series,
    sums,
    theorem,
)
from derivations.kernel.normal import Normalizer
from derivations.kernel.terms import TRUE, diff, num
from derivations.kernel.theorem import RuleError
from derivations.mutation.cluster import executor
from tests.kernel import rule_campaign, rule_mutants
from tests.kernel.rule_campaign import outcomes


def nothing(*args, **kwargs):
    """No check at all."""


def always(*args, **kwargs):
    return True


def never(*args, **kwargs):
    return False


def no_facts(*args, **kwargs):
    return ()


SCOPE = binders._scope


def no_role(n, inner, x, level):
    return "", *SCOPE(n, inner, x, level)[1:]


NONZERO = Normalizer.nonzero


def zero_is_not(n, poly):
    return NONZERO(n, poly) or poly.is_zero()


def last_one(n, place, rebuild, over):
    n._rebuild[place] = rebuild, over


MUTANTS = [
    ("algebra", equality, "residual", lambda n, a, b: (True, "")),
    ("algebra", equality, "refuse_owed", nothing),
    ("algebra", equality, "is_equation", never),
    ("algebra", linear, "invertible", always),
    ("algebra", Normalizer, "settle", nothing),
    ("algebra", Normalizer, "_forget_letters", nothing),
    ("algebra", Normalizer, "_forget_vectors", nothing),
    ("algebra", Normalizer, "_means_the_same", always),
    ("algebra", Normalizer, "_keep_rebuild", last_one),
    ("algebra", Normalizer, "_depends", never),
    ("algebra", binders, "_scope", no_role),
    ("algebra", Normalizer, "movable", always),
    ("order", Normalizer, "holds", always),
    ("order", equality, "refuse_owed", nothing),
    ("order", Normalizer, "nonzero", zero_is_not),
    ("combine", equality, "residual", lambda n, a, b: (True, "")),
    ("combine", Normalizer, "sign_of", lambda self, e: self.signs.sign(self.field.one.num)),
    ("chain", equality, "same", always),
    ("chain", theorem, "_need_theorems", nothing),
    ("convert", Normalizer, "key", lambda self, t: 0),
    ("convert", equality, "refuse_owed", nothing),
    ("convert", equality, "conditioned", no_facts),
    ("convert", equality, "varied", no_facts),
    ("constant_dropped", equality, "_mentions_term", never),
    ("from_logs", Normalizer, "positive", always),
    ("inverse_from", linear, "is_spd", always),
    ("assume", logic, "ground_false", never),
    ("weaken", logic, "ground_false", never),
    ("cut", logic, "without", lambda hypotheses, h, who: hypotheses[:-1]),
    ("cut", logic, "merge", lambda *groups: ()),
    ("cut", theorem, "_need_theorems", nothing),
    ("instantiate", logic, "_keep_definite", nothing),
    ("instantiate", logic, "ground_false", never),
    ("instantiate", logic, "is_dimension", always),
    ("instantiate_function", logic, "ground_false", never),
    ("instantiate_function", logic, "_rests_on", never),
    ("instantiate_function", logic, "given_less", never),
    ("cases", logic, "same", always),
    ("generalize", logic, "not_free", nothing),
    ("instantiate", logic, "_keep_constant", nothing),
    ("cases", logic, "varied", lambda t: frozenset()),
    ("generalize", logic, "varied", lambda t: frozenset()),
    ("definite_root", coordinates, "varied", lambda t: frozenset()),
    ("constant_dropped", equality, "vary", nothing),
    ("generalize", logic, "_parts", lambda guard: ()),
    ("specialize", logic, "_keep_definite", nothing),
    ("specialize", logic, "_keep_constant", nothing),
    ("specialize", logic, "ground_false", never),
    ("induction", logic, "not_free", nothing),
    ("induction", logic, "same", always),
    ("define", logic, "_rests_on", never),
    ("axiom", logic, "same", always),
    ("peel_last", sums, "le", lambda a, b: TRUE),
    ("empty", Normalizer, "holds", always),
    ("telescope", sums, "le", lambda a, b: TRUE),
    ("log_product", Normalizer, "holds", always),
    ("log_product", sums, "not_free", nothing),
    ("log_product", sums, "refuse_owed", nothing),
    ("under", sums, "not_free", nothing),
    ("under", sums, "_inside", no_facts),
    ("under", sums, "same", always),
    ("sum_below", sums, "not_free", nothing),
    ("split", integrals, "integrable", lambda *args: TRUE),
    ("split_sum", integrals, "forall", lambda *args: TRUE),
    ("exchange", integrals, "jointly", lambda *args: TRUE),
    ("tonelli", integrals, "same", always),
    ("tonelli", integrals, "not_free", nothing),
    ("tonelli", Normalizer, "holds", always),
    ("no_flux", integrals, "vanishes", lambda *args: TRUE),
    ("no_flux", integrals, "is_smooth", always),
    ("under_integral", integrals, "dominated", lambda *args: TRUE),
    ("inner_inside", integrals, "integrable", lambda *args: TRUE),
    ("reweighted", Normalizer, "holds", always),
    ("reweighted", integrals, "not_free", nothing),
    ("weighted_integrable", integrals, "same", always),
    ("integral_below", integrals, "not_free", nothing),
    ("integral_below", integrals, "integrable", lambda *args: TRUE),
    ("has_integral", integrals, "same", always),
    ("zero_integral", integrals, "same", always),
    ("zero_integral", integrals, "not_free", nothing),
    ("almost_everywhere", integrals, "not_free", nothing),
    ("tower", integrals, "seen", lambda *args: frozenset()),
    ("tower", integrals, "conditional_density", lambda *args: TRUE),
    ("shift_scale", coordinates, "lt", lambda a, b: TRUE),
    ("half_line_scale", coordinates, "lt", lambda a, b: TRUE),
    ("even", coordinates, "residual", lambda n, a, b: (True, "")),
    ("even", coordinates, "not_free", nothing),
    ("antiderivative", coordinates, "residual", lambda n, a, b: (True, "")),
    ("antiderivative", coordinates, "refuse_owed", nothing),
    ("antiderivative", coordinates, "in_order", no_facts),
    ("antiderivative", coordinates, "slope_of", lambda t, x, conditions, who: diff(x, t)),
    ("antiderivative", coordinates, "same", always),
    ("limit_gaussian", coordinates, "lt", lambda a, b: TRUE),
    ("definite_root", coordinates, "not_free", nothing),
    ("taylor", series, "residual", lambda n, a, b: (True, "")),
    ("taylor", series, "refuse_owed", nothing),
    ("taylor", series, "not_free", nothing),
    ("taylor", Normalizer, "need", nothing),
    ("order_sum", series, "min", max),
    ("order_product", series, "sum", lambda orders: sum(orders) + 1),
    ("order_same", series, "same", always),
    ("order_same", series, "not_free", nothing),
    ("order_through", series, "is_smooth", always),
    ("order_through", series, "same", always),
    ("order_sum", series, "_in_one_step", lambda ts, who: (ts[0].conclusion.args[0], [1], [ts[0].conclusion.args[2]])),
    ("fundamental", Normalizer, "need", nothing),
    ("fundamental", evolution, "not_free", nothing),
    ("fundamental", evolution, "in_order", no_facts),
    ("fundamental", evolution, "refuse_owed", nothing),
    ("limit_value", Normalizer, "need", nothing),
    ("limit_value", limits, "refuse_owed", nothing),
    ("limit_value", limits, "not_free", nothing),
    ("limit_through", Normalizer, "need", nothing),
    ("limit_through", limits, "same", always),
    ("limit_through", limits, "not_free", nothing),
    ("limit_same", limits, "_near", always),
    ("limit_same", limits, "same", always),
    ("limit_same", limits, "not_free", nothing),
    ("limit_exponential", limits, "lt", lambda a, b: TRUE),
    ("gaussian_integrable", decay, "is_gaussian", always),
    ("gaussian_integrable", decay, "is_polynomial", always),
    ("gaussian_integrable", decay, "refuse_owed", nothing),
    ("gaussian_integrable", decay, "not_free", nothing),
    ("gaussian_against", decay, "not_free", nothing),
    ("gaussian_vanishes", decay, "not_free", nothing),
    ("gaussian_dominated", decay, "not_free", nothing),
    ("gaussian_against", decay, "is_polynomial", always),
    ("gaussian_vanishes", decay, "_require", nothing),
    ("gaussian_dominated", decay, "is_gaussian", always),
    ("sum_integrable", decay, "same", always),
    ("same_integrand", decay, "not_free", nothing),
    ("same_integrand", decay, "same", always),
]


@pytest.mark.parametrize(("rule", "where", "check", "instead"), MUTANTS, ids=[f"{m[0]}-{m[2]}" for m in MUTANTS])
def test_a_rule_without_one_of_its_checks_is_noticed(rule, where, check, instead, monkeypatch):
    usual = outcomes(rule)
    monkeypatch.setattr(where, check, instead, raising=check not in ("min", "sum"))  # a builtin is no name of the room
    assert outcomes(rule) != usual


@pytest.fixture(scope="module")
def campaign():
    """Every mutant of the rules' own source, and how the corpora notice it."""
    return [row for name in rule_campaign.everything() for row in rule_campaign.run(name)]


def test_every_check_of_every_rule_is_noticed_when_it_is_gone(campaign):
    assert [row for row in campaign if not row["how"]] == []
    assert len(campaign) > 400


def test_every_rule_has_mutants(campaign):
    assert {row["name"] for row in campaign} >= set(RULES)
    brutal = {row["name"] for row in campaign if row["kind"] == "brutal"}
    assert set(RULES) - brutal == {"limit_atan", "limit_reciprocal"}, "rules that check nothing and have no hypotheses"


def test_a_rule_that_returns_without_checking_proves_what_it_must_not(campaign):
    assert [row for row in campaign if row["kind"] == "brutal" and row["how"] != "proves"] == []


def test_the_checks_of_a_rule_are_found_in_its_source():
    found = [(m.kind, m.what) for m in rule_mutants.mutants("constant_dropped")]
    assert ("check", "names & constant.free") in found and ("check", "_mentions_term(constant, theta)") in found
    assert ("check", "not_free(i, (*hypotheses, le(lo, hi)), 'log_product')") in [
        (m.kind, m.what) for m in rule_mutants.mutants("log_product")]  # fmt: skip
    assert rule_mutants.users("_weight") == ["reweighted", "reweighted_integrable", "weighted_integrable"]


def test_an_unchanged_rule_is_not_noticed():
    """Cases give the same when they are run twice, so that what the mutants change is the mutants' doing."""
    for name, function in rule_mutants.rules().items():
        before = {name: outcomes(name)}
        same = rule_mutants.Mutant(name, "none", "nothing is changed", (rule_mutants.changed(function),))
        assert rule_campaign.noticed(same, before) == "", name


def test_a_mutant_is_gone_when_it_was_tried():
    before = outcomes("algebra")
    brutal = next(m for m in rule_mutants.mutants("algebra") if m.kind == "brutal")
    with brutal.planted():
        assert str(equality.algebra(num(0), num(1))) == "|- 0 = 1"
    with pytest.raises(RuleError, match="0 = 1 does not hold"):
        equality.algebra(num(0), num(1))
    assert outcomes("algebra") == before


def test_threads_and_processes_give_the_same(campaign):
    names = ["cut", "constant_dropped", "_weight"]
    usual = [row for row in campaign if row["name"] in names]
    with ThreadPoolExecutor(3) as pool:
        assert list(rule_campaign.campaign(names, pool)) == usual
    with executor(2) as pool:
        assert list(rule_campaign.campaign(names, pool)) == usual


def test_a_case_less_is_noticed(monkeypatch, capsys):
    """The campaign can fail: without its refusing cases a rule's mutants pass by."""
    monkeypatch.setitem(rule_campaign.REJECT, "symmetric", [])
    monkeypatch.setattr(rule_campaign, "everything", lambda: ["symmetric"])
    monkeypatch.setattr(rule_campaign, "executor", lambda workers, scheduler: ThreadPoolExecutor(1))
    assert rule_campaign.main([]) == 1
    assert "NOT NOTICED: symmetric, check: raise RuleError" in capsys.readouterr().out
