"""Cases of the Gaussian toolkit and of the Gaussian latents."""

from __future__ import annotations

from flint import fmpq
from hypothesis import strategies as st

from derivations.evidence import arithmetic as numbers
from derivations.kernel.terms import expect
from tests.twins.cases.common import (
    at,
    isotropic,
    law_from_mgf,
    log_terms,
    twin,
    unit,
)  # fmt: skip
from tests.twins.cases.quoting import hypothesis, letter, stated
from tests.twins.points import (
    Kind,
    co_vector,
    definite,
    matrix,
    near,
    positive,
    real,
    vector,
)  # fmt: skip
from tests.twins.reference import MINUS, Normal, eliminate, quadratic

MOMENT = "gauss.moments"
ENDS = (("x", "mu"),)


@twin("gauss.normalization", x=real, mu=near(real, "x"), sigma=positive, symmetric=ENDS)
def log_density(bench, x, mu, sigma):
    theorem = stated("gauss.normalization", "line")
    ev = at(theorem, mu=mu, sigma2=sigma * sigma)
    bench.right(ev, theorem)
    ev.let({theorem.args[0].args[0]: x})
    return [log_terms(ev, theorem.args[0].args[2])]


def _log_normal(bench, x, mu, cov):
    theorem = stated("gauss.normalization", "space")
    ev = at(theorem, mu=mu, Sigma=cov, d=len(x))
    bench.right(ev, theorem)
    return [log_terms(at(theorem.args[0].args[2], x=x, mu=mu, Sigma=cov, d=len(x)), theorem.args[0].args[2])]


@twin("gauss.normalization", "isotropic", x=vector, mu=near(vector, "x"), variance=positive, symmetric=ENDS)
def log_normal(bench, x, mu, variance):
    return _log_normal(bench, x, mu, isotropic(variance, len(x)))


@twin("gauss.normalization", "matrix", x=vector, mu=near(vector, "x"), Sigma=definite(), symmetric=ENDS)
def log_normal_matrix(bench, x, mu, Sigma):
    return _log_normal(bench, x, mu, Sigma)


order = Kind(lambda draw, sizes, drawn: draw(st.integers(0, 4)), tensor=False)


@twin("gauss.moments", order=order, sigma=positive)
def central_moment(bench, order, sigma):
    variance = {"mu": [fmpq(0)], "Sigma": [[sigma * sigma]], "d": 1}
    one = [fmpq(1)]
    if order == 0:
        theorem = stated("gauss.normalization", "space")
        return [bench.right(at(theorem, **variance), theorem)]
    if order == 3:
        # Isserlis' product of four with one factor left out; its theorem is that odd moments vanish.
        x, density, four = stated(MOMENT, "isserlis").args[0].args
        three = expect(x, density, four.args[0] * four.args[1] * four.args[2])
        return [at(three, **variance, a=one, b=one, c=one)(three)]
    label, letters = {1: ("mean", "a"), 2: ("pair", "ab"), 4: ("isserlis", "abce")}[int(order)]
    theorem = stated(MOMENT, label)
    return [bench.right(at(theorem, **variance, **dict.fromkeys(letters, one)), theorem)]


place = Kind(lambda draw, sizes, drawn: draw(st.integers(0, sizes["d"] - 1)), tensor=False)


@twin("gauss.moments", "isserlis", Sigma=definite(), i=place, j=place, k=place, m=place,
      sizes={"d": (2, 3)}, symmetric=(("i", "j", "k", "m"),))  # fmt: skip
def isserlis(bench, Sigma, i, j, k, m):
    n, theorem = len(Sigma), stated(MOMENT, "isserlis")
    forms = dict(zip("abce", [unit(n, int(q)) for q in (i, j, k, m)], strict=True))
    return [bench.right(at(theorem, mu=[fmpq(0)] * n, Sigma=Sigma, d=n, **forms), theorem)]


@twin("gauss.complete_square", a=positive, b=real, c=real)
def complete_square(bench, a, b, c):
    left, right = stated("gauss.complete_square").args
    ev = at(left, a=a, b=b, c=c)
    x = letter(left, "x")
    _, slope, curvature = quadratic(lambda v: ev.within({x: v[0]}, right), 1)
    centre = slope[0] * MINUS / curvature[0][0]
    bench.checks.append(lambda: (ev.within({x: fmpq(7, 3)}, left), ev.within({x: fmpq(7, 3)}, right)))
    return [centre, ev.within({x: centre}, right)]


