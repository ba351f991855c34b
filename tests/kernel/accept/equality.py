"""What the rules of equality and order prove: for each rule, calls and the theorem that each gives, as text."""

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
from derivations.kernel.logic import assume, weaken
from derivations.kernel.terms import (
    Mat,
    add,
    app,
    eq,
    exp,
    expect,
    eye,
    forall,
    integrable,
    integral,
    inv,
    kl,
    le,
    log,
    lt,
    mul,
    ne,
    norm2,
    normal,
    num,
    sqrt,
    sym,
)
from tests.kernel.letters import A, B, S, a, b, c, d, f, g, m, n, p, u, v, x, y, z

STEPS = (assume(le(x, y)), assume(lt(y, z)), assume(eq(z, a)))
WIDE = sym("G", Mat(m, d))
NOISE = sym("R", Mat(m, m, "spd"))

ACCEPT = {
    "algebra": [
        (lambda: algebra((x + y) ** 2, x**2 + 2 * x * y + y**2), "|- ((x + y)**2) = ((x**2) + (2*x*y) + (y**2))"),
        (lambda: algebra((x**2 - 1) / (x - 1), x + 1, (ne(x, 1),)), "x != 1 |- (((x**2) - 1)/(x - 1)) = (x + 1)"),
        (lambda: algebra(sqrt(x**2), -x, (lt(x, 0),)), "x < 0 |- sqrt((x**2)) = -x"),
        (lambda: algebra(x + y, 2 * y, (), (assume(eq(x, y)),)), "x = y |- (x + y) = (2*y)"),
        (
            lambda: algebra(f(2 * x), 4 * x**2, (), (assume(forall(y, eq(f(y), y**2))),)),
            "all(y, true(), f(y) = (y**2)) |- f((2*x)) = (4*(x**2))",
        ),
        (lambda: algebra(mul(A + B, u), mul(B, u) + mul(A, u)), "|- ((A + B)*u) = ((B*u) + (A*u))"),
        (lambda: algebra(mul(inv(S), S, A), A), "|- (inv(S)*S*A) = A"),
        (lambda: algebra(mul(A, B, A), mul(S, A), (), (assume(eq(mul(A, B), S)),)), "(A*B) = S |- (A*B*A) = (S*A)"),
    ],
    "order": [
        (lambda: order(lt(x * (1 - x), 1), (lt(0, x), lt(x, 1))), "0 < x, x < 1 |- (x*(1 - x)) < 1"),
        (lambda: order(le(0, norm2(u) + x**2)), "|- 0 <= (norm2(u) + (x**2))"),
        (lambda: order(ne(x + y, 0), (lt(0, x), le(0, y))), "0 < x, 0 <= y |- (x + y) != 0"),
        (lambda: order(le(1, n), (lt(0, n),)), "0 < n |- 1 <= n"),
        (lambda: order(lt(0, f(x)), (), (assume(forall(y, lt(0, f(y)))),)), "all(y, true(), 0 < f(y)) |- 0 < f(x)"),
    ],
    "combine": [
        (
            lambda: combine(le(2 * x + z, 2 * y + z), (assume(le(x, y)),), (num(2),)),
            "x <= y |- ((2*x) + z) <= ((2*y) + z)",
        ),
        (
            lambda: combine(lt(x + z, y + a), (assume(lt(x, y)), assume(le(z, a))), (num(1), num(1))),
            "x < y, z <= a |- (x + z) < (y + a)",
        ),
        (lambda: combine(le(x, z), (assume(le(x, y)), assume(eq(z, y))), (num(1), num(-1))), "x <= y, z = y |- x <= z"),
        (lambda: combine(lt(c * x, c * y), (assume(lt(x, y)),), (c,), (lt(0, c),)), "0 < c, x < y |- (c*x) < (c*y)"),
        (
            lambda: combine(eq(x - z, y - a), (assume(eq(x, y)), assume(eq(z, a))), (num(1), num(-1))),
            "x = y, z = a |- (x - z) = (y - a)",
        ),
    ],
    "chain": [
        (lambda: chain(*STEPS), "x <= y, y < z, z = a |- x < a"),
        (lambda: chain(STEPS[0], assume(eq(y, b))), "x <= y, y = b |- x <= b"),
        (lambda: chain(assume(eq(x, y)), assume(eq(y, z))), "x = y, y = z |- x = z"),
        (lambda: chain(dropped(), algebra(x**2, x * x)), "|- eqmod(x, (c + (x**2)), (x*x))"),
    ],
    "symmetric": [
        (lambda: symmetric(assume(eq(x, y))), "x = y |- y = x"),
        (lambda: symmetric(assume(ne(x, y))), "x != y |- y != x"),
        (lambda: symmetric(dropped()), "|- eqmod(x, (x**2), (c + (x**2)))"),
    ],
    "congruence": [
        (lambda: congruence(sqrt(z) + f(z), z, assume(eq(x, y))), "x = y |- (sqrt(x) + f(x)) = (sqrt(y) + f(y))"),
        (
            lambda: congruence(integral(x, f(x) * z), z, assume(eq(x, y))),
            "x = y |- int(x', lebesgue(), (f(x')*x)) = int(x, lebesgue(), (f(x)*y))",
        ),
        (lambda: congruence(mul(A, u), u, assume(eq(v, p))), "v = p |- (A*v) = (A*p)"),
    ],
    "convert": [
        (lambda: convert(assume(le(x - y, 0)), le(x - y, y - y)), "(x - y) <= 0 |- (x - y) <= (y - y)"),
        (
            lambda: convert(assume(integrable(x, f(x) * 2 / a)), integrable(y, 2 * f(y) / a), (ne(a, 0),)),
            "integrable(x, lebesgue(), ((f(x)*2)/a)), a != 0 |- integrable(y, lebesgue(), ((2*f(y))/a))",
        ),
        (lambda: convert(assume(lt(f(x), 1)), lt(f(y), 1), (), (assume(eq(x, y)),)), "f(x) < 1, x = y |- f(y) < 1"),
    ],
    "constant_dropped": [
        (lambda: dropped(), "|- eqmod(x, (c + (x**2)), (x**2))"),
        (lambda: of_function(), "|- eqmod(net(x), (c + (net(x)**2)), (net(x)**2))"),
        (lambda: constant_dropped(weaken(algebra(c + x, add(c, x)), lt(0, y)), c, x), "0 < y |- eqmod(c, (c + x), c)"),
    ],
    "log_bound": [(lambda: log_bound(x / y), "0 < (x/y) |- log((x/y)) <= ((x/y) - 1)")],
    "log_bound_equality": [(lambda: log_bound_equality(x), "0 < x, log(x) = (x - 1) |- x = 1")],
    "positive_root": [(lambda: positive_root(x, y, assume(eq(x**2, y))), "(x**2) = y, 0 <= x, 0 <= y |- x = sqrt(y)")],
    "from_logs": [
        (lambda: from_logs(algebra(log(exp(x) * exp(y)), log(exp(x + y)))), "|- (exp(x)*exp(y)) = exp((x + y))"),
        (
            lambda: from_logs(algebra(log(normal(x, y, num(1))), log(normal(y, x, num(1))))),
            "|- normal(x, y, 1) = normal(y, x, 1)",
        ),
        (lambda: from_logs(algebra(log(x * y), log(y * x), (lt(0, x), lt(0, y)))), "0 < x, 0 < y |- (x*y) = (y*x)"),
    ],
    "inverse_from": [
        (lambda: inverse_from(algebra(mul(inv(S), S), eye(d))), "|- inv(S) = inv(S)"),
        (
            lambda: inverse_from(algebra(mul(eye(d) / 2, S + S, inv(S), eye(d)), eye(d))),
            "|- inv(eye(d)) = ((eye(d)/2)*(S + S)*inv(S))",
        ),
        (lambda: inverse_from(weaken(algebra(mul(inv(S), S), eye(d)), lt(0, x))), "0 < x |- inv(S) = inv(S)"),
    ],
    "determinant_lemma": [
        (
            lambda: determinant_lemma(NOISE, WIDE, S),
            "|- logdet((R + (G*S*T(G)))) = (logdet(R) + logdet(S) + logdet((inv(S) + (T(G)*inv(R)*G))))",
        )
    ],
    "unfolded": [
        (lambda: unfolded(normal(x, y, c)), "|- normal(x, y, c) = exp((-(1/2*log((2*pi*c))) - (((x - y)**2)/(2*c))))"),
        (lambda: unfolded(expect(x, f(x), g(x))), "|- E(x, f(x), g(x)) = int(x, lebesgue(), (f(x)*g(x)))"),
        (lambda: unfolded(kl(x, f(x), g(x))), "|- KL(x, f(x), g(x)) = int(x, lebesgue(), (f(x)*log((f(x)/g(x)))))"),
    ],
}


def dropped():
    """x^2 + c = x^2 up to a constant free of x."""
    return constant_dropped(algebra(c + x**2, add(x**2, c)), x, c)


def of_function():
    """The same for an opaque function in the place of the variable."""
    net = app("net", x)
    return constant_dropped(algebra(c + net**2, add(net**2, c)), net, c)
