"""Every function against its theorem, in every dtype and on every device, within what rounding its inputs can do.

The theorem is found by the formula's ID and evaluated in ball arithmetic at the very numbers that the function gets.
"""

import math

import pytest
import torch
from hypothesis import given, settings

from tests.twins import harness
from tests.twins.cases import CASES
from tests.twins.points import STRATA, points, share

EXAMPLES = {torch.float64: 25, torch.float32: 12, torch.bfloat16: 12}
RUNS = [(case, dtype) for dtype in EXAMPLES for case in CASES if case.low or dtype != torch.bfloat16]


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request):
    """Where the function runs; the theorem is always evaluated by the processor."""
    return request.param


@pytest.mark.parametrize("case, dtype", RUNS, ids=lambda v: str(v)[6:] if isinstance(v, torch.dtype) else v.name)
def test_function_is_its_theorem(case, dtype, device):
    harness.worst(case, dtype, EXAMPLES[dtype], device)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_function_makes_its_tensors_where_its_inputs_are(case):
    """On the meta device, which no other one mixes with; so it is seen without a GPU too."""

    def body(drawn):
        tensors = case.tensors(drawn, torch.float32, "meta")
        assert {out.device.type for out in case.outputs(harness.find(case.id, case.variant), tensors)} == {"meta"}

    harness.at_points(case, 1, body)


def test_meta_a_tensor_made_elsewhere_is_seen():
    with pytest.raises(RuntimeError, match="device"):
        torch.ones(3, device="meta") + torch.zeros(3)


def test_only_functions_of_definite_matrices_are_left_out_of_bfloat16():
    """A definite matrix that is rounded so coarsely need not be definite, and there is no factorization in bfloat16."""
    left_out = {case.name for case in CASES if (case, torch.bfloat16) not in RUNS}
    assert left_out == {case.name for case in CASES if any(kind.definite for kind in case.kinds.values())}
    assert len(left_out) < len(CASES) / 6


def test_points_are_spread_in_log_snr():
    """From nearly clean to nearly pure noise, in as few points as one case sees."""
    seen = []

    @settings(max_examples=EXAMPLES[torch.float64])
    @given(points({"alpha_bar": share}, {}))
    def run(drawn):
        seen.append(math.log(drawn["alpha_bar"] / (1 - drawn["alpha_bar"])))

    run()
    assert min(seen) < -12 and max(seen) > 12
    assert len({math.floor(x / 3) for x in seen}) >= len(STRATA) - 2
