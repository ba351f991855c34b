"""The second opinion on SymPy's ring: it agrees with what is true, and it can disagree."""

from fractions import Fraction

import pytest

from derivations.evidence import Alarm
from derivations.evidence.ring import confirm, opinion, report, second_opinion, second_opinion_step
from derivations.kernel import calculus, definitions, linear, normal, radicals
from derivations.kernel.equality import algebra, chain, order
from derivations.kernel.field import Element, Field
from derivations.kernel.hypotheses import Hypotheses
from derivations.kernel.logic import assume
from derivations.kernel.terms import (
    INT,
    REAL,
    Mat,
    Term,
    Vec,
    app,
    comps,
    diag,
    diff,
    div,
    divergence,
    eq,
    exp,
    expect,
    eye,
    forall,
    grad,
    inner,
    integral,
    interval,
    inv,
    kl,
    le,
    log,
    logdet,
    lt,
    mul,
    ne,
    norm2,
    num,
    power,
    prod_,
    sqrt,
    sum_,
    sym,
    trace,
)
from derivations.kernel.terms import normal as gaussian
from derivations.kernel.theorem import _MADE, Theorem

x, y, z, s, v, c = (sym(name) for name in "xyzsvc")
d, n, i, j, k = (sym(name, INT) for name in "dnijk")
u, w, b = (sym(name, Vec(d)) for name in "uwb")
A, B = sym("A", Mat(d, d)), sym("B", Mat(d, d))
S, L = sym("S", Mat(d, d, "spd")), sym("L", Mat(d, d, "spd"))
f, g = app("f", x), app("g", x)
half = Fraction(1, 2)
UNIT = (lt(0, x), lt(x, 1))


def cos(t):
    return Term("cos", (t,), REAL)


def sin(t):
    return Term("sin", (t,), REAL)


