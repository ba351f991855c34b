"""Averages: every hypothesis is needed, and wrong inequalities are refused."""

import pytest

from derivations.chapters import probability
from derivations.chapters.probability import a, mean, spread
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import instantiate_function
from derivations.kernel.terms import norm2
from derivations.language.notation import vector
from derivations.registry import find, judge
from tests.chapters.checks import hypotheses, needs, refused

JENSEN = find("prob.jensen")


@pytest.mark.parametrize("entry", probability.chapter.entries, ids=lambda e: e.id)
def test_verdicts_are_what_the_chapter_declares(entry):
    assert judge(entry).verdict == entry.declared
    assert entry.axioms == []


@pytest.mark.parametrize(("entry", "k"), hypotheses(probability.chapter))
def test_no_hypothesis_can_be_left_out(entry, k):
    needs(entry, k)


def test_mutants_of_bias_and_variance():
    for wrong in (norm2(a - mean), norm2(a - mean) - spread, norm2(a + mean) + spread, 2 * norm2(a - mean) + spread):
        refused(find("prob.bias_variance"), "split", wrong)


def test_jensen_for_squares():
    """|x|^2 is convex: its plane at the mean is below it by |u - mean|^2."""
    theorem = instantiate_function(JENSEN.theorem, "phi", (vector("v"),), norm2(vector("v")))
    assert theorem.conclusion.args[0] == norm2(mean)
    assert theorem.conclusion.op == "le"


def test_a_concave_function_has_no_plane_below_it():
    """-|x|^2 turns the hypothesis into something that is false for every slope: nothing discharges it."""
    v = vector("v")
    theorem = instantiate_function(JENSEN.theorem, "phi", (v,), -norm2(v))
    hypothesis = next(h for h in theorem.hypotheses if h.op == "all")
    with pytest.raises(RuleError, match="no certificate"):
        order(hypothesis.args[2])


def test_jensen_is_not_the_other_way_round():
    small, large = JENSEN.theorem.conclusion.args
    with pytest.raises(RuleError, match="does not hold"):
        algebra(large, small)


def test_the_logarithm_needs_something_positive():
    theorem = JENSEN.part("logarithm")
    assert any(h.op == "all" and h.args[2].op == "lt" for h in theorem.hypotheses)
    assert theorem.conclusion.args[1].op == "log"
