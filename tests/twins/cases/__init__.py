"""Every case: a formula ID, its inputs, and the answer of the theorem. The modules follow the chapters."""

from tests.twins.cases import bound, continuous, conventions, ddim, finite, forward, gaussian, losses, posterior, scores  # noqa: F401
from tests.twins.cases.common import CASES

__all__ = ["CASES"]
