"""The value of a theorem at numbers: kernel terms with vectors, matrices and integrals, in ball arithmetic.

Scalars are exact rationals, balls or jets of `derivations.evidence.arithmetic`; vectors and matrices are lists of
them. A symbol has the value that it is given, a function the rule that it is given or the definition that the corpus
gave it. Integrals are sums over points, or exact Gaussian facts, each of which checks that it applies.
"""

from tests.twins.reference.evaluator import Reference
from tests.twins.reference.gaussians import NoReference, Normal, bell, quadratic
from tests.twins.reference.integrals import Finite
from tests.twins.reference.linear import HALF, MINUS, Value, agree, cholesky, eliminate, plus, scale, times

__all__ = [
    "HALF", "MINUS", "Finite", "NoReference", "Normal", "Reference", "Value", "agree", "bell", "cholesky", "eliminate",
    "plus", "quadratic", "scale", "times",
]  # fmt: skip
