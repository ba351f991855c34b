"""Lints: what is pointed at in every formula beside its verdict. A lint proves nothing and refutes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from derivations.kernel.terms import Term
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations import scales
from derivations.reading.laws.laws import is_noise
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import score

KNOWN = ("proved", "convention", "definition")


def lints(weights: Mapping[str, scales.Scales], read: list[list[Term] | Equation], verdict: str) -> Iterator[str]:
    """Everything that may be said of a formula, given the sides that were read of it and its verdict."""
    yield from scales.lints(weights, read, verdict)
    if verdict not in KNOWN:
        for sides in read:
            if not isinstance(sides, Equation):
                yield from {said for a, b in pairwise(sides) if (said := free(a, b))}


def free(a: Term, b: Term) -> str:
    """Whether a drawn noise stands on one side only of an equation whose other side is a function of the state."""
    for here, there in ((a, b), (b, a)):
        noise = [p for p in walk(here) if is_noise(p, ("eps", "xi"))]
        if noise and _of_state_alone(there) and not any(p.args[0] in ("E", "E|") for p in walk(here) if p.op == "app"):
            name = str(noise[0].args[0])
            return f"{name} stands on one side only, beside a function of the state: this can hold on average only"
    return ""


def _of_state_alone(t: Term) -> bool:
    """Whether a term is a multiple of a marginal score or of a mean given the state."""
    parts = t.args if t.op in ("mul", "div", "neg") else (t,)
    return any(isinstance(p, Term) and (score(p).op == "app" and score(p).args[0] in ("score", "E|")) for p in parts)


__all__ = ["free", "lints"]
