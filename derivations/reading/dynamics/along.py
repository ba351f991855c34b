r"""Log-densities along a flow: d/dt log p_t(x_t) = -div v_t(x_t) where x_t moves by v, and the same with the integral.

By the chain rule and the continuity equation of v: that the two give the divergence, the kernel is asked each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.terms import Term, add, app, div, divergence, grad, inner, is_scalar, mul, neg, num, sym
from derivations.reading.dynamics import fields
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

SAID = "the chain rule, and the continuity equation of the field by which the state moves"
OTHER = "along a flow the log-density falls by the divergence of its field; here it does something else"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on the rate of a log-density along a path, or on its change; None for another equation."""
    if not is_scalar(lhs):
        return None
    if lhs.op == "diff" and len(lhs.args) == 3 and lhs.args[1].op == "log" and _moves(lhs.args[1].args[0], lhs.args[2]):
        return _rate(notation, lhs.args[1].args[0], rhs)
    return _change(notation, lhs, rhs)


def _turned(notation: Notation, field: Term) -> Judgement:
    """The verdict where the sign is the other one: refuted where the state moves by this field."""
    if not fields.moves(notation, str(field.args[1].args[0])):
        return Judgement("undecided", message=OTHER)
    return Judgement("refuted", "fp.as_continuity", OTHER, witness=dict(fields.WITNESS), values=("-1", "1"))


def _moves(density: Term, time: Term) -> bool:
    """Whether a term is p(x(t), t): the density of a state that depends on the time."""
    return is_density(density) and "|" not in density.args[0] and density.args[1].op == "app" and time in density.free


def _rate(notation: Notation, density: Term, rhs: Term) -> Judgement | None:
    falls, field = (True, rhs.args[0]) if rhs.op == "neg" else (False, rhs)
    if field.op != "divg" or not _is_field(field.args[1]) or not _is_there(density.args[1], field.args[2]):
        return None
    if falls and _is_shown(density, field):
        return Judgement("proved", "", SAID)
    return Judgement("undecided", message=OTHER) if falls else _turned(notation, field)


def _is_there(state: Term, at: Term) -> bool:
    """Whether the divergence is taken where the state is; of x_t it may be written at x, of a flow it may not."""
    whole = len(state.args) == 2 and (at.op in ("sym", "app") and at.args[0] == state.args[0])
    return at == state or whole


def _is_field(t: Term) -> bool:
    return t.op == "app" and "(" not in str(t.args[0]) and len(t.args) in (2, 3)


def _is_shown(density: Term, field: Term) -> bool:
    """Whether (dp/dt + <grad p, v>) / p is -div v, with dp/dt = -div(p v)."""
    bound, body, at = field.args
    x, here = sym("x", at.sort), sym("∂x", at.sort)
    state = density.args[1]
    p, v = replaced(density, state, here), replaced(body, bound, here)
    moved = replaced(p, here, x)
    carried = neg(divergence(here, mul(p, v), x))
    along = inner(grad(here, p, x), replaced(v, here, x))
    value = div(add(carried, along), moved)
    return equal(value, neg(divergence(here, v, x)), {str(density.args[0]): "positive"}).status == "proved"


def _change(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """log p_1(x_1) = log p_0(x_0) - int_0^1 div v dt, however its terms are arranged."""
    ends: dict[Term, int] = {}
    fields: list[tuple[int, Term]] = []
    states: list[Term] = []
    for sign, t in (*_signed(lhs, 1), *_signed(rhs, -1)):
        time = _time(t.args[0]) if t.op == "log" else None
        if time is not None:
            ends[time] = sign
            states.append(t.args[0])
        elif t.op == "int" and t.args[1].op == "interval" and t.args[2].op == "divg":
            fields.append((sign, t))
        else:
            return None
    if len(ends) != 2 or len(fields) != 1:
        return None
    ((sign, whole),) = fields
    lo, hi = whole.args[1].args
    field, time = whole.args[2], whole.args[0]
    if not all(_is_start(p, field.args[2]) for p in states):
        return None
    if {_plain(k) for k in ends} != {_plain(lo), _plain(hi)} or not _is_field(field.args[1]):
        return None
    rises = {_plain(k): s for k, s in ends.items()}
    density = app("p(x)", app("x", time, sort=field.args[2].sort), time)
    if rises[_plain(hi)] == sign == -rises[_plain(lo)] and _is_shown(density, field):
        return Judgement("proved", "", SAID)
    if rises[_plain(hi)] == -sign == -rises[_plain(lo)] and _is_shown(density, field):
        return _turned(notation, field)
    return Judgement("undecided", message=OTHER)


def _is_start(density: Term, at: Term) -> bool:
    """Whether the state of a density at one time is the point of the divergence at another one."""
    (state,) = [a for a in density.args[1:] if not is_scalar(a)][:1] or [density.args[1]]
    if state.op != "app" or len(state.args) == 2:
        return True
    return at.op == "app" and at.args[0] == state.args[0] and at.args[2:] == state.args[2:]


def _time(density: Term) -> Term | None:
    """The time of p(x_1, 1), or of rho(1, x_1) at the state of that time; None for another term."""
    if density.op != "app" or len(density.args) != 3:
        return None
    if is_density(density):
        return density.args[2]
    times = [a for a in density.args[1:] if is_scalar(a)]
    states = [a for a in density.args[1:] if a.op == "app" and not is_scalar(a) and a.args[1:] == tuple(times)]
    return times[0] if density.args[0] in ("rho", "pi") and len(times) == len(states) == 1 else None


def _plain(t: Term) -> str:
    """A time whatever its sort."""
    return str(t.args[0]) if t.op in ("sym", "num") else repr(t)


def _signed(t: Term, sign: int) -> Iterator[tuple[int, Term]]:
    if t.op == "add":
        for a in t.args:
            yield from _signed(a, sign)
    elif t.op == "neg":
        yield from _signed(t.args[0], -sign)
    elif t != num(0):
        yield sign, t


__all__ = ["judge"]
