"""The letters of the corpora: symbols, opaque functions and measures that many cases share."""

from derivations.kernel.terms import INT, MEASURE, Mat, Vec, app, sym

x, y, z, a, b, c, s, w = (sym(name) for name in "xyzabcsw")
n, m, d, i, j, k, t, T = (sym(name, INT) for name in ("n", "m", "d", "i", "j", "k", "t", "T"))
u, v, p, mu = (sym(name, Vec(d)) for name in ("u", "v", "p", "mu"))
A, B = sym("A", Mat(d, d)), sym("B", Mat(d, d))
S, L = sym("S", Mat(d, d, "spd")), sym("L", Mat(d, d, "spd"))
M, N = sym("M", MEASURE), sym("N", MEASURE)
omega = sym("omega")


def f(*args):
    """An opaque function with real values."""
    return app("f", *args)


def g(*args):
    """Another one."""
    return app("g", *args)


def field(*args):
    """An opaque function with values in R^d."""
    return app("F", *args, sort=Vec(d))
