"""Moments by Stein's identity, and what linear maps and sums do to a Gaussian law."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.about import chapter
from derivations.chapters.gaussian.integral import normalization
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, combine, from_logs, symmetric
from derivations.kernel.integrals import no_flux, split
from derivations.kernel.logic import assume, generalize, instantiate, instantiate_function, specialize, table
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    MEASURE,
    Mat,
    Term,
    app,
    divergence,
    eq,
    exp,
    expect,
    forall,
    grad,
    inner,
    integrable,
    integral,
    inv,
    log,
    neg,
    normal,
    num,
    sym,
    trace,
    vanishes,
    weighted,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.latex import declare_function
from derivations.language.notation import d, definite, m, opaque, vector

half = num(Fraction(1, 2))
x, mu = vector("x"), vector("mu")
S = definite("Sigma")
density = normal(x, mu, S)
F = opaque("F", r"\mathbf{{F}}({0})", x.sort)
gap = x - mu

chapter.prose(r"""
Moments come from one identity. Multiply a Gaussian density by a vector field and integrate the divergence: nothing flows out
at infinity, so the integral is zero. Written out, this is Stein's identity, and every moment is one choice of the field.
""")


def expectation(body: Term) -> Term:
    """E over N(x; mu, Sigma)."""
    return expect(x, density, body)


@chapter.theorem("gauss.stein", "Stein's identity", sources=("Stein 1972",), given=(
    (vanishes(x, density * F(x)), "the field does not grow faster than the density decays"),
    (integrable(x, density * divergence(x, F(x))), "the left side exists"),
    (integrable(x, density * neg(inner(inv(S) * gap, F(x)))), "the right side exists"),
    (integrable(x, divergence(x, density * F(x))), "so does the sum of the two"),
), no_twin="it holds for every vector field; its instances gauss.moments and gauss.kl have twins")  # fmt: skip
def stein(sheet: Calculation) -> None:
    r"""Under a Gaussian law, multiplying by $\Sigma^{-1}(x-\mu)$ and taking a divergence have the same expectation. Short run:
    all moments. Long run: the same integration by parts turns score matching into denoising."""
    flow = divergence(x, density * F(x))
    parts = integral(x, density * divergence(x, F(x)) + density * neg(inner(inv(S) * gap, F(x))))
    sheet.start(num(0))
    sheet.to(integral(x, flow), by=symmetric(no_flux(x, density * F(x))), because="Nothing flows out through a large sphere.")
    sheet.to(parts, because="The product rule; the gradient of the density is the density times $-\\Sigma^{-1}(x-\\mu)$.")
    sheet.to(
        expectation(divergence(x, F(x))) - expectation(inner(inv(S) * gap, F(x))), by=split(parts),
        asks="May the integral of a sum be split?", answer="Only when both integrals exist. That is why they are hypotheses.",
    )  # fmt: skip
    zero = sheet.qed("zero", lemma=True)
    left, right = expectation(inner(inv(S) * gap, F(x))), expectation(divergence(x, F(x)))
    sheet.fact(combine(eq(left, right), (zero,), (num(1),)), "stein", "Bring one of them to the other side.")


def stein_at(field: Term) -> Theorem:
    """Stein's identity for a polynomial field; its analytic hypotheses are discharged by the caller's sheet."""
    return instantiate_function(stein.part("stein"), "F", (x,), field)




def one() -> Theorem:
    """The density integrates to one."""
    return normalization.part("space")


M = sym("M", Mat(d, d))
a, b, c, e = vector("a"), vector("b"), vector("c"), vector("e")


@chapter.theorem("gauss.moments", "Mean, covariance and fourth moments", sources=("Isserlis 1918",))
def moments(sheet: Calculation) -> None:
    r"""What is the mean of a linear form, of a quadratic form, of a product of four? Linear forms of $x-\mu$ have mean zero,
    quadratic forms a trace, and a product of four is the sum over the three ways to pair them (Isserlis)."""

    def by_stein(goal: Term, field: Term, because: str) -> None:
        t = stein_at(field)
        sheet.start(goal)
        sheet.to(t.conclusion.args[0], because=r"$\Sigma^{-1}$ and $\Sigma$ cancel.")
        sheet.to(t.conclusion.args[1], by=t, because=because)

    by_stein(expectation(inner(a, gap)), S * a, "Stein's identity with a constant field, whose divergence is zero.")
    sheet.to(0)
    sheet.qed("mean")
    by_stein(expectation(inner(gap, M * gap)), S * (M * gap), "Stein's identity with a linear field, whose divergence is a trace.")
    sheet.to(trace(S * M) * integral(x, density), because="The trace does not depend on $x$.")
    sheet.to(trace(S * M), by=[one()], because="The density integrates to one.")
    sheet.qed("quadratic")
    by_stein(expectation(inner(a, gap) * inner(b, gap)), inner(b, gap) * (S * a), "Stein's identity with another linear field.")
    sheet.to(inner(a, S * b) * integral(x, density))
    sheet.to(inner(a, S * b), by=[one()], because="The density integrates to one.",
             asks="Is this the covariance?", answer=r"Yes: $\Sigma$ is the matrix for which this holds for all $a$ and $b$.")  # fmt: skip
    _fourth(sheet, sheet.qed("pair"))


def _fourth(sheet: Calculation, pair: Theorem) -> None:
    """Isserlis' theorem for four linear forms."""
    def two(p: Term, q: Term) -> Theorem:
        return instantiate(pair, table({a: p, b: q}))

    t = stein_at((inner(b, gap) * inner(c, gap) * inner(e, gap)) * (S * a))
    sheet.start(expectation(inner(a, gap) * inner(b, gap) * inner(c, gap) * inner(e, gap)))
    sheet.to(t.conclusion.args[0]).to(t.conclusion.args[1], by=t, because="Stein's identity once more, with a cubic field.")
    parts = [(b, c, e), (c, b, e), (e, b, c)]
    body = [inner(a, S * p) * (inner(q, gap) * inner(r, gap)) for p, q, r in parts]
    total = expectation(body[0] + body[1] + body[2])
    sheet.to(total, because="The divergence of a product is a sum over its factors.")
    sheet.to(split(total).conclusion.args[1], by=split(total), because="Each part is a polynomial times a Gaussian, so it is integrable.")
    ends = [inner(a, S * p) * inner(q, S * r) for p, q, r in parts]
    sheet.to(ends[0] + ends[1] + ends[2], by=tuple(two(q, r) for _, q, r in parts), because="Each is a covariance, as just shown.")
    sheet.qed("isserlis")


