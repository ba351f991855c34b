"""The solution of a linear stochastic equation dx = (f x + b) dt + g dw that a document has written, and its moments.

x_t = m(t) + int_0^t k(t, s) dw_s solves it when m(0) = x_0, m' = f m + b, k(t, t) = g(t) and dk/dt = f k. By Ito's
isometry E[x_t] = c E[x_0] and Var[x_t] = c^2 Var[x_0] + int_0^t k^2 ds, of every coordinate, where b is 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    REAL,
    Term,
    TermError,
    add,
    app,
    diff,
    exp,
    integral,
    interval,
    mul,
    num,
    power,
    sym,
)
from derivations.reading.dynamics import affine, integrated
from derivations.reading.dynamics.affine import Condition, Linear, T, linear
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.sde import WIENER, Equation
from derivations.reading.equations.compare import Answer
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SOLVES = "it solves the linear stochastic equation before: m(0) = x_0, m' = f m + b, k(t, t) = g(t), dk/dt = f k"
ISOMETRY = "the moments of the solution of the linear stochastic equation before, by Ito's isometry"
S = sym("s", REAL)


def judge(notation: Notation, lhs: Term, rhs: Term, before: Collection[Equation]) -> Judgement | None:
    """The verdict on an equation that gives the solution of one before it, or a moment; None for another one."""
    whole = integrated.judge(notation, lhs, rhs, before)
    if whole is not None:
        return whole
    rhs, domains = notation.as_defined(rhs), notation.domains
    solution = _split(lhs, rhs)
    failed: list[tuple[Linear, Answer, str]] = []
    for e in (e for equation in reversed(list(before)) for e in linear(equation)):
        try:
            found = None if solution is None else affine.first_open(_conditions(e, *solution), domains)
            if found is not None and found[0].status == "proved":
                return Judgement("proved", "", SOLVES)
            failed += [] if found is None else [(e, *found)]
            wanted = None if e.b else _moment(lhs, e.f, e.g)
            if wanted is not None and equal(rhs, wanted, domains).status == "proved":
                return Judgement("proved", "", ISOMETRY)
        except (TermError, UnreadError):
            continue
    if solution is None or not failed:
        return None
    said = affine.refuted(failed, affine.names(*solution[:3]) - {str(solution[3].args[0])}, notation.places)
    return said or Judgement("undecided", "", "it is not shown to solve the linear stochastic equation before")


# ---- the solution


def _conditions(e: Linear, mean: Term, kernel: Term, start: Term, s: Term) -> Iterator[Condition]:
    """What a mean and a kernel k(t, s) must satisfy; the kernel may have its time s alone where f is 0."""
    yield from e.mean(mean, start)
    yield substitute(kernel, {s: T}), e.g, "the kernel at the time of the noise is not its diffusion"
    yield diff(T, kernel) if T in kernel.free else num(0), mul(e.f, kernel), "the kernel does not solve the equation"


def _split(lhs: Term, rhs: Term) -> tuple[Term, Term, Term, Term] | None:
    """The mean, the kernel, the start and the time of the noise of x_t = m + int_0^t k dw_s; None for other sums."""
    if lhs.op != "app" or lhs.args[0] not in affine.STATES or lhs.args[1:] != (T,):
        return None
    start, mean, drawn = app(str(lhs.args[0]), num(0), sort=lhs.sort), list[Term](), list[tuple[Term, Term]]()
    for term in rhs.args if rhs.op == "add" else (rhs,):
        signed, body = (num(-1), term.args[0]) if term.op == "neg" else (num(1), term)
        factors = list(body.args) if body.op == "mul" else [body]
        noises = [p for p in factors if p.op == "app" and p.args[0] == "integral[]" and _is_wiener(p.args[2])]
        if len(noises) != 1:
            mean.append(term)
            continue
        (noise,) = noises
        if noise.args[3:] != (num(0), T) or noise.args[2].args[1].op != "sym" or drawn:
            return None
        outside = [p for p in factors if p is not noise]
        drawn.append((mul(signed, *outside, noise.args[1]), noise.args[2].args[1]))
    if not drawn or not mean or not any(start in walk(t) for t in mean):
        return None
    ((kernel, s),) = drawn
    return add(*mean) if len(mean) > 1 else mean[0], kernel, start, s


def _is_wiener(t: Term) -> bool:
    return t.op == "app" and t.args[0] in WIENER and len(t.args) == 2


# ---- its moments


def _moment(lhs: Term, f: Term, g: Term) -> Term | None:
    """What E[x_t], E[x_t^2], Var[x_t] must be, of a number, also given x_0; None for anything else."""
    if lhs.op != "app" or lhs.args[0] not in ("E", "E|", "Var[]", "bb V[]") or len(lhs.args) not in (2, 3):
        return None
    body, given = lhs.args[1], lhs.args[2:]
    squared = body.op == "pow" and body.args[1] == num(2)
    x = body.args[0] if squared else body
    if x.op != "app" or x.args[1:] != (T,) or x.args[0] not in ("x", "z", "y"):
        return None
    start = app(x.args[0], num(0), sort=x.sort)
    if given and given != (start,):
        return None
    c = exp(integral(S, substitute(f, {T: S}), interval(num(0), T)))
    inside = exp(mul(num(2), integral(sym("tau", REAL), substitute(f, {T: sym("tau", REAL)}), interval(S, T))))
    spread = integral(S, mul(inside, power(substitute(g, {T: S}), 2)), interval(num(0), T))
    if lhs.args[0] in ("E", "E|") and not squared:
        return mul(c, start if given else app("E", start, sort=x.sort))
    if lhs.args[0] in ("E", "E|"):
        first = power(start, 2) if given else app("E", power(start, 2))
        return add(mul(power(c, 2), first), spread)
    return spread if given else add(mul(power(c, 2), app(lhs.args[0], start)), spread)


__all__ = ["judge"]
