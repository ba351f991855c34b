"""Vectors and matrices of any dimension, as linear combinations of words.

A matrix is a sum of words in letters (a matrix symbol, its transpose, its inverse); a vector is a sum of words applied
to vector atoms. Inner products expand into Gram symbols <a, w b>, traces into cyclic words, log-determinants into
letters, each in one canonical orientation. Words never commute, so AB = BA is not provable.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from derivations.kernel.calculus import jacobian_of, matrix_derivative, opaque_slope
from derivations.kernel.field import Element
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.state import Letter, LetterInfo, Matrix, Vector, Word
from derivations.kernel.substitution import fresh, substitute
from derivations.kernel.terms import REAL, Term, divergence, inner, inv, is_scalar, mul, num, show, sum_, sym
from derivations.kernel.terms import trace as trace_term

if TYPE_CHECKING:
    from derivations.kernel.normal import Normalizer

MAX_WORDS = 2000  # of a matrix


def accumulate(ctx: Normalizer, parts: list[tuple[Any, Element]]) -> dict[Any, Element]:
    """The sum of keyed elements, without those that are zero."""
    f = ctx.field
    groups: dict[Any, list[Element]] = {}
    for key, e in parts:
        groups.setdefault(key, []).append(e)
    total = {k: (es[0] if len(es) == 1 else f.sum(es)) for k, es in groups.items()}
    return {k: e for k, e in total.items() if not f.is_zero(e)}


def letter(ctx: Normalizer, key: Hashable, term: Term, spd: bool) -> Letter:
    """The letter of an atom, noted in the table of letters."""
    ctx.letters[key] = LetterInfo(term, spd)
    return key, False, False


def reduce_word(ctx: Normalizer, word: Word) -> Word:
    """The word with symmetric letters untransposed and neighbours M M^-1 cancelled."""
    out: list[Letter] = []
    for key, inverted, transposed in word:
        if ctx.letters[key].spd:
            transposed = False
        if out and out[-1] == (key, not inverted, transposed):
            out.pop()
        else:
            out.append((key, inverted, transposed))
    return tuple(out)


def invertible(ctx: Normalizer, word: Word) -> bool:
    """Whether every letter of the word is known to be definite, so that the matrix has an inverse."""
    return all(ctx.letters[k].spd for k, _, _ in word)


def transpose_word(ctx: Normalizer, word: Word) -> Word:
    """The transpose of a word."""
    return reduce_word(ctx, tuple((k, i, not t) for k, i, t in reversed(word)))


def multiply(ctx: Normalizer, a: Matrix, b: Matrix) -> Matrix:
    """The product of two matrices, with the equations in force applied."""
    if len(a) * len(b) > MAX_WORDS:
        raise TooLarge(f"a product of matrices of {len(a)} and {len(b)} words")
    parts = [(reduce_word(ctx, u + v), ctx.field.mul(x, y)) for u, x in a.items() for v, y in b.items()]
    return rewrite(ctx, accumulate(ctx, parts))


def rewrite(ctx: Normalizer, m: Matrix) -> Matrix:
    """Apply the matrix equations in force until none applies (at most 200 times)."""
    for _ in range(200):
        for word in m:
            hit = _redex(ctx, word)
            if hit is not None:
                break
        else:
            return m
        start, length, replacement = hit
        parts = [(w, e) for w, e in m.items() if w != word]
        for middle, e in replacement.items():
            parts.append((reduce_word(ctx, word[:start] + middle + word[start + length :]), ctx.field.mul(m[word], e)))
        m = accumulate(ctx, parts)
    return m


def _redex(ctx: Normalizer, word: Word) -> tuple[int, int, Matrix] | None:
    for left, right in ctx.word_rules:
        for start in range(len(word) - len(left) + 1):
            if word[start : start + len(left)] == left:
                return start, len(left), right
    return None


def matrix(ctx: Normalizer, t: Term) -> Matrix:
    """The normal form of a matrix term."""
    hit: Matrix | None = ctx._cache.get(t)
    if hit is None:
        hit = ctx._cache[t] = _matrix(ctx, t)
    return hit


def _matrix(ctx: Normalizer, t: Term) -> Matrix:
    f = ctx.field
    if t.op == "eye":
        return {(): f.one}
    if t.op == "add":
        return accumulate(ctx, [p for a in t.args for p in matrix(ctx, a).items()])
    if t.op == "neg":
        return {w: f.neg(e) for w, e in matrix(ctx, t.args[0]).items()}
    if t.op == "div":
        c = ctx.inverse(ctx.scalar(t.args[1]), t.args[1])
        return accumulate(ctx, [(w, f.mul(e, c)) for w, e in matrix(ctx, t.args[0]).items()])
    if t.op == "mul":
        out: Matrix = {(): f.one}
        for a in t.args:
            out = multiply(ctx, out, {(): ctx.scalar(a)} if is_scalar(a) else matrix(ctx, a))
        return accumulate(ctx, list(out.items()))
    if t.op == "T":
        return rewrite(ctx, accumulate(ctx, [(transpose_word(ctx, w), e) for w, e in matrix(ctx, t.args[0]).items()]))
    if t.op == "inv":
        return rewrite(ctx, _inverse(ctx, t))
    meant = unfolded(ctx, t)
    if meant is not None:
        return matrix(ctx, meant)
    return rewrite(ctx, {(letter(ctx, ctx.atom_key(t), t, t.sort[3] == "spd" or _positive_diagonal(ctx, t)),): f.one})


def unfolded(ctx: Normalizer, t: Term) -> Term | None:
    """What an equation says a function is, or the derivative where the rules reach it; None for a letter."""
    if t.op == "app" and ctx._function_rules:
        return ctx._unfold(t)
    if t.op in ("diff", "jac") and not opaque_slope(t):
        return ctx._calculus(t, matrix_derivative if t.op == "diff" else jacobian_of)
    return None


def _positive_diagonal(ctx: Normalizer, t: Term) -> bool:
    if t.op != "diag":
        return False
    with ctx.bound(t) as (index, args):
        ctx.assume_range(index, num(1), t.sort[1])
        s = ctx.sign_of(ctx.scalar(args[1]))
    return s is not None and s.strict and s.value > 0


def _inverse(ctx: Normalizer, t: Term) -> Matrix:
    """The inverse of one word of invertible letters; of anything else, a letter of its own, proved positive
    definite.
    """
    f, m = ctx.field, matrix(ctx, t.args[0])
    if len(m) == 1:
        ((word, c),) = m.items()
        if invertible(ctx, word):
            back = reduce_word(ctx, tuple((k, not i, tr) for k, i, tr in reversed(word)))
            return {back: ctx.inverse(c, t)}
    return {(_sum_letter(ctx, m, t.args[0], "an inverse")[0:1] + (True, False),): f.one}


def _sum_letter(ctx: Normalizer, m: Matrix, t: Term, what: str) -> Letter:
    if not is_spd(ctx, m):
        ctx.owe_text(f"{show(t)} is positive definite", what)
    return letter(ctx, ("matrix", ctx.matrix_key(m)), t, True)


def is_spd(ctx: Normalizer, m: Matrix) -> bool:
    """Whether the matrix is a sum of congruences w P w^T with positive coefficients, one of them definite."""
    definite = False
    for word, c in m.items():
        s = ctx.sign_of(c)
        if s is None or s.value < 0:
            return False
        middle = word
        while len(middle) >= 2 and transpose_word(ctx, middle[:1]) == middle[-1:]:
            middle = middle[1:-1]
        if len(middle) > 1 or (middle and not ctx.letters[middle[0][0]].spd):
            return False
        outer = word[: (len(word) - len(middle)) // 2]
        definite = definite or (s.strict and invertible(ctx, outer))
    return definite


def vector(ctx: Normalizer, t: Term) -> Vector:
    """The normal form of a vector term."""
    hit: Vector | None = ctx._cache.get(t)
    if hit is None:
        hit = ctx._cache[t] = _vector(ctx, t)
    return hit


def _vector(ctx: Normalizer, t: Term) -> Vector:
    f = ctx.field
    if t.op == "zero":
        return {}
    if t.op == "add":
        return accumulate(ctx, [p for a in t.args for p in vector(ctx, a).items()])
    if t.op == "neg":
        return {w: f.neg(e) for w, e in vector(ctx, t.args[0]).items()}
    if t.op == "div":
        c = ctx.inverse(ctx.scalar(t.args[1]), t.args[1])
        return accumulate(ctx, [(w, f.mul(e, c)) for w, e in vector(ctx, t.args[0]).items()])
    if t.op == "mul":
        out = vector(ctx, next(a for a in reversed(t.args) if a.sort[0] == "vec"))
        for a in reversed([a for a in t.args if a.sort[0] != "vec"]):
            out = _apply(ctx, {(): ctx.scalar(a)} if is_scalar(a) else matrix(ctx, a), out)
        return out
    return ctx.vector_atom(t)


def _apply(ctx: Normalizer, m: Matrix, v: Vector) -> Vector:
    parts = []
    for (word, atom), e in v.items():
        for w, c in multiply(ctx, m, {word: e}).items():
            parts.append(((w, atom), c))
    return accumulate(ctx, parts)


def inner_product(ctx: Normalizer, u: Vector, v: Vector) -> Element:
    """<u, v> as a polynomial in Gram symbols."""
    f = ctx.field
    parts, twice = [], f.constant(2)
    for i, ((w1, a), x) in enumerate(u.items()):
        for j, ((w2, b), y) in enumerate(v.items()):
            if u is v and j < i:
                continue  # <x a, y b> = <y b, x a> was counted twice before
            if u is v and j > i:
                y = f.mul(y, twice)
            for word, c in rewrite(ctx, {reduce_word(ctx, transpose_word(ctx, w1) + w2): f.one}).items():
                parts.append(f.mul(f.mul(f.mul(x, y), c), gram(ctx, a, word, b)))
    return f.sum(parts)


def gram(ctx: Normalizer, a: Hashable, word: Word, b: Hashable) -> Element:
    """The symbol <a, w b>, equal to <b, w^T a>."""
    ta, tb = ctx.vectors[a], ctx.vectors[b]
    if not word and ta.op == tb.op == "comps":
        i = ta.args[0]
        j = sym(fresh(i.args[0], {s.args[0] for s in ta.free | tb.free | ta.sort[1].free}), i.sort)
        product = substitute(ta.args[1], {i: j}) * substitute(tb.args[1], {tb.args[0]: j})
        return ctx.scalar(sum_(j, 1, ta.sort[1], product))
    flipped = (b, transpose_word(ctx, word), a)
    key = min((a, word, b), flipped, key=repr) if a != b or word else (a, word, b)
    g = ctx.symbol(("gram", *key), _between(ta, tuple(word_terms(ctx, word)), tb))
    if ta.op == "int" or tb.op == "int":
        ctx.stuck |= ctx.field.places_in(g.num)
    if a == b and (not word or (len(word) == 1 and ctx.letters[word[0][0]].spd)):
        ctx.signs.assume(g.num * g.den, False)  # an equation may have put a fraction in its place
    return g


@lru_cache(maxsize=1024)
def _between(u: Term, word: tuple[Term, ...], v: Term) -> Term:
    return inner(u, mul(*word, v)) if word else inner(u, v)


def word_terms(ctx: Normalizer, word: Word) -> list[Term]:
    """The letters of a word as terms."""
    out = []
    for key, inverted, transposed in word:
        t = ctx.letters[key].term
        t = t.T if transposed else t
        out.append(inv(t) if inverted else t)
    return out


def trace(ctx: Normalizer, t: Term) -> Element:
    """The trace, linear and cyclic."""
    f = ctx.field
    parts = []
    for word, c in matrix(ctx, t.args[0]).items():
        if not word:
            parts.append(f.mul(c, ctx.scalar(t.args[0].sort[1])))
            continue
        term = ctx.letters[word[0][0]].term
        if len(word) == 1 and term.op == "diag" and not word[0][1]:
            parts.append(f.mul(c, ctx.scalar(sum_(term.args[0], 1, term.sort[1], term.args[1]))))
            continue
        if len(word) == 1 and term.op == "jac" and not word[0][1]:
            parts.append(f.mul(c, ctx.scalar(divergence(*term.args))))
            continue
        back = transpose_word(ctx, word)
        turns = [w[k:] + w[:k] for w in (word, back) for k in range(len(w))]
        key = min(turns, key=repr)
        parts.append(f.mul(c, ctx.symbol(("tr", key), trace_term(mul(*word_terms(ctx, word))))))
    return f.sum(parts)


def logdet(ctx: Normalizer, t: Term) -> Element:
    """log det of a product of positive definite letters as a sum; of anything else, a symbol."""
    f, m = ctx.field, matrix(ctx, t.args[0])
    if len(m) == 1:
        ((word, c),) = m.items()
        if invertible(ctx, word):
            parts = [_letter_logdet(ctx, k, inverted) for k, inverted, _ in word]
            scale = ctx.log(c)
            return f.sum([*parts, f.mul(ctx.scalar(t.args[0].sort[1]), scale)])
    key = _sum_letter(ctx, m, t.args[0], "a log-determinant")[0]
    return _letter_logdet(ctx, key, False)


def _letter_logdet(ctx: Normalizer, key: Hashable, inverted: bool) -> Element:
    term = ctx.letters[key].term
    if term.op == "diag":
        i, body = term.args
        e = ctx.scalar(sum_(i, 1, term.sort[1], Term("log", (body,), REAL)))
    else:
        e = ctx.symbol(("logdet", key), Term("logdet", (term,), REAL))
    return ctx.field.neg(e) if inverted else e
