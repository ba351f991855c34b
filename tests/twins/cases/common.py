"""What the tables of cases share: registering a case, and putting numbers for the letters of a theorem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import fmpq

from derivations.evidence import arithmetic as numbers
from derivations.kernel.definitions import log_normal
from derivations.kernel.terms import Term
from derivations.language.notation import d, eps, m, t, x_0, x_prev, x_t
from tests.twins.band import LIMIT, Addends, Case
from tests.twins.points import Kind, share, steps
from tests.twins.reference import MINUS, Reference, Value, cholesky, plus, quadratic, scale, times

CASES: list[Case] = []
STEP = {"alpha_t": share, "alpha_bar_prev": share, "t": steps}
DIMENSIONS = {"d": (1, 2, 3), "m": (1, 2)}


def twin(
    id: str,
    variant: str = "",
    *,
    sizes: Mapping[str, tuple[int, ...]] = DIMENSIONS,
    call: Callable[..., Any] | None = None,
    symmetric: tuple[tuple[str, ...], ...] = (),
    low: bool = True,
    cost: int = 1,
    limit: float = LIMIT,
    by_norm: str = "",
    **kinds: Kind,
) -> Callable[[Callable[..., list[Any]]], Case]:
    """Register a case: the function below computes the theorem's answer from the bench and the exact inputs."""

    def keep(truth: Callable[..., list[Any]]) -> Case:
        alike = tuple(frozenset(s) for s in symmetric)
        works_low = low and all(kind.low for kind in kinds.values())
        CASES.append(
            Case(id, variant, kinds, dict(sizes), truth, call, alike, works_low, cost, limit, by_norm)
        )
        return CASES[-1]

    return keep


def at(*formulas: Term, functions: Mapping[str, Any] | None = None, **given: Value) -> Reference:
    """An evaluator with values for the free letters of the formulas, by name; `d` and `m` are known by every formula.

    Further keywords of `Reference` are recognised: measures, ranges, instead. Raises KeyError for a name that no
    formula has: a misspelt letter would leave the theorem without its value.
    """
    more = {k: given.pop(k) for k in ("measures", "ranges", "instead") if k in given}
    letters = {s.args[0]: s for f in formulas for s in f.free} | {"d": d, "m": m, "t": t, "x_0": x_0, "eps": eps}
    letters |= {"x_t": x_t, "x_prev": x_prev, "x_t-1": x_prev}
    values = {letters[name]: fmpq(v) if isinstance(v, int) else v for name, v in given.items()}
    return Reference(values, functions, **more)


def chain(at_step: Value, alpha_t: Value, alpha_bar_prev: Value) -> dict[str, Any]:
    """The schedule beta for which alpha and alpha_bar have these values at a step: equal steps before it."""
    last = int(at_step)
    before = numbers.root(alpha_bar_prev, last - 1) if last > 1 else None

    def beta(s: Value) -> Value:
        share = alpha_t if int(s) == last else before
        return plus(fmpq(1), scale(MINUS, share))

    return {"beta": beta}


def schedule_of(shares: list[Value]) -> dict[str, Any]:
    """The schedule with alpha_1, alpha_2, ... as listed."""
    return {"beta": lambda s: plus(fmpq(1), scale(MINUS, shares[int(s) - 1]))}


def signal(share: Value) -> dict[str, Any]:
    """A schedule with one step, after which alpha_bar is this share."""
    return schedule_of([share])


def log_terms(ev: Reference, density: Term) -> Addends:
    """The logarithm of a Gaussian density as its terms: the constant, the log-determinant and the quadratic form."""
    return Addends(ev.addends(log_normal(*unfolded(ev, density).args)))


def unfolded(ev: Reference, density: Term) -> Term:
    """A density that is given by a function, as the Gaussian that the function stands for."""
    density = ev.unfolded(density)
    assert density.op == "normal", density
    return density


def mean_and_variance(ev: Reference, density: Term) -> list[Any]:
    """The mean and the variance per coordinate of an isotropic Gaussian density."""
    _, mean, cov = unfolded(ev, density).args
    return [ev(mean), ev(cov)[0][0]]


def draw_from(ev: Reference, density: Term, z: Value) -> Value:
    """The mean plus a root of the covariance times z: a draw, when z is standard Gaussian (gauss.affine)."""
    _, mean, cov = unfolded(ev, density).args
    return plus(ev(mean), times(cholesky(ev(cov)), z))


def law_from_mgf(ev: Reference, u: Term, mgf: Term, n: int) -> tuple[Value, Value]:
    """(mean, covariance) of the law with this moment generating function of u."""
    _, mean, cov = quadratic(lambda v: numbers.log(ev.within({u: v}, mgf)), n)
    return mean, cov


def unit(n: int, k: int) -> list[Value]:
    """The k-th coordinate vector of R^n, k = 0..n-1."""
    return [fmpq(int(i == k)) for i in range(n)]


def isotropic(v: Value, n: int) -> Value:
    """v times the identity matrix."""
    return [[v if i == j else fmpq(0) for j in range(n)] for i in range(n)]