def _law(bench, ev, id, n, bound):
    """The law that the theorem gives, when its moment generating function agrees with the integral at one u."""
    entry_law = stated(id)
    u = letter(entry_law.args[1], "u")
    mean, cov = law_from_mgf(ev, u, entry_law.args[1], n)
    bench.checks.append(lambda: tuple(ev.within({u: bound}, side) for side in entry_law.args))
    return [mean, cov]


@twin("gauss.affine", mu=vector, Sigma=definite(), A=matrix, b=co_vector)
def affine(bench, mu, Sigma, A, b):
    theorem, measure = stated("gauss.affine"), stated("gauss.affine").args[0].args[1]
    ev = at(theorem, mu=mu, C=Sigma, A=A, b=b, d=len(mu), m=len(b), measures={measure: Normal(mu, Sigma)})
    return _law(bench, ev, "gauss.affine", len(b), [fmpq(1, 3), fmpq(-1, 2)][: len(b)])


@twin("gauss.sum", mu_1=vector, Sigma_1=definite(), mu_2=near(vector, "mu_1"), Sigma_2=definite(),
      symmetric=(("mu_1", "mu_2"), ("Sigma_1", "Sigma_2")), sizes={"d": (1, 2)})  # fmt: skip
def add_independent(bench, mu_1, Sigma_1, mu_2, Sigma_2):
    theorem = stated("gauss.sum")
    outer, inner = theorem.args[0].args[1], theorem.args[0].args[2].args[1]
    measures = {inner: Normal(mu_1, Sigma_1), outer: Normal(mu_2, Sigma_2)}
    ev = at(theorem, mu=mu_1, C=Sigma_1, mu_2=mu_2, C_2=Sigma_2, d=len(mu_1), measures=measures)
    return _law(bench, ev, "gauss.sum", len(mu_1), [fmpq(1, 3), fmpq(-1, 2)][: len(mu_1)])


def _product(bench, a, A, b, B):
    n, theorem = len(a), stated("gauss.product", "density")
    precision = hypothesis("gauss.product", "density").args[1]
    C = eliminate(at(precision, A=A, B=B, d=n)(precision))[0]
    ev = at(theorem, a=a, A=A, b=b, B=B, C=C, x=[fmpq(k + 1, 3) for k in range(n)], d=n)
    bench.right(ev, theorem)
    agreement, both = theorem.args[1].args
    return [log_terms(ev, agreement), ev(both.args[1]), ev(both.args[2])]


FACTORED = "a factorization mixes the coordinates: small entries beside large ones are as good as the large ones"


@twin("gauss.product", a=vector, A=definite(), b=near(vector, "a"), B=definite(), symmetric=(("A", "B"), ("a", "b")),
      by_norm=FACTORED)  # fmt: skip
def product(bench, a, A, b, B):
    return _product(bench, a, A, b, B)


@twin("gauss.product", "isotropic", a=vector, A=positive, b=near(vector, "a"), B=positive)
def product_isotropic(bench, a, A, b, B):
    log_scale, c, C = _product(bench, a, isotropic(A, len(a)), b, isotropic(B, len(a)))
    return [log_scale, c, C[0][0]]


@twin("gauss.linear_bayes", mu=vector, Lambda=definite(), A=matrix, b=co_vector, L=definite("m"), y=co_vector,
      by_norm=FACTORED, limit=8)  # fmt: skip
def linear_bayes(bench, mu, Lambda, A, b, L, y):
    """Four factorizations follow one another, each with an error of its own: hence the limit."""
    theorem, precision = stated("gauss.linear_bayes", "joint"), hypothesis("gauss.linear_bayes", "joint").args[1]
    given = {"mu": mu, "Lambda": Lambda, "A": A, "b": b, "L": L, "y": y, "d": len(mu), "m": len(y)}
    S = eliminate(at(precision, **{k: given[k] for k in ("Lambda", "A", "L", "d", "m")})(precision))[0]
    ev = at(theorem, **given, S=S, x=[fmpq(k + 1, 3) for k in range(len(mu))])
    bench.right(ev, theorem)
    evidence = stated("gauss.linear_bayes", "evidence")
    bench.right(at(evidence, **given), evidence)
    seen, was = theorem.args[1].args
    return [ev(seen.args[1]), ev(seen.args[2]), ev(was.args[1]), ev(was.args[2])]


