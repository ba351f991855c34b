"""The solution of a linear stochastic equation dx = f x dt + g dw that a document has written, and its moments.

x_t = c(t) x_0 + int_0^t k(t, s) dw_s solves it when c(0) = 1, c' = f c and k(t, s) = c(t) / c(s) g(s). By Ito's
isometry E[x_t] = c E[x_0] and Var[x_t] = c^2 Var[x_0] + int_0^t k^2 ds, of every coordinate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    REAL,
    Term,
    TermError,
    add,
    app,
    diff,
    div,
    exp,
    integral,
    interval,
    is_scalar,
    mul,
    num,
    power,
    sym,
)
from derivations.reading.dynamics.sde import WIENER, Equation
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.verdict import Judgement

SOLVES = "it solves the linear stochastic equation before: c(0) = 1, c' = f c, and the kernel is c(t) / c(s) g(s)"
ISOMETRY = "the moments of the solution of the linear stochastic equation before, by Ito's isometry"
T, S = sym("t", REAL), sym("s", REAL)


def judge(lhs: Term, rhs: Term, before: Collection[Equation], domains: Mapping[str, str]) -> Judgement | None:
    """The verdict on an equation that gives the solution, or a moment, of one before it; None where nothing is shown. A
    solution of another form is false where the document has but one equation.
    """
    found: list[Judgement] = []
    for equation in reversed(list(before)):
        for f, g in linear(equation):
            try:
                solves = _solves(lhs, rhs, f, g, domains)
                if solves is not None and solves.status == "proved":
                    return Judgement("proved", "", SOLVES)
                found += [] if solves is None else [_unsolved(solves, len(before) == 1)]
                wanted = _moment(lhs, f, g)
                if wanted is not None and equal(rhs, wanted, domains).status == "proved":
                    return Judgement("proved", "", ISOMETRY)
            except TermError:
                continue
    return found[0] if found else None


def _unsolved(answer: Answer, only: bool) -> Judgement:
    if answer.status == "refuted" and only:
        said = f"it does not solve the linear stochastic equation before: {answer.reason}"
        return Judgement("refuted", "", said, witness=dict(answer.witness or {}), values=answer.values)
    return Judgement("undecided", "", "it is not shown to solve the linear stochastic equation before")


def linear(equation: Equation) -> Iterator[tuple[Term, Term]]:
    """f and g of dx = f(t) x dt + g(t) dw."""
    atoms = [a for a in equation.drift if a.op in ("app", "sym")]
    if equation.diffusion is None or not is_scalar(equation.diffusion) or len(equation.drift) > 1:
        return
    f = equation.drift[atoms[0]] if atoms else num(0)
    state = not atoms or atoms[0].args[0] in ("x", "X", "z", "y")
    if state and is_scalar(f) and f.free <= {T} and equation.diffusion.free <= {T}:
        yield f, equation.diffusion


# ---- the solution


def _solves(lhs: Term, rhs: Term, f: Term, g: Term, domains: Mapping[str, str]) -> Answer | None:
    """The answer on c(t) x_0 + int k dw_s as a solution, where lhs is the state at t; None for another form."""
    if lhs.op != "app" or lhs.args[0] not in ("x", "z", "y") or lhs.args[1:] != (T,):
        return None
    found = _split(rhs, str(lhs.args[0]))
    if found is None:
        return None
    c, outside, k, s = found
    kernel = mul(div(c, substitute(c, {T: s})), substitute(g, {T: s}))
    conditions = [(substitute(c, {T: num(0)}), num(1)), (diff(T, c), mul(f, c)), (mul(outside, k), kernel)]
    answers = [equal(a, b, domains) for a, b in conditions]
    return next((a for a in answers if a.status != "proved"), answers[0])


def _split(rhs: Term, letter: str) -> tuple[Term, Term, Term, Term] | None:
    """The coefficient of x_0, what stands before the integral, its integrand and its time; None for other sums."""
    start, drawn = None, None
    for term in rhs.args if rhs.op == "add" else (rhs,):
        factors = list(term.args) if term.op == "mul" else [term]
        ends = [p for p in factors if p.op == "app" and p.args[0] == letter and p.args[1:] == (num(0),)]
        noises = [p for p in factors if p.op == "app" and p.args[0] == "integral[]" and _is_wiener(p.args[2])]
        if any(p.args[3:] != (num(0), T) for p in noises):
            return None
        if len(ends) == 1 and start is None:
            start = _product([p for p in factors if p is not ends[0]])
        elif len(noises) == 1 and drawn is None:
            drawn = _product([p for p in factors if p is not noises[0]]), noises[0].args[1], noises[0].args[2].args[1]
        else:
            return None
    return None if start is None or drawn is None or drawn[2].op != "sym" else (start, *drawn)


def _is_wiener(t: Term) -> bool:
    return t.op == "app" and t.args[0] in WIENER and len(t.args) == 2


def _product(factors: list[Term]) -> Term:
    return factors[0] if len(factors) == 1 else mul(*factors) if factors else num(1)


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


__all__ = ["judge", "linear"]
