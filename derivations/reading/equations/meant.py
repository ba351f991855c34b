"""What an equation that fails as it was read may have been meant to say: if it holds then, nobody is accused."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, sqrt, sym
from derivations.reading.equations import abbreviated, naming
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced, split_index

STEPS = ("h", "Delta", "dt", "eta")
TIMES = ("t", "tau", "s", "sigma", "lambda")


def ways(notation: Notation, lhs: Term, rhs: Term) -> Iterator[tuple[str, Term, Term]]:
    """The equation as it may have been meant: with T for a transpose, the data x for x_0, or a step h as the difference
    of two times.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    turned = {p for p in parts if p.op == "pow" and p.args[1].op == "sym" and p.args[1].args[0] in ("T", "top")}
    if turned:
        a, b = lhs, rhs
        for p in turned:
            a, b = (canonical(replaced(t, p, p.args[0])) for t in (a, b))
        yield "it holds where T transposes", a, b
    data = {p for p in parts if p.op == "sym" and p.args[0] == "x" and not is_scalar(p)}
    if data and any(p.op == "app" and p.args[0] == "x" and p.args[1:] == (num(0),) for p in parts):
        first = app("x", num(0), sort=next(iter(data)).sort)
        a, b = (replaced(t, next(iter(data)), first) for t in (lhs, rhs))
        yield "it holds where x and x_0 are one name for the data", a, b
    ends = {p.args[1] for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    if len(data) == 1 and ends == {num(0), num(1)}:
        x, t = next(iter(data)), next((p for p in parts if p == sym("t", p.sort)), sym("t"))
        a, b = (replaced(side, x, app("x", t, sort=x.sort)) for side in (lhs, rhs))
        yield "it holds along the path", a, b
    yield from abbreviated.ways(notation, lhs, rhs)
    pair = with_data(notation, lhs, rhs)
    if pair is not None:
        yield "it holds where x is the data x_0", *pair
    averaged = _averaged(lhs, rhs)
    if averaged is not None:
        yield "it holds where x_0 stands for its mean given the state", *averaged
    made = _made(parts)
    if made is not None:
        a, b = (replaced(t, *made) for t in (lhs, rhs))
        yield "it holds where the state is made of the data and this noise", a, b
    drawn = _drawn_apart(lhs, rhs)
    if drawn is not None:
        yield "it holds where each noise is a draw of its own, though they have one name", lhs, drawn
    levels = {p for p in parts if p.op == "app" and p.args[0] == "lambda" and len(p.args) == 2 and notation.has_rule(p)}
    for factor in (num(2), div(num(1), num(2))) if levels else ():
        a, b = (_multiplied(t, levels, factor) for t in (lhs, rhs))
        yield "it holds with the other log-SNR: two of them differ by a factor 2", a, b
    steps = {p for p in parts if p.op == "sym" and str(p.args[0]).split("_")[0] in STEPS and is_scalar(p)}
    times = [p for p in parts if p.op == "app" and p.args[0] in TIMES and len(p.args) == 2 and is_scalar(p)]
    later = [(p, q) for p in times for q in times if p.args[0] == q.args[0] and _next(q.args[1], p.args[1])]
    for step in sorted(steps, key=repr):
        for p, q in later[:2]:
            for one, other in ((p, q), (q, p)):
                a, b = (canonical(replaced(t, step, add(one, neg(other)))) for t in (lhs, rhs))
                yield f"it holds where {step.args[0]} is the step between two times of the grid", a, b


def _drawn_apart(lhs: Term, rhs: Term) -> Term | None:
    """What a state is made of, where one noise stands in several terms, with another noise in each; None elsewhere."""
    if lhs.op != "app" or lhs.args[0] != "x" or len(lhs.args) != 2 or rhs.op != "add":
        return None
    noises = {p for p in walk(rhs) if p.op in ("sym", "app") and p.args[0] == "eps" and not is_scalar(p)}
    if len(noises) != 1 or sum(bool(noises & set(walk(a))) for a in rhs.args) < 2:
        return None
    noise = noises.pop()
    return add(*(replaced(a, noise, app("eps", num(k + 1), sort=noise.sort)) for k, a in enumerate(rhs.args)))


def _averaged(lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with the data, which stands alone on one side, as its mean given the state in whose marginal score
    the other side is written; None for another equation.
    """
    for data, other in ((lhs, rhs), (rhs, lhs)):
        alone = {p for p in walk(data) if not is_scalar(p) and p.op in ("app", "sym")}
        states = {p.args[2] for p in walk(other) if p.op == "grad" and p.args[1].op == "log"}
        if len(alone) != 1 or len(states) != 1 or not naming.marginals(other):
            continue
        x, state = alone.pop(), states.pop()
        if x.op == "app" and x.args == ("x", num(0)) and x not in walk(other):
            mean = app("E|", x, state, sort=x.sort)
            return tuple(replaced(t, x, mean) if t is data else t for t in (lhs, rhs))  # type: ignore[return-value]
    return None


def _multiplied(t: Term, names: set[Term], factor: Term) -> Term:
    """A term with a factor before names."""
    if t in names:
        return mul(factor, t)
    args = tuple(_multiplied(a, names, factor) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def _made(parts: list[Term]) -> tuple[Term, Term] | None:
    """The one state x_t beside x_0, a noise and alpha_bar_t, and what it is made of, or None."""
    states = {p for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    data, moving = ({p for p in states if (p.args[1] == num(0)) is zero} for zero in (True, False))
    noise = {p for p in parts if p.op == "sym" and p.args[0] == "eps"}
    bar = next((p for p in parts if p.op == "app" and p.args[0] == "alpha_bar"), None)
    if not len(data) == len(moving) == len(noise) == 1 or bar is None or bar.args[1] != next(iter(moving)).args[1]:
        return None
    state = add(mul(sqrt(bar), data.pop()), mul(sqrt(add(1, neg(bar))), noise.pop()))
    return moving.pop(), state


def _next(first: Term, second: Term) -> bool:
    here, there = split_index(first), split_index(second)
    return here is not None and there is not None and here[0] == there[0] and there[1] - here[1] == 1


def with_data(notation: Notation, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with x for the data x_0, the document's own names put in; None where x cannot be the data."""
    moved = [p.args[1] for t in (lhs, rhs) for p in walk(t) if p.op == "app" and p.args[0] in "xv" and len(p.args) == 2]
    if num(0) in moved or not moved or notation.world.state is None:
        return None
    a, b = (notation.as_defined(t) for t in (lhs, rhs))
    flat = notation.scalar_world
    data = {p for t in (a, b) for p in walk(t) if p.op == "sym" and p.args[0] == "x" and (flat or not is_scalar(p))}
    if len(data) != 1:
        return None
    x = data.pop()
    a, b = (replaced(t, x, app("x", num(0), sort=x.sort)) for t in (a, b))
    return a, b


__all__ = ["ways", "with_data"]
