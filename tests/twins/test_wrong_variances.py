"""Four wrong formulas of the posterior variance are told apart from the right one, early, in the middle and late.

Late in the chain three of them agree with the right one to a relative 1e-3, early on to an absolute 1e-3. So the points
are chosen, not left to chance, and the band is a few units of what rounding the inputs can do.
"""

import pytest
import torch

from diffusion.formula import find
from tests.twins.band import judge
from tests.twins.cases import CASES

CASE = next(case for case in CASES if case.id == "posterior.variance")
RIGHT = find(CASE.id)
WRONG = {
    "the step's own variance": lambda alpha_t, alpha_bar_prev: 1 - alpha_t,
    "the ratio upside down": lambda alpha_t, alpha_bar_prev: (1 - alpha_t) ** 2 / RIGHT(alpha_t, alpha_bar_prev),
    "t for t - 1": lambda alpha_t, alpha_bar_prev: RIGHT(alpha_t, alpha_t * alpha_bar_prev),
    "its square root": lambda alpha_t, alpha_bar_prev: RIGHT(alpha_t, alpha_bar_prev).sqrt(),
}
POINTS = {
    "early": {"alpha_t": 0.9999, "alpha_bar_prev": 0.9998, "t": 3},
    "middle": {"alpha_t": 0.99, "alpha_bar_prev": 0.5, "t": 300},
    "late": {"alpha_t": 0.98, "alpha_bar_prev": 5e-5, "t": 1000},
    "a long step": {"alpha_t": 0.5, "alpha_bar_prev": 0.5, "t": 2},
}
F64, F32, BF16 = torch.float64, torch.float32, torch.bfloat16
# Where a dtype has the digits to see the difference.
SEEN = [(F64, "early"), (F64, "middle"), (F64, "late"), (F32, "early"), (F32, "middle"), (BF16, "a long step")]


@pytest.mark.parametrize("where", POINTS)
@pytest.mark.parametrize("dtype", [F64, F32, BF16], ids=lambda d: str(d)[6:])
def test_the_right_formula_is_within_a_few_units(where, dtype):
    assert judge(CASE, RIGHT, POINTS[where], dtype) <= CASE.limit


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("dtype, where", SEEN, ids=lambda v: str(v).removeprefix("torch."))
def test_a_wrong_formula_is_far_outside(name, dtype, where):
    factor = 100 if dtype == F64 else 2
    assert judge(CASE, WRONG[name], POINTS[where], dtype) > factor * CASE.limit


@pytest.mark.parametrize("where, tolerances, fooled", [
    ("late", {"rtol": 1e-3, "atol": 0}, {"the step's own variance", "the ratio upside down", "t for t - 1"}),
    ("early", {"rtol": 0, "atol": 1e-3}, {"the step's own variance", "the ratio upside down", "t for t - 1"}),
])  # fmt: skip
def test_a_tolerance_without_chosen_points_would_be_fooled(where, tolerances, fooled):
    inputs = [torch.tensor(POINTS[where][name], dtype=F64) for name in ("alpha_t", "alpha_bar_prev")]
    accepted = {name for name, wrong in WRONG.items() if torch.allclose(wrong(*inputs), RIGHT(*inputs), **tolerances)}
    assert accepted == fooled
