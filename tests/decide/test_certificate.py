"""What a proof by the zero test consists of: every line is there, and the ring's opinion can be another one."""

import pytest
from sympy import Symbol, cos, exp, log, sin, sqrt, symbols

from derivations import certify
from derivations.kernel import radicals
from derivations.kernel.polynomials import TooLarge
from tests.decide.identities import identities

a, b, x, y = symbols("a b x y")
CASES = {case.name: case for case in identities()}


@pytest.mark.parametrize("name", CASES)
def test_the_ring_follows_true_identities_and_not_their_mutants(name):
    case = CASES[name]
    found = certify(case.lhs, case.rhs, case.domain, case.facts)
    assert found.opinion == "agrees", found
    assert found.values > 0 and found.generators
    assert certify(case.lhs, case.wrong, case.domain, case.facts).opinion == "differs"


def test_roots_show_their_relations_and_the_signs_they_need():
    found = certify(sqrt(a * (1 - a)), sqrt(a) * sqrt(1 - a), {"a": "unit"})
    assert found.generators == ("atom  pi", "atom  a", "root  root2(a)", "root  root2(-a + 1)")
    assert found.relations == ("(root2(a))**2 = a", "(root2(-a + 1))**2 = -a + 1")
    assert "a - 1 < 0, by its coefficients, since 0 < a < 1" in found.signs
    assert str(found).endswith("SymPy's ring agrees: 13 values and 2 signs checked")


def test_a_fact_is_named():
    signs = certify(sqrt((x - b) ** 2), x - b, {"x": "real", "b": "positive"}, [x - b]).signs
    assert "-b + x > 0, which is given" in signs


def test_an_eliminated_letter_is_named():
    signs = certify(sqrt((x**2 - b**2) ** 2), x**2 - b**2, {"x": "real", "b": "positive"}, [x - b]).signs
    assert any("with x from -b + x > 0, by its coefficients" in line for line in signs)


def test_what_is_missing_is_said():
    found = certify(sqrt(x**2), x, {"x": "real"})
    assert (found.opinion, found.why) == ("owes", "x >= 0 (for a square root)")


def test_angles_obey_the_circle():
    found = certify(sin(x + y), sin(x) * cos(y) + cos(x) * sin(y), {"x": "real", "y": "real"})
    assert found.opinion == "agrees" and len(found.relations) == 2


def test_a_kernel_that_takes_wrong_logarithms_is_contradicted(monkeypatch):
    right = radicals.log
    monkeypatch.setattr(radicals, "log", lambda ctx, e: ctx.field.add(right(ctx, e), ctx.field.one))
    found = certify(log(a * b), log(a) + log(b) + 1, {"a": "positive", "b": "positive"})
    assert found.opinion == "disagrees" and "does not fit its parts (log)" in found.why


def test_caps_hold():
    with pytest.raises(TooLarge):
        certify((1 + exp(x)) ** 100000, Symbol("x"), {"x": "real"})
