"""Names that the kernel gives to bound variables: what was unfolded inside a scope, moved out of it, or said there.

Each is a call of `algebra` for two things that are not equal, and the words of its refusal.
"""

from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.terms import (
    INT,
    REAL,
    Term,
    app,
    comps,
    eq,
    exp,
    forall,
    inner,
    integral,
    interval,
    num,
    prod_,
    sum_,
    sym,
)

u, x, y, i, k = (sym(name) for name in "uxyik")
m, n, j, r, c, d, lo, hi = (sym(name, INT) for name in ("m", "n", "j", "r", "c", "d", "lo", "hi"))
a, b, s = (sym(name) for name in "abs")
LINE, LONG = interval(0, 1), interval(0, 2)
HIGH = integral(s, integral(a, integral(b, app("q", s, a, b), LINE), LINE), LINE)  # it moves out, and leaves names free


def meaning(f, value):
    """For all arguments the function has this value."""
    out = eq(f, value)
    for v in reversed(f.args[1:]):
        out = forall(v, out)
    return assume(out)


def bent(t):
    """The arctangent of an integral over k: an atom with a bound variable in it."""
    return Term("atan", (integral(k, t, LINE),), REAL)


def renamed(f, g):
    """int int f(i, x) di dx = int int g(i, x) di dx, of which something moves out."""
    f, g = (meaning(app(name, u, x), value) for name, value in (("f", f), ("g", g)))
    left, right = (integral(x, integral(i, app(name, i, x), LINE) * HIGH, LINE) for name in "fg")
    return algebra(left, right, (), (f, g))


def captured():
    """int int int w(i, x, k) v(k) = int int int w(i, k, k) v(k): for w = x k they are 1/4 and 1/3."""
    v = integral(y, app("v", k, y), LINE)
    return renamed(integral(k, app("w", u, x, k) * v, LINE), integral(k, app("w", u, k, k) * v, LINE))


def taken():
    """int atan(int w(i, x, k) dk) di = int atan(int w(k, x, i) dk) di: for w = i they are not equal."""
    return renamed(bent(app("w", u, x, k)), bent(app("w", k, x, u)))


def exchanged(value):
    """int_0^1 int_0^2 v(x, y) dy dx = int_0^1 int_0^2 v(y, x) dy dx: for v = x they are 1 and 2."""
    f = meaning(app("f", u), integral(y, value(u, y), LONG))
    g = meaning(app("g", u, x), value(u, x))
    left = integral(x, app("f", x), LINE)
    return algebra(left, integral(x, integral(y, app("g", y, x), LONG), LINE), (), (f, g))


def exchanged_indices():
    """sum_{j=1}^hi sum_{m=1}^lo v(j, m) = sum_{j=1}^hi sum_{m=1}^lo v(m, j)."""
    f = meaning(app("f", j), sum_(m, 1, lo, sum_(r, 1, n, app("v", j, m, r))))
    g = meaning(app("g", j, m), sum_(r, 1, n, app("v", j, m, r)))
    return algebra(sum_(j, 1, hi, app("f", j)), sum_(j, 1, hi, sum_(m, 1, lo, app("g", m, j))), (), (f, g))


def exchanged_places():
    """The vector of h(the vector of v(j, m) over m) over j = the vector of h(the vector of v(m, j) over m) over j."""
    f = meaning(app("f", j), app("h", comps(m, sum_(r, 1, n, app("v", j, m, r)), c)))
    g = meaning(app("g", j, m), sum_(r, 1, n, app("v", j, m, r)))
    return algebra(comps(j, app("f", j), d), comps(j, app("h", comps(m, app("g", m, j), c)), d), (), (f, g))


def called_inside():
    """n <1, g> = (sum_{r=1}^n 1) <1, g>: so it is inside sum_{m=0}^n, but outside n may be -5, and the sum is 0."""
    ones = sum_(r, 1, n, 1)
    first, second = (comps(j, app(name, j), d) for name in "gh")
    before = inner(comps(j, n, d), second) + sum_(m, 0, n, app("z", m) * inner(comps(j, ones, d), second))
    return algebra(before + inner(comps(j, n, d), first), before + ones * sum_(j, 1, d, app("g", j)))


def unfolded_inside():
    """sum g(j) = sum g(f(j)) for f(j) = sum_{r=1}^j 1: that is j where 1 <= m <= j, and 0 at -5."""
    f = meaning(app("f", j), sum_(r, 1, j, 1))
    inside = sum_(m, 1, j, app("z", m, j) * app("g", app("f", j)))
    left, right = (sum_(j, lo, hi, (inside + app("g", t)) * HIGH) for t in (j, app("f", j)))
    return algebra(left, right, (), (f,))


