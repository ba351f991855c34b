"""Every function against its theorem, in float64, within a few units of what rounding the inputs can do."""

import math

import pytest
import torch
from hypothesis import given, settings

from tests.twins import harness
from tests.twins.band import LIMIT, Bench, Case, errors, judge, truth
from tests.twins.cases import CASES
from tests.twins.points import STRATA, points, share

F64 = torch.float64


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_function_is_its_theorem(case):
    harness.worst(case, F64, 25)


def test_points_are_spread_in_log_snr():
    """From nearly clean to nearly pure noise, in as few points as one case sees."""
    seen = []

    @settings(max_examples=25)
    @given(points({"alpha_bar": share}, {}))
    def run(drawn):
        seen.append(math.log(drawn["alpha_bar"] / (1 - drawn["alpha_bar"])))

    run()
    assert min(seen) < -12 and max(seen) > 12
    assert len({math.floor(x / 3) for x in seen}) >= len(STRATA) - 2


def planted(truth_, **kinds) -> Case:
    return Case("planted", "", kinds, {}, truth_)


POINT = {"a": 0.25}
square = planted(lambda bench, a: [a * a], a=share)


def test_meta_a_wrong_digit_is_seen():
    assert judge(square, lambda a: a.square(), POINT, F64) == 0
    assert judge(square, lambda a: a.square() * (1 + 4 * LIMIT * 2**-52), POINT, F64) > LIMIT
    assert judge(square, lambda a: a.square() * math.nan, POINT, F64) == math.inf


def test_meta_cancellation_is_seen():
    """1 - sqrt(1 - a) for small a: a few digits are lost by the plain form, none by the other."""
    case = planted(lambda bench, a: [1 - (1 - a).sqrt()], a=share)
    point = {"a": 1e-9}
    assert judge(case, lambda a: 1 - (1 - a).sqrt(), point, F64) > 1e4
    assert judge(case, lambda a: a / (1 + (1 - a).sqrt()), point, F64) < 1


def test_meta_sides_that_differ_are_an_error():
    def sides(bench: Bench, a):
        bench.checks.append(lambda: (a, a * (1 + a * 2**-90)))
        return [a]

    with pytest.raises(AssertionError, match="the two sides of the theorem differ"):
        judge(planted(sides, a=share), lambda a: a, POINT, F64)


def test_meta_a_missing_answer_is_an_error():
    true = truth(square, square.tensors(POINT, F64), F64)
    with pytest.raises(AssertionError, match="the function returns 2 numbers, the theorem 1"):
        errors(true, [0.0625, 0.0625], F64)
