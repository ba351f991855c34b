"""Two Gaussians at once: completing the square, products, and Bayes' rule for linear-Gaussian models."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.about import chapter
from derivations.chapters.gaussian.moments import normalization_at
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, congruence, determinant_lemma, from_logs, inverse_from
from derivations.kernel.logic import assume
from derivations.kernel.sums import under
from derivations.kernel.terms import Mat, Sort, Term, eq, eye, integral, inv, log, logdet, lt, ne, normal, num, sym
from derivations.language.calculation import Calculation
from derivations.language.notation import d, definite, m, scalar, vector

half = num(Fraction(1, 2))
sx, sa, sb, sc = scalar("x"), scalar("a"), scalar("b"), scalar("c")


@chapter.theorem("gauss.complete_square", "Completing the square", given=(ne(sa, 0),))
def complete_square(sheet: Calculation) -> None:
    r"""A quadratic in $x$ is a shifted square plus a constant. Short run: the shift is the mean and the coefficient the inverse
    variance. Long run: this one line gives every posterior in the book."""
    sheet.start(sa / 2 * sx**2 - sb * sx + sc)
    sheet.to(sa / 2 * (sx - sb / sa) ** 2 - sb**2 / (2 * sa) + sc, because="Half of the linear coefficient, divided by the quadratic one, is the shift.",
             asks="Where is $a\\ne0$ used?", answer="The shift divides by $a$. Without a quadratic term there is no square to complete.")  # fmt: skip
    sheet.qed()


x, a, b = vector("x"), vector("a"), vector("b")
A, B, C = definite("A"), definite("B"), definite("C")
precision = eq(inv(C), inv(A) + inv(B))
c = C * (inv(A) * a + inv(B) * b)


def hole(sort: Sort) -> Term:
    """A symbol that marks the place of a rewriting."""
    return sym("hole", sort)


@chapter.theorem("gauss.product", "The product of two Gaussian densities",
                 given=((precision, r"the precisions add up: this defines $C$"),))  # fmt: skip
def product(sheet: Calculation) -> None:
    r"""Two Gaussian opinions about the same $x$ multiply to one: precisions add, and the mean is the precision-weighted mean.
    What is left over is a number that says how well the two opinions agree."""
    given = assume(precision)
    swapped = algebra(inv(A), inv(C) - inv(B), (), (given,))
    gain = inv(B) * C * inv(A)
    both = chain(
        algebra(gain * (A + B), inv(B) * C + gain * B),
        algebra(inv(B) * C + gain * B, inv(B) * C + inv(B) * C * (inv(C) - inv(B)) * B, (), (swapped,)),
        algebra(inv(B) * C + inv(B) * C * (inv(C) - inv(B)) * B, eye(d)),
    )
    inverse = inverse_from(both)
    sheet.fact(inverse, "inverse", r"The inverse of $A+B$, in the letters of the precisions: multiply and see.", lemma=True)
    sheet.start(logdet(A + B))
    place = hole(A.sort)
    sheet.to(logdet(A * inv(C) * B), by=congruence(logdet(place), place, algebra(A + B, A * inv(C) * B, (), (given,))),
             because=r"$A+B=A(A^{-1}+B^{-1})B$.")  # fmt: skip
    sheet.to(logdet(A) + logdet(B) - logdet(C), because="The determinant of a product is the product of the determinants.")
    determinant = sheet.qed("determinant", lemma=True)
    left = normal(x, a, A) * normal(x, b, B)
    right = normal(a, b, A + B) * normal(x, c, C)
    sheet.start(log(left))
    sheet.to(log(normal(x, a, A)) + log(normal(x, b, B)), because="The logarithm turns the product into a sum of quadratic forms.")
    sheet.to(log(normal(a, b, A + B)) + log(normal(x, c, C)), by=(inverse, determinant, swapped),
             because="Complete the square in $x$; the inverse and the determinant of $A+B$ are those just found.",
             asks="Why do the normalising constants fit?", answer="Because of the determinant: it is the part of this identity that texts skip.")  # fmt: skip
    sheet.to(log(right))
    sheet.qed("density", then=from_logs)


y, shift = vector("y", dim=m), vector("b", dim=m)
mu = vector("mu")
prior, S, noise = definite("Lambda"), definite("S"), definite("L", m)
G = sym("A", Mat(m, d))
posterior = eq(inv(S), inv(prior) + G.T * inv(noise) * G)
spread = noise + G * prior * G.T
mean = S * (G.T * inv(noise) * (y - shift) + inv(prior) * mu)


@chapter.theorem("gauss.linear_bayes", "Bayes' rule for a linear-Gaussian model", sources=("Bishop 2006, section 2.3.3",),
                 given=((posterior, r"the posterior precision: this defines $S$"),))  # fmt: skip
def linear_bayes(sheet: Calculation) -> None:
    r"""A Gaussian $x$ is seen through a linear map with Gaussian noise. Both questions have Gaussian answers: what will be seen,
    and what $x$ was, given what was seen. Long run: the forward marginal, the reverse posterior and every sampler are cases."""
    swapped = algebra(G.T * inv(noise) * G, inv(S) - inv(prior), (), (assume(posterior),))
    inverse = _woodbury(swapped)
    sheet.fact(inverse, "woodbury", "The Woodbury identity: multiply by the sum and use the definition of $S$.", lemma=True)
    lemma = determinant_lemma(noise, G, prior)
    sheet.start(logdet(spread))
    sheet.to(lemma.conclusion.args[1], by=lemma, because="The matrix determinant lemma.")
    place = hole(prior.sort)
    inside = algebra(inv(prior) + G.T * inv(noise) * G, inv(S), (), (swapped,))
    sheet.to(logdet(noise) + logdet(prior) + logdet(inv(S)), by=congruence(logdet(noise) + logdet(prior) + logdet(place), place, inside))
    sheet.to(logdet(noise) + logdet(prior) - logdet(S))
    determinant = sheet.qed("determinant", lemma=True)
    seen, was = normal(y, G * x + shift, noise), normal(x, mu, prior)
    evidence, answer = normal(y, G * mu + shift, spread), normal(x, mean, S)
    sheet.start(log(seen * was)).to(log(seen) + log(was))
    sheet.to(log(evidence) + log(answer), by=(inverse, determinant, swapped), because="Complete the square in $x$.",
             asks="What is left when the square is complete?", answer="A quadratic form in $y$ alone. It is the density of what is seen.")  # fmt: skip
    sheet.to(log(evidence * answer))
    joint = sheet.qed("joint", then=from_logs)
    sheet.start(integral(x, seen * was))
    sheet.to(integral(x, evidence * answer), by=under(integral(x, seen * was), joint), because="The joint density, factored the other way round.")
    sheet.to(evidence * integral(x, answer), because="The first factor does not depend on $x$.")
    sheet.to(evidence, by=[normalization_at(mean, S)], because="The posterior is a density.")
    sheet.qed("evidence")


def _woodbury(swapped: Theorem) -> Theorem:
    """(L + A P A^T)^-1 = L^-1 - L^-1 A S A^T L^-1."""
    candidate = inv(noise) - inv(noise) * G * S * G.T * inv(noise)
    return inverse_from(algebra(candidate * spread, eye(m), (), (swapped,)))


theta, m0, v0, v = scalar("theta"), scalar("mu_0"), scalar("v_0", r"\sigma_0^2"), scalar("sigma2", r"\sigma^2")


@chapter.theorem("gauss.conjugacy", "A Gaussian prior and one Gaussian observation", given=(lt(0, v0), lt(0, v)))
def conjugacy(sheet: Calculation) -> None:
    r"""The scalar case, which every course begins with: the posterior mean lies between the observation and the prior mean, and the
    posterior is narrower than both."""
    left = normal(sx, theta, v) * normal(theta, m0, v0)
    answer = normal(theta, (v0 * sx + v * m0) / (v0 + v), v0 * v / (v0 + v))
    right = normal(sx, m0, v0 + v) * answer
    sheet.start(log(left)).to(log(right), because="Complete the square in $\\theta$.")
    sheet.qed(then=from_logs)