A = sym("A", Mat(m, d))
shift = vector("b", dim=m)
C = sym("C", Mat(d, d))
declare_function("law", r"p_{{{0}}}")


def law(name: str) -> Term:
    """An unspecified probability measure on R^d, named by a symbol."""
    return app("law", sym(name), sort=MEASURE)


def gaussian_law(of: Term, variables: tuple[tuple[Term, Term], ...], u: Term, mean: Term, cov: Term) -> Term:
    """The formula "of has the law N(mean, cov)": its moment generating function is that of a Gaussian, at every u."""
    inside: Term = exp(inner(u, of))
    for variable, measure in variables:
        inside = integral(variable, inside, measure)
    return forall(u, eq(inside, exp(inner(u, mean) + half * inner(u, cov * u))))


u, w, y = vector("u"), vector("u", dim=m), vector("y")
given_x = gaussian_law(x, ((x, law("x")),), u, mu, C)

chapter.prose(r"""
For laws rather than densities we use the moment generating function $\mathbb{E}\,e^{\langle u,x\rangle}$: *$x$ has the law
$\mathcal{N}(\mu,\Sigma)$* means that it equals $e^{\langle u,\mu\rangle+\langle u,\Sigma u\rangle/2}$ for every $u$. This definition does
not need a density, so the covariance may be singular; the next theorem shows that the density has this law.
""")


