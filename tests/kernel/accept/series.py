"""What the rules for orders in a small step prove: for each rule, calls and the theorem that each gives, as text."""

from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume, specialize
from derivations.kernel.series import (
    order_product,
    order_quotient,
    order_same,
    order_sum,
    order_through,
    taylor,
)
from derivations.kernel.terms import app, bigo, diff, eq, exp, forall, log, logdet, ne, norm2, sqrt, sym
from tests.kernel.letters import L, S, a, b, c, f, field, g, u, x, y

h, time = sym("h"), sym("time")


def curve(at):
    return app("X", at, sort=u.sort)


ODE = forall(x, eq(diff(y, curve(y), x), field(curve(x), x)))
HERE = specialize(assume(ODE), time)
FIRST, SECOND = taylor(h, 1, h * f(h)), taylor(h, 2, exp(h) - 1 - h)

ACCEPT = {
    "taylor": [
        (
            lambda: taylor(h, 3, exp(a * h) - 1 - a * h - a**2 * h**2 / 2),
            "|- bigo(h, 3, (exp((a*h)) - 1 - (a*h) - (((a**2)*(h**2))/2)))",
        ),
        (lambda: taylor(h, 2, sqrt(1 - b * h) - 1 + b * h / 2), "|- bigo(h, 2, (sqrt((1 - (b*h))) - 1 + ((b*h)/2)))"),
        (lambda: taylor(h, 3, h**1 * h**0 * h**2 - h**0 + 1), "|- bigo(h, 3, (((h**1)*(h**0)*(h**2)) - (h**0) + 1))"),
        (lambda: taylor(h, 0, 1 / (1 + h)), "|- bigo(h, 0, (1/(1 + h)))"),
        (lambda: taylor(h, 1, log(1 + h)), "|- bigo(h, 1, log((1 + h)))"),
        (lambda: taylor(h, 2, f(h) - f(a * 0) - h * diff(x, f(x), a * 0)), "|- bigo(h, 2, (f(h) - f((a*0)) - (h*diff(x, f(x), (a*0)))))"),
        (lambda: taylor(h, 2, norm2(u + h * u) - (1 + 2 * h) * norm2(u)), "|- bigo(h, 2, (norm2((u + (h*u))) - ((1 + (2*h))*norm2(u))))"),
        (lambda: taylor(h, 1, logdet(S + h**2 * L) - logdet(S)), "|- bigo(h, 1, (logdet((S + ((h**2)*L))) - logdet(S)))"),
        (
            lambda: taylor(h, 2, curve(time + h) - curve(time) - h * field(curve(time), time), (), (HERE,)),
            "all(x, true(), diff(y, X(y), x) = F(X(x), x)) |- bigo(h, 2, (X((time + h)) - X(time) - (h*F(X(time), time))))",
        ),
    ],
    "order_sum": [
        (lambda: order_sum(FIRST, SECOND), "|- bigo(h, 1, ((h*f(h)) + exp(h) - 1 - h))"),
        (lambda: order_sum(SECOND, assume(bigo(h, 3, g(h)))), "bigo(h, 3, g(h)) |- bigo(h, 2, (exp(h) - 1 - h + g(h)))"),
    ],
    "order_product": [
        (lambda: order_product(FIRST, SECOND), "|- bigo(h, 3, (h*f(h)*(exp(h) - 1 - h)))"),
        (
            lambda: order_product(taylor(h, 0, c + h), assume(bigo(h, 1, field(h)))),
            "bigo(h, 1, F(h)) |- bigo(h, 1, ((c + h)*F(h)))",
        ),
    ],
    "order_quotient": [
        (lambda: order_quotient(SECOND, 2), "|- bigo(h, 0, ((exp(h) - 1 - h)/(h**2)))"),
        (lambda: order_quotient(assume(bigo(h, 3, g(h))), 1), "bigo(h, 3, g(h)) |- bigo(h, 2, (g(h)/(h**1)))"),
        (lambda: order_quotient(SECOND, 1), "|- bigo(h, 1, ((exp(h) - 1 - h)/(h**1)))"),
    ],
    "order_same": [
        (
            lambda: order_same(order_quotient(SECOND, 1), algebra((exp(h) - 1 - h) / h**1, (exp(h) - 1) / h - 1, (ne(h, 0),))),
            "|- bigo(h, 1, (((exp(h) - 1)/h) - 1))",
        ),
        (
            lambda: order_same(assume(bigo(h, 1, f(h))), algebra(f(h), f(h) * a / a, (ne(a, 0),))),
            "bigo(h, 1, f(h)), a != 0 |- bigo(h, 1, ((f(h)*a)/a))",
        ),
    ],
    "order_through": [
        (
            lambda: order_through(assume(bigo(h, 2, f(h) - g(h))), taylor(h, 0, g(h)), exp(x) * h, x),
            "bigo(h, 2, (f(h) - g(h))) |- bigo(h, 2, ((exp(f(h))*h) - (exp(g(h))*h)))",
        ),
        (
            lambda: order_through(
                assume(bigo(h, 1, field(h) - curve(h))), taylor(h, 0, curve(h)), app("G", u, time + h, sort=u.sort), u
            ),
            "bigo(h, 1, (F(h) - X(h))) |- bigo(h, 1, (G(F(h), (time + h)) - G(X(h), (time + h))))",
        ),
    ],
}  # fmt: skip