# name: left, right, hypotheses, equations, and something that is not equal to the left
TRUE = {
    "binomial": ((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3, (), (), (x + y) ** 3 + x),
    "fractions": (1 / x + 1 / y, (x + y) / (x * y), (ne(x, 0), ne(y, 0)), (), (x + y) / x),
    "cancel": ((x**2 - 1) / (x - 1), x + 1, (ne(x, 1),), (), x - 1),
    "root": (sqrt(x**2 * y), x * sqrt(y), (lt(0, x), lt(0, y)), (), -x * sqrt(y)),
    "root of a quotient": (sqrt(x / y), sqrt(x) / sqrt(y), (lt(0, x), lt(0, y)), (), sqrt(y) / sqrt(x)),
    "rational root": (sqrt(num(8)), 2 * sqrt(num(2)), (), (), sqrt(num(2))),
    "clear a root": (1 / (1 + sqrt(x)), (1 - sqrt(x)) / (1 - x), UNIT, (), (1 + sqrt(x)) / (1 - x)),
    "fourth root": (power(x, num(Fraction(1, 4))) ** 2, sqrt(x), (lt(0, x),), (), x),
    "ddim at eta 1": (sqrt(1 - x) * sqrt((1 - y) / (1 - x)), sqrt(1 - y), (*UNIT, lt(0, y), lt(y, 1)), (), 1 - y),
    "log": (log(x**2 * y / z), 2 * log(x) + log(y) - log(z), (lt(0, x), lt(0, y), lt(0, z)), (), log(x) + log(y)),
    "log of a root": (log(sqrt(x * (1 - x))), half * (log(x) + log(1 - x)), UNIT, (), log(x) + log(1 - x)),
    "log of a number": (log(num(12)), 2 * log(num(2)) + log(num(3)), (), (), log(num(6))),
    "exp of a sum": (exp(x + 2 * y), exp(x) * exp(y) ** 2, (), (), exp(x) * exp(y)),
    "exp of a log": (exp(-half * log(x)), 1 / sqrt(x), (lt(0, x),), (), sqrt(x)),
    "half an exponent": (exp(x / 2) ** 2, exp(x), (), (), exp(x / 2)),
    "real power": (power(x, y) * power(x, z), power(x, y + z), (lt(0, x),), (), power(x, y * z)),
    "angles": (cos(x + y), cos(x) * cos(y) - sin(x) * sin(y), (), (), cos(x) * cos(y) + sin(x) * sin(y)),
    "circle": (sin(x) ** 2 + cos(x) ** 2, num(1), (), (), num(2)),
    "triple angle": (sin(3 * x), 3 * sin(x) - 4 * sin(x) ** 3, (), (), 3 * sin(x)),
    "slope": (diff(x, x**3 * exp(-x)), (3 * x**2 - x**3) * exp(-x), (), (), 3 * x**2 * exp(-x)),
    "slope of a root": (diff(x, sqrt(1 - x)), -1 / (2 * sqrt(1 - x)), UNIT, (), 1 / (2 * sqrt(1 - x))),
    "slope of a log": (diff(x, log(x) * sin(x)), sin(x) / x + log(x) * cos(x), UNIT, (), log(x) * cos(x)),
    "opaque slope": (diff(x, f * g), diff(x, f) * g + f * diff(x, g), (), (), diff(x, f) * g),
    "chain rule": (diff(x, app("h", x**2)), 2 * x * diff(y, app("h", y), x**2), (), (), diff(y, app("h", y), x**2)),
    "concrete sum": (sum_(i, 1, 4, i * x), 10 * x, (), (), 9 * x),
    "sum": (sum_(i, 1, n, x * i + 2), x * sum_(i, 1, n, i) + 2 * n, (le(0, n),), (), x * sum_(i, 1, n, i)),
    "shifted sum": (sum_(i, 1, n, app("a", i)), sum_(j, 0, n - 1, app("a", j + 1)), (), (), sum_(j, 0, n, app("a", j))),
    "double sum": (
        sum_(i, 1, n, sum_(j, 1, n, app("a", i) * app("b", j))),
        sum_(i, 1, n, app("a", i)) * sum_(j, 1, n, app("b", j)), (), (),
        sum_(i, 1, n, app("a", i) * app("b", i)),
    ),
    "product": (prod_(i, 1, n, x * app("a", i)), prod_(i, 1, n, x) * prod_(j, 1, n, app("a", j)), (), (), x),
    "integral": (integral(x, c * f * 2), 2 * c * integral(y, app("f", y)), (), (), c * integral(x, f)),
    "product of integrals": (
        integral(x, integral(y, f * app("g", y))), integral(x, f) * integral(x, g), (), (), integral(x, f * g),
    ),
    "signs in an interval": (
        integral(x, sqrt(x**2), interval(0, 1)), integral(x, x, interval(0, 1)), (), (), num(0),
    ),
    "norm": (norm2(u + w), norm2(u) + 2 * inner(u, w) + norm2(w), (), (), norm2(u) + norm2(w)),
    "matrix": (mul(A + B, A - B), mul(A, A) - mul(A, B) + mul(B, A) - mul(B, B), (), (), mul(A, A) - mul(B, B)),
    "adjoint": (inner(mul(A, u), w), inner(u, mul(A.T, w)), (), (), inner(u, mul(A, w))),
    "inverse": (mul(inv(mul(2 * S, L)), S, L), eye(d) / 2, (), (), eye(d)),
    "push through": (
        mul(inv(S), S + L, inv(L)), inv(L) + inv(S), (), (), inv(S + L),
    ),
    "vector": (mul(S, inv(S), u) / 2 + u, 3 * u / 2, (), (), u),
    "trace": (trace(mul(A, B, S)), trace(mul(S, B.T, A.T)), (), (), trace(mul(B, A, S))),
    "trace of a diagonal": (trace(diag(i, app("a", i), d)), sum_(i, 1, d, app("a", i)), (), (), d),
    "determinant": (logdet(mul(2 * S, inv(L))), d * log(num(2)) + logdet(S) - logdet(L), (), (), logdet(S) - logdet(L)),
    "components": (
        inner(comps(i, app("a", i), d), comps(j, x * app("b", j), d)), x * sum_(k, 1, d, app("a", k) * app("b", k)),
        (), (), sum_(k, 1, d, app("a", k) * app("b", k)),
    ),
    "gradient": (
        inner(grad(u, norm2(u) * inner(u, w)), b), 2 * inner(u, b) * inner(u, w) + norm2(u) * inner(w, b),
        (), (), norm2(u) * inner(w, b),
    ),
    "divergence": (divergence(u, norm2(u) * u), (d + 2) * norm2(u), (), (), d * norm2(u)),
    "log density": (
        log(gaussian(x, y, v)), -half * log(2 * sym("pi") * v) - (x - y) ** 2 / (2 * v), (lt(0, v),), (),
        -half * log(2 * sym("pi") * v) + (x - y) ** 2 / (2 * v),
    ),
    "log density of a vector": (
        log(gaussian(u, w, v * eye(d))), -half * d * log(2 * sym("pi") * v) - norm2(u - w) / (2 * v), (lt(0, v),), (),
        -half * d * log(2 * sym("pi") * v) - norm2(u - w) / v,
    ),
    "expectation": (expect(x, app("p", x), c * x), c * integral(x, app("p", x) * x), (), (), integral(x, app("p", x))),
    "divergence of laws": (
        kl(x, app("p", x), app("q", x)), integral(x, app("p", x) * log(app("p", x) / app("q", x))),
        (forall(x, lt(0, app("p", x))), forall(x, lt(0, app("q", x)))), (), num(1),
    ),
    "equation": (s**2 + x, (1 - x) ** 2 + x, (), (eq(s, 1 - x),), s + x),
    "equation of an integral": (
        2 * integral(x, f) * c, 6 * c, (), (eq(integral(y, app("f", y)), num(3)),), 3 * c,
    ),
    "equation of vectors": (inner(u, b), 2 * inner(w, b), (), (eq(u, 2 * w),), inner(w, b)),
    "equation of matrices": (mul(A, B, A), mul(S, A), (), (eq(mul(A, B), S),), mul(A, S)),
    "definition": (app("h", y + 1), (y + 1) ** 2, (), (forall(x, eq(app("h", x), x**2)),), y**2),
}  # fmt: skip


def forged(a, b, hypotheses=(), using=()):
    """A theorem `algebra` would have to have made, whether it holds or not."""
    model, theorem = algebra(x, x), object.__new__(Theorem)
    for slot in ("hypotheses", "axioms", "rule", "dimensions", "smooth"):
        object.__setattr__(theorem, slot, getattr(model, slot))
    object.__setattr__(theorem, "conclusion", eq(a, b))
    object.__setattr__(theorem, "arguments", (a, b, hypotheses, using))
    _MADE.add(theorem)
    return theorem


@pytest.mark.parametrize("name", TRUE)
def test_it_agrees_with_what_is_true(name):
    a, b, hypotheses, equations, _ = TRUE[name]
    theorem = algebra(a, b, hypotheses, tuple(assume(e) for e in equations))
    assert opinion(theorem).verdict == "agrees", opinion(theorem).why


@pytest.mark.parametrize("name", TRUE)
def test_it_disagrees_with_what_is_false(name):
    a, _, hypotheses, equations, wrong = TRUE[name]
    theorem = forged(a, wrong, hypotheses, tuple(assume(e) for e in equations))
    assert second_opinion_step(theorem) == "disagrees"
    assert "left minus right is not 0" in opinion(theorem).why


def test_only_algebra_is_asked_about():
    assert second_opinion(assume(lt(0, x))) == "not asked"
    assert second_opinion(order(lt(0, x**2 + 1))) == "not asked"


def test_lemmas_are_asked_about_too():
    lemma = forged(x, x + 1)
    theorem = chain(algebra(x, x), lemma)
    assert second_opinion(theorem) == "disagrees"
    assert len(report(theorem).opinions) == 2
    with pytest.raises(Alarm, match=r"the kernel proved x = \(x \+ 1\), but the second opinion .* left minus right"):
        confirm(theorem)
    confirm(chain(algebra(x, x), algebra(x, x + 0)))


def test_a_step_that_owes_something_is_not_confirmed():
    assert opinion(forged(x / x, num(1))).why.startswith("owes x != 0")
    assert second_opinion_step(forged(sqrt(x**2), x)) == "disagrees"


def test_an_equation_that_is_not_given_is_not_used():
    assert second_opinion_step(forged(s, 1 - x)) == "disagrees"


# ---- the kernel's arithmetic made wrong, in one place at a time


def wrong_mul(self, a, b):
    good = MUL(self, a, b)
    return good if a.num.is_constant() or b.num.is_constant() else self.add(good, self.one)


def wrong_sum(self, elements):
    elements = list(elements)
    return SUM(self, elements[:-1] if len(elements) > 2 else elements)


def wrong_reduce(self, p):
    p = REDUCE(self, p)
    return p + 1 if len(p) == 2 else p


def flipped_root(ctx, e, n, what="a root"):
    root = ROOT(ctx, e, n, what)
    return root if root is None or root.num.is_constant() else ctx.field.neg(root)


def squared_root(ctx, e, n, what="a root"):
    root = ROOT(ctx, e, n, what)
    return root if root is None else ctx.field.mul(root, root)


def log_without_first_term(ctx, e):
    out = LOG(ctx, e)
    if out is None or len(out.num) < 2:
        return out
    mono, coefficient = next(iter(out.num.to_dict().items()))
    return Element(out.num - ctx.field.ctx.from_dict({mono: coefficient}), out.den)


def doubled_exp(ctx, e):
    return ctx.field.power(EXP(ctx, e), 2)


def swapped(ctx, angle):
    c_, s_ = COS_SIN(ctx, angle)
    return s_, c_


def commuting(ctx, word):
    return tuple(sorted(REDUCE_WORD(ctx, word), key=repr))


def unturned(ctx, word):
    return word


def no_cross_terms(ctx, p, q):
    return INNER(ctx, dict(list(p.items())[:1]), q)


def slope_without_product_rule(t, var, conditions):
    return mul(*[DERIVATIVE(a, var, conditions) for a in t.args]) if t.op == "mul" else DERIVATIVE(t, var, conditions)


def spread_forgotten(x_, mean, cov):
    return -((x_ - mean) ** 2) / 2


MUL, SUM, REDUCE, GAP = Field.mul, Field.sum, Field.reduce, Hypotheses._gap
ROOT, LOG, EXP, COS_SIN = radicals.nth_root, radicals.log, radicals.exp, radicals.cos_sin
REDUCE_WORD, INNER, DERIVATIVE = linear.reduce_word, linear.inner_product, calculus.derivative
TABLE = dict(normal._TABLE)

BROKEN = {
    "a product is 1 too large": (Field, "mul", wrong_mul, ["binomial", "fractions"]),
    "a sum loses its last part": (Field, "sum", wrong_sum, ["norm", "log", "binomial"]),
    "reduction adds 1": (Field, "reduce", wrong_reduce, ["fractions", "cancel"]),
    "a fact is turned round": (Hypotheses, "_gap", lambda n, h: n.field.neg(GAP(n, h)), ["root", "log"]),
    "a root is negative": (radicals, "nth_root", flipped_root, ["root", "clear a root"]),
    "a root is not taken": (radicals, "nth_root", squared_root, ["root", "rational root"]),
    "a logarithm loses a factor": (radicals, "log", log_without_first_term, ["log of a number", "log of a root"]),
    "an exponential is squared": (radicals, "exp", doubled_exp, ["exp of a sum", "real power"]),
    "sine and cosine change places": (radicals, "cos_sin", swapped, ["angles", "triple angle"]),
    "a transpose does nothing": (linear, "transpose_word", unturned, ["adjoint"]),
    "a norm has no cross terms": (linear, "inner_product", no_cross_terms, ["norm"]),
    "the slope of a product": (normal, "derivative", slope_without_product_rule, ["slope", "slope of a log"]),
    "a density forgets its spread": (normal, "log_normal", spread_forgotten, ["log density"]),
    "a trace is the dimension": (normal._TABLE, "tr", lambda m, t: m.scalar(t.args[0].sort[1]), ["trace"]),
    "a determinant is 1": (normal._TABLE, "logdet", lambda m, t: m.field.zero, ["determinant"]),
    "a sum is its last term": (
        normal._TABLE, "sum", lambda m, t: m.scalar(normal.substitute(t.args[3], {t.args[0]: t.args[2]})), ["sum"],
    ),
    "a product is 1": (normal._TABLE, "prod", lambda m, t: m.field.one, ["product"]),
    "an integral is its body": (normal._TABLE, "int", lambda m, t: m.scalar(t.args[2]), ["integral"]),
    "an integral is doubled": (
        normal._TABLE, "int", lambda m, t: m.field.mul(m.field.constant(2), TABLE["int"](m, t)), ["integral"],
    ),
    "an expectation forgets the density": (
        normal._TABLE, "E", lambda m, t: m.scalar(integral(t.args[0], t.args[2])), ["expectation"],
    ),
    "a divergence of laws turns around": (
        normal._TABLE, "KL", lambda m, t: m.scalar(definitions.unfold(kl(t.args[0], t.args[2], t.args[1]))),
        ["divergence of laws"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_kernel_that_calculates_wrong_is_contradicted(fault, monkeypatch):
    """Whatever the broken kernel would say: at these terms the second opinion does not follow it."""
    where, name, broken, cases = BROKEN[fault]
    if isinstance(where, dict):
        monkeypatch.setitem(where, name, broken)
    else:
        monkeypatch.setattr(where, name, broken)
    for case in cases:
        a, b, hypotheses, equations, _ = TRUE[case]
        theorem = forged(a, b, hypotheses, tuple(assume(e) for e in equations))
        assert second_opinion_step(theorem) == "disagrees", case


def test_a_kernel_whose_matrices_commute_is_contradicted(monkeypatch):
    monkeypatch.setattr(linear, "reduce_word", commuting)
    assert second_opinion_step(algebra(mul(A, B), mul(B, A))) == "disagrees"
    assert second_opinion_step(algebra(mul(A, B, u), mul(B, A, u))) == "disagrees"
    assert second_opinion_step(algebra(trace(mul(A, B, S)), trace(mul(B, A, S)))) == "disagrees"


def test_a_zero_test_that_says_yes_to_everything_is_contradicted(monkeypatch):
    monkeypatch.setattr(Field, "is_zero", lambda self, e: True)
    false = algebra(x, y)
    assert second_opinion_step(false) == "disagrees"


# ---- certificates spoiled after they were made


def spoiled(monkeypatch, kind, change):
    made = Field.generator

    def generator(self, key, kind_, data):
        known = key in self.places
        out = made(self, key, kind_, data)
        if kind_ == kind and not known:
            place = self.places[key]
            old = self.generators[place]
            self.generators[place] = type(old)(old.place, old.kind, change(self, old.data))
        return out

    monkeypatch.setattr(Field, "generator", generator)


def test_a_root_of_something_else_is_noticed(monkeypatch):
    spoiled(monkeypatch, "root", lambda field, data: (data[0], data[1] + 1))
    theorem = forged(*TRUE["root"][:3])
    assert "does not fit its parts (sqrt)" in opinion(theorem).why


def test_a_root_of_another_order_is_noticed(monkeypatch):
    spoiled(monkeypatch, "root", lambda field, data: (data[0] + 1, data[1]))
    assert second_opinion_step(forged(*TRUE["root"][:3])) == "disagrees"


def test_a_logarithm_of_something_else_is_noticed(monkeypatch):
    spoiled(monkeypatch, "log", lambda field, data: data + 1)
    assert "does not fit its parts (log)" in opinion(forged(*TRUE["log"][:3])).why


def test_an_exponential_of_something_else_is_noticed(monkeypatch):
    spoiled(monkeypatch, "exp", lambda field, data: field.mul(data, field.constant(2)))
    assert "does not fit its parts (exp)" in opinion(forged(*TRUE["exp of a sum"][:3])).why


def test_a_dropped_relation_is_noticed(monkeypatch):
    """Without g**2 = r the kernel's numerator of sqrt(x)**2 - x does not vanish, and no proof comes about."""
    monkeypatch.setattr(Field, "reduce", lambda self, p: self.up(p))
    theorem = forged(sqrt(x) ** 2 * y, x * y, (lt(0, x),))
    assert second_opinion_step(theorem) == "agrees", "SymPy's own reduction does not rest on the kernel's"
    monkeypatch.undo()
    monkeypatch.setattr("derivations.evidence.ring_table.Table.reduce", lambda self, p: p)
    theorem = forged(sqrt(x) ** 2 * y, x * y, (lt(0, x),))
    assert second_opinion_step(theorem) == "disagrees", "nor the kernel's on SymPy's"


def test_div_of_terms_is_multiplied_back(monkeypatch):
    invert = Field.invert
    monkeypatch.setattr(Field, "invert", lambda self, a: self.neg(invert(self, a)))
    assert "does not fit its parts (div)" in opinion(forged(div(x, y), x / y, (ne(y, 0),))).why
