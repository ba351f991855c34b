"""Wrong versions of every function are told from the theorem, by the band that the function itself passes."""

from collections import Counter

import pytest

from diffusion.formula import find
from tests.twins.cases import CASES
from tests.twins.mutation import survivors, wrong_versions

# At least as many as these; a rule that no longer finds its places must not pass unnoticed.
COUNTED = {"1 + 1e-6 times": 300, "the other sign in": 140, "no root in": 30, "another index in": 5, "exchanged": 90, "answer off": 78}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wrong_versions_are_told_apart(case):
    left = survivors(case, find(case.id, case.variant))
    assert not left, f"the band of {case.name}, or its points, let these wrong versions pass: {'; '.join(left)}"


def test_there_are_wrong_versions_of_every_kind():
    made = [what for case in CASES for what in wrong_versions(case, find(case.id, case.variant))]
    kinds = Counter(next(kind for kind in COUNTED if kind in what) for what in made)
    assert all(kinds[kind] >= least for kind, least in COUNTED.items()), kinds
    assert sum(kinds.values()) == len(made) >= 700
