"""Every case: a formula ID, its inputs, and the answer of the theorem. The modules follow the chapters."""

from tests.twins.cases import (  # noqa: F401
    bound,
    continuous,
    conventions,
    ddim,
    finite,
    forward,
    gaussian,
    guidance,
    levels,
    losses,
    parameterizations,
    posterior,
    scores,
    solvers,
)
from tests.twins.cases.common import CASES

__all__ = ["CASES"]
