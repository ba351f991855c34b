"""How a density moves: the continuity equation of a field, and the Fokker-Planck equation of the equation before it.

Both say dp/dt = - div(F p) + c div(grad p). Without the last term the field F is what carries the density, and the
equation says so. With it, F must be the drift and c half the square of the diffusion of an equation that the document
has written before; without one, the equation says what F and c are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import Term, add, diff, div, divergence, grad, is_scalar, log, mul, neg, num, power, sym
from derivations.reading.dynamics import fields
from derivations.reading.dynamics.sde import Equation, plain_atom
from derivations.reading.equations.choosing import names_in
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.terms.differential import MEASURES
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

UNCARRIED = "a field carries the density, and here its divergence stands without the density"
AGAINST = "the continuity equation with the other sign: the density flows against the field by which the state moves"
VALUES = ("-0.398942", "0.398942")  # of dp/dt and of div (p v), at the mean of N(0, e^{2t}), which v(x) = x makes
DIFFUSIONS = frozenset({"g", "sigma", "beta"})


class NoTransportError(Exception):
    """The right side is not made of a divergence of a field times the density, and of its Laplacian."""


def judge(lhs: Term, rhs: Term, before: Collection[Equation], domains: Mapping[str, str]) -> Judgement | None:
    """The verdict on dp/dt = ...; None for another equation, and where nothing is known of drift and diffusion."""
    lhs, rhs = _solved(lhs, rhs)
    if lhs.op == "diff" and lhs.args[1].op == "log":
        return _of_log(lhs, rhs)
    if lhs.op != "diff" or not _is_density(lhs.args[1]):
        return None
    try:
        field, spread = _moved(_divergences(rhs), lhs.args[1])
    except (NoTransportError, UnreadError):
        return None
    if spread is None:
        field, spread = _flowing(field, lhs.args[1])
    if spread is None:
        named = _is_named(field, lhs.args[1])
        return Judgement("definition", message="the continuity equation of a field") if named else None
    found = [j for e in reversed(list(before)) if (j := _of(e, field, spread, domains)) is not None]
    if found:
        return next((j for j in found if j.verdict == "proved"), found[0])
    backwards = any(p == num(-1) for p in walk(spread))
    if before or backwards or not _is_named(field, lhs.args[1]):
        return None
    return Judgement(
        "definition", "", "the equation of a density that is carried and diffuses; no equation of a path before"
    )


def _of_log(lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on d log p/dt = - div v - <v, grad log p>: p times it must be - div (p v)."""
    u, under, time = lhs.args
    density = replaced(under.args[0], u, time)
    spreads = [p for p in walk(rhs) if _diverges(p) and p.args[1].op == "app" and not _is_density(p.args[1])]
    if not _is_density(density) or len(spreads) != 1:
        return None
    x, field, at = spreads[0].args
    if at.op != "sym" or at not in density.args:
        return None  # along a path, or somewhere else
    body = mul(replaced(density, at, x), field)
    carried = neg(diff(x, body, at) if is_scalar(at) else divergence(x, body, at))
    known = {str(density.args[0]): "positive"}
    if equal(mul(density, rhs), carried, known).status != "proved":
        return None
    return Judgement("definition", message="the continuity equation of a field, divided by the density")


def _diverges(t: Term) -> bool:
    """Whether a term is a divergence, or in one dimension a derivative by a variable of the state."""
    return t.op == "divg" or (t.op == "diff" and is_scalar(t.args[2]) and str(t.args[0].args[0]).startswith("∂x"))


