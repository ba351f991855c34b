"""Inequalities: sums of squares are found and add up, z3 is trusted by name only, and each theorem says which it was."""

from fractions import Fraction

import pytest
from flint import fmpq_mat

from derivations.evidence import smt, squares
from derivations.evidence.gram import semidefinite, squares_of
from derivations.evidence.inequalities import certificate, inequality
from derivations.evidence.smt import NoSolver, ask, by_z3
from derivations.evidence.squares import NoSquares, by_squares
from derivations.kernel.equality import order
from derivations.kernel.logic import AXIOMS
from derivations.kernel.terms import eq, exp, inner, le, log, lt, ne, norm2, num, sqrt, sym
from derivations.kernel.theorem import RuleError
from derivations.language.entry import Chapter
from derivations.registry import judge, report
from tests.kernel.letters import a, b, c, f, g, p, u, v, x, y, z

UNIT = (le(0, a), le(a, 1))
TRUE = {
    "arithmetic and geometric mean": (le(2 * x * y, x**2 + y**2), ()),
    "a quadratic": (lt(0, x**2 + x + 1), ()),
    "a quartic": (lt(0, x**4 - 3 * x**3 + 6 * x**2 - 4 * x + 1), ()),
    "a fourth power": (le(0, x**4 - 4 * x**3 + 6 * x**2 - 4 * x + 1), ()),
    "three squares": (le(x * y + y * z + z * x, x**2 + y**2 + z**2), ()),
    "Cauchy and Schwarz": (le((a * x + b * y + c * z) ** 2, (a**2 + b**2 + c**2) * (x**2 + y**2 + z**2)), ()),
    "two squares of sixth degree": (le(0, (x**3 - 2 * x * y + 1) ** 2 + (x - y) ** 2), ()),
    "Jensen at two points": (le((a * x + (1 - a) * y) ** 2, a * x**2 + (1 - a) * y**2), UNIT),
    "on an interval": (lt(0, 2 + x - x**2), (le(0, x), le(x, 1))),
    "harmonic and arithmetic mean": (le(2 / (1 / x + 1 / y), (x + y) / 2), (lt(0, x), lt(0, y))),
    "roots": (le(2 * sqrt(x) * sqrt(y), x + y), (lt(0, x), lt(0, y))),
    "logarithms": (le(2 * log(x) * exp(y), log(x) ** 2 + exp(y) ** 2), (lt(0, x),)),
    "Young": (le(2 * inner(u, v), norm2(u) + norm2(v)), ()),
    "the parallelogram": (le(norm2(u + v), 2 * norm2(u) + 2 * norm2(v)), ()),
    "three vectors": (le(norm2(u + v - p), 3 * norm2(u) + 3 * norm2(v) + 3 * norm2(p)), ()),
    "unknown functions": (le(2 * f(x) * g(y), f(x) ** 2 + g(y) ** 2), ()),
}  # fmt: skip
FALSE = {
    "below zero somewhere": (le(0, x**2 - 1), ()),
    "just below zero": (le(0, x**2 - 2 * x + Fraction(999, 1000)), ()),
    "strict where it touches": (lt(0, x**2 - 2 * x + 1), ()),
    "a wrong constant": (le(3 * x * y, x**2 + y**2), ()),
    "too little of a vector": (le(norm2(u + v), norm2(u) + norm2(v)), ()),
    "vectors of no length": (le(norm2(u), inner(u, v)), ()),
    "outside the interval": (le(0, x - x**2), (le(0, x),)),
}
MOTZKIN = le(0, x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1)  # true, and no sum of squares


@pytest.mark.parametrize("name", TRUE)
def test_squares_are_found_and_add_up(name):
    goal, hypotheses = TRUE[name]
    theorem = by_squares(goal, hypotheses)
    assert (theorem.conclusion, theorem.rule, theorem.axioms) == (goal, "combine", frozenset())
    assert set(theorem.hypotheses) <= set(hypotheses)
    assert certificate(theorem) == "sum of squares"


@pytest.mark.parametrize("name", FALSE)
def test_no_squares_for_what_is_false(name):
    with pytest.raises(NoSquares, match="no sum of squares was found"):
        by_squares(*FALSE[name])


def test_no_squares_for_what_is_true_without_being_one():
    with pytest.raises(NoSquares, match="no sum of squares was found"):
        by_squares(MOTZKIN)


def test_what_is_owed_is_named():
    with pytest.raises(RuleError, match=r"by_squares: 0 <= log\(x\) owes x > 0"):
        by_squares(le(0, log(x)))
    with pytest.raises(RuleError, match="by_squares: needs < or <=, got x = y"):
        by_squares(eq(x, y))
    with pytest.raises(NoSquares, match=r"the sign of the denominator .* is open"):
        by_squares(le(0, x**2 / y), (ne(y, 0),))


@pytest.mark.parametrize("found", [[], [(Fraction(1), x**2)], [(Fraction(1), num(1))], [(Fraction(-1), (x - y) ** 2)]], ids=str)
def test_a_search_that_lies_proves_nothing(found, monkeypatch):
    monkeypatch.setattr(squares, "_search", lambda n, top, facts: found)
    with pytest.raises(NoSquares, match="the squares that were found do not add up"):
        by_squares(le(2 * x * y, x**2 + y**2))


def test_a_search_that_lies_about_a_sign_proves_nothing(monkeypatch):
    monkeypatch.setattr(squares, "_search", lambda n, top, facts: [(Fraction(1), x**2 - 1)])
    with pytest.raises(RuleError, match=r"order: no certificate for 0 <= "):
        by_squares(le(0, x**2 - 1))


