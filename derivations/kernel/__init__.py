"""The trusted kernel, in reading order. Nothing outside this folder can make a theorem.

term           what is written: immutable terms, scalars, vectors, matrices
formulas       terms with a bound variable, and formulas
terms          the two above under one name
substitution   replacing variables without capture
definitions    the Gaussian density, expectation and KL divergence as notations
field          the tower over Q: generators, fractions of polynomials, the zero test
signs          signs of polynomials, with certificates
radicals       roots, logs, exponentials and angles as generators
linear         vectors and matrices of any dimension as words
binders        normal forms of sums, products and integrals
smooth         which terms are smooth, and which functions are differentiated
calculus       derivatives of terms
fields         divergences of vector fields
state          what one decision knows and owes
atoms          what the arithmetic takes as it is, and its canonical keys
hypotheses     hypotheses as facts, equations as replacements
normal         the normal form of a term, and what it owes
theorem        the sealed Theorem, made by `rule` only
logic          rules: hypotheses, instances, quantifiers, induction, definitions, axioms
equality       rules: algebra, order, chains, congruence
sums           rules: finite sums and products, equality under a binder
integrals      rules: splitting, Fubini, substitution, the divergence theorem, differentiation under the integral
coordinates    rules: change of variables, antiderivatives, limits
series         rules: orders in a small step
evolution      rules: the fundamental theorem of the calculus
limits         rules: values, composition, what vanishes at infinity
decay          rules: Gaussians are integrable and vanish
"""

from derivations.kernel import coordinates, decay, equality, evolution, integrals, limits, logic, series, sums
from derivations.kernel.theorem import RULES, RuleError, Theorem, seal

seal()

__all__ = [
    "RULES", "RuleError", "Theorem",
    "coordinates", "decay", "equality", "evolution", "integrals", "limits", "logic", "series", "sums",
]  # fmt: skip
