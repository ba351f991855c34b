"""What becomes of a mutant, one case for each outcome; and a hole in the kernel is told from a slip without harm."""

import pytest

from derivations.kernel import equality
from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume, generalize
from derivations.kernel.terms import app, eq, integral, le, lt, sqrt, sym
from derivations.mutation import trial
from derivations.mutation.trial import Statement, Step, tried

a, b, x = sym("a"), sym("b"), sym("x")
POSITIVE = (lt(0, a),)
ROOT = Step(sqrt(a**2) + b, a + b, None, POSITIVE)
AREA = Step(integral(x, app("f", x)) * 2, 2 * integral(x, app("f", x)), None, ())
ROOT_STATED = Statement(algebra(sqrt(a**2), a, POSITIVE), POSITIVE)


def accept_everything(monkeypatch):
    monkeypatch.setattr(equality, "residual", lambda n, left, right: (True, ""))


def test_a_wrong_line_is_refuted_with_numbers():
    assert tried(ROOT, a - b) == trial.Verdict("refuted", "at a = 4/3, b = -2")


def test_a_wrong_first_line_is_tried_by_the_step_that_leaves_it():
    first = Step(ROOT.before, ROOT.after, None, POSITIVE, first=True)
    assert first.original == ROOT.before
    assert tried(first, sqrt(a**2) - b).outcome == "refuted"
    assert tried(first, b + sqrt(a**2)).outcome == "equivalent"


def test_where_numbers_have_no_opinion_the_kernel_refuses():
    verdict = tried(AREA, integral(x, app("f", x)))
    assert verdict.outcome == "refused" and verdict.why.startswith("algebra: (int(x, lebesgue(), f(x))*2) =")
    assert "does not hold: left minus right leaves" in verdict.why


def test_what_owes_a_condition_is_refused():
    verdict = tried(Step(b, b, None, ()), a * b / a)
    assert verdict.outcome == "refused" and "owes a != 0" in verdict.why


def test_a_line_that_is_as_good_is_proved_equivalent():
    verdict = tried(ROOT, b + a)
    assert verdict == trial.Verdict("equivalent", "proved equal by algebra, SymPy agrees; given 0 < a")


def test_a_line_that_follows_from_the_equations_of_the_step_only():
    equation = assume(eq(app("g", a), b))
    step = Step(app("g", a) + 1, b + 1, (equation,), ())
    assert tried(step, app("g", a) + 1).outcome == "equivalent"
    assert tried(step, b + 2).outcome == "refuted"


def test_a_wrong_line_after_a_theorem_is_refused():
    fact = generalize(algebra(x + x, 2 * x), x)
    with pytest.raises(trial.REFUSALS):
        Step(app("g", a), a, (fact,), ()).prove(b)
    link = algebra(a + a, 2 * a)
    assert tried(Step(app("g", a + a), app("g", 2 * a), link, ()), app("g", a)).outcome != "survived"
    assert tried(Step(app("g", a + a), app("g", 2 * a), link, ()), app("g", 2 * a) * 1).outcome == "equivalent"


def test_a_wrong_statement_is_refuted_or_refused():
    assert tried(ROOT_STATED, eq(sqrt(a**2), -a)).outcome == "refuted"
    assert tried(ROOT_STATED, eq(sqrt(a**2), a * 1)).outcome == "equivalent"
    bound = Statement(assume(le(a, b)), (le(a, b),))
    assert tried(bound, le(b, a)).outcome == "refuted" and tried(bound, le(a, 2 * b)).outcome == "refuted"
    assert tried(bound, lt(a, b + 1)).outcome == "refused", "true, and not what the theorem says"


def test_a_statement_for_all_is_opened_for_the_numbers():
    every = Statement(generalize(algebra(sqrt(x**2), x, (lt(0, x),)), x, lt(0, x)), ())
    _, guard, body = every.original.args
    wrong = type(body)("all", (x, guard, eq(sqrt(x**2), 2 * x)), every.original.sort)
    assert tried(every, wrong).outcome == "refuted"
    assert tried(every, type(body)("all", (x, lt(1, x), body), every.original.sort)).outcome == "refused"


def test_a_hole_in_the_kernel_is_not_hidden_by_the_kernel(monkeypatch):
    """With a kernel that proves everything every mutant is accepted and proved equal; numbers and SymPy say otherwise."""
    accept_everything(monkeypatch)
    assert tried(ROOT, a - b) == trial.Verdict("survived", "the kernel accepts it, and it fails at a = 4/3, b = -2")
    verdict = tried(AREA, 3 * integral(x, app("f", x)))
    assert verdict == trial.Verdict("survived", "the kernel proves it equal, and SymPy disagrees")


def test_what_is_accepted_and_not_proved_equal_has_survived(monkeypatch):
    def refuse(*args):
        raise trial.RuleError("no proof")

    monkeypatch.setattr(trial, "algebra", refuse)
    monkeypatch.setattr(trial, "chain", refuse)
    verdict = tried(ROOT, b + a)
    assert verdict == trial.Verdict("survived", "the kernel accepts it, and does not prove it equal: no proof")
