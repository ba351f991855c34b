"""Cases of the chapter on solvers: the closed forms; the tests of the solvers measure their orders."""

from __future__ import annotations

from tests.twins.cases.common import at, twin
from tests.twins.cases.quoting import stated
from tests.twins.points import moderate, positive, vector


@twin("solver.exp_euler", x=vector, rest=vector, f=positive, delta=positive)
def exponential_euler_step(bench, x, rest, f, delta):
    theorem = stated("solver.exp_euler")
    ev = at(theorem, functions={"x_at": lambda time: x}, N=rest, f=f, Delta=delta, s_from=1, d=len(x))
    return [ev(theorem.args[1])]


@twin("dpm.phi_recursion", h=moderate)
def polynomial_weights(bench, h):
    return [at(theorem, h=h)(theorem.args[1]) for theorem in (stated("dpm.phi_recursion", f"phi {k}") for k in (1, 2, 3))]
