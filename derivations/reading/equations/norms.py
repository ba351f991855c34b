"""Inequalities between norms, inner products and means: Cauchy-Schwarz, the triangle inequality, Young, Jensen.

They hold for all vectors, in every dimension, and are shown by what `gram` knows of sums that are never negative.
Refuted is an inequality between bare names whose opposite always holds, at a point in one or two dimensions at which the two sides
differ. What may be an assumption on functions is neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from math import isqrt, prod

from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import Term, TermError, is_scalar, le, lt, num, power, sqrt
from derivations.language.question import ask
from derivations.reading.equations import gram
from derivations.reading.equations.compare import charted
from derivations.reading.equations.lengths import MAX_POWER, MEANS, Opaque, Scene, integrated
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.notation import Notation, current_index
from derivations.reading.notation.unfolding import canonical, squares
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

Vector = tuple[Fraction, ...]

MAX_SIZE, MAX_NAMES, MAX_POINTS = 400, 4, 216
PLAIN = frozenset({"sym", "num", "add", "mul", "neg", "div", "pow", "sqrt", "inner", "norm2"})
EXIST = "; the {} are taken to exist"


def speaks_of(*terms: Term) -> bool:
    """Whether there are norms, inner products, absolute values or means in terms."""
    return any(_is_length(p) for t in terms for p in walk(t))


def _is_length(t: Term) -> bool:
    root = t.op == "sqrt" and t.args[0].op == "pow"
    return t.op in ("inner", "norm2", "int") or root or (t.op == "app" and t.args[0] in MEANS | {"integral[]"})


def judge(notation: Notation, low: Term, high: Term, strict: bool = False) -> Judgement | None:
    """The verdict on low <= high, or on low < high, which is refuted only; None where nothing is shown."""
    if not speaks_of(low, high) or low.size + high.size > MAX_SIZE:
        return None
    for a, b in _unfolded(notation, low, high):
        why = "" if strict else shown(notation, a, b)
        if why:
            return Judgement("proved", "prob.jensen" if "Jensen" in why else "", why + _existing(a, b))
    return _refuted(notation, low, high, strict)


def _unfolded(notation: Notation, low: Term, high: Term) -> list[tuple[Term, Term]]:
    """An inequality as it is written, and with what is known put in."""
    unfold = notation.unfolder(current_index((low, high)))
    try:
        other = squares(canonical(unfold(low))), squares(canonical(unfold(high)))
    except (UnreadError, TermError):
        return [(low, high)]
    return list(dict.fromkeys([(low, high), other]))


def _refuted(notation: Notation, low: Term, high: Term, strict: bool) -> Judgement | None:
    """The refutation of low <= high, or <, where the opposite holds for all vectors: at a point where the two differ.
    None for sides with functions and means, of which a document may know more.
    """
    names = sorted(_outside(low) | _outside(high), key=repr)
    bare = all(p.op in PLAIN for t in (low, high) for p in walk(t)) and len(names) <= MAX_NAMES
    if not bare or any(notation.has_rule(s) for s in names) or not shown(notation, high, low):
        return None
    known = {**COMMON_DOMAINS, **notation.domains}
    for values in _points(names, known):
        left, right = (_value(t, values) for t in (low, high))
        if left is not None and right is not None and (left > right or (strict and left == right)):
            witness = {_title(s): _written(v) for s, v in values.items()}
            said = "the opposite always holds"
            return Judgement("refuted", message=said, witness=witness, values=(str(left), str(right)))
    return None


def _points(names: list[Term], known: Mapping[str, str]) -> Iterator[dict[Term, Vector]]:
    """Points in the plane at which lengths are rational more often than not; a number has one coordinate."""
    plane = [(Fraction(x), Fraction(y)) for x, y in ((3, 4), (4, -3), (-3, -4), (3, 0), (0, 4), (-8, 6))]
    for chosen in islice(product(plane, repeat=len(names)), MAX_POINTS):
        values = {}
        for s, (x, y) in zip(names, chosen, strict=True):
            positive = known.get(str(s.args[0]), "real") in ("positive", "nonnegative")
            unit = known.get(str(s.args[0])) == "unit"
            value = Fraction(1, 2 + abs(int(x))) if unit else abs(x) + abs(y) if positive else x
            values[s] = (value,) if is_scalar(s) else (x, y)
        yield values


def _value(t: Term, values: Mapping[Term, Vector]) -> Fraction | None:
    """What a number is at a point; None where it is not rational, or not defined."""
    found = _at(t, values)
    return None if found is None or len(found) != 1 else found[0]


def _at(t: Term, values: Mapping[Term, Vector]) -> Vector | None:
    """What a term is at a point, as its coordinates; None where they are not rational."""
    if t in values:
        return values[t]
    if t.op == "num":
        return (t.args[0],)
    parts = [_at(a, values) for a in t.args if isinstance(a, Term)]
    if any(p is None for p in parts):
        return None
    known: list[Vector] = [p for p in parts if p is not None]
    if t.op == "add":
        return tuple(map(sum, zip(*known, strict=True)))  # type: ignore[arg-type]
    if t.op == "neg":
        return tuple(-x for x in known[0])
    if t.op == "mul":
        scale = prod((p[0] for p, a in zip(known, t.args, strict=True) if is_scalar(a)), start=Fraction(1))
        vector = next((p for p, a in zip(known, t.args, strict=True) if not is_scalar(a)), (Fraction(1),))
        return tuple(scale * x for x in vector)
    if t.op == "div":
        return tuple(x / known[1][0] for x in known[0]) if known[1][0] else None
    if t.op in ("inner", "norm2"):
        return (sum((x * y for x, y in zip(known[0], known[-1], strict=True)), start=Fraction(0)),)
    if t.op == "pow" and known[1][0].denominator == 1 and 0 < known[1][0] <= MAX_POWER:
        return (known[0][0] ** int(known[1][0]),)
    return _root_of(known[0][0]) if t.op == "sqrt" else None


def _root_of(q: Fraction) -> Vector | None:
    """The root of a number; None where it is not rational."""
    if q < 0:
        return None
    a, b = isqrt(q.numerator), isqrt(q.denominator)
    return (Fraction(a, b),) if a * a == q.numerator and b * b == q.denominator else None


def _title(s: Term) -> str:
    return pretty(str(s.args[0]))


def _written(v: Vector) -> str:
    return str(v[0]) if len(v) == 1 else f"({', '.join(map(str, v))})"


def _existing(*terms: Term) -> str:
    """What a proof takes for granted of means."""
    means = [p for t in terms for p in walk(t)]
    kinds = {
        "expectations": any(p.op == "app" and p.args[0] in MEANS for p in means),
        "integrals": any(p.op == "int" or (p.op == "app" and p.args[0] == "integral[]") for p in means),
    }
    said = " and ".join(k for k, there in kinds.items() if there)
    return EXIST.format(said) if said else ""


def shown(notation: Notation, low: Term, high: Term) -> str:
    """Why low <= high for all vectors; "" where that is not shown."""
    for a, b in _ways(low, high):
        try:
            why = _shown(notation, a, b)
        except (Opaque, TermError, ValueError, UnreadError, ZeroDivisionError, TooLarge, RecursionError):
            continue
        if why:
            return why
    return ""


def _ways(low: Term, high: Term) -> list[tuple[Term, Term]]:
    """The inequality itself, and that of the roots of both sides where both are squares."""
    out = [(low, high)]
    root = _root(high)
    if low.op == "pow" and low.args[1] == num(2) and root is not None:
        out.append((sqrt(power(low.args[0], 2)), root))
    return out


def _root(t: Term) -> Term | None:
    """The root of a product of squares; None for anything else."""
    if t.op == "mul":
        roots = [_root(a) for a in t.args]
        return None if None in roots else Term("mul", tuple(roots), t.sort)
    square = t.op == "norm2" or (t.op == "pow" and t.args[1] == num(2)) or t.op == "num"
    mean = t.op == "app" and t.args[0] in MEANS and _root(t.args[1]) is not None
    return sqrt(t) if square or mean else None


def _shown(notation: Notation, low: Term, high: Term) -> str:
    scene, low, high = scene_of(notation, low, high)
    a, b = scene.poly(low), scene.poly(high)
    why = gram.never_negative(scene, scene.minus(b, a))
    if not why and low.op == "pow" and low.args[1] == num(2) and (root := scene.root(b)) is not None:
        why = gram.never_negative(scene, scene.minus(root, scene.absolute(scene.poly(low.args[0]))))
    if not why and (s := scene.sign(b)) is not None and s.value > 0:
        why = gram.never_negative(scene, scene.minus(scene.times(b, b), scene.times(a, a)))
    return "" if scene.n.owed else why


def scene_of(notation: Notation, low: Term, high: Term) -> tuple[Scene, Term, Term]:
    """What is known where an inequality is to hold, the ranges of its names and that integrals over time run upwards;
    and its sides with the schedule in free coordinates. Raises TermError, ValueError and UnreadError.
    """
    granted, units = notation.conditions(), dict[str, str]()
    try:
        (low, high, *granted), units = charted(low, high, *granted)
    except ValueError:
        pass  # a sum or an integral binds a step of the schedule: its levels are numbers then, of their own ranges
    known = {**COMMON_DOMAINS, **notation.domains, **units}
    parts = [p for t in (low, high, *granted) for p in walk(t) if p.op in ("sym", "app") and is_scalar(p)]
    words = {str(p.args[0]): known.get(p.args[0], "real") for p in parts if p.args[0] != "pi"}
    facts = []
    for p in dict.fromkeys(parts):
        word = words.get(str(p.args[0]))
        if word in ("unit", "positive"):
            facts.append(lt(0, p))
        if word == "nonnegative":
            facts.append(le(0, p))
        if word == "unit":
            facts.append(lt(p, 1))
    ends = [by[1:] for t in (low, high) for p in walk(t) if (found := integrated(p)) for by in [found[1]]]
    facts += [lt(a, b) for a, b in ends]  # type: ignore[arg-type]
    return Scene(Normalizer([*facts, *granted]), frozenset(_outside(low) | _outside(high))), low, high


def _outside(t: Term) -> set[Term]:
    """The names that stand outside of all means."""
    if integrated(t) is not None or (t.op == "app" and t.args[0] in MEANS):
        return set()
    own = {t} if t.op in ("sym", "app") else set()
    return own.union(*(_outside(a) for a in t.args if isinstance(a, Term)))
