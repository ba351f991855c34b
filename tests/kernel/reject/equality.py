"""What the rules of equality and order refuse: for each rule and each way to fail, a call and the refusal's words."""

from derivations.kernel.definitions import PI
from derivations.kernel.equality import (
    algebra,
    chain,
    combine,
    congruence,
    constant_dropped,
    convert,
    determinant_lemma,
    from_logs,
    inverse_from,
    log_bound,
    log_bound_equality,
    order,
    positive_root,
    symmetric,
    unfolded,
)
from derivations.kernel.logic import assume, define, weaken
from derivations.kernel.terms import (
    Mat,
    Term,
    add,
    app,
    conditional_density,
    diag,
    diff,
    eq,
    eqmod,
    exp,
    eye,
    forall,
    integrable,
    integral,
    interval,
    inv,
    le,
    log,
    lt,
    mul,
    ne,
    norm2,
    normal,
    num,
    power,
    sqrt,
    sum_,
    sym,
    trace,
)
from tests.kernel.letters import A, B, M, S, a, b, c, d, f, field, g, i, m, n, u, v, w, x, y, z
from tests.kernel.reject.names import NAMES

LESS, EQUAL = assume(lt(x, y)), assume(eq(x, y))
ARC = Term("atan", (num(1),), x.sort)
MOVER = app("reject.p", x)
MOVED = constant_dropped(algebra(MOVER + g(z), MOVER + g(z)), MOVER, g(z))
DROPPED = constant_dropped(algebra(c + x**2, add(x**2, c)), x, c)


def renamed(theta):
    """Up to a constant in a function that has a second name."""
    define("reject.moved", (x,), app("reject.mover", x))
    return constant_dropped(algebra(c + theta, add(theta, c)), theta, c)


def given(density):
    """X has this density in y, given what the density sees of w."""
    return conditional_density(w, M, app("X", w), y, density)


def twins(index):
    """The diagonal matrix with x in every place."""
    return diag(index, x, d)


WITHIN = integral(y, y * trace(A * twins(m)), interval(0, x))  # where y is, x is positive