@twin("gauss.conjugacy", x=real, mu_0=near(real, "x"), sigma_0=positive, sigma=positive)
def conjugate_posterior(bench, x, mu_0, sigma_0, sigma):
    theorem = stated("gauss.conjugacy")
    ev = at(theorem, x=x, theta=fmpq(2, 7), mu_0=mu_0, v_0=sigma_0 * sigma_0, sigma2=sigma * sigma)
    bench.right(ev, theorem)
    posterior = theorem.args[1].args[1]
    return [ev(posterior.args[1]), ev(posterior.args[2])]


def _score(bench, x, mu, cov):
    theorem = stated("gauss.score")
    return [bench.right(at(theorem, x=x, mu=mu, Sigma=cov, d=len(x)), theorem)]


@twin("gauss.score", x=vector, mu=near(vector, "x"), Sigma=definite())
def score(bench, x, mu, Sigma):
    return _score(bench, x, mu, Sigma)


@twin("gauss.score", "isotropic", x=vector, mu=near(vector, "x"), sigma=positive)
def score_isotropic(bench, x, mu, sigma):
    return _score(bench, x, mu, isotropic(sigma * sigma, len(x)))


def _kl(bench, mu_0, cov_0, mu_1, cov_1):
    theorem = stated("gauss.kl")
    ev = at(theorem, mu_0=mu_0, Sigma_0=cov_0, mu_1=mu_1, Sigma_1=cov_1, d=len(mu_0))
    return [bench.right(ev, theorem)]


MEANS = (("mu_0", "mu_1"),)


@twin("gauss.kl", mu_0=vector, Sigma_0=definite(), mu_1=near(vector, "mu_0"), Sigma_1=near(definite(), "Sigma_0"),
      symmetric=MEANS)  # fmt: skip
def kl(bench, mu_0, Sigma_0, mu_1, Sigma_1):
    return _kl(bench, mu_0, Sigma_0, mu_1, Sigma_1)


@twin("gauss.kl", "isotropic", mu_0=vector, sigma_0=positive, mu_1=near(vector, "mu_0"),
      sigma_1=near(positive, "sigma_0"), symmetric=MEANS)  # fmt: skip
def kl_isotropic(bench, mu_0, sigma_0, mu_1, sigma_1):
    n = len(mu_0)
    return _kl(bench, mu_0, isotropic(sigma_0 * sigma_0, n), mu_1, isotropic(sigma_1 * sigma_1, n))


@twin("gauss.kl_same_cov", mu_1=vector, mu_2=near(vector, "mu_1"), sigma=positive, symmetric=(("mu_1", "mu_2"),))
def kl_same_covariance(bench, mu_1, mu_2, sigma):
    theorem = stated("gauss.kl_same_cov")
    return [bench.right(at(theorem, mu_0=mu_1, mu_1=mu_2, sigma2=sigma * sigma, d=len(mu_1)), theorem)]


around_one = Kind(lambda draw, sizes, drawn: [draw(st.one_of(
    st.floats(-3, 3).map(lambda k: 2.0**k), st.floats(-9, -1).map(lambda k: 1 - 10**k))) for _ in range(sizes["d"])])  # fmt: skip


@twin("vae.kl_closed", mu=vector, sigma=around_one)
def kl_to_standard_normal(bench, mu, sigma):
    theorem = stated("vae.kl_closed")
    functions = {"mu_of": lambda j: mu[int(j) - 1], "sigma_of": lambda j: sigma[int(j) - 1]}
    return [bench.right(at(theorem, functions=functions, m=len(mu)), theorem)]


@twin("hvae.kl_form_false", second_moment=positive, a=real, q_1=positive, d=real, q_2=positive, c=real, r=positive)
def kl_form_sides(bench, second_moment, a, q_1, d, q_2, c, r):
    """The entry's chain starts from unit variance and its model has unit variance: measure the latents in units of these."""
    root, spread = numbers.root(r, 2), numbers.root(second_moment, 2)
    letters = {"a": a * spread / root, "q_1": q_1 / r, "c": d * root, "r": q_2, "b": c / root}
    theorems = [stated("hvae.kl_form_false", label) for label in ("left", "right")]
    return [bench.right(at(theorem, **letters), theorem) for theorem in theorems]
