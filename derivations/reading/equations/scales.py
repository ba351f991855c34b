"""The scale lint: what happens to each term when x is measured in other units, or time is.

Every name has a weight: x_t weighs 1 when x becomes k x, a gradient in x weighs -1, a number 0. The terms of a sum and
the two sides of an equation must weigh the same. Weights that are not known are unknowns of one linear system for the
whole document; a formula that contradicts it, or itself, is pointed at. Noise may be a number or be measured as x is:
both are held. What is proved and contradicts has fixed its unit. A lint proves nothing and refutes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations import naming
from derivations.reading.notation.coordinates import walk

Weight = dict[str, Fraction]  # multiples of unknown weights by name; "" is the constant
STATES = frozenset({"x", "z", "y", "X", "Y", "x_theta", "x_hat", "x_tilde", "x_bar", "D", "D_theta"})
SCORES = frozenset({"s_theta", "score", "s_phi"})
TIMES = frozenset({"t", "s", "tau", "u", "T", "dt"})
ONE, HALF, NONE = Fraction(1), Fraction(1, 2), Fraction(0)
# the weights of x, of dt, of dw, of noise and of the identity; a name where the weight is open
UNITS: dict[str, tuple[Weight, Weight, Weight, Weight, Weight]] = {
    "x": ({"": ONE}, {"dt": ONE}, {"dw": ONE}, {}, {}),
    "x and noise": ({"": ONE}, {"dt": ONE}, {"dw": ONE}, {"": ONE}, {"": Fraction(2)}),
    "time": ({}, {"": ONE}, {"": HALF}, {}, {}),
}
GROUPS = {"x": ("x", "x and noise"), "time": ("time",)}
NOISES = frozenset({"eps", "xi", "eps_theta", "eps_hat", "eps_theta_prime", "zeta"})
SAID = {
    "x": "when x and all that is measured like it is scaled by k, its terms scale differently",
    "time": "when time is measured in other units, its terms scale differently",
}


@dataclass
class Scales:
    """The weights that a document has given to its names so far, in one kind of unit."""

    unit: str
    rows: dict[str, Weight] = field(default_factory=dict)
    natural: bool = False  # whether something true contradicts: the document has fixed its unit

    def reduced(self, w: Weight) -> Weight:
        """A weight with what is known put in."""
        out = dict(w)
        for name in [n for n in w if n in self.rows]:
            factor = out.pop(name, Fraction(0))
            for other, c in self.rows[name].items():
                out[other] = out.get(other, Fraction(0)) + factor * c
        return {n: c for n, c in out.items() if c}

    def take(self, w: Weight) -> bool:
        """Hold that a weight is zero. False when that contradicts what is held."""
        w = self.reduced(w)
        name = next((n for n in sorted(w) if n), None)
        if name is None:
            return not w
        c = w.pop(name)
        found = {n: -k / c for n, k in w.items()}
        self.rows = {n: self._put(row, name, found) for n, row in self.rows.items()}
        self.rows[name] = found
        return True

    @staticmethod
    def _put(row: Weight, name: str, found: Weight) -> Weight:
        if name not in row:
            return row
        factor = row[name]
        out = {n: c for n, c in row.items() if n != name}
        for n, c in found.items():
            out[n] = out.get(n, Fraction(0)) + factor * c
        return {n: c for n, c in out.items() if c}

    def fits(self, weights: Iterable[Weight]) -> bool:
        """Whether all these can be zero beside what is held; then they are held."""
        trial = Scales(self.unit, dict(self.rows))
        if not all(trial.take(w) for w in weights):
            return False
        self.rows = trial.rows
        return True


def minus(a: Weight, b: Weight) -> Weight:
    """The difference of two weights."""
    out = dict(a)
    for n, c in b.items():
        out[n] = out.get(n, Fraction(0)) - c
    return {n: c for n, c in out.items() if c}


def times(a: Weight, k: Fraction) -> Weight:
    """A multiple of a weight."""
    return {n: c * k for n, c in a.items() if c * k}


def plus(*weights: Weight | None) -> Weight | None:
    """The sum of weights; None when one of them is open."""
    out: Weight = {}
    for w in weights:
        if w is None:
            return None
        out = minus(out, times(w, Fraction(-1)))
    return out


class Weighing:
    """Collects what must be zero for a formula to be homogeneous in one kind of unit."""

    def __init__(self, unit: str, states: set[str]) -> None:
        self.states = states
        self.state, self.time, self.wiener, self.noise, self.identity = UNITS[unit]
        self.zero: list[Weight] = []

    def equal(self, *weights: Weight | None) -> Weight | None:
        """Hold that weights are equal; the result is one of them."""
        known = [w for w in weights if w is not None]
        self.zero += [minus(known[0], w) for w in known[1:]]
        return known[0] if known else None

    def of(self, t: Term) -> Weight | None:
        """The weight of a term; None when it is open."""
        if t.op == "num":
            return {} if t != num(0) else None
        if t.op in ("sym", "app"):
            return self._named(t)
        parts = [self.of(a) for a in t.args if isinstance(a, Term)] if t.op in SIMPLE else []
        if t.op == "add":
            return self.equal(*parts)
        if t.op in ("mul", "inner"):
            return plus(*parts)
        if t.op == "div":
            return plus(parts[0], None if parts[1] is None else times(parts[1], Fraction(-1)))
        if t.op in ("neg", "trace", "transpose"):
            return parts[0]
        if t.op in ("norm2", "sqrt") or (t.op == "pow" and t.args[1].op == "num"):
            k = Fraction(2) if t.op == "norm2" else Fraction(1, 2) if t.op == "sqrt" else t.args[1].args[0]
            return None if parts[0] is None else times(parts[0], k)
        return self._bound(t)

    def _bound(self, t: Term) -> Weight | None:
        if t.op == "exp":
            self.equal(self.of(t.args[0]), {})
            return {}
        if t.op == "grad":
            inside = {} if t.args[1].op == "log" else self.of(t.args[1])
            return plus(inside, times(self.state, Fraction(-1)))
        if t.op == "normal":
            x = self.equal(self.of(t.args[0]), self.of(t.args[1]))
            self.equal(self.of(t.args[2]), None if x is None else times(x, Fraction(2)))
        if t.op == "eye":
            return self.identity
        return {} if t.op in ("log", "sin", "cos") else None

    def _named(self, t: Term) -> Weight | None:
        name = str(t.args[0])
        if name in ("E", "E|") and t.op == "app":
            return self.of(t.args[1])
        if naming.is_density(t) or name in naming.COMPUTED - {"score"} or name.startswith("∂"):
            return None
        if name.startswith(("cal ", "L")) or name in ("c", "C", "const"):
            return None  # losses and constants of one document have different weights
        if name in ("pi", "d") or (t.op == "sym" and t.sort[0] == "int"):
            return {}
        if name in SCORES:
            return times(self.state, Fraction(-1))
        if name in NOISES or (name == "z" and t.op == "app" and len(self.states) > 1):
            return self.noise
        if name in STATES and not is_scalar(t):
            return self.state
        return self.time if t.op == "sym" and name in TIMES else {name: ONE}

    def equation(self, e: Equation) -> None:
        """What dx = ... dt + ... dw asks for."""
        x, dt = self.state, self.time
        for atom, c in e.drift.items():
            if c != num(0):
                self.equal(x, plus(self.of(c), x if atom == e.variable else self.of(atom), dt))
        if e.diffusion is not None and is_scalar(e.diffusion):
            self.equal(x, plus(self.of(e.diffusion), self.wiener))


SIMPLE = frozenset({"add", "mul", "inner", "div", "neg", "trace", "transpose", "norm2", "sqrt", "pow"})


def lints(held: Mapping[str, Scales], read: list[list[Term] | Equation], verdict: str) -> Iterator[str]:
    """What the weights of a formula say, given its verdict; the document's weights grow by what fits."""
    terms = [t for one in read if not isinstance(one, Equation) for t in one]
    states = {str(p.args[0]) for t in terms for p in walk(t) if p.op in ("app", "sym")} & STATES
    for group, units in GROUPS.items():
        if group == "time" and not any(map(_in_time, read)):
            continue
        wrong = [_weighed(u, held[u], read, states) for u in units]
        for u, said in zip(units, wrong, strict=True):
            held[u].natural |= bool(said) and verdict in ("proved", "convention")
        meant = verdict == "definition" and ("alone" in wrong or group == "time")
        telling = "beside" not in wrong or group == "time" or any(map(_physical, terms))
        open_ = verdict in ("refuted", "undecided") or meant
        if all(wrong) and not all(held[u].natural for u in units) and open_ and telling:
            yield SAID[group] + ("" if "beside" not in wrong else ", with the weights of the formulas before")


def _weighed(unit: str, held: Scales, read: list[list[Term] | Equation], states: set[str]) -> str:
    """ "alone" for a formula that contradicts itself, "beside" for one that contradicts those before, else nothing."""
    weighing = Weighing(unit, states)
    for one in read:
        if isinstance(one, Equation):
            weighing.equation(one)
        else:
            weighing.equal(*(weighing.of(t) for t in one))
    if held.fits(weighing.zero):
        return ""
    return "beside" if Scales(unit).fits(weighing.zero) else "alone"


def _physical(t: Term) -> bool:
    """Whether a gradient, a score or a noise is in a term."""
    return any(p.op == "grad" or (p.op in ("app", "sym") and p.args[0] in SCORES | NOISES) for p in walk(t))


def _in_time(one: list[Term] | Equation) -> bool:
    """Whether a formula is about steps of time: differentials, or Delta t."""
    return isinstance(one, Equation) or any(p.op == "sym" and p.args[0] == "Delta" for t in one for p in walk(t))


__all__ = ["Scales", "lints"]
