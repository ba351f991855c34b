"""Verdicts: what counts as proved, assumed, defined, refuted or undecided, and how each can fail."""

from fractions import Fraction

import pytest

from derivations.kernel.logic import AXIOMS, assume, axiom, define
from derivations.kernel.terms import add, app, inner, le, lt, norm2, num, sqrt, sym
from derivations.language.entry import Claim
from derivations.language.notation import alpha_bar, schedule, t, x_0, x_t
from derivations.registry import judge, report, verdicts
from derivations.registry.verdicts import AGREES, DISAGREES, NOT_ASKED, certificates, opinions

from .conftest import a, b, chapter, square


def only(made):
    (entry,) = made.entries
    return entry


def test_a_theorem_without_axioms_is_proved():
    assert judge(only(square())).verdict == "proved"


def test_a_theorem_on_an_axiom_is_assumed_and_carries_its_name(monkeypatch):
    monkeypatch.setitem(AXIOMS, "test_axiom", lt(0, a))
    made = chapter()

    @made.theorem("demo.assumed", "On an axiom", declared="assumed")
    def assumed(sheet):
        """A root whose sign is taken on trust."""
        sheet.start(sqrt(a**2)).to(a, by=(axiom("test_axiom", lt(0, a)),))
        sheet.qed()

    assert judge(assumed).verdict == "assumed"
    assert assumed.axioms == ["test_axiom"]


def test_a_definition_is_defined_but_not_when_it_hides_an_axiom(monkeypatch):
    monkeypatch.setitem(AXIOMS, "test_axiom", lt(0, a))
    made = chapter()

    @made.definition("demo.name", "A name")
    def name(sheet):
        """A name for one more."""
        sheet.fact(define("demo_successor", (t,), t + 1))

    @made.definition("demo.trick", "An axiom in disguise")
    def trick(sheet):
        """Says more than a definition may."""
        sheet.fact(axiom("test_axiom", lt(0, a)))

    assert judge(name).verdict == "defined"
    assert judge(trick).verdict == "assumed"


def test_a_wrong_step_is_undecided_with_the_step_in_the_reason():
    outcome = judge(only(square(wrong=True)))
    assert outcome.verdict == "undecided" and not outcome.broken
    assert outcome.reason.startswith("demo.square, step 1: from ")
    assert "left minus right leaves" in outcome.reason


def test_an_entry_that_proves_nothing_is_undecided():
    made = chapter()

    @made.theorem("demo.empty", "Nothing")
    def empty(sheet):
        """Says nothing."""

    assert judge(empty).reason == "demo.empty: the entry proves nothing"


def test_python_that_fails_is_undecided_and_says_where():
    made = chapter()

    @made.theorem("demo.bug", "A bug")
    def bug(sheet):
        """Divides by nothing."""
        sheet.start(a).to(undefined_name)  # noqa: F821

    outcome = judge(bug)
    assert outcome.verdict == "undecided" and outcome.broken
    assert "failed with NameError: name 'undefined_name' is not defined (" in outcome.reason
    assert "test_verdicts.py, line " in outcome.reason


# ---- refutations


def refutation(lhs, rhs, at, given=()):
    made = chapter()

    @made.refutation("demo.false", "A false claim", claim=Claim(lhs, rhs, at), given=given)
    def false(sheet):
        """How far off it is."""
        sheet.start((a + b) ** 2 - (a**2 + b**2)).to(2 * a * b)
        sheet.qed()

    return false


def test_a_false_claim_is_refuted_with_its_numbers():
    outcome = judge(refutation((a + b) ** 2, a**2 + b**2, {a: 1, b: Fraction(1, 2)}))
    assert outcome.verdict == "refuted"
    assert outcome.counterexample == {"at": {"a": "1", "b": "1/2"}, "lhs": "9/4", "rhs": "5/4"}


def test_an_irrational_value_is_shown_with_certain_digits():
    outcome = judge(refutation(sqrt(a + b), sqrt(a) + sqrt(b), {a: 1, b: 1}))
    assert outcome.verdict == "refuted"
    assert (outcome.counterexample["lhs"], outcome.counterexample["rhs"]) == ("1.41421356237", "2")


def test_a_true_claim_is_not_refuted():
    outcome = judge(refutation((a + b) ** 2, a**2 + 2 * a * b + b**2, {a: 1, b: 2}))
    assert outcome.verdict == "undecided"
    assert "both sides are 9: this point refutes nothing" in outcome.reason


