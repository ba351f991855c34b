r"""Marginal densities with their Gaussian kernel written out: p(x_t) = \int p(x_0) N(x_t; m x_0, v I) dx_0.

With the kernel of the notation it is the law of total probability; with another one it says what the noise is.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, app
from derivations.reading.equations.equations import Equations
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

FORWARD = "q(x|x)"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a density set equal to a mixture of Gaussians in its variable; None for another equation."""
    if not is_density(lhs) or rhs.op != "app" or rhs.args[0] != "integral" or rhs.args[1].op != "mul":
        return None
    over = rhs.args[2]
    kernels = [f for f in rhs.args[1].args if f.op == "normal"]
    priors = [f for f in rhs.args[1].args if is_density(f)]
    if len(kernels) != 1 or len(priors) != 1 or len(rhs.args[1].args) != 2:
        return None
    kernel, prior = kernels[0], priors[0]
    if variables_of(lhs) != ({kernel.args[0]}, set()) or variables_of(prior) != ({over}, set()):
        return None
    if over not in kernel.args[1].free and over.op == "sym":
        return None
    forward = app(FORWARD, *lhs.args[1:], *prior.args[1:])
    if len(forward.args) == 5 and notation.knows(forward):
        known = Equations(notation, set()).judge(forward, kernel, hint=False)
        if known.verdict != "proved":
            return Judgement("undecided", "forward.marginal", "the kernel is not the one of the forward process")
        return Judgement("proved", "forward.marginal", "the law of total probability, with the kernel of the process")
    return Judgement("definition", "lvm.marginal", "the density is given its kernel here")


__all__ = ["judge"]
