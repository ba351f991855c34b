"""The test of the test: wrong versions of every function are told from the theorem by the same band."""

import pytest
import torch
from diffusion.formula import find

from tests.twins import harness
from tests.twins.band import Case, errors, truth
from tests.twins.cases import CASES
from tests.twins.mutation import exchanged, mutants, off
from tests.twins.points import share

F64 = torch.float64


def wrong_versions(case: Case, function):
    """Every wrong version of the function that the case should tell from the right one."""
    out = {"every answer off": off(function), **dict(mutants(function))}
    if case.call is None:
        shapes = {name: (kind.tensor, kind.dims) for name, kind in case.kinds.items() if kind.passed}
        out |= dict(exchanged(function, shapes, case.symmetric))
    return out


def survivors(case: Case, function, examples: int = 40) -> list[str]:
    """What is wrong with the versions that no drawn point tells from the theorem."""
    alive = wrong_versions(case, function)

    def body(drawn):
        if not alive:
            return
        tensors = case.tensors(drawn, F64)
        true = truth(case, tensors, F64)
        for what, wrong in list(alive.items()):
            try:
                units = max(errors(true, case.answer(wrong, tensors), F64))
            except Exception:  # a version that does not even run is told apart
                units = float("inf")
            if units > case.limit:
                del alive[what]

    harness.at_points(case, examples, body)
    return list(alive)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wrong_versions_are_told_apart(case):
    assert not survivors(case, find(case.id, case.variant))


def root_of_difference(a, b):
    return (a - b).abs().sqrt() + 0 * a


def test_meta_a_version_that_is_not_wrong_survives():
    """0 * a slightly off is still 0: that version must be reported, and the others not."""
    case = Case("planted", "", {"a": share, "b": share}, {}, lambda bench, a, b: [abs(a - b).sqrt()])
    left = survivors(case, root_of_difference)
    assert "1 + 1e-6 times 0 * a" in left and "a and b exchanged" in left
    assert not any("no root" in what for what in left)
