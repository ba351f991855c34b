"""Which terms are smooth, and which functions are differentiated: unspecified functions stand for smooth ones."""

from __future__ import annotations

from derivations.kernel.terms import Term


def is_smooth(t: Term, variables: frozenset[Term]) -> bool:
    """Whether t is built so that it is differentiable everywhere in the real and vector symbols among the variables.

    Opaque functions stand for smooth functions of numbers and vectors; of how they depend on a matrix or a measure
    nothing is promised. A root, a logarithm or a quotient is smooth only when it is free of the variables; so is an
    integral, which would need a rule.
    """
    moving = frozenset(v for v in variables if v.sort[0] in ("real", "vec")) & t.free
    if not moving or t.op == "sym":
        return True
    if t.op in ("div", "pow"):
        whole = t.op == "div" or (
            t.args[1].op == "num" and t.args[1].args[0].denominator == 1 and t.args[1].args[0] >= 0
        )
        return whole and not moving & t.args[1].free and is_smooth(t.args[0], variables)
    if t.op == "normal":
        return not moving & t.args[2].free and all(is_smooth(a, variables) for a in t.args[:2])
    if t.op in ("diff", "grad", "divg", "jac"):
        y, body, at = t.args
        return is_smooth(body, variables | {y}) and is_smooth(at, variables)
    if t.op in ("sum", "prod"):
        return not moving & (t.args[1].free | t.args[2].free) and is_smooth(t.args[3], variables)
    if t.op == "app" and any(moving & a.free and a.sort[0] in ("mat", "measure") for a in t.args[1:]):
        return False
    plain = ("add", "neg", "mul", "exp", "sin", "cos", "atan", "inner", "norm2", "app")
    return t.op in plain and all(is_smooth(a, variables) for a in t.args if isinstance(a, Term))


def differentiated(t: Term) -> frozenset[str]:
    """The opaque functions of whose derivatives the term or formula speaks."""
    if t.slopes is None:
        if t.op in ("diff", "grad", "divg", "jac", "dominated", "vanishes", "bigo"):
            found = functions(t)
        else:
            found = frozenset().union(*(differentiated(a) for a in t.args if isinstance(a, Term)))
        object.__setattr__(t, "slopes", found)
    return t.slopes or frozenset()


def functions(t: Term) -> frozenset[str]:
    """The names of the opaque functions in the term or formula."""
    here: frozenset[str] = frozenset((t.args[0],)) if t.op == "app" else frozenset()
    return here.union(*(functions(a) for a in t.args if isinstance(a, Term)))
