"""Why the Gaussian density integrates to one: from nothing but the rules for integrals."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.coordinates import (
    antiderivative,
    definite_root,
    even,
    half_line_scale,
    limit_atan,
    limit_gaussian,
    product_of_lines,
    shift_scale,
)  # fmt: skip
from derivations.kernel.decay import same_integrand
from derivations.kernel.definitions import PI
from derivations.kernel.equality import algebra, chain, order, positive_root, symmetric
from derivations.kernel.integrals import exchange, joint_swap, tonelli
from derivations.kernel.logic import assume, conjunct, cut
from derivations.kernel.sums import under
from derivations.kernel.terms import Term, eq, exp, integral, interval, log, lt, neg, norm2, normal, num, sqrt
from derivations.language.calculation import Calculation
from derivations.language.notation import d, definite, scalar, vector

half = num(Fraction(1, 2))
a, b, r = scalar("a"), scalar("b"), scalar("r")
line = interval(0, "oo")


def bell(at: Term, rate: Term = half) -> Term:
    """exp(-rate at^2)."""
    return exp(neg(rate * at**2))


chapter.prose(r"""
A density must integrate to one. For the Gaussian this is the one integral of the book that is not a matter of bookkeeping,
so we do it first, and we do it honestly: no table of integrals, no appeal to a computer algebra system.

The trick is old. One integral of $e^{-x^2/2}$ has no elementary antiderivative; the product of two of them has.
""")


@chapter.theorem("gauss.integral", "The integral under the bell", no_twin="it is a constant, used by gauss.normalization")
def bell_integral(sheet: Calculation) -> None:
    r"""Short run: the number $\sqrt{2\pi}$ in front of every Gaussian density. Long run: with it all other Gaussian integrals
    of the book are algebra and a change of variables."""
    j_a, j_b = integral(a, bell(a), line), integral(b, bell(b), line)
    nested = integral(a, integral(b, bell(a) * bell(b), line), line)
    rate = half * (1 + r**2)
    wedge = a * exp(neg(rate * a**2))
    scaled = half_line_scale(integral(b, bell(a) * bell(b), line), r, a)
    sheet.start(j_a * j_b)
    sheet.to(nested, because="A factor that does not depend on the variable may move under the integral.",
             asks="Why multiply the integral by itself?", answer="In the product a change of variables creates the factor that an antiderivative needs.")  # fmt: skip
    sheet.to(
        integral(a, scaled.conclusion.args[1], line), by=under(nested, scaled),
        because="In the inner integral set $b = a r$, for $a>0$: the slope $r$ of the ray replaces the height $b$.",
    )  # fmt: skip
    sheet.to(integral(a, integral(r, wedge, line), line), because="The two exponents add up: $a^2+a^2r^2=(1+r^2)a^2$.")
    swapped = exchange(integral(a, integral(r, wedge, line), line))
    inner, joint = _wedge(wedge, rate)
    sheet.settle(joint)
    sheet.to(integral(r, integral(a, wedge, line), line), by=swapped, because="Integrate over the ray first: Fubini.",
             asks="May the order be exchanged?", answer="The integrand is positive and one iterated integral is finite; Tonelli's theorem then allows it.")  # fmt: skip
    sheet.to(integral(r, 1 / (1 + r**2), line), by=under(integral(r, integral(a, wedge, line), line), inner),
             because=r"Now $-e^{-(1+r^2)a^2/2}/(1+r^2)$ is an antiderivative in $a$.")  # fmt: skip
    sheet.to(PI / 2, by=_arctan(), because="The arctangent is an antiderivative of this, and it tends to a quarter turn.")
    square = sheet.qed("square", lemma=True)
    root = positive_root(j_a, PI / 2, chain(algebra(j_a**2, j_a * j_b), square))
    sheet.start(integral(a, bell(a)))
    sheet.to(2 * j_a, by=even(integral(a, bell(a))), because="The bell is symmetric.")
    sheet.to(sqrt(2 * PI), by=[root], because="A positive number is the root of its square.")
    sheet.qed("line")


def _wedge(wedge: Term, rate: Term) -> tuple[Theorem, Theorem]:
    """int_0^oo a exp(-rate a^2) da = 1/(1 + r^2), and joint integrability over a and r."""
    factor = neg(1 / (1 + r**2))
    big = factor * exp(neg(rate * a**2))
    end = limit_gaussian(a, factor, rate)
    end = cut(end, order(lt(0, rate)))
    both = antiderivative(integral(a, wedge, line), big, end, big)
    value = chain(conjunct(both, 0), algebra(conjunct(both, 0).conclusion.args[1], 1 / (1 + r**2)))
    outside = same_integrand(conjunct(_arctan_facts(), 1), symmetric(value))
    return value, joint_swap(tonelli(r, a, wedge, conjunct(both, 1), outside, line, line))


def _arctan_facts() -> Theorem:
    arctan = Term("atan", (r,), ("real",))
    return antiderivative(integral(r, 1 / (1 + r**2), line), arctan, limit_atan(r), arctan)


def _arctan() -> Theorem:
    facts = conjunct(_arctan_facts(), 0)
    return chain(facts, algebra(facts.conclusion.args[1], PI / 2))


x, m, v, u = scalar("x"), scalar("mu"), scalar("sigma2", r"\sigma^2"), scalar("u")
X, Y, M = vector("x"), vector("y"), vector("mu")
S, L = definite("Sigma"), definite("L")


@chapter.theorem("gauss.normalization", "The Gaussian density integrates to one", given=(lt(0, v),))
def normalization(sheet: Calculation) -> None:
    r"""Every expectation in this book is an integral against a density. That the densities of the chain are densities
    follows from this: on the line for any variance, and in $\mathbb{R}^d$ for any positive definite covariance."""
    density = integral(x, normal(x, m, v))
    moved = shift_scale(density, a, sqrt(v), m)
    sheet.start(density)
    sheet.to(moved.conclusion.args[1], by=moved, because=r"Measure $x$ from the mean in units of the standard deviation.")
    sheet.to(integral(a, bell(a)) / sqrt(2 * PI), because="The mean and the deviation drop out.")
    sheet.to(1, by=[bell_integral.part("line")], because="This is the integral under the bell.")
    sheet.qed("line")

    whole = integral(X, normal(X, M, S))
    factored = eq(S, L * L)
    sheet.given = (factored,)
    moved = shift_scale(whole, Y, L, M)
    sheet.start(whole)
    sheet.to(moved.conclusion.args[1], by=moved, because=r"Write $\Sigma=LL$ with a positive definite root $L$, and set $x=Ly+\mu$.")
    constant = exp(neg(half * d * log(2 * PI)))
    radial = integral(Y, exp(neg(half * norm2(Y))))
    sheet.to(constant * radial, by=(assume(factored),), because=r"The determinant of $L$ cancels the root of the determinant of $\Sigma$.")
    lines = product_of_lines(Y, a, half)
    sheet.to(constant * integral(a, bell(a)) ** d, by=[lines], because="The integrand is a product over the $d$ coordinates.")
    sheet.to(1, by=[bell_integral.part("line")], because=r"Each coordinate contributes $\sqrt{2\pi}$.",
             asks="Does this need a whole number $d$ in the exponent?", answer="No. It is $e^{d\\log\\sqrt{2\\pi}}$, and the constant in front is its inverse.")  # fmt: skip
    sheet.given = ()
    sheet.qed("space", then=lambda t: definite_root(t, L, S))

