"""The test of the twins' tests: a planted error of every kind is seen, and so is a band that is too wide."""

import math
from dataclasses import replace

import pytest
import torch

from tests.twins import harness
from tests.twins.band import LIMIT, Bench, Case, errors, judge, truth
from tests.twins.cases import CASES
from tests.twins.mutation import survivors
from tests.twins.points import share

F64 = torch.float64
POINT = {"a": 0.25}


def planted(truth_, **kinds) -> Case:
    return Case("planted", "", kinds, {}, truth_)


square = planted(lambda bench, a: [a * a], a=share)


def test_a_wrong_digit_is_seen():
    assert judge(square, lambda a: a.square(), POINT, F64) == 0
    assert judge(square, lambda a: a.square() * (1 + 4 * LIMIT * 2**-52), POINT, F64) > LIMIT
    assert judge(square, lambda a: a.square() * math.nan, POINT, F64) == math.inf


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=lambda d: str(d)[6:])
def test_an_error_of_a_few_units_is_seen_in_every_dtype(dtype):
    eps = torch.finfo(dtype).eps
    assert judge(square, lambda a: a.square(), POINT, dtype) <= 1
    assert judge(square, lambda a: a.square() * (1 + 4 * LIMIT * eps), POINT, dtype) > LIMIT


def test_cancellation_is_seen():
    """1 - sqrt(1 - a) for small a: a few digits are lost by the plain form, none by the other."""
    case = planted(lambda bench, a: [1 - (1 - a).sqrt()], a=share)
    point = {"a": 1e-9}
    assert judge(case, lambda a: 1 - (1 - a).sqrt(), point, F64) > 1e4
    assert judge(case, lambda a: a / (1 + (1 - a).sqrt()), point, F64) < 1


def test_a_function_that_is_off_fails_with_the_point(monkeypatch):
    monkeypatch.setattr(harness, "find", lambda id, variant: lambda a: 1 - (1 - a))
    case = planted(lambda bench, a: [a], a=share)
    with pytest.raises(AssertionError, match=r"planted in float64 is .* units from the theorem .at most 4.*The point: {'a'"):
        harness.worst(case, F64, 25)


def test_sides_that_differ_are_an_error():
    def sides(bench: Bench, a):
        bench.checks.append(lambda: (a, a * (1 + a * 2**-90)))
        return [a]

    with pytest.raises(AssertionError, match="the two sides of the theorem differ"):
        judge(planted(sides, a=share), lambda a: a, POINT, F64)


def test_a_missing_answer_is_an_error():
    true = truth(square, square.tensors(POINT, F64), F64)
    with pytest.raises(AssertionError, match="the function returns 2 numbers, the theorem 1"):
        errors(true, [0.0625, 0.0625], F64)


def root_of_difference(a, b):
    return (a - b).abs().sqrt() + 0 * a


def test_a_version_that_is_not_wrong_survives():
    """0 * a slightly off is still 0: that version must be reported, and the others not."""
    case = planted(lambda bench, a, b: [abs(a - b).sqrt()], a=share, b=share)
    left = survivors(case, root_of_difference, 20)
    assert "1 + 1e-6 times 0 * a" in left and "a and b exchanged" in left
    assert not any("no root" in what for what in left)


def test_a_band_that_is_too_wide_lets_wrong_versions_live():
    """With a band of 1e-3 of the answer, in place of a few units, the slightly wrong versions survive."""
    case = next(case for case in CASES if case.id == "posterior.variance")
    function = harness.find(case.id, case.variant)
    assert survivors(case, function) == []
    left = survivors(replace(case, limit=1e-3 / 2**-52), function, 20)
    assert "every answer off" in left and "1 + 1e-6 times 1 - alpha_t" in left