@chapter.theorem("gauss.mgf", "The moment generating function of the density", no_twin="it says what a Gaussian law is; gauss.affine and gauss.sum, which use it, have twins")
def mgf(sheet: Calculation) -> None:
    r"""The density $\mathcal{N}(x;\mu,\Sigma)$ has the law $\mathcal{N}(\mu,\Sigma)$. Multiplying by an exponential of a linear form moves the
    mean and leaves the covariance alone."""
    tilted = normal(x, mu + S * u, S)
    factor = exp(inner(u, mu) + half * inner(u, S * u))
    sheet.start(log(density * exp(inner(u, x)))).to(log(factor * tilted), because="Complete the square in $x$.")
    product = sheet.qed("tilt", then=from_logs, lemma=True)
    start = integral(x, density * exp(inner(u, x)))
    sheet.start(start).to(factor * integral(x, tilted), by=under(start, product))
    sheet.to(factor, by=[normalization_at(mu + S * u)], because="A density integrates to one, wherever its mean is.")
    sheet.qed("mgf")


def normalization_at(mean: Term, cov: Term | None = None, variable: Term = x) -> Theorem:
    """int N(variable; mean, cov) = 1."""
    t = instantiate(one(), table({mu: mean} | ({} if cov is None else {S: cov})))
    left = integral(variable, normal(variable, *t.conclusion.args[0].args[2].args[1:]))
    return t if variable == x else chain(algebra(left, t.conclusion.args[0]), t)


@chapter.theorem("gauss.affine", "A linear map of a Gaussian is Gaussian", given=((given_x, r"$x$ has the law $\mathcal{N}(\mu, C)$"),),
                 witness={C: S, law("x"): weighted(x, density)})  # fmt: skip
def affine(sheet: Calculation) -> None:
    r"""$x\sim\mathcal{N}(\mu,C)$ gives $Ax+b\sim\mathcal{N}(A\mu+b,\;ACA^\top)$, for every matrix $A$, singular or not, square or not.
    This is the reparameterization trick: one standard Gaussian serves for all."""
    hypothesis = assume(given_x)
    image = integral(x, exp(inner(w, A * x + shift)), law("x"))
    inside = specialize(hypothesis, A.T * w)
    sheet.start(image)
    sheet.to(exp(inner(w, shift)) * inside.conclusion.args[0], because=r"$\langle u,Ax\rangle=\langle A^\top u,x\rangle$.")
    sheet.to(exp(inner(w, shift)) * inside.conclusion.args[1], by=[inside], because="This is the law of $x$ at $A^\\top u$.")
    sheet.to(exp(inner(w, A * mu + shift) + half * inner(w, A * C * A.T * w)))
    sheet.qed("law", then=lambda t: generalize(t, w))


mu_2, C_2 = vector("mu_2"), sym("C_2", Mat(d, d))
given_y = gaussian_law(y, ((y, law("y")),), u, mu_2, C_2)


@chapter.theorem("gauss.sum", "Means and covariances of independent Gaussians add up",
                 given=((given_x, r"$x$ has the law $\mathcal{N}(\mu, C)$"), (given_y, r"$y$, independent, has the law $\mathcal{N}(\mu_2, C_2)$")),
                 witness={C: S, C_2: S, law("x"): weighted(x, density), law("y"): weighted(y, normal(y, mu_2, S))})  # fmt: skip
def total(sheet: Calculation) -> None:
    r"""Adding independent Gaussian noise adds variances, not standard deviations. This is why two noising steps are one."""
    inner_law, outer_law = specialize(assume(given_x), u), specialize(assume(given_y), u)
    sheet.start(integral(y, integral(x, exp(inner(u, x + y)), law("x")), law("y")))
    sheet.to(inner_law.conclusion.args[0] * outer_law.conclusion.args[0], because="Independence: the law of the pair is the product of the laws.")
    sheet.to(inner_law.conclusion.args[1] * outer_law.conclusion.args[1], by=[inner_law, outer_law])
    sheet.to(exp(inner(u, mu + mu_2) + half * inner(u, (C + C_2) * u)))
    sheet.qed("law", then=lambda t: generalize(t, u))


@chapter.theorem("gauss.score", "The score of a Gaussian is linear")
def score(sheet: Calculation) -> None:
    r"""The gradient of the log-density points to the mean, scaled by the inverse covariance. Every score in this book is an
    average of such arrows."""
    sheet.start(grad(x, log(density)))
    sheet.to(-(inv(S) * (x - mu)), because="The log-density is a quadratic form; its normalising constant has no gradient.")
    sheet.qed()

