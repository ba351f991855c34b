"""A definition fixes a function for good: what it is defined by can no longer be exchanged under it."""

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.logic import define, instantiate_function, specialize
from derivations.kernel.terms import TermError, app, num, sym
from derivations.kernel.theorem import RuleError

x = sym("x")


def test_the_function_in_a_definition_is_not_exchanged_under_it():
    half = define("test.half", (x,), app("test.whole", x) / 2)
    with pytest.raises(RuleError, match=r"test.half is defined by test.whole"):
        instantiate_function(half, "test.whole", (x,), num(2))


def test_nor_through_a_second_definition():
    third = define("test.third", (x,), app("test.all", x) / 3)
    sixth = define("test.sixth", (x,), app("test.third", x) / 2)
    theorem = algebra(2 * app("test.sixth", x), app("test.third", x), (), (sixth,))
    with pytest.raises(RuleError, match=r"is defined by test.all"):
        instantiate_function(theorem, "test.all", (x,), num(2))
    assert specialize(third, num(1))


def test_a_function_that_no_definition_uses_is_exchanged():
    define("test.other", (x,), app("test.used", x) + 1)
    theorem = algebra(app("test.free", x) + app("test.free", x), 2 * app("test.free", x))
    squares = algebra(x**2 + x**2, 2 * x**2)
    assert instantiate_function(theorem, "test.free", (x,), x**2).conclusion == squares.conclusion


def test_two_definitions_cannot_rest_on_each_other():
    define("test.up", (x,), app("test.down", x) + 1)
    with pytest.raises(RuleError, match=r"mentions test.down itself, or what is defined by it"):
        define("test.down", (x,), app("test.up", x))


def test_what_is_refused_takes_no_name():
    with pytest.raises(TermError, match="the bound variable must be a symbol, got 1"):
        define("test.taken", (num(1),), num(2))
    assert define("test.taken", (x,), x + 1)
