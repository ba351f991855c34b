"""What the rules of logic refuse: for each rule and each way to fail, a call and the words of the refusal."""

from derivations.kernel import integrals
from derivations.kernel.definitions import PI
from derivations.kernel.equality import algebra, constant_dropped, order
from derivations.kernel.logic import (
    assume,
    axiom,
    cases,
    conjoin,
    conjunct,
    cut,
    define,
    generalize,
    induction,
    instantiate,
    instantiate_function,
    specialize,
    weaken,
)
from derivations.kernel.terms import (
    Vec,
    app,
    conj,
    diff,
    eq,
    eqmod,
    eye,
    forall,
    inner,
    le,
    lt,
    mul,
    ne,
    norm2,
    num,
    sqrt,
    sym,
    trace,
)  # fmt: skip
from tests.kernel.letters import A, B, M, S, a, b, c, d, f, g, m, n, u, w, x, y

ROOT = algebra(sqrt(x**2), x, (lt(0, x),))
DEFINITE = order(le(0, inner(u, mul(S, u))))
EVERY = generalize(ROOT, x, lt(0, x))
FLAG = app("flag", sort=Vec(d))
CLAIM, STEP = lt(0, f(n)), lt(0, f(n + 1))


def tower(w, y, density):
    """X has the density, given what that sees of w |- int X g dM = int [int density y g dy] dM."""
    hidden = app("X", w)
    return integrals.tower(M, w, y, hidden, density, hidden * g(w))


def step(*hypotheses):
    """0 < f(n), and more |- 0 < f(n + 1)."""
    return weaken(cut_away(), *hypotheses)


def cut_away():
    """For all n with 0 < f(n), 0 < f(n + 1) |- the same at n, with 0 < f(n) assumed."""
    return specialize(assume(forall(n, STEP, CLAIM)), n)


BASE = assume(lt(0, f(num(0))))

PINNED = algebra(x, 0 + y, (), (assume(eq(x, y)),))


def moved_at(bound):
    """x + y = x up to a constant, at y = c: for x = c it would say that 2 c is c up to a constant."""
    there = generalize(constant_dropped(algebra(x + y, x + y), x, y), y, eq(y, c))
    return generalize(there, bound)


def pinned_function():
    """A function at x is a constant where it is y."""
    net = app("reject.net", x)
    return constant_dropped(algebra(net, 0 + y, (), (assume(eq(net, y)),)), net, y)


