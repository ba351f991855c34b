"""Two parts of one Gaussian vector: what the first says about the second, for every covariance between them."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.about import chapter
from derivations.chapters.gaussian.combination import linear_bayes
from derivations.chapters.gaussian.moments import mgf
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, congruence, from_logs, inverse_from
from derivations.kernel.logic import assume, cut, generalize, instantiate, table
from derivations.kernel.sums import under
from derivations.kernel.terms import Mat, Term, eq, exp, eye, inner, integral, inv, log, normal, num, sym
from derivations.language.calculation import Calculation
from derivations.language.latex import declare_symbol
from derivations.language.notation import d, definite, m, vector

half = num(Fraction(1, 2))
x, y = vector("x"), vector("y", dim=m)
mu, nu = vector("mu"), vector("nu", dim=m)
S_x, S_y = definite("Sigma_x"), definite("Sigma_y", m)
declare_symbol("Sigma_xy", r"\Sigma_{xy}")
S_xy = sym("Sigma_xy", Mat(d, m))
C_x, C_y = definite("C_x"), definite("C_y", m)
first_left = eq(C_x, S_x - S_xy * inv(S_y) * S_xy.T)
second_left = eq(C_y, S_y - S_xy.T * inv(S_x) * S_xy)
y_given_x = normal(y, nu + S_xy.T * inv(S_x) * (x - mu), C_y)
x_given_y = normal(x, mu + S_xy * inv(S_y) * (y - nu), C_x)
u, w = vector("u"), vector("w", dim=m)
gain = S_xy.T * inv(S_x)

chapter.prose(r"""
The last question about two Gaussians: a vector has two parts $\mathbf{x}$ and $\mathbf{y}$ with covariances $\Sigma_x$ and $\Sigma_y$, and
$\Sigma_{xy}$ between them. What does $\mathbf{y}$ say about $\mathbf{x}$? Guess linearly, and what is left of the covariance does not depend on
what was seen.
""")


@chapter.theorem("gauss.conditioning", "One part of a Gaussian vector, given the other", sources=("Bishop 2006, section 2.3.1",), given=(
    (first_left, r"what is left of the covariance of $\mathbf{x}$: this defines $C_x$"),
    (second_left, r"what is left of that of $\mathbf{y}$: this defines $C_y$")),
    no_twin="gauss.linear_bayes has one, and this is the same posterior in other letters")  # fmt: skip
def conditioning(sheet: Calculation) -> None:
    r"""Draw $\mathbf{x}$ and then $\mathbf{y}$ given $\mathbf{x}$, or the other way round: with these means and covariances both are one law, and it is the
    Gaussian law with the blocks $\Sigma_x,\Sigma_{xy},\Sigma_y$. Long run: Kalman filters, and every posterior with a full covariance."""
    _joint_law(sheet)
    precision = _precision()
    sheet.fact(precision, "precision", r"Multiply by $C_x$ and use both definitions.", lemma=True)
    at = {sym("A", Mat(m, d)): gain, vector("b", dim=m): nu - gain * mu, definite("L", m): C_y, definite("Lambda"): S_x, definite("S"): C_x}
    flipped = instantiate(linear_bayes.part("joint"), table(at))
    owed = next(h for h in flipped.hypotheses if h.op == "eq")
    flipped = cut(flipped, chain(precision, algebra(precision.conclusion.args[1], owed.args[1])))
    left, right = flipped.conclusion.args
    sheet.start(log(y_given_x * normal(x, mu, S_x)))
    sheet.to(log(left), because=r"This is a linear-Gaussian model: a Gaussian $\mathbf{x}$, and $\mathbf{y}$ linear in it with noise.")
    sheet.to(log(right), by=congruence(log(sym("hole")), sym("hole"), flipped), because="Bayes' rule for linear-Gaussian models.")
    evidence = normal(y, nu, S_y)
    sheet.to(log(right.args[0]) + log(right.args[1]))
    sheet.to(log(evidence) + log(x_given_y), by=[_spread(right), _mean(right)],
             because=r"The covariance of what is seen adds up to $\Sigma_y$, and the posterior mean is the linear guess.")  # fmt: skip
    sheet.to(log(x_given_y * evidence))
    sheet.qed("either way", then=from_logs)


def _swaps() -> tuple[Theorem, Theorem]:
    """Sigma_xy Sigma_y^-1 Sigma_yx = Sigma_x - C_x, and the same for y."""
    return (
        algebra(S_xy * inv(S_y) * S_xy.T, S_x - C_x, (), (assume(first_left),)),
        algebra(S_xy.T * inv(S_x) * S_xy, S_y - C_y, (), (assume(second_left),)),
    )


def _precision() -> Theorem:
    """C_x^-1 = Sigma_x^-1 + K^T C_y^-1 K, K = Sigma_yx Sigma_x^-1."""
    candidate = inv(S_x) + gain.T * inv(C_y) * gain
    product = algebra(candidate * C_x, eye(d), (), (assume(first_left), _swaps()[1]))
    return inverse_from(product)


def _spread(right: Term) -> Theorem:
    """C_y + K Sigma_x K^T = Sigma_y, inside the density of what is seen."""
    return algebra(log(right.args[0]), log(normal(y, nu, S_y)), (), (_swaps()[1],))


def _mean(right: Term) -> Theorem:
    """C_x (K^T C_y^-1 (y - b) + Sigma_x^-1 mu) = mu + Sigma_xy Sigma_y^-1 (y - nu), inside the density of x."""
    place = vector("hole")
    guess = algebra(right.args[1].args[1], x_given_y.args[1], (), (assume(first_left), _swaps()[1]))
    return congruence(log(normal(x, place, C_x)), place, guess)


def _joint_law(sheet: Calculation) -> None:
    """The moment generating function of the pair."""
    drawn, prior = exp(inner(u, x)), normal(x, mu, S_x)
    pair = integral(x, integral(y, exp(inner(u, x) + inner(w, y)) * y_given_x) * prior)
    inside = instantiate(mgf.part("mgf"), table({d: m, mu: nu + gain * (x - mu), definite("Sigma"): C_y, u: w}))
    row = chain(algebra(pair.args[2].args[0], drawn * inside.conclusion.args[0]), congruence(drawn * sym("hole"), sym("hole"), inside))
    seen = row.conclusion.args[1] * prior
    sheet.start(pair)
    sheet.to(integral(x, seen), by=under(pair, congruence(sym("hole") * prior, sym("hole"), row)),
             because=r"For each $\mathbf{x}$, the moment generating function of $\mathbf{y}$ given $\mathbf{x}$.")  # fmt: skip
    outer = instantiate(mgf.part("mgf"), table({definite("Sigma"): S_x, u: u + gain.T * w}))
    fixed = exp(inner(w, nu - gain * mu) + half * inner(w, C_y * w))
    sheet.to(fixed * outer.conclusion.args[0], because="An exponential of a linear form in both parts is one in $\\mathbf{x}$ and a number.")
    sheet.to(fixed * outer.conclusion.args[1], by=[outer], because=r"The moment generating function of $\mathbf{x}$.")
    quadratic = inner(u, S_x * u) + 2 * inner(u, S_xy * w) + inner(w, S_y * w)
    sheet.to(exp(inner(u, mu) + inner(w, nu) + half * quadratic), by=(_swaps()[1],), because="The blocks, by the definition of $C_y$.")
    sheet.qed("law", then=lambda th: generalize(generalize(th, w), u))
