"""Every function against its theorem in float32, in bfloat16, and on a GPU: within the units of that dtype."""

import pytest
import torch

from tests.twins import harness
from tests.twins.cases import CASES

LOW = [case for case in CASES if case.low]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_float32(case):
    harness.worst(case, torch.float32, 12)


@pytest.mark.parametrize("case", LOW, ids=lambda case: case.name)
def test_bfloat16(case):
    harness.worst(case, torch.bfloat16, 12)


def test_only_factorizations_are_left_out_of_bfloat16():
    left_out = {case.name for case in CASES} - {case.name for case in LOW}
    assert left_out == {
        "gauss.normalization[matrix]", "gauss.moments[isserlis]", "gauss.product", "gauss.affine", "gauss.sum",
        "gauss.linear_bayes", "gauss.score", "gauss.kl", "forward.variance_preserving",
    }  # fmt: skip


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=lambda d: str(d)[6:])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cuda(case, dtype):
    if dtype == torch.bfloat16 and not case.low:
        pytest.skip("a matrix factorization, which does not exist in bfloat16")
    harness.worst(case, dtype, 8, "cuda")
