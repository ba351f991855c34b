"""Inequalities between norms, inner products and means: Cauchy-Schwarz, the triangle inequality, Young, Jensen.

They hold for all vectors, in every dimension, and are shown by what `gram` knows of sums that are never negative.
What a document assumes of its functions is put in. Refuted is an inequality between bare names whose opposite always
holds, at a point of the plane at which the two sides differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import Term, TermError, is_scalar, le, lt, num
from derivations.reading.equations import assumed, gram, points
from derivations.reading.equations.algebra import Opaque, Poly
from derivations.reading.equations.compare import charted
from derivations.reading.equations.lengths import INTEGRAL, MEANS, Scene, integrated
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, current_index
from derivations.reading.notation.unfolding import canonical, squares
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

MAX_SIZE, MAX_NAMES = 400, 4
PLAIN = frozenset({"sym", "num", "add", "mul", "neg", "div", "pow", "sqrt", "inner", "norm2"})
ASSUMED = "from what the document assumes of its functions"


def speaks_of(*terms: Term) -> bool:
    """Whether there are norms, inner products, absolute values or means in terms."""
    return any(_is_length(p) for t in terms for p in walk(t))


def _is_length(t: Term) -> bool:
    root = t.op == "sqrt" and t.args[0].op == "pow"
    return t.op in ("inner", "norm2", "int") or root or (t.op == "app" and t.args[0] in MEANS | {INTEGRAL})


def judge(notation: Notation, low: Term, high: Term, strict: bool = False) -> Judgement | None:
    """The verdict on low <= high, or on low < high, which is refuted only; None where nothing is shown."""
    if not speaks_of(low, high) or low.size + high.size > MAX_SIZE:
        return None
    if strict:
        return _refuted(notation, low, high, strict)
    for a, b in _unfolded(notation, low, high):
        why = shown(notation, a, b)
        if why:
            return Judgement("proved", "prob.jensen" if "Jensen" in why else "", why + _existing(a, b))
    if (low, high) not in notation.assumed and shown(notation, low, high, notation.assumed):
        return Judgement("proved", message=ASSUMED + _existing(low, high))
    return _refuted(notation, low, high, strict)


def _unfolded(notation: Notation, low: Term, high: Term) -> list[tuple[Term, Term]]:
    """An inequality as it is written, and with what is known put in."""
    unfold = notation.unfolder(current_index((low, high)))
    try:
        other = squares(canonical(unfold(low))), squares(canonical(unfold(high)))
    except (UnreadError, TermError):
        return [(low, high)]
    return list(dict.fromkeys([(low, high), other]))


def _existing(*terms: Term) -> str:
    """What a proof takes for granted of means."""
    parts = [p for t in terms for p in walk(t)]
    integral = any(p.op == "int" or (p.op == "app" and p.args[0] == INTEGRAL) for p in parts)
    mean = any(p.op == "app" and p.args[0] in MEANS for p in parts)
    said = ["; the expectations are taken to exist"] if mean else []
    return "".join([*said, "; the integrals are taken to exist, and to run upwards"] if integral else said)


def shown(notation: Notation, low: Term, high: Term, bounds: Sequence[assumed.Bound] | None = None) -> str:
    """Why low <= high for all vectors, by the `bounds` that a document assumes if there are any; "" where it is open.

    Never raises: what is too large, or of another kind, is open.
    """
    try:
        given = [i for b in bounds or () for i in assumed.instances(b, low, high)]
        if bounds is not None and not given:
            return ""
        scene, terms = scene_of(notation, [low, high, *(t for b in given for t in b)], given)
        why = _by_bounds(scene, terms) if given else _by_itself(scene, terms[0], terms[1])
    except (Opaque, TermError, ValueError, UnreadError, ZeroDivisionError, TooLarge, RecursionError):
        return ""
    return "" if scene.n.owed else why


def _by_itself(scene: Scene, low: Term, high: Term) -> str:
    """Why low <= high; the square of a number is at most that of another where its absolute value is."""
    a, b = scene.poly(low), scene.poly(high)
    gaps = _gaps(scene, a, b)
    why = gram.never_negative(scene, gaps[0])
    root = scene.root(high) if low.op == "pow" and low.args[1] == num(2) else None
    if not why and root is not None:
        why = gram.never_negative(scene, scene.minus(root, scene.absolute(scene.poly(low.args[0]))))
    for gap in gaps[1:]:
        why = why or gram.never_negative(scene, gap)
    return why


def _by_bounds(scene: Scene, terms: list[Term]) -> str:
    """Why the first term is at most the second, where those that follow are so in pairs."""
    gaps = _gaps(scene, scene.poly(terms[0]), scene.poly(terms[1]))
    known = assumed.facts(scene, list(zip(terms[2::2], terms[3::2], strict=True)))
    return ASSUMED if any(assumed.follows(scene, gap, known) for gap in gaps) else ""


def _gaps(scene: Scene, a: Poly, b: Poly) -> list[Poly]:
    """What is not negative where a <= b: their difference; where b is none, that of their squares is enough."""
    s = scene.sign(b)
    out = [scene.minus(b, a)]
    if s is not None and s.value > 0:
        out.append(scene.minus(scene.times(b, b), scene.times(a, a)))
    return out


def scene_of(notation: Notation, terms: list[Term], bounds: Sequence[assumed.Bound] = ()) -> tuple[Scene, list[Term]]:
    """What is known where an inequality is to hold, the ranges of its names and that integrals over time run upwards;
    and its terms with the schedule in free coordinates. Raises TermError, ValueError and UnreadError.
    """
    granted, units = notation.conditions(), dict[str, str]()
    with suppress(ValueError):  # a sum or an integral binds a step of the schedule: its levels are numbers then
        found, units = charted(*terms, *granted)
        terms, granted = found[: len(terms)], found[len(terms) :]
    known = {**COMMON_DOMAINS, **notation.domains, **units}
    facts = [le(0, c) for b in bounds for c in assumed.constants(b)]
    over = [by for t in terms for p in walk(t) if (by := integrated(p)) is not None]
    parts = [p for t in (*terms, *(body for body, _ in over), *granted) for p in walk(t)]
    for p in dict.fromkeys(p for p in parts if p.op in ("sym", "app") and is_scalar(p)):
        word = known.get(str(p.args[0]), "real")
        facts += [lt(0, p)] if word in ("unit", "positive") else [le(0, p)] if word == "nonnegative" else []
        facts += [lt(p, 1)] if word == "unit" else []
    facts += [lt(low, high) for _, (_, low, high) in over]
    outside = frozenset(s for t in terms[:2] for s in _outside(t))  # a bound is taken at random points too
    return Scene(Normalizer([*facts, *granted]), outside), terms


def _outside(t: Term) -> set[Term]:
    """The names that stand outside of all means."""
    if integrated(t) is not None or (t.op == "app" and t.args[0] in MEANS):
        return set()
    own = {t} if t.op in ("sym", "app") else set()
    return own.union(*(_outside(a) for a in t.args if isinstance(a, Term)))


def _refuted(notation: Notation, low: Term, high: Term, strict: bool) -> Judgement | None:
    """The refutation of low <= high, or <, where the opposite holds for all vectors: at a point where the two differ.
    None for sides with functions and means, of which a document may know more.
    """
    names = sorted(_outside(low) | _outside(high), key=repr)
    bare = all(p.op in PLAIN for t in (low, high) for p in walk(t)) and len(names) <= MAX_NAMES
    bare = bare and "num" not in (low.op, high.op)  # |x - y| <= 0 says that two are one
    if not bare or any(notation.has_rule(s) for s in names) or not shown(notation, high, low):
        return None
    for at in points.points(names, {**COMMON_DOMAINS, **notation.domains}):
        left, right = (points.value(t, at) for t in (low, high))
        if left is not None and right is not None and (left > right or (strict and left == right)):
            witness = {points.title(s): points.written(v) for s, v in at.items()}
            said = "the opposite always holds"
            return Judgement("refuted", message=said, witness=witness, values=(str(left), str(right)))
    return None


__all__ = ["judge", "scene_of", "shown", "speaks_of"]
