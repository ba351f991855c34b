"""Chains of states: joint densities split into pairs, sums over the steps in one range, neighbours telescoped."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.terms import INT, Term, num, sym
from derivations.reading.laws.forms import DATA, RANGE_BASE, Atom, Form, NotLinear, Variable, Variables, plus
from derivations.reading.notation.unfolding import split_index


def steps(t: Term, inside: Form) -> Form:
    """A sum over the steps to T, or a little before, in the canonical range 2..T, neighbouring terms telescoped."""
    index, lo, end, _ = t.args
    hi, short = split_index(end) or (None, Fraction(0))
    from_a_number = lo.op == "num" and lo.args[0].denominator == 1 and 1 <= lo.args[0] <= 3
    if not from_a_number or hi is None or hi.op != "sym" or not -3 <= short <= 0:
        raise NotLinear("a sum over steps that do not run to T")
    out: Form = {}
    for atom, k in inside.items():
        if atom.summed:
            raise NotLinear("a sum inside a sum")
        base = sym(index.args[0])
        offsets = [v[2] for v in atom.variables if v[1] is not None and v[1].args[0] == index.args[0]]
        if not offsets:
            raise NotLinear("a sum of what does not depend on the step")
        shift = -max(offsets)
        out = plus((out, Fraction(1)), (_summed(atom, k, base, int(lo.args[0]), shift, hi, int(short)), Fraction(1)))
    return out


def _summed(atom: Atom, k: Fraction, base: Term, lo: int, shift: Fraction, hi: Term, short: int = 0) -> Form:
    """sum_{t=lo}^{T+short} f(t - s) as sum_{t=2}^{T} f(t) and what lies at the ends."""

    def at(step: Fraction, of: Term | None) -> Atom:
        moved = frozenset(
            (v[0], of, v[2] + shift + step) if v[1] is not None and v[1].args[0] == base.args[0] else v
            for v in atom.variables
        )
        return Atom(atom.owner, moved, atom.law)

    canonical_ = frozenset(
        (v[0], sym("step"), v[2] + shift) if v[1] is not None and v[1].args[0] == base.args[0] else v
        for v in atom.variables
    )
    out: Form = {Atom(atom.owner, canonical_, atom.law, True): k}
    first, last = lo - int(shift), short - int(shift)  # the latest state runs from `first` to T + last
    for j in range(first, 2):
        out = plus((out, Fraction(1)), ({at(Fraction(j), None): k}, Fraction(1)))
    for j in range(2, first):
        out = plus((out, Fraction(1)), ({at(Fraction(j), None): k}, Fraction(-1)))
    for j in range(1, last + 1):
        out = plus((out, Fraction(1)), ({at(Fraction(j), sym(hi.args[0])): k}, Fraction(1)))
    for j in range(last, 0):
        out = plus((out, Fraction(1)), ({at(Fraction(j + 1), sym(hi.args[0])): k}, Fraction(-1)))
    return out


def markov(f: Form) -> Form:
    """Joint densities of a chain split into pairs of neighbours."""
    out: Form = {}
    for atom, k in f.items():
        out = plus((out, Fraction(1)), (_split(atom), k))
    return _given_data(out, ("q", frozenset()))


def _given_data(f: Form, law: tuple[str, Variables]) -> Form:
    """Given the data, what depends on the data alone is fixed."""
    out: Form = {}
    for a, k in f.items():
        placed = Atom(a.owner, a.variables) if a.variables == DATA and a.law == law else a
        out[placed] = out.get(placed, Fraction(0)) + k
    return {a: k for a, k in out.items() if k}


def _split(atom: Atom) -> Form:
    ranges = [v for v in atom.variables if v[1] == RANGE_BASE]
    if ranges:
        return _split_range(atom, ranges)
    states = sorted((v for v in atom.variables if v[0].endswith("·")), key=lambda v: v[2])
    if len(states) != 3 or len(states) != len(atom.variables) or atom.owner != "q":
        return {atom: Fraction(1)}
    zero = ("x·", None, Fraction(0))
    pair = [v for v in states if v != zero]
    if len(pair) != 2 or pair[0][1] != pair[1][1] or pair[1][2] - pair[0][2] != 1:
        return {atom: Fraction(1)}
    early, late = pair

    def part(*vs: Variable) -> Form:
        return {Atom(atom.owner, frozenset(vs), atom.law, atom.summed): Fraction(1)}

    if (early[1], early[2]) == (None, Fraction(0)):
        return part(early, late)
    return _normal(
        plus((part(early, late), Fraction(1)), (part(early), Fraction(-1)), (part(early, zero), Fraction(1))), atom
    )


def _normal(f: Form, atom: Atom) -> Form:
    """The parts of a split summed atom telescoped to their latest state."""
    if not atom.summed:
        return f
    out: Form = {}
    for a, k in f.items():
        latest = max(v[2] for v in a.variables if v[1] == sym("step"))
        if latest == 0:
            out = plus((out, Fraction(1)), ({a: k}, Fraction(1)))
            continue
        renamed = frozenset((v[0], sym("t"), v[2]) if v[1] == sym("step") else v for v in a.variables)
        out = plus(
            (out, Fraction(1)), (_summed(Atom(a.owner, renamed, a.law), k, sym("t"), 2, -latest, sym("T")), Fraction(1))
        )
    return out


def _split_range(atom: Atom, ranges: list[Variable]) -> Form:
    """q(x_{0:T}) and p(x_{0:T}) of a Markov chain as pairs."""
    if len(ranges) != 1:
        raise NotLinear("two ranges of states")
    letter, _, bounds = ranges[0][0].partition("[")
    lo, _, hi = bounds.rstrip("]").partition(":")
    others = atom.variables - set(ranges)
    zero = (f"{letter}·", None, Fraction(0))
    if lo == "1" and others == {zero}:
        lo, others = "0", frozenset()
    if lo != "0" or others or not hi.isalpha():
        raise NotLinear("a range of states that is not the whole chain")

    def part(*vs: Variable) -> Form:
        return {Atom(atom.owner, frozenset(vs), atom.law): Fraction(1)}

    t = sym("t", INT)
    here, before, last = (
        (f"{letter}·", sym("t"), Fraction(0)),
        (f"{letter}·", sym("t"), Fraction(-1)),
        (f"{letter}·", sym(hi), Fraction(0)),
    )
    link = plus((part(here, before), Fraction(1)), (part(before if atom.owner == "q" else here), Fraction(-1)))
    total = Term("sum", (t, num(1), sym(hi, INT), num(0)), ("real",))
    ends = part(zero) if atom.owner == "q" else part(last)
    return plus((ends, Fraction(1)), (steps(total, link), Fraction(1)))
