r"""Gaussian densities that a document writes out: what stands before the exponential must make them integrate to 1.

p(x) = (2\pi\sigma^2)^{-d/2} \exp(-\|x - m\|^2 / (2\sigma^2)) gives a density its meaning. With another number in the
exponent, or before it, there is no such density. One without \pi, or with a factor of its own like 1/Z, says nothing of
its normalisation.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.formats.plain import plain
from derivations.kernel.definitions import PI
from derivations.kernel.terms import REAL, Term, TermError, add, div, exp, eye, is_scalar, log, mul, neg, num
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement
from derivations.registry.one_dimension import one_dimensional

DIMENSIONS = ("D", "n", "N", "k", "m")  # how authors write d


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on the first form of a density, or of its logarithm: a definition where it is a Gaussian, refuted
    where it does not integrate to 1; None for another equation.
    """
    logs = lhs.op == "log"
    density = lhs.args[0] if logs else lhs
    if not is_density(density) or notation.has_rule(density) or density in notation.stated or PI not in rhs.free:
        return None
    if "," in str(density.args[0]).partition("(")[2].partition("|")[0] or len(density.args) < 2:
        return None
    x = density.args[1]
    rhs = _with_dimension(rhs, num(1) if is_scalar(x) else DIMENSION)
    law = _gaussian(rhs if logs else log(rhs), x)
    if law is None or not _names(rhs) <= _names(law) | {"pi", "d"}:
        return None
    written = exp(rhs) if logs else rhs
    pairs = [(law, written)]
    try:
        if not is_scalar(x) and DIMENSION not in walk(rhs):  # it may speak of numbers
            pairs.append((one_dimensional(law), one_dimensional(written)))
        answers = [equal(a, b, notation.domains) for a, b in pairs]
    except (TermError, ValueError, UnreadError):
        return None
    if any(a.status == "proved" for a in answers):
        notation.define(density, law, "")
        return Judgement("definition", message=f"{plain(density)} is given its meaning here: a Gaussian", checked=True)
    if any(a.status != "refuted" for a in answers):
        return None
    said = "it does not integrate to 1: another factor belongs before an exponential with this exponent"
    return Judgement("refuted", "", said, witness=dict(answers[-1].witness or {}), values=answers[-1].values)


def _with_dimension(t: Term, size: Term) -> Term:
    """The term with the dimension for a letter that may stand for it, as in (2 pi)^{D/2}."""
    found = [s for s in t.free if is_scalar(s) and s.args[0] in DIMENSIONS]
    return replaced(t, found[0], size) if len(found) == 1 else t


def _names(t: Term) -> set[str]:
    return {str(p.args[0]) for p in walk(t) if p.op in ("sym", "app")}


def _gaussian(t: Term, x: Term) -> Term | None:
    """The Gaussian whose logarithm has the square that a sum has; None where it has not one square of x - m."""
    squares = list(_squares(t, x, num(1)))
    if len(squares) != 1:
        return None
    c, square = squares[0]
    gap, spread = square.args[0], num(1) if is_scalar(x) else eye(DIMENSION)
    if square.op == "inner":
        matrix, gap = _weighed(*square.args)
        matrix = matrix.args[0] if matrix.op == "T" else matrix
        if matrix.op != "inv" or "spd" not in matrix.args[0].sort:
            return None
        spread = matrix.args[0]
    elif square.op != "norm2" and not (square.op == "pow" and square.args[1] == num(2)):
        return None
    try:
        found = parts(gap)
    except UnreadError:
        return None
    sign = found.pop(x, num(0))
    if sign not in (num(1), num(-1)) or any(x in walk(a) for a in found):
        return None
    mean = add(*(mul(num(-1), sign, k, a) for a, k in found.items())) if found else mul(num(0), x)
    return Term("normal", (x, mean, mul(div(num(-1), mul(2, c)), spread)), REAL)


def _weighed(left: Term, right: Term) -> tuple[Term, Term]:
    """The matrix and the vector of <M u, u>, whichever side M stands on; twice the vector for another product."""
    for moved, u in ((left, right), (right, left)):
        if moved.op == "mul" and len(moved.args) == 2 and moved.args[1] == u:
            return moved.args[0], u
    return left, right


def _squares(t: Term, x: Term, factor: Term) -> Iterator[tuple[Term, Term]]:
    """The parts of a logarithm in which x stands, each with the number before it."""
    if x not in walk(t):
        return
    if t.op == "log" and t.args[0].op in ("mul", "div", "exp"):
        inside = t.args[0]
        if inside.op == "exp":
            yield from _squares(inside.args[0], x, factor)
            return
        signs = (1, -1) if inside.op == "div" else (1,) * len(inside.args)
        for a, sign in zip(inside.args, signs, strict=True):
            yield from _squares(log(a), x, mul(num(sign), factor))
    elif t.op in ("add", "neg"):
        for a in t.args:
            yield from _squares(a, x, factor if t.op == "add" else neg(factor))
    elif t.op in ("mul", "div"):
        moving = [a for a in t.args if x in walk(a)]
        rest = replaced(t, moving[0], num(1)) if len(moving) == 1 else None
        if rest is None or (t.op == "div" and moving[0] is t.args[1]):
            yield factor, t
        else:
            yield from _squares(moving[0], x, mul(factor, rest))
    else:
        yield factor, t


__all__ = ["judge"]
