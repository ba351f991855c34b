"""What a document assumes of its functions, put in: a Lipschitz bound, one-sided too, strong monotonicity.

A bound holds at all points, so that it is taken at those that an inequality speaks of; what is said of |F| says
something of its square and, by Cauchy and Schwarz, of inner products with F. An inequality follows when multiples that
are not negative are taken away from the difference of its sides, and what is left is never negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from derivations.kernel.terms import Term, is_scalar, sym
from derivations.reading.equations import gram
from derivations.reading.equations.algebra import Poly
from derivations.reading.equations.lengths import INTEGRAL, MEANS, Scene, integrated
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced

POINT = re.compile(r"[xyzuvwtsXYZ]'*")  # the letters of any point; a or x_* may be one point alone
MAX_INSTANCES, MAX_STEPS, MAX_FACTS = 12, 3, 24
Bound = tuple[Term, Term]  # low <= high


def constants(bound: Bound) -> list[Term]:
    """What a length is said to be at most a multiple of, like L: it is not negative."""
    low, high = bound
    factors = high.args if high.op == "mul" else (high,)
    names = [c for c in factors if not _is_positive(c)]
    alone = _is_positive(low) and len(names) == 1 and len(factors) > 1
    return names if alone and names[0].op == "sym" and is_scalar(names[0]) else []


def _is_positive(t: Term) -> bool:
    """Whether a number is a length, or made of such and of positive numbers."""
    if t.op == "add":
        return all(map(_is_positive, t.args))
    return t.op == "norm2" or (t.op == "sqrt" and t.args[0].op == "norm2") or (t.op == "num" and t.args[0] > 0)


def is_bound(*sides: Term) -> bool:
    """Whether an inequality may be one at all points: nothing in it is averaged or integrated."""
    return not any(p.op == "int" or (p.op == "app" and p.args[0] in (*MEANS, INTEGRAL)) for t in sides for p in walk(t))


def instances(bound: Bound, low: Term, high: Term) -> list[Bound]:
    """A bound at the points at which an inequality speaks of its functions."""
    wanted = _values(*bound)
    there = _values(low, high)
    out: dict[Bound, None] = {}
    choices = [[v for v in there if v[0] == w[0]] for w in wanted]
    for chosen in islice(product(*choices), MAX_INSTANCES**2):
        table: dict[Term, Term] = {}
        pairs = [p for w, v in zip(wanted, chosen, strict=True) for p in zip(w[1], v[1], strict=True)]
        if wanted and all(_fit(a, b, table) for a, b in pairs) and len(set(table.values())) == len(table):
            out[_put(bound[0], table), _put(bound[1], table)] = None
    return list(out)[:MAX_INSTANCES]


def _values(*terms: Term) -> list[tuple[object, tuple[Term, ...]]]:
    """The values of functions in terms: which function, and at which points."""
    out: dict[tuple[object, tuple[Term, ...]], None] = {}
    for p in (p for t in terms for p in _inside(t)):
        if p.op == "app" and any(a.sort[0] == "vec" for a in p.args[1:]) and p.args[0] not in MEANS:
            out[("app", p.args[0], len(p.args)), p.args[1:]] = None
        elif p.op == "grad":
            body = replaced(p.args[1], p.args[0], sym("·", p.args[0].sort))
            out[("grad", body), p.args[2:]] = None
    return list(out)


def _inside(t: Term) -> Iterator[Term]:
    """Every part of a term; of an integral over time those of what is integrated, at its time."""
    over = integrated(t)
    if over is not None:
        yield from _inside(over[0])
        return
    yield t
    for a in t.args:
        if isinstance(a, Term) and t.op != "sym":
            yield from _inside(a)


def _fit(pattern: Term, t: Term, table: dict[Term, Term]) -> bool:
    """Extend the table so that the point of a bound becomes this one; False where it cannot."""
    free = pattern.op == "sym" and POINT.fullmatch(str(pattern.args[0])) and pattern.sort == t.sort
    return table.setdefault(pattern, t) == t if free else pattern == t


def _put(t: Term, table: dict[Term, Term]) -> Term:
    """A term at other points, which are put in at once."""
    for k, old in enumerate(table):
        t = replaced(t, old, sym(f"·{k}", old.sort))
    for k, (old, new) in enumerate(table.items()):
        t = replaced(t, sym(f"·{k}", old.sort), new)
    return t


def facts(scene: Scene, bounds: list[Bound]) -> list[Poly]:
    """What is never negative by bounds: what they say, and what they say of squares and of inner products."""
    out: list[Poly] = []
    for low, high in bounds:
        a, b = scene.poly(low), scene.poly(high)
        out.append(scene.minus(b, a))
        positive = scene.sign(b)
        if len(a) != 1 or positive is None or positive.value < 0:
            continue
        ((mono, c),) = a.items()
        if len(mono) == 1 and mono[0][0] == "n" and scene.n.field.rational_value(c) == 1:
            out.append(scene.minus(scene.times(b, b), scene.times(a, a)))
            mine = scene.lengths[mono[0][1]]
            others = sorted({i for m in b for i in m if i[0] == "n"})
            for other in (scene.lengths[i[1]] for i in others):
                if other.space == mine.space and other.parts is not None and mine.parts is not None:
                    inner = scene.between(mine.space, mine.parts, other.parts)
                    whole = scene.times(b, scene.length(other.space, other.parts))
                    out += [scene.minus(whole, inner), scene.plus(whole, inner)]
    means = [scene.mean(by, p) for by in dict.fromkeys(m[0] for m in scene.means) for p in out]
    f = scene.n.field
    distinct = {frozenset((mono, f.key(c)) for mono, c in p.items()): p for p in (*out, *means) if p}
    return list(distinct.values())[:MAX_FACTS]


def follows(scene: Scene, gap: Poly, known: list[Poly], steps: int = MAX_STEPS) -> bool:
    """Whether a difference is never negative, by multiples of what is known not to be."""
    if gram.never_negative(scene, gap):
        return True
    if not steps:
        return False
    return any(follows(scene, left, known, steps - 1) for p in known for left in _less(scene, gap, p))


def _less(scene: Scene, gap: Poly, p: Poly) -> Iterator[Poly]:
    """The difference without a multiple of what is not negative, so that one monomial goes that both take away."""
    f, n = scene.n.field, scene.n
    tried: set[object] = set()
    for mono in (m for m in p if m in gap):
        of = n.sign_of(p[mono])
        if of is None or not of.strict or of.value > 0:
            continue
        by = f.mul(gap[mono], f.invert(p[mono]))
        s = n.sign_of(by)
        if s is not None and s.value > 0 and f.key(by) not in tried:
            tried.add(f.key(by))
            yield scene.minus(gap, scene.times({(): by}, p))
