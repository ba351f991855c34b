"""Vectors and matrices for the second opinion: words that do not commute, multiplied out once more.

The kernel says which terms are atoms and under which key; expanding products, cancelling M M^-1, turning words around
and finding the Gram, trace and determinant symbols is done here again, on fractions of SymPy's ring.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from derivations.evidence.ring_table import Frac
from derivations.kernel import linear
from derivations.kernel.substitution import fresh, substitute
from derivations.kernel.terms import Term, function, is_scalar, mul, show, sum_, sym

if TYPE_CHECKING:
    from derivations.evidence.ring_check import Witness

Word = tuple[tuple[Hashable, bool, bool], ...]  # letters: key, inverted, transposed
Matrix = dict[Word, Frac]
Vector = dict[tuple[Word, Hashable], Frac]


def collect(w: Witness, parts: Iterable[tuple[Any, Frac]]) -> dict[Any, Frac]:
    """The sum of the parts, key by key, without those that vanish."""
    groups: dict[Any, list[Frac]] = {}
    for key, value in parts:
        groups.setdefault(key, []).append(value)
    total = {key: w.table.sum(values) for key, values in groups.items()}
    return {key: value for key, value in total.items() if not w.table.is_zero(value)}


def simplest(w: Witness, word: Iterable[tuple[Hashable, bool, bool]]) -> Word:
    """The word with symmetric letters upright, and a letter beside its inverse removed."""
    stack: list[tuple[Hashable, bool, bool]] = []
    for key, inverted, transposed in word:
        item = (key, inverted, transposed and not w.letters[key].spd)
        if stack and stack[-1][0] == key and stack[-1][1] != inverted and stack[-1][2] == item[2]:
            del stack[-1]
        else:
            stack.append(item)
    return tuple(stack)


def turned(w: Witness, word: Word) -> Word:
    """The transpose of a word."""
    return simplest(w, [(key, inverted, not transposed) for key, inverted, transposed in word[::-1]])


def rewritten(w: Witness, m: Matrix) -> Matrix:
    """The matrix with the equations in force applied, as often as the kernel would."""
    for _ in range(200):
        spot = next(
            (
                (word, start, left, right)
                for word in m
                for left, right in w.word_equations
                for start in range(len(word) - len(left) + 1)
                if word[start : start + len(left)] == left
            ),
            None,
        )
        if spot is None:
            break
        word, start, left, right = spot
        parts = [(other, value) for other, value in m.items() if other != word]
        for middle, value in right.items():
            whole = simplest(w, word[:start] + middle + word[start + len(left) :])
            parts.append((whole, w.table.mul(m[word], value)))
        m = collect(w, parts)
    return m


def product(w: Witness, a: Matrix, b: Matrix) -> Matrix:
    """The product of two matrices."""
    return rewritten(
        w, collect(w, ((simplest(w, u + v), w.table.mul(x, y)) for u, x in a.items() for v, y in b.items()))
    )


def kept(w: Witness, t: Term, make: Callable[[Witness, Term], dict[Any, Frac]]) -> dict[Any, Frac]:
    """The sum of words of a term; made once in each scope, and anew on a larger ring."""
    table = w.table
    hit = w._cache.get((make, t))
    if hit is None or hit[0] is not table:
        hit = w._cache[make, t] = table, make(w, t)
    words: dict[Any, Frac] = hit[1]
    return words


def matrix(w: Witness, t: Term) -> Matrix:
    """A matrix as a sum of words."""
    return kept(w, t, _matrix)


def _matrix(w: Witness, t: Term) -> Matrix:
    one = w.table.constant(1)
    if t.op == "eye":
        return {(): one}
    if t.op == "add":
        return collect(w, (part for a in t.args for part in matrix(w, a).items()))
    if t.op == "neg":
        return {word: w.table.neg(value) for word, value in matrix(w, t.args[0]).items()}
    if t.op == "div":
        by = w.table.inverse(w.value(t.args[1]))
        return {word: w.table.mul(value, by) for word, value in matrix(w, t.args[0]).items()}
    if t.op == "mul":
        out: Matrix = {(): one}
        for a in t.args:
            out = product(w, out, {(): w.value(a)} if is_scalar(a) else matrix(w, a))
        return collect(w, out.items())
    if t.op == "T":
        return rewritten(w, collect(w, ((turned(w, u), v) for u, v in matrix(w, t.args[0]).items())))
    if t.op == "inv":
        return rewritten(w, _inverse(w, t))
    meant = linear.unfolded(w, t)
    if meant is not None:  # a derivative, through the kernel's term for it
        return matrix(w, meant)
    key = w.atom_key(t)
    if key not in w.letters or t.op == "diag":
        linear.matrix(w, t)  # so that the kernel notes what it knows of the letter
    if key not in w.letters or (w.letters[key].spd != (t.sort[3] == "spd") and t.op != "diag"):
        w.disagree(t, "the letter of a matrix does not have the properties that its sort declares")
    return rewritten(w, {((key, False, False),): one})


def _inverse(w: Witness, t: Term) -> Matrix:
    linear.matrix(w, t)  # so that the kernel makes the letter of a sum
    m = matrix(w, t.args[0])
    if len(m) == 1:
        ((word, value),) = m.items()
        if all(w.letters[key].spd for key, _, _ in word):
            return {simplest(w, [(k, not i, tr) for k, i, tr in word[::-1]]): w.table.inverse(value)}
    key = ("matrix", w.matrix_key(linear.matrix(w, t.args[0])))
    if key not in w.letters:
        w.disagree(t, "the inverse of a sum has no letter of its own")
    return {((key, True, False),): w.table.constant(1)}


def vector(w: Witness, t: Term) -> Vector:
    """A vector as a sum of words applied to atoms."""
    return kept(w, t, _vector)


def _vector(w: Witness, t: Term) -> Vector:
    if t.op == "zero":
        return {}
    if t.op == "add":
        return collect(w, (part for a in t.args for part in vector(w, a).items()))
    if t.op == "neg":
        return {key: w.table.neg(value) for key, value in vector(w, t.args[0]).items()}
    if t.op == "div":
        by = w.table.inverse(w.value(t.args[1]))
        return {key: w.table.mul(value, by) for key, value in vector(w, t.args[0]).items()}
    if t.op == "mul":
        (base,) = [a for a in t.args if a.sort[0] == "vec"]
        front: Matrix = {(): w.table.constant(1)}
        for a in t.args:
            if a is not base:
                front = product(w, front, {(): w.value(a)} if is_scalar(a) else matrix(w, a))
        parts = []
        for (word, atom), x in vector(w, base).items():
            parts += [((u, atom), y) for u, y in product(w, front, {word: x}).items()]
        return collect(w, parts)
    return {key: w.table.fraction(e) for key, e in w.vector_atom(t).items()}


def inner_product(w: Witness, t: Term) -> Frac:
    """<u, v> in Gram symbols."""
    u = vector(w, t.args[0])
    v = u if t.op == "norm2" else vector(w, t.args[1])
    parts = []
    for (left, a), x in u.items():
        for (right, b), y in v.items():
            word = simplest(w, turned(w, left) + right)
            for middle, z in rewritten(w, {word: w.table.constant(1)}).items():
                parts.append(w.table.mul(w.table.mul(x, y), w.table.mul(z, _gram(w, a, middle, b))))
    return w.table.sum(parts)


def _gram(w: Witness, a: Hashable, word: Word, b: Hashable) -> Frac:
    ta, tb = w.vectors[a], w.vectors[b]
    if not word and ta.op == "comps" and tb.op == "comps":
        taken = {s.args[0] for s in ta.free | tb.free | ta.sort[1].free}
        j = sym(fresh(ta.args[0].args[0], taken), ta.args[0].sort)
        entries = [substitute(v.args[1], {v.args[0]: j}) for v in (ta, tb)]
        return w.value(sum_(j, 1, ta.sort[1], mul(*entries)))
    return w.symbol_value("gram", *min((a, word, b), (b, turned(w, word), a), key=repr))


def trace(w: Witness, t: Term) -> Frac:
    """A trace in cyclic words."""
    parts = []
    for word, value in matrix(w, t.args[0]).items():
        if not word:
            parts.append(w.table.mul(value, w.value(t.args[0].sort[1])))
            continue
        first = w.letters[word[0][0]].term
        if len(word) == 1 and first.op == "diag" and not word[0][1]:
            entries = sum_(first.args[0], 1, first.sort[1], first.args[1])
            parts.append(w.table.mul(value, w.value(entries)))
            continue
        cycles = [u[k:] + u[:k] for u in (word, turned(w, word)) for k in range(len(u))]
        parts.append(w.table.mul(value, w.symbol_value("tr", min(cycles, key=repr))))
    return w.table.sum(parts)


def logdet(w: Witness, t: Term) -> Frac:
    """A log-determinant as a sum over letters."""
    m = matrix(w, t.args[0])
    if len(m) == 1:
        ((word, value),) = m.items()
        if all(w.letters[key].spd for key, _, _ in word):
            parts = []
            for key, inverted, _ in word:
                one = _letter(w, key)
                parts.append(w.table.neg(one) if inverted else one)
            parts.append(w.table.mul(w.value(t.args[0].sort[1]), _log_scale(w, t, value)))
            return w.table.sum(parts)
    return _letter(w, ("matrix", w.matrix_key(linear.matrix(w, t.args[0]))))


def _letter(w: Witness, key: Hashable) -> Frac:
    term = w.letters[key].term
    if term.op == "diag":
        i, body = term.args
        return w.value(sum_(i, 1, term.sort[1], function("log", body)))
    return w.symbol_value("logdet", key)


def _log_scale(w: Witness, t: Term, value: Frac) -> Frac:
    """The logarithm of the number in front of a word, as the kernel has it, once it is checked."""
    ((_, scale),) = linear.matrix(w, t.args[0]).items()
    logarithm = w.table.fraction(w.log(scale))
    w.table.sync()
    if not w.table.equal(w.table.fraction(scale), value) or not w.exponential(logarithm, value):
        w.disagree(t, f"the number in front of {show(t.args[0])}")
    return logarithm