def test_semidefinite_matrices():
    indefinite, singular = fmpq_mat(2, 2, [1, 2, 2, 1]), fmpq_mat(2, 2, [1, 1, 1, 1])
    assert squares_of(indefinite) is None and squares_of(fmpq_mat(2, 2, [0, 1, 1, 0])) is None
    assert squares_of(singular) == [(1, [1, 1])]
    zero, off = fmpq_mat(2, 2), fmpq_mat(2, 2, [0, 1, 1, 0])
    assert semidefinite([[fmpq_mat(2, 2, [1, 0, 0, -1]), off]]) is None
    assert squares_of(semidefinite([[fmpq_mat(2, 2, [1, 5, 5, 1]), off]])[0]) is not None
    assert semidefinite([[singular, zero]])[0] == singular


# ---- z3


def test_what_z3_says_is_assumed_under_its_name():
    theorem = by_z3(MOTZKIN)
    (name,) = theorem.axioms
    assert theorem.conclusion == MOTZKIN and name.startswith("z3.")
    assert AXIOMS[name].args[2] == MOTZKIN
    assert by_z3(MOTZKIN).axioms == theorem.axioms
    with_range = by_z3(lt(x, 1), (lt(0, x), lt(x, sqrt(x))))
    assert with_range.hypotheses == (lt(0, x), lt(x, sqrt(x))) and with_range.axioms.isdisjoint(theorem.axioms)


@pytest.mark.parametrize(
    ("goal", "hypotheses", "text"),
    [
        (lt(x**2, 1), (lt(0, x),), r"by_z3: \(x\*\*2\) < 1 is refuted: x = "),
        (eq(x / x, 1), (), r"is refuted: x = 0"),
        (eq(sqrt(x) ** 2, x), (), r"is refuted: "),
        (eq(f(x), f(y)), (), r"is refuted: "),
        (lt(0, log(x)), (), r"is refuted: "),
        (eq(u, v), (), "z3 reads <, <=, = and != of numbers, not u = v"),
        (lt(x, y), (eq(u, v),), "z3 reads <, <=, = and != of numbers, not u = v"),
    ],
    ids=str,
)
def test_z3_refuses(goal, hypotheses, text):
    with pytest.raises(RuleError, match=text):
        by_z3(goal, hypotheses)


def test_names_do_not_meet_in_the_translation():
    """Symbols called as the constants are, and two sorts of one name: still different numbers."""
    assert ask(eq(sym("c0"), sym("c1"))).word == "refuted"
    assert ask(eq(f(sym("c0")), sym("c0"))).word == "refuted"
    assert ask(eq(sym("c0"), sym("c0", ("int",)))).word == "refuted"


def test_without_z3_only_this_is_refused(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(smt.importlib, "import_module", absent)
    with pytest.raises(NoSolver, match=r"z3 is not installed; it is the extra `smt`: pip install 'exegesis\[smt\]'"):
        by_z3(MOTZKIN)
    assert inequality(le(2 * x * y, x**2 + y**2), (), True).axioms == frozenset()


def test_a_solver_that_lies_makes_no_theorem_that_counts_as_proved(monkeypatch):
    monkeypatch.setattr(smt, "ask", lambda *a: smt.Answer("proved"))
    assert by_z3(lt(1, num(0))).axioms, "a lie is carried under its name"
    del AXIOMS[next(iter(by_z3(lt(1, num(0))).axioms))]


# ---- which certificate it was


def test_the_best_certificate_is_taken():
    assert certificate(inequality(lt(0, x**2 + 1))) == "signs of coefficients"
    assert certificate(inequality(lt(0, x**2 + x + 1))) == "sum of squares"
    trusted = inequality(MOTZKIN, (), True)
    assert {certificate(t) for t in (trusted, trusted.arguments[0])} == {"", "z3, on trust"}
    with pytest.raises(RuleError, match=r"order: no certificate .*; no sum of squares was found"):
        inequality(MOTZKIN)
    with pytest.raises(RuleError, match=r"order: no certificate .*; no sum of squares .*; by_z3: .* is refuted: x = "):
        inequality(le(1, x**2), (), True)


def test_an_entry_says_which_certificates_it_rests_on():
    chapter = Chapter("tried", "Tried", "Try.", "Try.")

    @chapter.theorem("tried.bounds", "Three bounds")
    def bounds(sheet):
        """Three bounds, each by another certificate."""
        for goal in (lt(0, x**2 + 1), lt(0, x**2 + x + 1)):
            sheet.fact(inequality(goal))

    @chapter.theorem("tried.motzkin", "Motzkin's polynomial", declared="assumed")
    def motzkin(sheet):
        """A bound on the word of z3."""
        sheet.fact(inequality(MOTZKIN, (), True))

    assert (judge(bounds).verdict, judge(motzkin).verdict) == ("proved", "assumed")
    assert report(bounds, False, False)["certificates"] == "signs of coefficients (1), sum of squares (1)"
    assert report(motzkin, False, False)["certificates"] == "z3, on trust (1)"


def test_a_hypothesis_with_a_certificate_is_discharged():
    chapter = Chapter("tried", "Tried", "Try.", "Try.")

    @chapter.theorem("tried.root", "A root")
    def root(sheet):
        """The argument of the root is positive by a sum of squares."""
        sheet.start(sqrt((x**2 + x + 1) ** 2)).to(x**2 + x + 1, by=order_free())
        sheet.qed()

    def order_free():
        from derivations.kernel.equality import algebra

        return algebra(sqrt((x**2 + x + 1) ** 2), x**2 + x + 1, (lt(0, x**2 + x + 1),))

    assert judge(root).verdict == "proved" and root.theorem.hypotheses == ()
    assert order(lt(0, x**2 + 1)).hypotheses == ()
