"""Positive semidefinite matrices in an affine family of rational matrices, found with floats and returned exactly.

A family is G(y) = G_0 + y_1 G_1 + .. + y_k G_k, symmetric, over the rationals. `semidefinite` looks for a y at which
every block is positive semidefinite. The search is numerical and may fail where an answer exists; what it returns is
exact, and whoever wants to know checks it with `squares_of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log

from flint import fmpq, fmpq_mat

Family = list[fmpq_mat]  # G_0, G_1, .., G_k
Floats = list[list[float]]
DENOMINATORS = (1, 2, 12, 120, 10**4, 10**7)
ROUNDS, STEPS = 40, 25


def rational(q: fmpq) -> Fraction:
    """A flint rational as a Fraction."""
    return Fraction(int(q.p), int(q.q))


def flint(q: Fraction) -> fmpq:
    """A Fraction as a flint rational."""
    return fmpq(q.numerator, q.denominator)


def at(family: Family, y: Sequence[Fraction]) -> fmpq_mat:
    """G(y)."""
    out = family[0]
    for q, g in zip(y, family[1:], strict=True):
        out = out + g * flint(q)
    return out


def squares_of(g: fmpq_mat) -> list[tuple[Fraction, list[Fraction]]] | None:
    """g = sum of w v v^T with w > 0, by elimination; None when g is not positive semidefinite."""
    size = g.nrows()
    out: list[tuple[Fraction, list[Fraction]]] = []
    rest = [[rational(g[i, j]) for j in range(size)] for i in range(size)]
    while True:
        if any(rest[i][i] < 0 for i in range(size)):
            return None
        k = next((i for i in range(size) if rest[i][i] > 0), None)
        if k is None:
            return out if not any(any(row) for row in rest) else None
        w, v = rest[k][k], [e / rest[k][k] for e in rest[k]]
        out.append((w, v))
        rest = [[rest[i][j] - w * v[i] * v[j] for j in range(size)] for i in range(size)]


def semidefinite(blocks: list[Family]) -> list[fmpq_mat] | None:
    """The blocks at a y at which all of them are positive semidefinite, or None when none was found."""
    size = len(blocks[0]) - 1
    bases = [_unit(b[0].nrows()) for b in blocks]
    for _ in range(8):
        y, slack = _centre(blocks, size)
        for bound in DENOMINATORS:
            near = [Fraction(q).limit_denominator(bound) for q in y]
            found = [at(b, near) for b in blocks]
            if all(squares_of(g) is not None for g in found):
                return [w * g * w.transpose() for w, g in zip(bases, found, strict=True)]
        if slack > 1e-2:
            return None
        shrunk = _face(blocks, bases, y)
        if shrunk is None:
            return None
        blocks, bases, size = shrunk
    return None


def _unit(size: int) -> fmpq_mat:
    return fmpq_mat(size, size, [fmpq(int(i == j)) for i in range(size) for j in range(size)])


def _floats(g: fmpq_mat) -> Floats:
    return [[float(rational(g[i, j])) for j in range(g.ncols())] for i in range(g.nrows())]


def _cholesky(g: Floats) -> Floats | None:
    size = len(g)
    out = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            s = g[i][j] - sum(out[i][k] * out[j][k] for k in range(j))
            if i == j:
                if s <= 1e-14:
                    return None
                out[i][i] = s**0.5
            else:
                out[i][j] = s / out[j][j]
    return out


def _inverse(lower: Floats) -> Floats:
    """(L L^T)^-1."""
    size = len(lower)
    columns = []
    for c in range(size):
        e = [float(i == c) for i in range(size)]
        for i in range(size):
            e[i] = (e[i] - sum(lower[i][k] * e[k] for k in range(i))) / lower[i][i]
        for i in reversed(range(size)):
            e[i] = (e[i] - sum(lower[k][i] * e[k] for k in range(i + 1, size))) / lower[i][i]
        columns.append(e)
    return columns


def _product(a: Floats, b: Floats) -> Floats:
    columns = list(zip(*b, strict=True))
    return [[sum(p * q for p, q in zip(row, col, strict=True)) for col in columns] for row in a]


def _centre(blocks: list[Family], size: int) -> tuple[list[float], float]:
    """y and the least s for which G(y) + s I stays positive definite, by Newton steps on a barrier."""
    floats = [[_floats(g) for g in b] for b in blocks]
    point = [0.0] * size
    slack = 1.0 + max((sum(map(abs, row)) for b in floats for row in b[0]), default=1.0)
    tau = 1.0
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            moved = _descend(floats, point, slack, tau)
            if moved is None:
                break
            point, slack = moved
            if slack < -1e-2:
                return point, slack
        tau *= 2.5
        if tau > 1e9:
            break
    return point, slack


def _descend(
    floats: list[list[Floats]], point: list[float], slack: float, tau: float
) -> tuple[list[float], float] | None:
    """One Newton step, shortened until it leads down; None when it does not."""
    step, before, scale = _newton(floats, point, slack, tau), _barrier(floats, point, slack, tau), 1.0
    while before is not None and scale > 1e-8:
        trial = [p + scale * s for p, s in zip(point, step[:-1], strict=True)]
        value = _barrier(floats, trial, slack + scale * step[-1], tau)
        if value is not None and value < before:
            return trial, slack + scale * step[-1]
        scale /= 2
    return None


def _shifted(b: list[Floats], point: list[float], slack: float) -> Floats:
    out = [[e + slack * (i == j) for j, e in enumerate(row)] for i, row in enumerate(b[0])]
    for y, g in zip(point, b[1:], strict=True):
        out = [[e + y * f for e, f in zip(row, more, strict=True)] for row, more in zip(out, g, strict=True)]
    return out


def _barrier(floats: list[list[Floats]], point: list[float], slack: float, tau: float) -> float | None:
    out = tau * slack + 5e-7 * sum(y * y for y in point)
    for b in floats:
        lower = _cholesky(_shifted(b, point, slack))
        if lower is None:
            return None
        out -= 2 * sum(log(lower[i][i]) for i in range(len(lower)))
    return out


def _newton(floats: list[list[Floats]], point: list[float], slack: float, tau: float) -> list[float]:
    size = len(point) + 1
    slope = [1e-6 * y for y in point] + [tau]
    bend = [[(1e-6 if i < size - 1 else 1e-9) * (i == j) for j in range(size)] for i in range(size)]
    for b in floats:
        lower = _cholesky(_shifted(b, point, slack))
        if lower is None:
            continue
        inverse = _inverse(lower)
        unit = [[float(i == j) for j in range(len(inverse))] for i in range(len(inverse))]
        turned = [_product(inverse, g) for g in (*b[1:], unit)]
        for i, p in enumerate(turned):
            slope[i] -= sum(p[k][k] for k in range(len(p)))
            for j in range(i + 1):
                q = turned[j]
                value = sum(p[k][m] * q[m][k] for k in range(len(p)) for m in range(len(p)))
                bend[i][j] += value
                bend[j][i] += value if i != j else 0.0
    lower = _cholesky(bend)
    if lower is None:
        return [0.0] * size
    return [-sum(r * s for r, s in zip(row, slope, strict=True)) for row in _inverse(lower)]


def _face(
    blocks: list[Family], bases: list[fmpq_mat], y: list[float]
) -> tuple[list[Family], list[fmpq_mat], int] | None:
    """The family restricted to the matrices that vanish where G(y) nearly does: a smaller one, in new bases."""
    kernels = [_nearly_null(_shifted([_floats(g) for g in b], y, 0.0)) for b in blocks]
    if not any(kernels):
        return None
    rows = []
    for b, kernel in zip(blocks, kernels, strict=True):
        for v in kernel:
            column = fmpq_mat(len(v), 1, [flint(q) for q in v])
            images = [g * column for g in b]
            rows += [[*(m[i, 0] for m in images[1:]), -images[0][i, 0]] for i in range(len(v))]
    solved = affine(rows, len(blocks[0]) - 1)
    if solved is None:
        return None
    start, moves = solved
    out, named = [], []
    for b, w, kernel in zip(blocks, bases, kernels, strict=True):
        family = [at(b, start), *(at([b[0] * 0, *b[1:]], move) for move in moves)]
        if kernel:
            across = _complement(kernel, b[0].nrows())
            back = (across.transpose() * across).inv() * across.transpose()
            family, w = [back * g * back.transpose() for g in family], w * across
        out.append(family)
        named.append(w)
    return out, named, len(moves)


def _nearly_null(g: Floats, tolerance: float = 3e-3) -> list[list[Fraction]]:
    """Vectors of small rationals that a nearly singular matrix sends nearly to 0, by elimination with full pivots."""
    size = len(g)
    scale = max((abs(e) for row in g for e in row), default=0.0) or 1.0
    rows, pivots = [[e / scale for e in row] for row in g], []
    for r in range(size):
        open_ = [j for j in range(size) if j not in pivots]
        best = max(((abs(rows[i][j]), i, j) for i in range(r, size) for j in open_), default=(0.0, 0, 0))
        if best[0] < tolerance:
            break
        _, i, j = best
        rows[r], rows[i] = rows[i], rows[r]
        rows[r] = [e / rows[r][j] for e in rows[r]]
        for k in range(size):
            if k != r:
                rows[k] = [e - rows[k][j] * f for e, f in zip(rows[k], rows[r], strict=True)]
        pivots.append(j)
    out = []
    for c in range(size):
        if c not in pivots:
            v = [Fraction(0)] * size
            v[c] = Fraction(1)
            for r, j in enumerate(pivots):
                v[j] = Fraction(-rows[r][c]).limit_denominator(24)
            out.append(v)
    return out


def affine(rows: list[list[fmpq]], unknowns: int) -> tuple[list[Fraction], list[list[Fraction]]] | None:
    """One solution of the linear equations (the last column is the right side) and a basis of the moves; or None."""
    if not rows:
        unit = [[Fraction(int(i == j)) for j in range(unknowns)] for i in range(unknowns)]
        return [Fraction(0)] * unknowns, unit
    reduced, rank = fmpq_mat(len(rows), unknowns + 1, [e for row in rows for e in row]).rref()
    pivots = [next(j for j in range(unknowns + 1) if reduced[i, j] != 0) for i in range(rank)]
    if unknowns in pivots:
        return None
    start = [Fraction(0)] * unknowns
    for i, j in enumerate(pivots):
        start[j] = rational(reduced[i, unknowns])
    moves = []
    for c in (c for c in range(unknowns) if c not in pivots):
        move = [Fraction(int(j == c)) for j in range(unknowns)]
        for i, j in enumerate(pivots):
            move[j] = -rational(reduced[i, c])
        moves.append(move)
    return start, moves


def _complement(kernel: list[list[Fraction]], size: int) -> fmpq_mat:
    """A basis, in columns, of the vectors orthogonal to the kernel."""
    solved = affine([[*map(flint, v), fmpq(0)] for v in kernel], size)
    moves = solved[1] if solved else []
    return fmpq_mat(size, len(moves), [flint(move[i]) for i in range(size) for move in moves])