REJECT = {
    "assume": [
        (lambda: assume(x), "assume: x is not a formula"),
        (lambda: assume(lt(1, num(0))), "assume: 1 < 0 is false, so anything would follow from it"),
        (lambda: assume(le(2, num(1))), "is false"),
        (lambda: assume(eq(num(1), num(2))), "is false"),
        (lambda: assume(ne(num(1), num(1))), "is false"),
        (lambda: assume(lt(PI, num(3))), "is false"),
        (lambda: assume(lt(sqrt(num(2)), num(1))), "is false"),
        (lambda: assume(lt(x, x)), "assume: x < x is false"),
        (lambda: assume(conj(lt(0, x), lt(1, num(0)))), "assume: .* is false, so anything would follow from it"),
        (lambda: assume(forall(x, lt(1, num(0)))), "is false"),
        (lambda: assume(forall(x, conj(lt(0, y), ne(x, x)))), "is false"),
        (lambda: assume(ne(u, u + u - u)), "is false"),
        (lambda: assume(ne(A @ B - B @ A, A @ B - B @ A)), "is false"),
    ],
    "weaken": [
        (lambda: weaken(ROOT, lt(1, num(0))), "weaken: 1 < 0 is false, so anything would follow from it"),
        (lambda: weaken(ROOT, x), "weaken: not a formula: x"),
        (lambda: weaken(ROOT, conj(lt(0, x), ne(x, x))), "is false, so anything would follow from it"),
    ],
    "cut": [
        (lambda: cut(ROOT, assume(lt(0, y))), "cut: 0 < y is not among the hypotheses: 0 < x"),
        (lambda: cut(algebra(x, x), ROOT), "is not among the hypotheses: none"),
        (lambda: cut(ROOT, assume(le(0, x))), "cut: 0 <= x is not among the hypotheses"),
        (lambda: cut(ROOT, lt(0, x)), "cut: lemma must be a theorem, not 0 < x"),
    ],
    "conjunct": [
        (lambda: conjunct(assume(conj(lt(0, x), lt(0, y))), 2), "conjunct: no part 2 in"),
        (lambda: conjunct(assume(conj(lt(0, x), lt(0, y))), -1), "conjunct: no part -1 in"),
        (lambda: conjunct(ROOT, 0), "conjunct: no part 0 in"),
    ],
    "conjoin": [
        (lambda: conjoin(ROOT, x), "conjoin: ts must be a theorem, not x"),
        (lambda: conjoin(), "conjoin: needs at least one theorem"),
    ],
    "instantiate": [
        (lambda: instantiate(algebra(PI, PI), ((PI, num(3)),)), "instantiate: pi is a constant"),
        (lambda: instantiate(DEFINITE, ((S, -S),)), "S is positive definite, and -S is not proved to be"),
        (lambda: instantiate(DEFINITE, ((S, A),)), "S is positive definite, and A is not proved to be"),
        (lambda: instantiate(ROOT, ((x, num(0)),)), "the hypothesis 0 < x becomes 0 < 0, which is false"),
        (lambda: instantiate(algebra(trace(eye(d)), d), ((d, n - m),)), "d is a dimension, and .* is not one"),
        (lambda: instantiate(ROOT, ((x + 1, y),)), "only symbols are instantiated"),
        (lambda: instantiate(ROOT, ((x, u),)), "x has sort"),
        (lambda: instantiate(order(le(1, n), (lt(0, n),)), ((n, num(1) / 2),)), "n has sort"),
        (
            lambda: instantiate(constant_dropped(PINNED, x, y), ((y, x),)),
            "y was fixed while x varied, and x is not",
        ),
        (
            lambda: instantiate(constant_dropped(PINNED, x, y), ((x, y),)),
            "y was fixed while y varied, and y is not",
        ),
        (
            lambda: instantiate(pinned_function(), ((y, app("reject.net", a)),)),
            "y was fixed while reject.net\\(x\\) varied",
        ),
        (
            lambda: instantiate(DEFINITE, ((S, S / (1 + sqrt(x))),)),
            "S is positive definite, and .* is not proved to be",
        ),
    ],
    "instantiate_function": [
        (  # X and g(w) are independent where the density of X does not change with g(w)
            lambda: instantiate_function(tower(w, y, f(y, g(w))), "f", (y, x), y),
            "instantiate_function: with y for f less is given in conditional",
        ),
        (  # a vector of each space is not one vector of one of them
            lambda: instantiate_function(generalize(algebra(norm2(FLAG), norm2(FLAG)), d, le(1, d)), "flag", (), u),
            "flag has the sort .* in flag\\(\\), and u has the sort",
        ),
        (
            lambda: instantiate_function(define("reject.f", (x,), x**2), "reject.f", (x,), x),
            "reject.f is defined; it stands for one function only",
        ),
        (
            lambda: instantiate_function(define("reject.half", (x,), g(x) / 2), "g", (x,), num(2)),
            "reject.half is defined by g, so g stands for one function only",
        ),
        (lambda: instantiate_function(algebra(f(x), f(x)), "f", (x,), u), "f has sort .* the body has sort"),
        (lambda: instantiate_function(algebra(f(x), f(x)), "f", (x, y), x), "f takes 2 arguments, got 1"),
        (lambda: instantiate_function(assume(lt(0, f(x))), "f", (x,), num(-1)), "a hypothesis becomes 0 < -1"),
        (lambda: instantiate_function(algebra(f(x), f(x)), "f", (n,), n), "n has sort"),
        (
            lambda: instantiate_function(algebra(diff(x, g(x)), diff(x, g(x))), "g", (x,), sqrt(x**2)),
            "g is differentiated, and .* may not be differentiable",
        ),
    ],
    "cases": [
        (lambda: cases(ROOT, algebra(x, x), num(0), x), "the cases prove different things"),
        (lambda: cases(ROOT, ROOT, num(0), x), "cases: 0 = x is not among the hypotheses"),
        (
            lambda: cases(*(weaken(assume(eqmod(x, x, 0)), h) for h in (eq(x, y), lt(x, y))), x, y),
            "may be another one in each case",
        ),
        (
            lambda: cases(weaken(algebra(a, a), eq(a, b)), algebra(a, a), a, b),
            "cases: a < b is not among the hypotheses",
        ),
    ],
    "generalize": [
        (
            lambda: generalize(algebra(norm2(u), norm2(u)), d, le(1, d)),
            "all: d is the dimension of u, which is fixed outside",
        ),
        (lambda: generalize(ROOT, x), "generalize: x occurs free in the hypothesis 0 < x"),
        (lambda: generalize(ROOT, x, lt(x, 1)), "generalize: x occurs free in the hypothesis 0 < x"),
        (lambda: generalize(algebra(trace(eye(d)), d), d), "d is a dimension; the guard must say 1 <= d"),
        (
            lambda: generalize(constant_dropped(PINNED, x, y), y, eq(x, y)),
            "the guard x = y speaks of what varies in",
        ),
        (
            lambda: generalize(pinned_function(), y, eq(app("reject.net", x), y)),
            "the guard reject.net\\(x\\) = y speaks of what varies in",
        ),
        (lambda: generalize(algebra(PI, PI), PI), "pi is a constant"),
        (lambda: generalize(assume(lt(0, norm2(u))), d), "generalize: d occurs free in the hypothesis"),
    ],
    "specialize": [
        (lambda: specialize(ROOT, y), "specialize: needs a conclusion 'for all'"),
        (lambda: specialize(EVERY, num(-1)), "specialize: -1 is outside the range 0 < x"),
        (lambda: specialize(generalize(DEFINITE, S), A), "S is positive definite, and A is not proved to be"),
        (lambda: specialize(EVERY, u), "x has sort"),
        (lambda: specialize(moved_at(x), c), "specialize: c was fixed while c varied, and c is not"),
        (lambda: specialize(moved_at(c), x), "specialize: c was fixed while x varied, and x is not"),
    ],
    "induction": [
        (lambda: induction(BASE, cut_away(), x, num(0)), "induction: x is not an integer symbol"),
        (lambda: induction(BASE, algebra(x, x), n, num(0)), "no hypothesis of the step becomes its conclusion"),
        (lambda: induction(BASE, cut_away(), n, num(1)), r"the base proves 0 < f\(0\), but P\(1\) is 0 < f\(1\)"),
        (lambda: induction(BASE, step(lt(n, 7)), n, num(0)), "induction: n occurs free in the hypothesis n < 7"),
        (
            lambda: induction(weaken(BASE, lt(n, 7)), cut_away(), n, num(0)),
            "induction: n occurs free in the hypothesis n < 7",
        ),
        (lambda: induction(BASE, cut_away(), n, n), "induction: the start n depends on n"),
        (
            lambda: induction(BASE, weaken(cut_away(), eq(trace(eye(n)), 1)), n, num(0)),
            "n is a dimension, and no induction runs over spaces",
        ),
    ],
    "define": [
        (
            lambda: define("reject.loop", (x,), app("reject.loop", x) + 1),
            "the body of reject.loop mentions reject.loop itself",
        ),
        (lambda: define("reject.loose", (x,), x + y), "the body of reject.loose has the free symbols y"),
        (lambda: (define("reject.twice", (x,), x), define("reject.twice", (x,), -x))[1], "is defined already, as x"),
        (lambda: define("reject.number", (num(1),), num(2)), "bound variable must be a symbol"),
        (lambda: define("reject.sized", (sym("q", Vec(n * m)),), n), "the body of reject.sized has the free symbols n"),
        (
            lambda: (pinned_function(), define("reject.renamed", (x,), app("reject.net", x)))[1],
            "rests on a function that varies in an equality up to a constant",
        ),
        (  # or f + g = f up to a constant, with f varied alone, would be 2 g = g
            lambda: (pinned_function(), define("reject.net", (x,), g(x)))[1],
            "reject.net varies in an equality up to a constant, and what is defined does not",
        ),
        (lambda: define("reject.corner", (x,), sqrt(x**2)), "may not be differentiable everywhere in the arguments of"),
    ],
    "axiom": [
        (
            lambda: (axiom("reject.a", lt(0, x)), axiom("reject.a", lt(x, 0)))[1],
            "axiom: reject.a is in the ledger with another statement: 0 < x",
        ),
        (lambda: axiom("reject.term", x), "axiom: not a formula: x"),
    ],
}
