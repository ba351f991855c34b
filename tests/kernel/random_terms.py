"""Random scalar terms with sums, products, integrals, vectors and matrices, and small edits of them."""

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import (
    INT,
    MEASURE,
    REAL,
    Mat,
    Term,
    TermError,
    Vec,
    add,
    app,
    comps,
    diag,
    eye,
    inner,
    integral,
    inv,
    mul,
    neg,
    norm2,
    num,
    power,
    prod_,
    sum_,
    sym,
    trace,
    transpose,
    zero,
)  # fmt: skip
from tests.kernel.finite_models import d, m, n

SPACE = Vec(d)
MATRICES = [sym("A", Mat(d, d)), sym("B", Mat(d, d)), sym("S", Mat(d, d, "spd")), sym("L", Mat(d, d, "spd")), eye(d)]
NAMES = {"int": "ij", "real": "xyzt", "vec": "uv"}


class Terms:
    """Random scalar terms over bound and free symbols, and random edits of them."""

    def __init__(self, random):
        self.random = random

    def scalar(self, depth, known=()):
        r = self.random
        if depth <= 0:
            return r.choice(
                [num(r.choice([0, 1, 2, -1])), sym("x"), sym("y"), *[s for s in known if s.sort[0] != "vec"]]
            )
        more, other = (lambda: self.scalar(depth - 1, known)), (lambda: self.vector(depth - 1, known))
        return r.choice([
            lambda: add(more(), more()), lambda: mul(more(), more()), lambda: neg(more()),
            lambda: power(more(), num(2)),
            lambda: app(r.choice("fg"), more()), lambda: app("h", other()), lambda: inner(other(), other()),
            lambda: norm2(other()), lambda: trace(self.matrix(depth - 1, known)),
            lambda: self.bounded(depth, known), lambda: self.bounded(depth, known), lambda: self.bounded(depth, known),
            lambda: self.integral(depth, known, self.scalar), lambda: self.integral(depth, known, self.scalar),
        ])()  # fmt: skip

    def bounded(self, depth, known):
        r = self.random
        i = sym(r.choice(NAMES["int"]), INT)
        lo = r.choice([num(0), num(1), num(-1), n])
        hi = r.choice([n, m, n + 1, n - 1, num(2), m + n])
        return r.choice([sum_, sum_, prod_])(i, lo, hi, self.scalar(depth - 1, (*known, i)))

    def integral(self, depth, known, body):
        r = self.random
        sort = r.choice([REAL, REAL, SPACE])
        x = sym(r.choice(NAMES[sort[0]]), sort)
        measure = sym(r.choice("MN") + sort[0], MEASURE)
        return integral(x, body(depth - 1, (*known, x)), measure)

    def vector(self, depth, known=()):
        r = self.random
        if depth <= 0:
            return r.choice([sym("u", SPACE), sym("v", SPACE), zero(d), *[s for s in known if s.sort == SPACE]])
        more, factor = (lambda: self.vector(depth - 1, known)), (lambda: self.scalar(depth - 1, known))
        i = sym(r.choice(NAMES["int"]), INT)
        return r.choice([
            lambda: add(more(), more()), lambda: neg(more()), lambda: mul(factor(), more()),
            lambda: mul(self.matrix(depth - 1, known), more()), lambda: app("F", factor(), sort=SPACE),
            lambda: app("G", more(), sort=SPACE), lambda: comps(i, self.scalar(depth - 1, (*known, i)), d),
            lambda: self.integral(depth, known, self.vector),
        ])()  # fmt: skip

    def matrix(self, depth, known=()):
        r = self.random
        if depth <= 0:
            return r.choice(MATRICES)
        more = lambda: self.matrix(depth - 1, known)  # noqa: E731
        i = sym(r.choice(NAMES["int"]), INT)
        return r.choice([
            lambda: add(more(), more()), lambda: mul(more(), more()), lambda: transpose(more()),
            lambda: inv(r.choice([*MATRICES[2:4], mul(*MATRICES[2:4]), add(*MATRICES[2:4]), add(*MATRICES[3:])])),
            lambda: mul(self.scalar(depth - 1, known), more()), lambda: more(),
            lambda: app("K", self.scalar(depth - 1, known), sort=Mat(d, d)),
            lambda: diag(i, self.scalar(depth - 1, (*known, i)), d),
        ])()  # fmt: skip

    def edited(self, t):
        """The term with one small change, which may or may not change its value; None when it makes no sense."""
        r = self.random
        places = list(_places(t))
        path, s = r.choice(places)
        alike = [x for _, x in places if x.sort[:3] == s.sort[:3] and x != s]
        changes = [lambda: r.choice(alike)] if alike else []
        if s.op in ("add", "mul"):
            changes.append(lambda: Term(s.op, tuple(r.sample(s.args, len(s.args))), s.sort))
        if s.op in ("sum", "prod", "int", "comps", "diag"):
            rename = sym(r.choice(NAMES[s.args[0].sort[0]]), s.args[0].sort)
            changes += [lambda: Term(s.op, (rename, *s.args[1:]), s.sort)] * 3
        if s.sort[0] == "mat":
            changes.append(lambda: transpose(s))
        if s.sort in (INT, REAL):
            changes += [lambda: add(s, num(1)), lambda: add(s, num(0)), lambda: mul(num(1), s), lambda: neg(s)]
        try:
            return _put(t, path, r.choice(changes)()) if changes else None
        except (TermError, KeyError):
            return None


def _places(t, path=()):
    yield path, t
    for k, a in enumerate(t.args):
        if isinstance(a, Term) and not (k == 0 and t.op in ("sum", "prod", "int", "comps", "diag")):
            yield from _places(a, (*path, k))


def _put(t, path, new):
    if not path:
        return new
    args = list(t.args)
    args[path[0]] = _put(args[path[0]], path[1:], new)
    return rebuild(t, tuple(args))
