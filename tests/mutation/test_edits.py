"""Each edit of the table, by examples; and what all of them have in common."""

from fractions import Fraction

import pytest

from derivations.kernel.forms import check
from derivations.kernel.substitution import alpha
from derivations.kernel.terms import (
    INT,
    MEASURE,
    Mat,
    Vec,
    add,
    app,
    div,
    eq,
    expect,
    integral,
    inv,
    kl,
    lt,
    mul,
    norm2,
    normal,
    num,
    show,
    sqrt,
    sum_,
    sym,
    weighted,
)
from derivations.mutation.edits import EDITS, mutants

t, T, i, d = (sym(name, INT) for name in ("t", "T", "i", "d"))
a, sigma, half = sym("a"), sym("sigma"), num(Fraction(1, 2))
u, v = sym("u", Vec(d)), sym("v", Vec(d))
A, B = sym("A", Mat(d, d)), sym("B", Mat(d, d))
x, y = sym("x"), sym("y")


def alpha_bar(at):
    return app("alpha_bar", at)


def q(*args):
    return app("q", *args)


def law(*args):
    return app("law", *args, sort=MEASURE)


EXAMPLES = {
    "sign": [
        (a - x, ["-(a - x)", "(-a - x)", "(a + x)"]),
        (norm2(u - v), ["-norm2((u - v))", "norm2((-u - v))", "norm2((u + v))"]),
        (a * x, ["-(a*x)"]),
        (t, []),
    ],
    "index": [
        (alpha_bar(t - 1), ["alpha_bar(t)", "alpha_bar((t - 2))"]),
        (alpha_bar(t), ["alpha_bar((t + 1))", "alpha_bar((t - 1))"]),
        (alpha_bar(0), ["alpha_bar(1)", "alpha_bar(-1)"]),
        (sum_(i, 1, T, a), ["sum(i, 2, T, a)", "sum(i, 0, T, a)", "sum(i, 1, (T + 1), a)", "sum(i, 1, (T - 1), a)"]),
    ],
    "root": [
        (sqrt(a), ["a"]),
        (1 - alpha_bar(t), ["(1 - sqrt(alpha_bar(t)))"]),
        (x / (1 - a), ["(sqrt(x)/(1 - a))", "(x/sqrt((1 - a)))", "(x/(1 - sqrt(a)))"]),
    ],
    "square": [(sigma**2, ["sigma"]), (sigma * 2, ["((sigma**2)*2)"])],
    "schedule": [(alpha_bar(t), ["alpha(t)", "beta(t)"]), (app("beta_tilde", t), ["beta(t)"])],
    "half": [(half * a, ["a"]), (a + x, ["(1/2*(a + x))", "((1/2*a) + x)", "(a + (1/2*x))"])],
    "swap": [
        (a / x, ["(x/a)"]),
        (kl(x, q(x), app("p", x)), ["KL(x, p(x), q(x))"]),
        (q(x, y), ["q(y, x)"]),
        (mul(A, B), ["(B*A)"]),
        (lt(a, x), ["x < a"]),
        (a * x, []),
        (a + x, []),
    ],
    "dropped": [
        (a + x - y, ["(x - y)", "(a - y)", "(a + x)"]),
        (a * x, ["x", "a"]),
        (a / x, ["a"]),
        (mul(A, u), ["u"]),
    ],
    "expectation": [
        (expect(x, q(x), x**2), ["(x**2)"]),
        (integral(x, q(x), law()), ["q(x)"]),
    ],
    "conditioning": [
        (q(u, v), ["q(u)"]),
        (integral(x, a, law(y)), ["int(x, law(), a)"]),
        (integral(x, a, weighted(x, q(x))), ["int(x, lebesgue(), a)"]),
        (app("s", u, t, sort=Vec(d)), []),
    ],
}


@pytest.mark.parametrize(
    ("edit", "term", "expected"), [(e, *row) for e, rows in EXAMPLES.items() for row in rows],
    ids=[f"{e}-{k}" for e, rows in EXAMPLES.items() for k in range(len(rows))],
)  # fmt: skip
def test_an_edit(edit, term, expected):
    found = [show(m.term) for m in mutants(term) if m.edit == edit]
    assert [text for text in found if text not in expected] == [], "mutants that nobody expected"
    assert [text for text in expected if text not in found] == [], "mutants that are missing"


def test_every_edit_has_examples():
    assert set(EXAMPLES) == set(EDITS)
    assert all(any(expected for _, expected in rows) for rows in EXAMPLES.values())


BUSY = eq(
    normal(u, sqrt(alpha_bar(t)) * v, (1 - alpha_bar(t)) * A),
    expect(u, q(u, v), norm2(u - inv(A) * v) / 2) + sum_(i, 1, T, sqrt(alpha_bar(i)) / (1 - a)),
)


def test_mutants_make_sense_and_differ():
    found = mutants(BUSY)
    assert len(found) > 60 and {m.edit for m in found} == set(EDITS) - {"schedule"} | {"schedule"}
    for m in found:
        check(m.term)
        assert m.term.sort == BUSY.sort
    forms = [alpha(m.term) for m in found]
    assert len(set(forms)) == len(forms) and alpha(BUSY) not in forms


def test_mutants_come_in_the_same_order():
    assert mutants(BUSY) == mutants(BUSY)


def test_a_bound_variable_is_not_edited():
    assert all(m.term.args[0] == i for m in mutants(sum_(i, 1, T, alpha_bar(i))) if m.term.op == "sum")


def test_a_product_without_one_factor_keeps_its_sort():
    assert [show(m.term) for m in mutants(mul(A, u)) if m.edit == "dropped"] == ["u"]
    assert [show(m.term) for m in mutants(add(u, v)) if m.edit == "dropped"] == ["v", "u"]
    assert [m for m in mutants(div(u, a)) if m.term == u]
