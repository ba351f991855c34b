"""What `derive check --strict` must notice: empty statements, contradictions, redundancy, survivors, false theorems."""

import json
import re
from types import SimpleNamespace

import pytest

from derivations.cli import main
from derivations.evidence.perturb import Edit, edits
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume
from derivations.kernel.sums import telescope
from derivations.kernel.terms import (
    INT,
    app,
    bigo,
    diff,
    eq,
    exp,
    integral,
    interval,
    le,
    limit,
    log,
    lt,
    num,
    sqrt,
    sym,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import definite
from derivations.registry import necessity, trials, vacuity
from derivations.registry.sanity import sanity, totals

a, b, c = sym("a"), sym("b"), sym("c")
t = sym("t", INT)


def entry(author, *given, **details):
    """An entry with this derivation."""
    chapter = Chapter("demo", "A chapter for a test", "Short.", "Long.")
    return chapter.theorem("demo.entry", "An entry", given=given, **details)(author)


def of_root(sheet: Calculation) -> None:
    """The root of a square."""
    sheet.start(sqrt(a**2)).to(a)
    sheet.qed()


def test_a_sane_entry_has_no_problems():
    found = sanity(entry(of_root, lt(0, a)))
    assert found.problems == [] and found.notes == []
    n = totals([found.plain()])
    assert n["witnessed"] == n["statements"] == 1 and n["needed"] == n["hypotheses"] == 1
    assert n["refuted"] == n["edits"] == 3 and n["held"] == n["models"] == 2


def test_contradictory_hypotheses_are_flagged():
    def author(sheet: Calculation) -> None:
        """Anything."""
        sheet.fact(order(lt(0, a), sheet.given))

    said = "\n".join(sanity(entry(author, lt(1, a), lt(a, 0))).problems)
    assert "the hypotheses contradict one another: 1 < a is false by the others" in said
    assert "not checked: no model satisfies every hypothesis" in said


def test_hypotheses_that_no_model_meets_are_flagged():
    found = sanity(entry(of_root, lt(0, a), eq(exp(a), 1)))
    assert any("no model satisfies every hypothesis" in text and "exp(a) = 1" in text for text in found.problems)


def test_the_same_on_both_sides_is_flagged():
    theorem = algebra(a + b, a + b)
    assert list(vacuity.flags(theorem)) == ["both sides are the same: a + b = a + b"]
    assert vacuity.flags(algebra(a + b, b + a)) == []


def test_a_hypothesis_as_conclusion_is_flagged():
    said = vacuity.flags(assume(lt(0, a)))
    assert said == ["the conclusion is one of the hypotheses: 0 < a"]


def test_a_constant_that_is_free_to_be_anything_is_flagged():
    """There is a c with f(a) = g(b) + c: true of any f and g, once c is f(a) - g(b)."""
    left, right, constant = app("f", a), app("g", b), app("c")
    hypothesis = eq(constant, left - right)
    theorem = algebra(left, right + constant, (), (assume(hypothesis),))
    (said,) = vacuity.flags(theorem)
    assert said.endswith("which is what is concluded: it would hold of any two sides")
    assert vacuity.flags(algebra(2 * left, left + left, (hypothesis,))) == []


def test_an_equality_up_to_a_constant_of_constants_is_flagged():
    fake = SimpleNamespace(rule="constant_dropped", hypotheses=(), conclusion=_eqmod(c, a, b))
    assert vacuity.flags(fake) == ["neither side depends on c, so any two such sides are equal up to a constant"]
    assert vacuity.flags(SimpleNamespace(rule="", hypotheses=(), conclusion=_eqmod(a, a, b))) == []


def _eqmod(theta, left, right):
    from derivations.kernel.terms import eqmod

    return eqmod(theta, left, right)


def test_a_redundant_hypothesis_is_a_note():
    found = sanity(entry(of_root, lt(0, a), lt(0, b)))
    assert found.notes == ["redundant: 0 < b"]
    assert totals([found.plain()])["redundant"] == 1


def test_a_redundant_hypothesis_is_reported_by_the_command_and_in_json(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(MINE)
    command = ["check", str(tmp_path / "mine.py"), "--strict", "--no-second-opinion"]
    assert main(command) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "mine.root: redundant: 0 < b" in out
    assert "1 of 2 hypotheses are needed, 1 redundant. Of 1 a counterexample shows it; of the others, that" in out
    assert main([*command, "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["sanity"]["entries"]
    assert [(h["plain"], h["word"], h["counterexample"] != "") for h in report["hypotheses"]] == [
        ("0 < a", "needed", True), ("0 < b", "redundant", False),
    ]  # fmt: skip


MINE = '''
from derivations.kernel.terms import lt, sqrt, sym
from derivations.language.entry import Chapter

chapter = Chapter("mine", "My chapter", "Short.", "Long.")
a, b = sym("a"), sym("b")


@chapter.theorem("mine.root", "A root", given=(lt(0, a), lt(0, b)))
def root(sheet):
    """An aim."""
    sheet.start(sqrt(a**2)).to(a)
    sheet.qed()
'''


def test_a_counterexample_shows_that_a_hypothesis_is_needed():
    (dropped,) = sanity(entry(of_root, lt(0, a))).dropped
    assert dropped.word == "needed" and dropped.why
    assert re.fullmatch(r"numbers, draw \d: the left side is \S+, the right side -\S+", dropped.counterexample)
    assert totals([sanity(entry(of_root, lt(0, a))).plain()])["counterexamples"] == 1


def test_a_counterexample_satisfies_the_other_hypotheses():
    def author(sheet: Calculation) -> None:
        """A sum of positive numbers."""
        sheet.fact(order(lt(0, a + b), sheet.given))

    first, second = sanity(entry(author, lt(0, a), lt(0, b))).dropped
    assert first.word == second.word == "needed" and first.counterexample and second.counterexample
    other = entry(author, lt(0, a), lt(0, b), eq(b, num(100)))
    given = {h.text: h for h in sanity(other).dropped}
    assert given["0 < a"].counterexample == "", "no number that is drawn is below -100"


def test_a_conclusion_without_a_value_is_no_counterexample():
    def author(sheet: Calculation) -> None:
        """The logarithm of a square."""
        sheet.start(log(a**2)).to(2 * log(a))
        sheet.qed()

    (dropped,) = sanity(entry(author, lt(0, a))).dropped
    assert dropped.word == "needed" and dropped.why and dropped.counterexample == ""
    assert totals([sanity(entry(author, lt(0, a))).plain()])["counterexamples"] == 0


def test_an_index_out_of_its_range_is_tried():
    def author(sheet: Calculation) -> None:
        """A first step."""
        sheet.fact(order(lt(0, t), sheet.given))

    (dropped,) = sanity(entry(author, le(1, t))).dropped
    assert dropped.counterexample.startswith("numbers, 0 step")


def test_a_redundant_hypothesis_with_a_counterexample_is_an_alarm(monkeypatch):
    monkeypatch.setattr(necessity, "counterexample", lambda entry, h: "numbers: 1 and 2" if h == lt(0, b) else "")
    (said,) = sanity(entry(of_root, lt(0, a), lt(0, b))).problems
    assert said.startswith("ALARM: the proof goes through without the hypothesis 0 < b, and there is a counterexample")


def test_no_counterexample_comes_of_a_sum_that_may_not_converge():
    x = sym("x")
    claim = eq(integral(x, exp(-a * x**2)), sqrt(num(3) / a))
    made = entry(of_root, lt(0, a))
    made._parts = [SimpleNamespace(lemma=False, label="", theorem=SimpleNamespace(
        rule="", hypotheses=(lt(0, a),), conclusion=claim, dimensions=frozenset()
    ))]  # fmt: skip
    assert necessity.counterexample(made, lt(0, a)) == ""


def test_python_that_needs_a_hypothesis_is_not_a_refusal():
    def author(sheet: Calculation) -> None:
        """It counts its hypotheses."""
        sheet.fact(order(lt(0, a), (sheet.given[1], lt(0, a))))

    found = sanity(entry(author, lt(0, b), lt(0, a)))
    assert any("the author's Python fails" in text and "IndexError" in text for text in found.problems)


def test_an_edit_that_survives_is_a_problem(monkeypatch):
    monkeypatch.setattr(trials, "edits", lambda formula: [Edit("the edit of a test", le(num(-1), a))])

    def author(sheet: Calculation) -> None:
        """A bound."""
        sheet.fact(order(le(0, a), sheet.given))

    (said,) = sanity(entry(author, lt(0, a))).problems
    assert said.startswith("an edit of the conclusion survives: the edit of a test; it holds in the model: numbers")


def test_a_false_theorem_is_an_alarm(monkeypatch):
    right = trials.settle
    monkeypatch.setattr(trials, "settle", lambda f, m: right(eq(a, a + 1) if f.op == "eq" else f, m))
    said = "\n".join(sanity(entry(of_root, lt(0, a))).problems)
    assert (
        "ALARM: every hypothesis holds and the conclusion fails in the model: numbers, draw 1; the left side is" in said
    )


def test_the_witness_that_is_shown_is_checked(monkeypatch):
    from derivations.registry import sanity as module

    monkeypatch.setattr(module, "example", lambda entry: SimpleNamespace(name="another model"))
    (said,) = sanity(entry(of_root, lt(0, a))).problems
    assert said.startswith("the witness that is shown (another model) does not satisfy the hypotheses")


def test_the_edits_are_what_they_say():
    f = app("f", t)
    names = {e.name: e.formula for e in edits(eq(a, f))}
    assert names == {
        "the sign flipped": eq(a, -f), "a factor 2": eq(a, 2 * f), "one added": eq(a, f + 1),
        "the index of f shifted": eq(a, app("f", t + 1)),
    }  # fmt: skip
    assert [e.formula for e in edits(le(a, b))] == [lt(b, a)]
    assert [e.name for e in edits(eq(a, num(0)))] == ["one added"]


@pytest.mark.parametrize("wrong", [app("g", t) - app("g", num(1)), app("g", t) - app("g", num(0)) + 1])
def test_a_wrong_sum_is_refuted(wrong):
    i = sym("i", INT)
    theorem = telescope(i, num(1), t, app("g", i))
    fake = SimpleNamespace(
        hypotheses=(le(1, t),), conclusion=eq(theorem.conclusion.args[0], wrong), dimensions=frozenset()
    )
    found = [trials.attempt(fake, trials.build("numbers", fake.hypotheses, 1, step)) for step in (1, 2, 3)]
    assert "fails" in {trial.conclusion.word for trial in found}


def test_limits_and_orders_are_told_from_wrong_ones():
    h = sym("h")
    model = trials.build("numbers", (), 1, 1)
    words = {
        limit(h, num(0), (exp(h) - 1) / h, num(1)): "holds",
        limit(h, num(0), (exp(h) - 1) / h, num(2)): "fails",
        limit(h, "oo", exp(-h), num(0)): "holds",
        limit(h, "oo", exp(-h), num(1)): "fails",
        bigo(h, 2, exp(h) - 1 - h): "holds",
        bigo(h, 3, exp(h) - 1 - h): "fails",
    }
    assert {f: trials.settle(f, model).word for f in words} == words
    assert [e.name for e in edits(bigo(h, 2, exp(h)))] == ["one order more"]


def test_an_integral_over_an_interval_is_close():
    model = trials.build("linear-Gaussian", (), 1, 1)
    inside = integral(a, a**3, interval(0, b**2))
    assert trials.settle(eq(inside, b**8 / 4), model).word == "holds"
    assert trials.settle(eq(inside, b**8 / 3), model).word == "fails"
    assert trials.settle(eq(diff(b, inside), 2 * b**7), model).word == "holds"


def test_a_definite_letter_is_definite_or_has_no_value():
    given = definite("C"), definite("A")
    formula = eq(given[0], -given[1])
    found = trials.settle(formula, trials.prepared(trials.build("numbers", (formula,), 2, 1), assume(formula)))
    assert found.word == "open" and "would not be positive definite" in found.why
