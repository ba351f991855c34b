"""Parameterizations: every hypothesis is needed by its proof, and the slips that are met in print are refused."""

import pytest

from derivations.chapters.parameterizations import (
    a,
    alpha,
    b,
    chapter,
    da,
    data_guess,
    db,
    determinant,
    guess,
    noise_of,
    off,
    p,
    q,
    sigma,
    size,
    turning,
    v,
)
from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.terms import lt, ne, norm2
from derivations.language.notation import eps, x_0, x_t
from tests.chapters.checks import unequal

ENTRIES = {e.id: e for e in chapter.entries}


def solves(id, left, right):
    """Whether the kernel proves the two sides equal under the hypotheses of the entry."""
    given = ENTRIES[id].given
    facts = tuple(assume(h) for h in given if h.op == "eq")
    try:
        return bool(algebra(left, right, given, facts))
    except Exception as refused:
        assert "does not hold" in str(refused)
        return False


def test_mutants_of_the_two_equations():
    assert solves("param.linear_map", (b * x_t - sigma * p) / determinant, x_0)
    for wrong in (
        (b * x_t + sigma * p) / determinant, (sigma * p - b * x_t) / determinant, (a * x_t - sigma * p) / determinant,
        (b * x_t - alpha * p) / determinant, b * x_t - sigma * p,
    ):  # fmt: skip
        assert not solves("param.linear_map", wrong, x_0)


def test_v_is_not_turned_back_without_the_division():
    assert solves("param.v_inverse", (alpha * x_t - sigma * v) / size, x_0)
    for wrong in (alpha * x_t - sigma * v, (alpha * x_t + sigma * v) / size, (alpha * x_t - sigma * v) / size**2):
        assert not solves("param.v_inverse", wrong, x_0)
    for wrong in (sigma * x_t + alpha * v, (sigma * x_t - alpha * v) / size, (alpha * x_t + sigma * v) / size):
        assert not solves("param.v_inverse", wrong, eps)


@pytest.mark.parametrize("label", ["from noise", "from data"])
def test_v_needs_the_size_of_the_levels(label):
    """The form without alpha^2 + sigma^2 is that of variance-preserving levels only."""
    right = ENTRIES["param.v"].part(label).conclusion.args[1]
    short = {"from noise": (eps - sigma * x_t) / alpha, "from data": (alpha * x_t - x_0) / sigma}[label]
    unequal(right, short, ne(alpha, 0), ne(sigma, 0))


def test_mutants_of_the_velocity_on_the_circle():
    left, right = ENTRIES["param.v_derivative"].theorem.conclusion.args
    cos, sin, clean, noise = right.args[1:]
    assert algebra(left, cos * noise - sin * clean)
    for wrong in (cos * noise + sin * clean, sin * noise - cos * clean, sin * clean - cos * noise):
        unequal(left, wrong)


def test_mutants_of_the_best_predictions():
    noise, data = (ENTRIES["param.eps_score_x0"].part(label).conclusion.args[1] for label in ("noise", "data"))
    score = noise.args[0].args[1]
    positive = lt(0, q)
    unequal(noise, sigma * score, positive)
    unequal(noise, -(sigma**2 * score), positive)
    for wrong in ((x_t - sigma**2 * score) / alpha, (x_t + sigma * score) / alpha, x_t + sigma**2 * score):
        unequal(data, wrong, ne(alpha, 0), positive)


@pytest.mark.parametrize("id, weight, wrong", [
    ("param.loss_eps_x0", alpha**2 / sigma**2, sigma**2 / alpha**2),
    ("param.loss_eps_x0", alpha**2 / sigma**2, alpha / sigma),
    ("param.loss_v", size**2 / sigma**2, alpha**2 / sigma**2 + 1),  # true of variance-preserving levels only
    ("param.loss_v", size**2 / sigma**2, size / sigma**2),
])  # fmt: skip
def test_mutants_of_the_weights(id, weight, wrong):
    left = ENTRIES[id].part("loss").conclusion.args[0]
    assert algebra(left, weight * off, (lt(0, alpha), lt(0, sigma)))
    unequal(left, wrong * off, lt(0, alpha), lt(0, sigma))


def test_mutants_of_the_score_and_the_velocity():
    given = lt(0, sigma), ne(turning, 0)
    scores = ENTRIES["param.loss_score"].part("data").conclusion.args[0]
    for wrong in (alpha**2 / sigma**2, alpha / sigma**2, alpha**2 / sigma**3):
        unequal(scores, wrong * off, *given)
    true, guessed = guess(da, db)
    assert algebra(scores, (alpha / (sigma * turning)) ** 2 * norm2(true - guessed), given)
    unequal(scores, (alpha / turning) ** 2 * norm2(true - guessed), *given)
    unequal(scores, (alpha / (sigma * (da * sigma + alpha * db))) ** 2 * norm2(true - guessed), *given, lt(0, da * sigma + alpha * db))


def test_an_error_of_the_noise_is_no_error_of_the_data():
    off_noise = noise_of - (x_t - alpha * data_guess) / sigma
    assert algebra(off_noise, -(alpha / sigma * (x_0 - data_guess)), (ne(sigma, 0),))
    unequal(off_noise, alpha / sigma * (x_0 - data_guess), ne(sigma, 0))


def test_mutants_of_the_straight_path():
    left, right = ENTRIES["param.affine_equivalence"].part("velocity").conclusion.args
    given = ENTRIES["param.affine_equivalence"].given
    first, second = right.args
    assert algebra(left, first + second, given)
    for wrong in (first, second, first - second, first + 2 * second):
        unequal(left, wrong, *given)
