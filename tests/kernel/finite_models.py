"""A second evaluator: the exact value of a term in a small finite model, by the definitions alone.

A model has a dimension, integers for n and m, random rational numbers, vectors and matrices for the symbols, a random
table for every opaque function, and for every measure two points with positive weights. Everything that the kernel
says about sums, products, integrals against a measure, vectors and matrices must hold in each of them.

The package has an evaluator too, `derivations.evidence.evaluation`, in its own models. This one is apart from it on
purpose. It shares no line with it, nor its arithmetic: the kernel and the evidence both compute with FLINT, this one with
Python's fractions, so that a fault of FLINT, or of the evidence, cannot hide one of the kernel. The package's draws are
made to satisfy hypotheses; these are made for nothing. That the two agree is tested in `test_against_numbers`.
"""

import hashlib
from fractions import Fraction

from derivations.kernel.terms import INT, REAL, sym

n, m, d = (sym(s, INT) for s in "nmd")


def table(*key):
    """A small rational number that depends on the key and on nothing else."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return Fraction(digest[0] % 13 - 6, 1 + digest[1] % 5)


class Model:
    """One finite model: `value` gives the exact value of a term."""

    def __init__(self, seed, dim, n_is, m_is):
        self.seed, self.dim = seed, dim
        self.fixed = {n: Fraction(n_is), m: Fraction(m_is), d: Fraction(dim)}

    def draw(self, sort, *key):
        """A value of the sort, drawn by the key."""
        if sort == INT:
            return Fraction(int(table(self.seed, *key)))
        if sort == REAL:
            return table(self.seed, *key)
        if sort[0] == "vec":
            return tuple(table(self.seed, *key, k) for k in range(self.dim))
        rows = [[table(self.seed, *key, k, j) for j in range(self.dim)] for k in range(self.dim)]
        if sort[3] == "spd":
            square = _product(rows, list(zip(*rows, strict=True)))
            return _plus(square, self.unit())
        return tuple(map(tuple, rows))

    def unit(self):
        return tuple(tuple(Fraction(k == j) for j in range(self.dim)) for k in range(self.dim))

    def value(self, t, bound=None):
        """The value of a term; bound variables have theirs. Raises ZeroDivisionError where it has none."""
        bound = bound or {}
        if t.op == "num":
            return t.args[0]
        if t.op == "sym":
            return bound[t] if t in bound else self.fixed[t] if t in self.fixed else self.draw(t.sort, "s", t.args[0])
        if t.op == "app":
            return self.draw(t.sort, "f", t.args[0], *(self.value(a, bound) for a in t.args[1:]))
        if t.op in ("sum", "prod", "int", "comps", "diag"):
            return self.binder(t, bound)
        return self.operator(t, [self.value(a, bound) for a in t.args] if t.op not in ("eye", "zero") else [])

    def binder(self, t, bound):
        x, body = t.args[0], t.args[-1]
        if t.op == "int":
            total = None
            for k in range(2):
                weight = abs(table(self.seed, "w", t.args[1].args[0], k)) + Fraction(1, 3)
                part = _scaled(weight, self.value(body, {**bound, x: self.draw(x.sort, "p", t.args[1].args[0], k)}))
                total = part if total is None else _plus(total, part)
            return total
        if t.op in ("comps", "diag"):
            entries = [self.value(body, {**bound, x: Fraction(k + 1)}) for k in range(self.dim)]
            unit = self.unit()
            return (
                tuple(entries) if t.op == "comps" else tuple(_scaled(e, r) for e, r in zip(entries, unit, strict=True))
            )
        lo, hi = (int(self.value(a, bound)) for a in t.args[1:3])
        parts = [self.value(body, {**bound, x: Fraction(k)}) for k in range(lo, hi + 1)]
        out = Fraction(t.op == "prod")
        for part in parts:
            out = out * part if t.op == "prod" else out + part
        return out

    def operator(self, t, v):
        if t.op == "add":
            out = v[0]
            for part in v[1:]:
                out = _plus(out, part)
            return out
        if t.op == "mul":
            out = v[0]
            for part in v[1:]:
                out = _product(out, part)
            return out
        plain = {
            "neg": lambda a: _scaled(-1, a), "div": lambda a, b: _scaled(1 / b, a), "pow": lambda a, b: a ** int(b),
            "inner": lambda a, b: sum(p * q for p, q in zip(a, b, strict=True)),
            "norm2": lambda a: sum(p * p for p in a),
            "T": lambda a: tuple(zip(*a, strict=True)), "inv": _inverse, "eye": self.unit,
            "tr": lambda a: sum(a[k][k] for k in range(self.dim)), "zero": lambda: (Fraction(0),) * self.dim,
        }  # fmt: skip
        return plain[t.op](*v)


def _shape(a):
    return 0 if isinstance(a, Fraction) else 1 if isinstance(a[0], Fraction) else 2


def _plus(a, b):
    return a + b if _shape(a) == 0 else tuple(_plus(p, q) for p, q in zip(a, b, strict=True))


def _scaled(c, a):
    return c * a if _shape(a) == 0 else tuple(_scaled(c, p) for p in a)


def _product(a, b):
    if _shape(a) == 0 or _shape(b) == 0:
        return _scaled(a, b) if _shape(a) == 0 else _scaled(b, a)
    if _shape(b) == 1:
        return tuple(sum(p * q for p, q in zip(row, b, strict=True)) for row in a)
    return tuple(tuple(sum(p * q for p, q in zip(row, col, strict=True)) for col in zip(*b, strict=True)) for row in a)


def _inverse(a):
    size = len(a)
    rows = [list(row) + [Fraction(k == j) for j in range(size)] for k, row in enumerate(a)]
    for c in range(size):
        pivot = next((r for r in range(c, size) if rows[r][c]), None)
        if pivot is None:
            raise ZeroDivisionError("a matrix without inverse")
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [e / rows[c][c] for e in rows[c]]
        for r in range(size):
            if r != c:
                rows[r] = [e - rows[r][c] * f for e, f in zip(rows[r], rows[c], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)