def turned(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of a continuity equation with the other sign, or without the density that the field carries; None
    for another equation, and where the state need not move by the field.
    """
    lhs, rhs = _solved(lhs, rhs)
    if lhs.op != "diff" or not _is_density(lhs.args[1]) or lhs.args[2].args[:1] != ("t",):
        return None  # another time may run back
    bare = rhs.args[0] if rhs.op == "neg" else rhs
    if bare.op == "divg" and bare.args[1].op == "app" and fields.moves(notation, str(bare.args[1].args[0])):
        values = (VALUES[0], "1" if rhs is bare else "-1")
        return Judgement("refuted", "fp.as_continuity", UNCARRIED, witness=dict(fields.WITNESS), values=values)
    try:
        field, spread = _moved(rhs, lhs.args[1])
        found = parts(field) if field is not None and spread is None else {}
    except (NoTransportError, UnreadError):
        return None
    if len(found) != 1:
        return None
    ((name, c),) = found.items()
    carried = name.op == "app" and not is_density(name) and fields.moves(notation, str(name.args[0]))
    if not carried or equal(c, num(-1), {}).status != "proved":
        return None
    return Judgement("refuted", "fp.as_continuity", AGAINST, witness=dict(fields.WITNESS), values=VALUES)


def _is_named(field: Term | None, density: Term) -> bool:
    """Whether what carries the density is one field with a name."""
    return field is not None and field.op == "app" and density not in walk(field)


def _is_density(t: Term) -> bool:
    measure = t.op == "app" and t.args[0] in MEASURES and is_scalar(t)
    return is_density(t) or (measure and any(not is_scalar(a) for a in t.args[1:]))


def _flowing(field: Term | None, density: Term) -> tuple[Term | None, Term | None]:
    """A field with the score of the density in it, f + c grad log p, as f and the coefficient -c of the Laplacian."""
    terms = list(field.args) if field is not None and field.op == "add" else []
    slopes = [t for t in terms if any(p.op == "grad" for p in walk(t))]
    if len(slopes) != 1 or len(terms) < 2:
        return field, None
    found = parts(slopes[0])
    (atom, c), *others = found.items()
    if others or atom.op != "grad" or atom.args[1] != log(replaced(density, atom.args[2], atom.args[0])):
        return field, None
    terms.remove(slopes[0])
    return (add(*terms) if len(terms) > 1 else terms[0]), neg(c)


def _solved(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """dp/dt + a = b as dp/dt = b - a, the rate in the time itself."""
    if lhs.op == "diff" and lhs.args[0] != lhs.args[2] and lhs.args[2].op == "sym":
        at = lhs.args[2]
        lhs = diff(at, replaced(lhs.args[1], lhs.args[0], at))
    parts = list(lhs.args) if lhs.op == "add" else [lhs]
    rates = [p for p in parts if p.op == "diff" and _is_density(p.args[1])]
    if len(parts) < 2 or len(rates) != 1:
        return lhs, rhs
    parts.remove(rates[0])
    moved = [p.args[0] if p.op == "neg" else neg(p) for p in parts]
    return rates[0], add(rhs, *moved) if rhs != num(0) else add(*moved) if len(moved) > 1 else moved[0]


def _moved(rhs: Term, density: Term) -> tuple[Term | None, Term | None]:
    """The field of the divergence, with the sign that makes it - div(F p), and the coefficient of the Laplacian."""
    fields: list[Term] = []
    spreads: list[Term] = []
    for plus, term in _signed(rhs):
        factors = list(term.args) if term.op == "mul" else [term]
        found = [f for f in factors if _diverges(f)]
        rest = [f for f in factors if not _diverges(f)]
        if len(found) != 1 or not all(map(is_scalar, rest)):
            raise NoTransportError
        variable, body, at = found[0].args
        if any(at in f.free for f in rest):
            raise NoTransportError  # what stands before the divergence depends on the state
        for inner, part in _signed(body):
            slope, factors = _carried(part, replaced(density, at, variable), variable)
            value = _product([*rest, *factors], plus == inner if slope else plus != inner)
            (spreads if slope else fields).append(substitute(value, {variable: at}))
    return (add(*fields) if fields else None), (add(*spreads) if spreads else None)


def _signed(t: Term) -> list[tuple[bool, Term]]:
    """The terms of a sum, each with whether it is added."""
    return [(p.op != "neg", p.args[0] if p.op == "neg" else p) for p in (t.args if t.op == "add" else (t,))]


def _product(factors: list[Term], plus: bool) -> Term:
    value = num(1) if not factors else factors[0] if len(factors) == 1 else mul(*factors)
    return value if plus else mul(num(-1), *factors)


def _carried(body: Term, here: Term, variable: Term) -> tuple[bool, list[Term]]:
    """What is beside the density, or beside its gradient, in one part of what stands under a divergence; and whether it
    is the gradient.
    """
    inside = list(body.args) if body.op == "mul" else [body]
    slopes = [f for f in inside if f.op == "grad"]
    if len(slopes) == 1 and inside.count(here) == 0:
        inside.remove(slopes[0])
        bound, under, _ = slopes[0].args
        within = list(under.args) if under.op == "mul" else [under]
        mine = replaced(here, variable, bound)
        if within.count(mine) != 1:
            raise NoTransportError
        within.remove(mine)
        if any(variable in f.free for f in inside):
            raise NoTransportError  # what stands before the gradient depends on the state
        return True, [*inside, *(replaced(f, bound, variable) for f in within)]
    if inside.count(here) != 1:
        raise NoTransportError
    inside.remove(here)
    return False, inside


def _of(equation: Equation, field: Term | None, spread: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The verdict against one equation dx = f dt + g dw; None when its drift is another one."""
    if equation.diffusion is None or not is_scalar(equation.diffusion):
        return None
    drift = {_usual(a): c for a, c in equation.drift.items() if a != num(1)}
    own = {} if field is None else _spelled({_usual(a): c for a, c in parts(canonical(field)).items()}, drift)
    if set(own) != set(drift):
        return None
    wrong = None
    for atom, c in drift.items():
        answer = equal(own[atom], c, domains)
        if answer.status == "refuted" and equal(own[atom], neg(c), domains).status == "proved":
            wrong = answer
        elif answer.status != "proved":
            return None
    diffusion = plain_atom(equation.diffusion, equation.state or equation.variable)
    square = power(diffusion, 2)
    spread = _timed(spread, diffusion)
    answer = equal(spread, div(square, num(2)), domains)
    if wrong is not None:
        if answer.status != "proved":
            return None
        said = "the drift of the stochastic equation before has the other sign"
        return Judgement("refuted", "fp.adjoint", said, witness=dict(wrong.witness or {}), values=wrong.values)
    if answer.status == "proved":
        return Judgement("proved", "fp.adjoint", "the Fokker-Planck equation of the stochastic equation before")
    forwards = not any(p == num(-1) for p in walk(spread))  # and no equation that runs back in time
    if answer.status == "refuted" and forwards and names_in(spread) == names_in(square):
        said = "the coefficient of the Laplacian must be half the square of the diffusion"
        return Judgement("refuted", "fp.adjoint", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _usual(atom: Term) -> Term:
    """An atom of a drift in one form, whatever the variable is called in which its gradient is taken."""
    atom = canonical(atom)
    if atom.op != "grad":
        return atom
    bound, under, at = atom.args
    x = sym("∂x", bound.sort)
    return grad(x, replaced(under, bound, x), at)


def _divergences(t: Term) -> Term:
    """The term with the derivative of a field in the state as its divergence: in d/dx (f p), as one-dimensional
    equations are written, it can be no other.
    """
    args = tuple(_divergences(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == "jacobian" and args[2].op == "sym":
        x = sym("∂" + str(args[2].args[0]), args[2].sort)
        return divergence(x, replaced(args[1], args[2], x), args[2])
    return t if args == t.args else rebuild(t, args)


def _timed(spread: Term, diffusion: Term) -> Term:
    """The coefficient of the Laplacian with g as g(t), where that is how the equation before writes it."""
    for p in walk(diffusion):
        if p.op == "app" and p.args[0] in DIFFUSIONS:
            spread = replaced(spread, sym(str(p.args[0])), p)
    return spread


def _spelled(own: Mapping[Term, Term], known: Collection[Term]) -> dict[Term, Term]:
    """The parts of a field with f as f(x, t), where that is how the equation before writes it, and the other way."""
    out = {}
    for atom, c in own.items():
        named = [k for k in known if k.op in ("sym", "app") and atom.op in ("sym", "app") and k.args[0] == atom.args[0]]
        bare = len(named) == 1 and "sym" in (atom.op, named[0].op)
        out[named[0] if bare else atom] = c
    return out


__all__ = ["judge", "turned"]
