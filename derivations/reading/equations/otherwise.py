r"""Other readings of an equation that is not true as it stands. They prove, and refute nothing.

levels with alpha_t^2 + sigma_t^2 = 1      where the document does not say what sigma_t is
x_t = a x_s + c \int_{\lambda_s}^{\lambda_t} w(\lambda) net(x_\lambda, \lambda) d\lambda    with the network as at s:
    where that is the step of first order for every s and t, the weight w is the right one
v, v_t and v_\theta as alpha eps - sigma x_0   of Salimans and Ho, where the document does not say what v is
a_t as alpha_t   where the document does not say what a is, in the notations that have an alpha_bar
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.calculus import derivative
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import (
    REAL,
    Term,
    add,
    app,
    div,
    is_scalar,
    mul,
    neg,
    num,
    power,
    sqrt,
    sym,
)
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import parts
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import NOISE, Notation, current_index, state_coefficients
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.syntax import UnreadError

V, PREDICTED = frozenset({"v"}), frozenset({"v_theta", "v_hat", "v_hat_theta", "v_theta_hat"})
Way = tuple[Notation, Term, Term, str, str, str]  # the notation, the sides, the verdict where they are equal, ID, why


def ways(notation: Notation, lhs: Term, rhs: Term) -> Iterator[Way]:
    """The other readings of an equation, the likeliest first."""
    if notation.world.state is None:
        return
    preserving = _preserving(notation)
    said = "it is true where alpha_t^2 + sigma_t^2 = 1, so that the variance is preserved"
    if preserving is not None and _has(("alpha", "sigma"), lhs, rhs):
        yield preserving, lhs, rhs, "convention", "", said
    frozen = _frozen(rhs)
    if frozen != rhs:
        why = "the solution of the probability flow, as an integral over lambda"
        yield notation, lhs, frozen, "proved", "dpm.exact_solution", why
    a, b = (_with_v(notation, t, current_index((lhs, rhs))) for t in (lhs, rhs))
    if (a, b) != (lhs, rhs):
        why = "with v = alpha eps - sigma x_0"
        yield notation, a, b, "proved", "", why
        if preserving is not None:
            yield preserving, a, b, "convention", "", f"{why}; {said}"
    a, b = (_in_greek(notation, t) for t in (lhs, rhs))
    if (a, b) != (lhs, rhs):
        yield notation, a, b, "convention", "", "where a is written for alpha"


def _in_greek(notation: Notation, t: Term) -> Term:
    """The term with alpha for an a, and alpha_bar for an a_bar, that have no meaning in the document."""
    args = tuple(_in_greek(notation, a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    spelt = t.op == "app" and len(t.args) == 2 and t.args[0] in ("a", "a_bar") and not notation.has_rule(t)
    return app(f"alpha{t.args[0][1:]}", t.args[1]) if spelt and notation.world.name == "ddpm" else t


def _frozen(t: Term) -> Term:
    """The term with the network in an integral over lambda as it is at the lower end, in front of the integral."""
    args = tuple(_frozen(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "integral[]" or t.args[2] != sym("lambda", REAL):
        return t
    body, name, low, high = t.args[1:]
    try:
        found = parts(body)
    except UnreadError:
        return t
    nets = [p for p in found if p.op == "app" and str(p.args[0]).split("_")[0] in ("eps", "x") and name in p.free]
    steps = [e.args[1] for e in (low, high) if e.op == "app" and e.args[0] == "lambda" and len(e.args) == 2]
    if len(found) != 1 or len(nets) != 1 or len(steps) != 2:
        return t
    weight = _integrated(found[nets[0]], name, low, high)
    if weight is None:
        return t
    letter = "eps_theta" if str(nets[0].args[0]).startswith("eps") else "x_theta"
    x = app(DATA, steps[0], sort=t.sort)
    return mul(weight, app(letter, x, steps[0], sort=t.sort))


def _integrated(weight: Term, name: Term, low: Term, high: Term) -> Term | None:
    """The integral of a multiple of exp(r name), where r is 1 or -1; None of another weight."""
    for rate in (1, -1):
        if equal(derivative(weight, name, []), mul(num(rate), weight), {}).status == "proved":
            ends = [replaced(weight, name, end) for end in (high, low)]
            return mul(num(rate), add(ends[0], neg(ends[1])))
    return None


def _has(names: tuple[str, ...], *terms: Term) -> bool:
    return any(p.op == "app" and p.args[0] in names for t in terms for p in walk(t))


def _preserving(notation: Notation) -> Notation | None:
    """The notation with levels whose squares add up to 1; None for another one, or where the document chose a level."""
    if notation.world.name != "levels" or any(r.left.args[0] in ("alpha", "sigma") for r in notation.own):
        return None
    t = sym("t", REAL)
    out = notation.apart()
    out.define(app("alpha", t), sqrt(add(num(1), neg(power(app("sigma", t), 2)))), "")
    return out


def _with_v(notation: Notation, t: Term, at: Term) -> Term:
    """The term with v, and what is predicted of it, by its definition; itself where the document says what v is."""
    coefficients = state_coefficients(notation.world.name)
    own = {str(r.left.args[0]) for r in notation.own}
    if coefficients is None or own & (V | PREDICTED) or notation.scalar_world:
        return t

    def visit(t: Term) -> Term:
        if t.op in ("sym", "app") and not is_scalar(t) and (t.args[0] in V or t.args[0] in PREDICTED):
            step = t.args[1] if len(t.args) == 2 and is_scalar(t.args[1]) else at
            a, b = (replaced(c, sym("t", REAL), step) for c in coefficients)
            x, x_0 = app(DATA, step, sort=t.sort), app(DATA, num(0), sort=t.sort)
            if t.args[0] in V and len(t.args) <= 2:
                return add(mul(a, sym(NOISE, t.sort)), neg(mul(b, x_0)))
            if t.args[0] in PREDICTED:
                network = app("eps_theta", x, step, sort=t.sort)
                return div(add(mul(add(power(a, 2), power(b, 2)), network), neg(mul(b, x))), a)
        return rebuild(t, tuple(visit(a) if isinstance(a, Term) else a for a in t.args))

    return visit(t)


__all__ = ["ways"]
