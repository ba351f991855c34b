r"""Gaussians with independent coordinates: \operatorname{diag}(\sigma^2), and divergences as sums over coordinates.

A vector without an index stands for all its coordinates: inside diag(sigma^2) and beside it, sigma and mu are sigma_j
and mu_j of the coordinate j.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivations.deciding import decide
from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, Term, app, is_scalar, mul, neg, num, power, sqrt, sum_, sym
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.gaussians import divergence, moments, multiple
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.verdict import Judgement

DIAGONAL = "diag"
INDEX = sym("j", INT)
ONE = {"mean": "1", "deviation": "1"}
WHOLE = ((0, 1), (1, 1), (0, 2), (3, 1), (1, 3), (2, 2), (-2, 1))  # values of the mean and the deviation
POINTS = (*WHOLE, (0, Fraction(1, 2)), (0, Fraction(7, 10)), (0, Fraction(1, 4)))
FACTORS = (2, Fraction(1, 2))  # that a slip leaves out, or adds


class NoCoordinates(Exception):
    """The term has no coordinates that are read here."""


def apart(t: Term) -> Term:
    """The term with every divergence of Gaussians with diagonal covariances as the sum over the coordinates."""
    args = tuple(apart(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "KL" or len(t.args) != 3:
        return t
    laws = [moments(a) for a in t.args[1:]]
    if any(law is None for law in laws) or not any(_is_diagonal(law[1]) for law in laws if law is not None):
        return t
    try:
        values = [part for law in laws if law is not None for part in (coordinate(law[0]), _variance(law[1]))]
    except NoCoordinates:
        return t
    return sum_(INDEX, num(1), DIMENSION, divergence(*values))


def _is_diagonal(t: Term) -> bool:
    return t.op == "app" and t.args[0] == DIAGONAL


def _variance(cov: Term) -> Term:
    """The variance of one coordinate."""
    if _is_diagonal(cov):
        return coordinate(cov.args[1])
    found = multiple(cov)
    if found is None:
        raise NoCoordinates
    return found


def coordinate(t: Term) -> Term:
    """The coordinate j of a vector that is written without an index. Raises NoCoordinates."""
    if t.op == "zero":
        return num(0)
    if t.op == "num":
        return t
    if t.op in ("sym", "app") and all(a.op in ("num", "sym") for a in t.args[1:]):
        return app(t.args[0], *t.args[1:], INDEX)
    if t.op in ("add", "neg", "pow", "exp", "mul", "div", "sqrt"):
        return rebuild(t, tuple(coordinate(a) if isinstance(a, Term) else a for a in t.args))
    raise NoCoordinates


def unnamed(lhs: Term, rhs: Term, standard: bool = False) -> Judgement | None:
    """The verdict on KL(q || p) = a sum over coordinates, where q and p are not written out: true for q a Gaussian with
    a diagonal covariance and p the standard one, as everybody takes them; false where it is negative somewhere, which
    no divergence is. None for another equation. `standard`: p is told to be standard normal; then a factor is wrong.
    """
    minus = lhs.op == "neg"
    name = lhs.args[0] if minus else lhs
    value = neg(rhs) if minus else rhs
    if name.op != "app" or name.args[0] != "KL" or not all(map(is_density, name.args[1:])):
        return None
    found = [p for p in walk(rhs) if p.op == "sum"]
    rest = [p for p in walk(rhs) if p.op in ("app", "sym")]
    parts = {p for p in walk(found[0].args[3]) if p.op == "app"} if len(found) == 1 else set()
    index = found[0].args[0] if found else INDEX
    if len(parts) != 2 or any(p not in parts and p not in walk(found[0]) for p in rest) or _outside(rhs, found[0]):
        return None
    if any(p.args[-1] != index or not is_scalar(p) for p in parts):
        return None
    spread = {p for q in walk(rhs) if q.op in ("log", "exp") for p in walk(q) if p in parts}
    if len(spread) != 1:
        return None
    (sigma,), (mu,) = spread, parts - spread
    letters = sym("mu"), sym("sigma")
    one = _with(value, {found[0]: found[0].args[3]})
    one = _with(one, {mu: letters[0], sigma: letters[1]})
    return _one_coordinate(one, *letters, FACTORS if standard else ())


def _outside(t: Term, inside: Term) -> bool:
    """Whether a term is more than a multiple of a sum."""
    if t == inside or t.op == "num":
        return False
    if t.op in ("mul", "neg", "div"):
        return any(_outside(a, inside) for a in t.args)
    return True


def _with(t: Term, table: dict[Term, Term]) -> Term:
    if t in table:
        return table[t]
    return rebuild(t, tuple(_with(a, table) if isinstance(a, Term) else a for a in t.args))


def _one_coordinate(value: Term, mu: Term, sigma: Term, factors: Sequence[int | Fraction]) -> Judgement | None:
    words = {"mu": "real", "sigma": "positive"}
    ways = ((power(sigma, 2), "the deviation"), (sigma, "the variance"))
    for variance, what in ways:
        if decide(value, divergence(mu, variance, num(0), num(1)), words).status == "proved":
            said = f"for a Gaussian q with independent coordinates, of which the second name is {what}, and p = N(0, I)"
            return Judgement("proved", "vae.kl_closed", said)
        for k in factors:
            whole = divergence(mu, variance, num(0), num(1))
            if decide(value, mul(num(k), whole), words).status == "proved":
                said = f"it is {k} times the divergence, in one coordinate"
                there = [_with(t, {mu: num(1), sigma: num(1)}) for t in (whole, value)]
                values = (plain(there[0]), plain(there[1]))
                return Judgement("refuted", "vae.kl_closed", said, witness=ONE, values=values)
    for at in POINTS:
        here = _with(value, {mu: num(at[0]), sigma: num(at[1])})
        seen = decide(here, sqrt(power(here, 2)), {})
        if seen.status == "refuted":
            left = seen.reason.removeprefix("the left side is ").partition(", the right side is ")[0]
            said = "a divergence is never negative, and this is, in one coordinate"
            witness = {"mean": str(at[0]), "deviation": str(at[1])}
            return Judgement("refuted", "vae.kl_closed", said, witness=witness, values=("at least 0", left))
    return None


__all__ = ["DIAGONAL", "apart", "coordinate", "unnamed"]
