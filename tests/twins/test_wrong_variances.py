"""Four wrong formulas of the posterior variance are told apart from the right one, at points chosen for it.

Late in the chain three of them agree with the right one to a relative 1e-3, early on to an absolute 1e-3; so the
points lie early, in the middle and late, and the band is a few units in the last place. The reference is the right
side of the theorem, at the exact rationals that the floats are.
"""

from fractions import Fraction

import pytest
import torch

from derivations.evidence.arithmetic import rational
from derivations.evidence.balls import evaluate
from derivations.kernel.terms import Term, sym
from derivations.kernel.terms import num as number
from derivations.registry import find
from diffusion.formula import find as twin

# (alpha_t, alpha_bar_{t-1}): early, in the middle, late
POINTS = {"early": (0.9999, 0.9998), "middle": (0.99, 0.5), "late": (0.98, 5e-5)}
WRONG = {
    "the step's own variance": lambda a, b: 1 - a,
    "the ratio upside down": lambda a, b: (1 - a * b) / (1 - b) * (1 - a),
    "t for t - 1": lambda a, b: (1 - a * b) / (1 - a * a * b) * (1 - a),
    "its square root": lambda a, b: ((1 - b) / (1 - a * b) * (1 - a)) ** 0.5,
}
ULPS = 8  # three subtractions of numbers that are exact, a product, a quotient, a product


def exact(a: float, b: float) -> Fraction:
    """The theorem's right side at these floats, taken exactly."""
    alpha_t, before = Fraction(a), Fraction(b)
    body: Term = find("posterior.variance").part("name").conclusion.args[2].args[1]
    letters = {"alpha_bar": {0: before, 1: alpha_t * before}, "beta": {1: 1 - alpha_t}}
    value = evaluate(_at_step_one(body, letters), {sym("unused"): rational(0)})
    return Fraction(int(value.p), int(value.q))


def _at_step_one(t: Term, letters: dict[str, dict[int, Fraction]]) -> Term:
    """The body at t = 1, with the values of its sequences put in."""
    if t.op == "app":
        step = 0 if t.args[1].op == "add" else 1  # t - 1, or t
        return number(letters[t.args[0]][step])
    return Term(t.op, tuple(_at_step_one(a, letters) if isinstance(a, Term) else a for a in t.args), t.sort)


def units(value: float, reference: Fraction) -> float:
    """How far a float is from the reference, in units of its last place."""
    return float(abs(Fraction(value) - reference) / (abs(reference) * Fraction(torch.finfo(torch.float64).eps)))


@pytest.mark.parametrize("where", POINTS)
def test_the_function_is_within_a_few_units(where: str) -> None:
    a, b = POINTS[where]
    got = twin("posterior.variance")(torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64))
    assert units(float(got), exact(a, b)) < ULPS


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("where", POINTS)
def test_a_wrong_formula_is_far_outside(name: str, where: str) -> None:
    a, b = POINTS[where]
    assert units(WRONG[name](a, b), exact(a, b)) > 1000 * ULPS