def test_a_point_outside_the_hypotheses_refutes_nothing():
    outcome = judge(refutation(sqrt(a**2), a, {a: -1}, given=(lt(0, a),)))
    assert outcome.verdict == "undecided"
    assert "the claim's point does not satisfy 0 < a; choose one that does" in outcome.reason


def test_a_point_without_a_needed_value_refutes_nothing():
    outcome = judge(refutation(a + b, a, {a: 1}))
    assert outcome.verdict == "undecided"
    assert "the claim cannot be evaluated at its point: no value is given for b" in outcome.reason


def test_a_point_outside_the_domain_refutes_nothing():
    outcome = judge(refutation(1 / a, b, {a: 0, b: 1}))
    assert outcome.verdict == "undecided"
    assert "the claim cannot be evaluated at its point: a division by 0" in outcome.reason


def test_a_value_that_is_not_rational_is_refused():
    outcome = judge(refutation(a, b, {a: sqrt(num(2)), b: 1}))
    assert "the claim's point cannot be used: a is given sqrt(2), not a rational number" in outcome.reason


def test_vectors_are_evaluated_in_one_dimension():
    outcome = judge(refutation(norm2(x_t - x_0), norm2(x_t) - norm2(x_0), {x_t: 3, x_0: 1}))
    assert outcome.counterexample == {"at": {"x_t": "3", "x_0": "1"}, "lhs": "4", "rhs": "8"}
    assert judge(refutation(inner(x_t, x_0), inner(x_0, x_t), {x_t: 3, x_0: 1})).verdict == "undecided"


def test_functions_of_a_step_may_be_given_values():
    at = {t: 2, alpha_bar(t): Fraction(1, 2), alpha_bar(t - 1): Fraction(3, 4)}
    outcome = judge(refutation(1 - alpha_bar(2), 1 - alpha_bar(t - 1), at, given=(schedule, le(1, t))))
    assert outcome.verdict == "refuted"
    assert (outcome.counterexample["lhs"], outcome.counterexample["rhs"]) == ("1/2", "1/4")


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({t: 2, alpha_bar(t): Fraction(1, 2)}, "its point: the point gives no value to alpha_bar at 1"),
        ({alpha_bar(t): Fraction(1, 2)}, "the claim's point cannot be used: no value is given for t"),
        ({t + 1: 2}, "the claim's point cannot be used: t + 1 is neither a symbol nor a function"),
    ],
)
def test_a_point_that_lacks_something_refutes_nothing(at, message):
    assert message in judge(refutation(alpha_bar(t), alpha_bar(t - 1), at)).reason


def test_a_refutation_needs_a_claim():
    made = chapter()

    @made.refutation("demo.claimless", "No claim")
    def claimless(sheet):
        """Claims nothing."""
        sheet.fact(assume(lt(0, a)))
        sheet.given = (lt(0, a),)

    claimless.given = (lt(0, a),)
    assert "a refutation needs the false claim: pass claim=Claim(lhs, rhs, at={...})" in judge(claimless).reason


def test_a_refutation_whose_derivation_fails_is_undecided():
    made = chapter()

    @made.refutation("demo.both", "Wrong about what is wrong", claim=Claim(a, b, {a: 1, b: 2}))
    def both(sheet):
        """The claim is false, and so is this."""
        sheet.start(a).to(b)
        sheet.qed()

    assert judge(both).verdict == "undecided"


# ---- the second opinion


def test_the_second_opinion_is_asked_once_per_algebraic_step(monkeypatch):
    asked = []
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: asked.append(theorem) or (AGREES, ""))
    entry = only(square("demo.asked"))
    assert judge(entry).verdict == "proved"
    assert opinions(entry) == [AGREES] * len(certificates(entry)) and asked
    steps = report(entry, used_by=False)["steps"]
    assert [step["sympy"] for step in steps] == [NOT_ASKED, AGREES]
    assert len(asked) == len(certificates(entry))


def test_a_disagreement_shows_in_the_step(monkeypatch):
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: (DISAGREES, "the residual is b"))
    steps = report(only(square("demo.alarm")), used_by=False)["steps"]
    assert steps[1]["sympy"] == DISAGREES


@pytest.mark.parametrize("term", [app("f", a), sym("s")])
def test_a_report_without_a_second_opinion_says_so(term):
    made = chapter()

    @made.theorem("demo.silent", "Not asked")
    def silent(sheet):
        """Adds nothing."""
        sheet.start(add(term, 0)).to(term)
        sheet.qed()

    assert {step["sympy"] for step in report(silent, False, False)["steps"]} == {NOT_ASKED}
