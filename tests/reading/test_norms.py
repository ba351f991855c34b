"""Inequalities between norms, inner products and means: proved in every dimension, refuted at a point, else undecided."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.kernel.normal import Normalizer
from derivations.kernel.terms import add, app, inner, mul, neg, norm2, num, power, sqrt, sym
from derivations.reading.equations import gram, norms, points
from derivations.reading.equations.lengths import Scene
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.worlds import WORLDS
from derivations.reading.terms.signature import VECTOR
from tests.reading.asked import judged, last, verdict

POSITIVE = r"Let \(c > 0\) and \(\eta > 0\)." + "\n\n"
X, Y = (sym(name, VECTOR) for name in "xy")
LIPSCHITZ = r"\|f(x)-f(y)\| \le L\|x-y\|"
MONOTONE = r"\langle b(x)-b(y), x-y\rangle \le -m\|x-y\|^2"

TURNED = "; it is true with >= in place of <="


def said(tex, before=""):
    found = last(f"{before}$${tex}$$")
    return found.verdict, found.message


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\langle a, b\rangle \le \|a\|\|b\|", "by the Cauchy-Schwarz inequality"),
        (r"|\langle a, b\rangle| \le \|a\|\|b\|", "by the Cauchy-Schwarz inequality"),
        (r"\langle x, y\rangle^2 \le \|x\|^2\|y\|^2", "by the Cauchy-Schwarz inequality"),
        (r"2\langle a, b\rangle \le \|a\|^2 + \|b\|^2", "as a sum of squares"),
        (r"\langle a, b\rangle \le \frac{c}{2}\|a\|^2 + \frac{1}{2c}\|b\|^2", "as a sum of squares"),
        (r"-2\eta\langle x-y, g\rangle \le \eta\|x-y\|^2 + \eta\|g\|^2", "as a sum of squares"),
        (
            r"\langle x-y, s_\theta(x,t) - \nabla\log p_t(x)\rangle \le \|x-y\|\|s_\theta(x,t)-\nabla\log p_t(x)\|",
            "by the Cauchy-Schwarz inequality",
        ),
        (r"\|a+b\| \le \|a\|+\|b\|", "by the triangle inequality"),
        (r"\|x-z\| \le \|x-y\| + \|y-z\|", "by the triangle inequality"),
        (r"\left|\|x\|-\|y\|\right| \le \|x-y\|", "by the triangle inequality"),
        (r"\|x+y\|^2 \le 2\|x\|^2+2\|y\|^2", "as a sum of squares"),
        (r"\|x+y+z\|^2 \le 3(\|x\|^2+\|y\|^2+\|z\|^2)", "as a sum of squares"),
        (r"\|x-y\|^2 \le (1+c)\|x\|^2+(1+\frac1c)\|y\|^2", "as a sum of squares"),
        (r"\|x+y\|\|z\| \le \|x\|\|z\|+\|y\|\|z\|", "by the triangle inequality"),
        (r"e^{-t}\|x+y\| \le e^{-t}\|x\|+e^{-t}\|y\|", "by the triangle inequality"),
        (r"|a+b| \le |a|+|b|", "by the triangle inequality"),
        (r"\|x+y\| \le \sqrt{2}\sqrt{\|x\|^2+\|y\|^2}", "as a sum of squares"),
    ],
)
def test_what_holds_for_all_vectors_is_proved(tex, why):
    assert said(tex, POSITIVE) == ("proved", why)


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\mathbb{E}\|x+y\|^2 \le 2\mathbb{E}\|x\|^2+2\mathbb{E}\|y\|^2", "as a sum of squares, in the mean"),
        (
            r"\mathbb{E}_{x\sim p}\|x+f(x)\|^2 \le 2\mathbb{E}_{x\sim p}\|x\|^2+2\mathbb{E}_{x\sim p}\|f(x)\|^2",
            "as a sum of squares, in the mean",
        ),
        (r"\|\mathbb{E}[x]\| \le \mathbb{E}\|x\|", "by Jensen's inequality, and by the signs of its terms"),
        (r"\mathbb{E}\|X-\mathbb{E}[X]\|^2 \le \mathbb{E}\|X\|^2", "by the signs of its terms"),
        (r"(\mathbb{E}|XY|)^2 \le \mathbb{E}[X^2]\mathbb{E}[Y^2]", "by the Cauchy-Schwarz inequality, in the mean"),
        (
            r"\sqrt{\mathbb{E}\|X+Y\|^2} \le \sqrt{\mathbb{E}\|X\|^2}+\sqrt{\mathbb{E}\|Y\|^2}",
            "by the triangle inequality",
        ),
        (
            r"\left\|\mathbb{E}[X\mid Y]\right\|^2 \le \mathbb{E}[\|X\|^2\mid Y]",
            "by Jensen's inequality, and by the signs of its terms",
        ),
    ],
)
def test_what_holds_at_every_point_holds_in_the_mean(tex, why):
    assert said(tex) == ("proved", f"{why}; the expectations are taken to exist")


@pytest.mark.parametrize(
    "tex",
    [
        r"\left|\int_0^T f(t)\,dt\right| \le \int_0^T |f(t)|\,dt",
        r"\left\|\int_0^T b(x_s,s)\,ds\right\|^2 \le T\int_0^T\|b(x_s,s)\|^2\,ds",
        r"\int_0^T \|u(t)+v(t)\|^2 dt \le 2\int_0^T\|u(t)\|^2 dt+2\int_0^T\|v(t)\|^2 dt",
        r"\int_0^T g(t)^2\mathbb{E}\|u(X_t)+v(X_t)\|^2 dt \le "
        r"2\int_0^T g(t)^2\mathbb{E}\|u(X_t)\|^2 dt+2\int_0^T g(t)^2\mathbb{E}\|v(X_t)\|^2 dt",
    ],
)
def test_an_integral_over_time_is_monotone(tex):
    verdict_, why = said(tex)
    assert verdict_ == "proved" and why.endswith("the integrals are taken to exist, and to run upwards")


@pytest.mark.parametrize(
    ("tex", "at", "values"),
    [
        (r"\|x\|\|y\| \le \langle x, y\rangle", {"x": "(3, 4)", "y": "(4, -3)"}, ("25", "0")),
        (r"\|x\|^2\|y\|^2 \le \langle x, y\rangle^2", {"x": "(3, 4)", "y": "(4, -3)"}, ("625", "0")),
        (r"\|a\|^2\|b\|^2 \le \langle a, b\rangle^2", {"a": "(3, 4)", "b": "(4, -3)"}, ("625", "0")),
        (r"\|x\|+\|y\| \le \|x+y\|", {"x": "(3, 4)", "y": "(-3, -4)"}, ("10", "0")),
        (r"\|x-y\| \le \|x\|-\|y\|", {"x": "(3, 4)", "y": "(-3, -4)"}, ("10", "0")),
        (r"2\|x\|^2+2\|y\|^2 \le \|x+y\|^2", {"x": "(3, 4)", "y": "(4, -3)"}, ("100", "50")),
    ],
)
def test_what_stands_the_wrong_way_round_is_refuted_at_a_point(tex, at, values):
    found = last(f"$${tex}$$")
    assert (found.verdict, found.message) == ("refuted", f"the opposite always holds{TURNED}")
    assert dict(found.witness) == at and found.values == values


@pytest.mark.parametrize(
    "tex",
    [
        r"\|x+y\|^2 \le \|x\|^2+\|y\|^2",  # where the two are orthogonal
        r"\|x+y+z\|^2 \le 2\|x\|^2+2\|y\|^2+2\|z\|^2",
        r"\langle x,y\rangle \le \frac{c}{2}\|x\|^2+\frac{1}{3c}\|y\|^2",
        r"\|x-y\|^2 \le (1+c)\|x\|^2+(1+\frac1{2c})\|y\|^2",
        r"\|x+y\| \le \sqrt{\|x\|^2+\|y\|^2}",
        r"\langle x,y\rangle \le \|x\|^2\|y\|^2",
        r"\|A\|\|x\| \le \|Ax\|",  # which holds of numbers
        r"\|x\|^2 \le \mathbb{E}\|x\|^2",  # a letter inside of a mean and outside is no constant
        r"\mathbb{E}\|X\|^2 \le \|X\|^2",
        r"\mathbb{E}\|x+y\|^2 \le 2\|x\|^2+2\mathbb{E}\|y\|^2",
        r"\mathbb{E}[\|X\|\|Y\|] \le \mathbb{E}\|X\|\mathbb{E}\|Y\|",
        r"\mathbb{E}\|x\|^2 \le (\mathbb{E}\|x\|)^2",
        r"\mathbb{E}_{x\sim p}\|x\|^2 \le \mathbb{E}_{x\sim q}\|x\|^2",
        r"\sqrt{\mathbb{E}[g(t)^2\|X\|^2]} \le g(t)\sqrt{\mathbb{E}\|X\|^2}",  # the time may be what is averaged over
        r"\int_0^T\|f(t)\|\,dt \le \left\|\int_0^T f(t)\,dt\right\|",
        r"\left\|\int_0^T f(t)\,dt\right\|^2 \le \int_0^T\|f(t)\|^2\,dt",
        r"\left\|\int_0^T g(t)\,dW_t\right\|^2 \le T\int_0^T g(t)^2\,dt",
        r"\|x-y\| \le 0",  # says that two points are one
        r"\|x\|^2 \le C\|y\|^2",
        r"\|x\|^2 \lesssim \|y\|^2",
        r"\|x+y\| < \|x\|+\|y\|",
    ],
)
def test_what_is_false_or_hangs_on_more_is_never_proved_nor_accused(tex):
    assert verdict(tex, POSITIVE) == "undecided"


def test_young_needs_a_positive_number():
    tex = r"\langle x,y\rangle \le \frac{c}{2}\|x\|^2+\frac{1}{2c}\|y\|^2"
    assert verdict(tex) == "undecided" and verdict(tex, POSITIVE) == "proved"


@pytest.mark.parametrize(
    ("assumed", "tex"),
    [
        (LIPSCHITZ, r"\langle f(x)-f(y), x-y\rangle \le L\|x-y\|^2"),
        (LIPSCHITZ, r"\|f(x_t)-f(y_t)\|^2 \le L^2\|x_t-y_t\|^2"),
        (LIPSCHITZ, r"\|f(x)-f(z)\| \le L\|x-y\|+L\|y-z\|"),
        (LIPSCHITZ, r"\mathbb{E}\|f(X)-f(Y)\|^2 \le L^2\mathbb{E}\|X-Y\|^2"),
        (LIPSCHITZ, r"\int_0^T\|f(x_t)-f(y_t)\|^2dt \le L^2\int_0^T\|x_t-y_t\|^2dt"),
        (MONOTONE, r"2\langle x_t-y_t, b(x_t)-b(y_t)\rangle \le -2m\|x_t-y_t\|^2"),
        (MONOTONE, r"\mathbb{E}[2\langle X-Y, b(X)-b(Y)\rangle] \le -2m\mathbb{E}\|X-Y\|^2"),
        (r"\|\nabla U(x)-\nabla U(y)\| \le L\|x-y\|", r"\|\nabla U(x)-\nabla U(y)\|^2 \le L^2\|x-y\|^2"),
    ],
)
def test_what_follows_from_an_assumption_on_a_function(assumed, tex):
    found = judged(assumed, tex)
    assert found.verdict == "proved" and found.message.startswith("from what the document assumes of its functions")
    assert judged(tex).verdict != "proved"


@pytest.mark.parametrize(
    ("assumed", "tex"),
    [
        (LIPSCHITZ, r"\|f(x)-f(y)\|^2 \le L\|x-y\|^2"),
        (LIPSCHITZ, r"2\langle f(x)-f(y), x-y\rangle \le -2L\|x-y\|^2"),
        (LIPSCHITZ, r"\langle h(x)-h(y), x-y\rangle \le L\|x-y\|^2"),  # another function
        (LIPSCHITZ, LIPSCHITZ),  # said again
        (MONOTONE, r"2\langle x_t-y_t, b(x_t)-b(y_t)\rangle \le -3m\|x_t-y_t\|^2"),
        (r"\|f(x)-f(a)\| \le L\|x-a\|", r"\|f(x)-f(y)\|^2 \le L^2\|x-y\|^2"),
        (r"\|f(x)-f(x_\star)\| \le L\|x-x_\star\|", r"\|f(x)-f(y)\|^2 \le L^2\|x-y\|^2"),  # at one point alone
        (
            r"\mathbb{E}\|f(X)-f(Y)\|^2 \le L^2\mathbb{E}\|X-Y\|^2",  # of two variables alone
            r"\mathbb{E}\|f(X)-f(Z)\|^2 \le L^2\mathbb{E}\|X-Z\|^2",
        ),
    ],
)
def test_what_does_not_follow_from_an_assumption(assumed, tex):
    assert judged(assumed, tex).verdict in ("definition", "undecided")


def test_a_step_of_a_scheme_is_lipschitz_where_its_drift_is():
    tex = r"\|x+\eta f(x)-y-\eta f(y)\| \le (1+\eta L)\|x-y\|"
    assert last(f"{POSITIVE}$${LIPSCHITZ}$$\n\nThen\n\n$${tex}$$").verdict == "proved"
    assert judged(LIPSCHITZ, tex).verdict == "definition"  # where the step may be negative


def test_an_assumption_under_a_condition_is_forgotten_with_it():
    assert judged(LIPSCHITZ + r"\quad\text{if } a > 0", r"\|f(x)-f(y)\|^2 \le L^2\|x-y\|^2").verdict != "proved"


def test_a_chain_is_judged_link_by_link():
    proved = r"\|x+y\|^2 \le 2\|x\|^2+2\|y\|^2 = 2(\|x\|^2+\|y\|^2) \le 3(\|x\|^2+\|y\|^2)"
    assert verdict(proved) == "proved"
    open_first = r"\|x\|^2 \le \|y\|^2 \le \|y\|^2+\|x+y\|^2"
    assert verdict(open_first) == "undecided"
    found = last(r"$$\|x+y\|^2 \le 2\|x\|^2+2\|y\|^2 \le \|x+y\|^2$$")
    assert (found.verdict, found.message) == ("refuted", f"step 2 of 2: the opposite always holds{TURNED}")


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"W_2(\mu,\nu) \le W_2(\mu,\rho)+W_2(\rho,\nu)", "proved"),
        (r"W_2(p_T,q_T) \le W_2(p_T,\hat p_T)+W_2(r_T,\hat p_T)+W_2(r_T,q_T)", "proved"),
        (r"W_1(\mu,\nu) \le W_2(\mu,\nu)", "proved"),
        (r"W_2(\mu,\nu) \le W_2(\nu,\mu)", "proved"),
        (r"W_2(\mu,\nu) \le W_1(\mu,\nu)", "undecided"),
        (r"W_2(\mu,\nu) \le W_1(\mu,\rho)+W_2(\rho,\nu)", "undecided"),
        (r"W_2(\mu,\nu) \le W_2(\mu,\rho)+W_2(\mu,\sigma)", "undecided"),
        (r"W_2(\mu,\nu) \le \frac12 W_2(\mu,\rho)+W_2(\rho,\nu)", "undecided"),
        (r"W_2(\mu,\nu) < W_2(\mu,\rho)+W_2(\rho,\nu)", "undecided"),
    ],
)
def test_a_wasserstein_distance_is_a_metric_and_grows_with_its_order(tex, wanted):
    assert verdict(tex) == wanted


# ---- what is shown, held against numbers

UNITS = st.sampled_from([1, 1, 1, -1, 2])
COEFFICIENTS = st.sampled_from([1, 1, 2, 3, Fraction(1, 2)])


@st.composite
def vectors(draw, averaged=True):
    """A combination of two vectors, or of their means."""
    parts = []
    for v in draw(st.sampled_from([[X], [Y], [X, Y], [X, Y]])):
        part = app("E", v, sort=v.sort) if averaged and draw(st.integers(0, 6)) == 0 else v
        c = draw(UNITS)
        parts.append(part if c == 1 else neg(part) if c == -1 else mul(num(c), part))
    return add(*parts)


@st.composite
def inequalities(draw):
    """Inequalities of the shapes that convergence proofs are made of; about one in three holds."""
    u, v = draw(vectors()), draw(vectors())
    w = draw(st.sampled_from([add(u, v), add(u, neg(v)), u]))
    mean = draw(st.sampled_from([lambda t: app("E", t), lambda t: t]))
    k = [num(draw(COEFFICIENTS)) for _ in range(2)]
    forms = [
        (mean(norm2(w)), [mean(norm2(u)), mean(norm2(v))]),
        (mean(inner(u, v)), [mean(norm2(u)), mean(norm2(v))]),
        (mean(sqrt(norm2(w))), [mean(sqrt(norm2(u))), mean(sqrt(norm2(v)))]),
        (norm2(app("E", w, sort=w.sort)), [app("E", norm2(u)), app("E", norm2(v))]),
        (sqrt(app("E", norm2(w))), [sqrt(app("E", norm2(u))), sqrt(app("E", norm2(v)))]),
        (sqrt(power(mean(inner(u, v)), 2)), [mul(sqrt(mean(norm2(u))), sqrt(mean(norm2(v))))]),
        (power(app("E", mul(sqrt(norm2(u)), sqrt(norm2(v)))), 2), [mul(app("E", norm2(u)), app("E", norm2(v)))]),
        (power(app("E", sqrt(norm2(w))), 2), [app("E", norm2(u)), norm2(app("E", v, sort=v.sort))]),
    ]
    low, high = draw(st.sampled_from(forms))
    return low, add(*(mul(c, t) for c, t in zip(k, high, strict=False)))


def value(t, law, at):
    """What a term is at one outcome of a finite law: a number, or a vector as a list."""
    if t.op == "num":
        return float(t.args[0])
    if t.op == "sym":
        return law[at][1][t.args[0]]
    if t.op == "app":
        parts = [(p, value(t.args[1], law, k)) for k, (p, _) in enumerate(law)]
        if isinstance(parts[0][1], float):
            return sum(p * x for p, x in parts)
        return [sum(p * x[i] for p, x in parts) for i in range(len(parts[0][1]))]
    a = [value(s, law, at) for s in t.args]
    if t.op == "add":
        return sum(a) if isinstance(a[0], float) else [sum(xs) for xs in zip(*a, strict=True)]
    if t.op == "neg":
        return -a[0] if isinstance(a[0], float) else [-x for x in a[0]]
    if t.op == "mul":
        scale = math.prod(x for x in a if isinstance(x, float))
        return next(([scale * x for x in v] for v in a if isinstance(v, list)), scale)
    if t.op in ("inner", "norm2"):
        return float(sum(x * y for x, y in zip(a[0], a[-1], strict=True)))
    return float(a[0] ** a[1]) if t.op == "pow" else math.sqrt(max(a[0], 0.0))


def laws(draw):
    """A finite law of x and y in one to three dimensions, with its probabilities."""
    d, n = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    weights = [draw(st.integers(1, 4)) for _ in range(n)]
    entries = st.integers(-3, 3).map(float)
    vector = st.lists(entries, min_size=d, max_size=d)
    return [(w / sum(weights), {"x": draw(vector), "y": draw(vector)}) for w in weights]


def fails(low, high, law):
    sides = [(value(low, law, k), value(high, law, k)) for k in range(len(law))]
    return any(a > b + 1e-9 * (1 + abs(a) + abs(b)) for a, b in sides)


@settings(max_examples=150, deadline=None)
@given(inequalities(), st.data())
def test_what_is_shown_holds_for_every_finite_law(sides, data):
    if norms.shown(Notation(WORLDS["plain"]), *sides):
        assert not any(fails(*sides, laws(data.draw)) for _ in range(5))


def test_the_laws_find_what_is_false():
    """The check above can fail: E|x + y|^2 <= E|x|^2 + E|y|^2 does where x and y are equal."""
    low, high = app("E", norm2(add(X, Y))), add(app("E", norm2(X)), app("E", norm2(Y)))
    assert fails(low, high, [(1.0, {"x": [1.0, 0.0], "y": [1.0, 0.0]})])


# ---- certificates


def scene():
    return Scene(Normalizer(()))


@pytest.mark.parametrize(("a", "b", "c", "psd"), [(1, 1, 1, True), (1, 1, 2, False), (0, 0, 0, True), (0, 1, 1, False)])
def test_a_form_in_two_vectors_is_never_negative_where_its_matrix_is_semidefinite(a, b, c, psd):
    s = scene()
    p = s.poly(add(mul(num(a), norm2(X)), mul(num(2 * c), inner(X, Y)), mul(num(b), norm2(Y))))
    assert bool(gram.never_negative(s, p)) == psd


def test_two_means_of_one_length_are_one_and_of_two_laws_are_two():
    s = scene()
    p, q = (sym(f"law x~{name}") for name in "pq")
    same = s.minus(s.poly(app("E", norm2(X), p)), s.poly(app("E", norm2(X), p)))
    other = s.minus(s.poly(app("E", norm2(X), p)), s.poly(app("E", norm2(X), q)))
    assert not same and other and not gram.never_negative(s, other)


def test_a_value_that_is_not_rational_is_none():
    at = {X: (Fraction(3), Fraction(4)), Y: (Fraction(1), Fraction(1))}
    assert points.value(sqrt(norm2(X)), at) == 5
    assert points.value(sqrt(norm2(Y)), at) is None and points.value(sqrt(num(-1)), at) is None