REJECT = {
    "algebra": [
        *NAMES,
        (
            lambda: algebra(integral(y, field(y) / (c - c)), integral(y, field(y))),
            "algebra: .* owes \\(c - c\\) != 0 \\(for a division\\)",
        ),
        (
            lambda: algebra(
                integral(y, y / x, interval(0, x)), z, (), (assume(eq(integral(y, y, interval(0, x)), x * z)),)
            ),
            "owes x != 0",
        ),
        (
            lambda: algebra(
                trace(A * twins(i)) + WITHIN + trace(inv(twins(i)) * twins(i)), trace(A * twins(i)) + WITHIN + d
            ),
            "is positive definite",
        ),
        (lambda: algebra(x, y), "algebra: x = y does not hold: left minus right leaves x - y"),
        (lambda: algebra(integral(x, A * field(x), M), A * integral(x, field(x), M)), "algebra: .* does not hold"),
        (lambda: algebra((x + y) ** 2, x**2 + y**2), "left minus right leaves 2\\*x\\*y"),
        (lambda: algebra(x / x, num(1)), "owes x != 0 \\(for a division\\). Add the hypothesis that settles it"),
        (lambda: algebra((x**2 - 1) / (x - 1), x + 1), "owes x - 1 != 0"),
        (lambda: algebra(1 / (1 - f(i)), 1 / (1 - f(i))), "owes f\\(i\\) - 1 != 0"),
        (lambda: algebra(sqrt(x**2), x), "owes x >= 0 \\(for a square root\\)"),
        (lambda: algebra(sqrt(x * y), sqrt(x) * sqrt(y)), "owes"),
        (lambda: algebra(log(x * y), log(x) + log(y)), "owes .* > 0 \\(for a logarithm\\)"),
        (lambda: algebra(log(x**2), 2 * log(x)), "owes x > 0 \\(for a logarithm\\)"),
        (lambda: algebra(exp(log(x)), x), "owes x > 0 \\(for a logarithm\\)"),
        (lambda: algebra(power(x, y + z), power(x, y) * power(x, z)), "owes x > 0"),
        (lambda: algebra(diff(x, log(x)), 1 / x), "owes"),
        (lambda: algebra(diff(x, sqrt(x)), 1 / (2 * sqrt(x)), (le(0, x),)), "owes x"),
        (lambda: algebra(sum_(i, 1, n, num(1)), n), "does not hold"),
        (lambda: algebra(sum_(i, 0, n, 1 / i), sum_(i, 0, n, 1 / i)), "owes .* != 0"),
        (lambda: algebra(mul(A, B), mul(B, A)), "does not hold"),
        (lambda: algebra(inv(A), inv(A)), "owes A is positive definite"),
        (lambda: algebra(x, y, (), (assume(eq(x + y, z)),)), "cannot use .* the left side is not one atom"),
        (lambda: algebra(u, v, (), (assume(eq(mul(A, u), v)),)), "the left side is not one vector"),
        (lambda: algebra(A, B, (), (assume(eq(A + B, S)),)), "the left side is not one word of matrices"),
        (lambda: algebra(f(x), x, (), (assume(forall(x, eq(f(x) + 1, x))),)), "cannot unfold"),
        (lambda: algebra(f(x, y), x, (), (assume(forall(x, eq(f(x, x), x))),)), "cannot unfold"),
        (lambda: algebra(f(x), x, (), (assume(forall(x, eq(f(x), f(f(x)) + 1))),)), "cannot unfold"),
        (lambda: algebra(f(x), x, (), (assume(forall(x, eq(f(x), x), lt(0, x))),)), "cannot unfold"),
        (lambda: algebra(x, u), "eq: different sorts"),
        (lambda: algebra(lt(x, y), lt(x, y)), "between values, not between formulas"),
    ],
    "order": [
        (  # pi = 4 atan(1), and a fourth of pi is no more than 3
            lambda: order(lt(3, ARC), (), (assume(eq(PI, 4 * ARC)),)),
            "order: no certificate for 3 < atan\\(1\\): the sign of atan\\(1\\) - 3",
        ),
        (lambda: order(eq(x, y)), "order: needs <, <= or !=, got x = y"),
        (lambda: order(lt(0, x)), "order: no certificate for 0 < x: the sign of x / \\(1\\) is open"),
        (lambda: order(lt(0, x**2)), "no certificate"),
        (lambda: order(lt(0, x), (le(0, x),)), "no certificate"),
        (lambda: order(le(0, x), (lt(0, y),)), "no certificate"),
        (lambda: order(lt(0, 1 / x)), "order: 0 < \\(1/x\\) owes x != 0"),
        (lambda: order(ne(x, y)), "no certificate"),
        (lambda: order(ne(u, v)), "order: "),
        (lambda: order(ne(0, 0), (ne(x, 1),)), "order: no certificate for 0 != 0"),
        (lambda: order(ne(y, y), (ne(x, 1),)), "order: no certificate for y != y"),
        (lambda: order(lt(0, f(x)), (forall(y, lt(0, f(y)), lt(0, y)),)), "no certificate"),
        (lambda: order(le(1, x), (lt(0, x),)), "no certificate"),
    ],
    "combine": [
        (lambda: combine(ne(x, y), (LESS,), (num(1),)), "combine: needs =, <= or <, got x != y"),
        (lambda: combine(le(x, y), (assume(ne(x, y)),), (num(1),)), "x != y is not an equation or inequality"),
        (lambda: combine(le(y, x), (LESS,), (num(-1),)), "the weight -1 of x < y is not proved to be >= 0"),
        (lambda: combine(le(c * x, c * y), (LESS,), (c,)), "the weight c of x < y is not proved to be >= 0"),
        (lambda: combine(eq(x, y), (LESS,), (num(1),)), "the weight 1 of x < y is not proved to be >= 0"),
        (lambda: combine(le(x, z), (LESS,), (num(1),)), "x <= z is not that combination: what is left is"),
        (lambda: combine(lt(x, y), (assume(le(x, y)),), (num(1),)), "is strict, but no strict part has a positive"),
        (lambda: combine(lt(c * x, c * y), (LESS,), (c,), (le(0, c),)), "is strict, but no strict part"),
        (lambda: combine(le(x / z, y / z), (LESS,), (1 / z,)), "z"),
        (lambda: combine(le(0, y * x / x), (assume(le(0, y)),), (num(1),)), "combine: .* owes x != 0"),
    ],
    "chain": [
        (lambda: chain(LESS, LESS), "chain: a gap between y and x"),
        (lambda: chain(EQUAL, assume(eq(y + 0, z))), "chain: a gap between y and"),
        (lambda: chain(assume(ne(x, y))), "chain: x != y is not a link"),
        (lambda: chain(assume(integrable(x, f(x)))), "is not a link"),
        (lambda: chain(DROPPED, assume(lt(x**2, y))), "does not mix with inequalities or with another variable"),
        (lambda: chain(DROPPED, other_variable()), "does not mix with inequalities or with another variable"),
        (lambda: chain(), "chain: needs at least one theorem"),
    ],
    "symmetric": [
        (lambda: symmetric(LESS), "symmetric: x < y is not symmetric"),
        (lambda: symmetric(assume(integrable(x, f(x)))), "is not symmetric"),
    ],
    "congruence": [
        (lambda: congruence(z, z, LESS), "congruence: needs an equation, got x < y"),
        (lambda: congruence(norm2(u), d, assume(eq(d, n))), "congruence: d is the dimension of u"),
        (lambda: congruence(norm2(u), u, EQUAL), "u has sort"),
        (lambda: congruence(x + 1, x + 1, EQUAL), "only symbols are instantiated"),
    ],
    "convert": [
        (  # X that has the density f has it given g(w) only where it is independent of that
            lambda: convert(assume(given(f(y))), given(f(y) + 0 * g(w))),
            "convert: .* means what is written in it, and is not rewritten",
        ),
        (  # f varied and g did not; that f = g at x says nothing of g at z
            lambda: convert(MOVED, eqmod(g(x), MOVER + g(z), MOVER), (), (assume(eq(MOVER, g(x))),)),
            "convert: .* means what is written in it, and is not rewritten",
        ),
        (lambda: convert(LESS, lt(y, x)), "x < y and y < x differ in more than rewriting"),
        (lambda: convert(LESS, le(x, y)), "differ in more than rewriting"),
        (lambda: convert(assume(integrable(x, f(x))), integrable(x, g(x))), "differ in more than rewriting"),
        (lambda: convert(assume(lt(x / x, y)), lt(num(1), y)), "convert: 1 < y owes x != 0"),
        (lambda: convert(LESS, lt(x, z), (), (assume(eq(x + y, z)),)), "cannot use"),
    ],
    "constant_dropped": [
        (lambda: constant_dropped(LESS, x, c), "constant_dropped: needs an equation, got x < y"),
        (lambda: constant_dropped(algebra(x + x, x + x), x, x), "constant_dropped: x depends on x"),
        (lambda: constant_dropped(algebra(x + c, add(c, x)), x, c), "does not end in \\+ c"),
        (lambda: constant_dropped(algebra(x + f(x), add(x, f(x))), x, f(x)), "f\\(x\\) depends on x"),
        (lambda: constant_dropped(algebra(f(x) + f(y), add(f(x), f(y))), f(x), f(y)), "f\\(y\\) depends on f\\(x\\)"),
        (lambda: constant_dropped(algebra(x + c, add(x, c)), x + 1, c), "needs a symbol or a function"),
        (lambda: constant_dropped(algebra(c + norm2(u), add(c, norm2(u))), d, norm2(u)), "norm2\\(u\\) depends on d"),
        (lambda: renamed(app("reject.moved", x)), "reject.moved is defined, or a definition rests on it"),
        (lambda: renamed(app("reject.mover", x)), "reject.mover is defined, or a definition rests on it"),
        (lambda: constant_dropped(algebra(x * c, mul(x, c)), x, c), "does not end in \\+ c"),
    ],
    "log_bound": [(lambda: log_bound(u), "lt: different sorts in 0 and u")],
    "log_bound_equality": [(lambda: log_bound_equality(u), "lt: different sorts in 0 and u")],
    "positive_root": [
        (lambda: positive_root(x, y, assume(eq(x, y))), "positive_root: needs \\(x\\*\\*2\\) = y, got x = y"),
        (lambda: positive_root(x, y, assume(eq(y, x**2))), "positive_root: needs"),
    ],
    "from_logs": [
        (lambda: from_logs(EQUAL), "from_logs: needs log a = log b, got x = y"),
        (lambda: from_logs(assume(eq(log(x), y))), "from_logs: needs log a = log b"),
        (lambda: from_logs(assume(eq(log(x), log(y)))), "from_logs: x is not proved positive"),
        (lambda: from_logs(assume(eq(log(exp(x)), log(y)))), "from_logs: y is not proved positive"),
        (
            lambda: from_logs(weaken(assume(le(log(x), log(y))), lt(0, x), lt(0, y))),
            "from_logs: needs log a = log b, got log\\(x\\) <= log\\(y\\)",
        ),
        (lambda: from_logs(weaken(assume(eq(log(1 + sqrt(x)), log(y))), lt(0, y))), "from_logs: .* owes x >= 0"),
    ],
    "inverse_from": [
        (lambda: inverse_from(EQUAL), "inverse_from: needs X M = I, got x = y"),
        (lambda: inverse_from(assume(eq(mul(B, A), eye(d)))), "inverse_from: A is not proved positive definite"),
        (lambda: inverse_from(assume(eq(mul(B, S), A))), "inverse_from: needs X M = I"),
        (lambda: inverse_from(assume(eq(mul(B, S - A), eye(d)))), "is not proved positive definite"),
        (lambda: inverse_from(assume(ne(mul(B, S), eye(d)))), "inverse_from: needs X M = I"),
        (lambda: inverse_from(assume(eq(B + S, eye(d)))), "inverse_from: needs X M = I"),
        (lambda: inverse_from(assume(eq(mul(S, x), eye(d)))), "inverse_from: needs X M = I"),
        (lambda: inverse_from(assume(eq(mul(B, S / (1 + sqrt(x))), eye(d)))), "inverse_from: .* owes x >= 0"),
    ],
    "determinant_lemma": [
        (lambda: determinant_lemma(A, B, S), "A must be a symbol for a positive definite matrix"),
        (lambda: determinant_lemma(S, B, S + S), "must be a symbol for a positive definite matrix"),
        (lambda: determinant_lemma(x, B, S), "x must be a symbol for a positive definite matrix"),
        (lambda: determinant_lemma(S, sym("G", Mat(d, m)), S), "do not fit|different sorts"),
        (lambda: determinant_lemma(inv(S), B, S), "must be a symbol for a positive definite matrix"),
    ],
    "unfolded": [
        (lambda: unfolded(exp(x)), "unfolded: exp\\(x\\) is not N, E or KL"),
        (lambda: unfolded(log(normal(x, a, b))), "is not N, E or KL"),
    ],
}


def other_variable():
    """y + x^2 = x^2 up to a constant free of z."""
    return constant_dropped(algebra(c + x**2, add(x**2, c)), z, c)