def ends_inside(ranged, f, given=()):
    """sum of the sums or integrals up to j = sum of those up to f(j), for the same f: they are equal inside only."""
    inside = sum_(m, 1, j, app("z", m, j) * ranged(f))
    left, right = (sum_(j, lo, hi, (ranged(t) + inside) * HIGH) for t in (j, f))
    return algebra(left, right, (), given)


def measured_inside():
    return ends_inside(lambda end: integral(x, app("g", x), interval(0, end)), sum_(r, 1, j, 1))


def counted_inside(ranged):
    f = app("f", j, sort=INT)
    return ends_inside(lambda end: ranged(c, 0, end, app("g", c)), f, (meaning(f, sum_(r, 1, j, 1)),))


def bound_twice():
    """sum sum_{m=0}^j exp(m f(j)) = the same for g, f(j) = sum_{k=0}^n h(s(j - k)), g(j) = sum_{k=0}^n h(j - k).

    Where k > j the first is h(0). Both m and k had one name when j was renamed, and m <= j was used of k.
    """
    steps = meaning(app("s", j), sum_(r, 1, j, 1))
    f = meaning(app("f", j), sum_(c, 0, n, app("h", app("s", j - c))))
    g = meaning(app("g", j), sum_(c, 0, n, app("h", j - c)))

    def side(name):
        t, w = app(name, j), app("w", j)
        return sum_(j, lo, hi, (t * (w - w) + sum_(m, 0, j, exp(t * m))) * HIGH)

    return algebra(side("f"), side("g"), (), (f, g, steps))


def bound_around():
    """sum_y f(y) = sum_y g(y), f(y) = sum_{x=0}^y z(x) prod_{i=0}^n p(s(n - x)), g(y) the same with p(n - x).

    Where x > n the first has p(0). The products were met before, with an index of the name that y has here: i <= n
    was used of y, and x <= y.
    """
    steps = meaning(app("s", j), sum_(r, 1, j, 1))
    last = meaning(app("c", m, sort=INT), n)
    zero = integral(u, integral(s, integral(a, integral(b, app("q", s, a, b, u), LINE), LINE), LINE), LINE)
    factors = app("p", app("s", n - j)), app("p", n - j)
    before = [sum_(j, 0, hi, prod_(r, 0, n, p * (1 + HIGH - HIGH))) for p in factors]
    ends = [prod_(r, 0, app("c", num(0), sort=INT), p) * app("z", j) + zero - zero for p in factors]
    f, g = (meaning(app(name, d), sum_(j, 0, d, end)) for name, end in zip("fg", ends, strict=True))
    left, right = (sum_(d, 0, lo, app(name, d) + HIGH - HIGH) for name in "fg")
    return algebra(before[0] - before[0] + before[1] - before[1] + left, right, (), (f, g, steps, last))


def bound_anew():
    """sum_j h(j) prod_{i=0}^n p(s(n - j)) = the same with p(n - j): where j > n the first has p(0).

    The products were met before, with an index of the name that j gets: i <= n was used of j.
    """
    steps = meaning(app("s", j), sum_(r, 1, j, 1))
    last = meaning(app("c", m, sort=INT), n)
    zero, deep = (integral(s, integral(a, integral(b, app("q", s, a, b, t), LINE), LINE), LINE) for t in (u, j))
    zero = integral(u, zero, LINE)
    factors = app("p", app("s", n - j)), app("p", n - j)
    before = [sum_(j, 0, hi, prod_(r, 0, n, p * (1 + HIGH - HIGH)) + zero - zero) for p in factors]
    end = app("c", num(0), sort=INT)
    left, right = (sum_(j, 0, hi, prod_(r, 0, end, p) * deep + zero - zero) for p in factors)
    return algebra(before[0] - before[0] + before[1] - before[1] + left, right, (), (steps, last))


UNEQUAL = "algebra: .* does not hold: left minus right leaves"
NAMES = [
    (captured, UNEQUAL),
    (taken, UNEQUAL),
    (lambda: exchanged(lambda p, q: integral(k, app("v", p, q, k), LINE)), UNEQUAL),
    (lambda: exchanged(lambda p, q: bent(app("v", p, q, k))), UNEQUAL),
    (exchanged_indices, UNEQUAL),
    (exchanged_places, UNEQUAL),
    (called_inside, UNEQUAL),
    (unfolded_inside, UNEQUAL),
    (measured_inside, UNEQUAL),
    (lambda: counted_inside(sum_), UNEQUAL),
    (lambda: counted_inside(prod_), UNEQUAL),
    (bound_twice, UNEQUAL),
    (bound_around, UNEQUAL),
    (bound_anew, UNEQUAL),
]
