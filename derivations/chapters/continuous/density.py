"""What a stochastic differential equation does to a density: one short step, and the Fokker-Planck equation."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.continuous.about import chapter
from derivations.chapters.gaussian.moments import gaussian_law, law
from derivations.kernel.decay import same_integrand, sum_integrable
from derivations.kernel.equality import algebra, combine, symmetric
from derivations.kernel.integrals import no_flux, split
from derivations.kernel.logic import assume, generalize, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Like,
    Term,
    Vec,
    diff,
    divergence,
    eq,
    exp,
    grad,
    inner,
    integrable,
    integral,
    le,
    lt,
    neg,
    norm2,
    normal,
    num,
    sqrt,
    vanishes,
    weighted,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.notation import I, d, opaque, scalar, u, vector, x

half = num(Fraction(1, 2))
t, tau, z = scalar("time", "t"), scalar("tau"), vector("z")
p, f, g = opaque("p_density", "p_{{{1}}}({0})"), opaque("drift", r"\mathbf{{f}}({0},{1})", Vec(d)), opaque("g_at", "g({0})")
Delta = scalar("Delta", r"\Delta")
unit = gaussian_law(z, ((z, law("z")),), u, zero(d), I)

chapter.prose(r"""
The equation $d\mathbf{x}=\mathbf{f}(\mathbf{x},t)\,dt+g(t)\,d\mathbf{w}$ says what happens in a short time $\Delta$: the point is carried along by
$\mathbf{f}\Delta$, and gets Gaussian noise of variance $g^2\Delta$ in every coordinate. What follows from that for the *paths* of a point is Itô's
calculus, which is not proved here. Samplers only need to know what happens to the *density* of many points.
""")


@chapter.theorem("em.scheme", "One short step", given=((unit, r"$\mathbf{z}$ is standard Gaussian"), le(0, Delta)),
                 sources=("Maruyama 1955",), witness={law("z"): weighted(z, normal(z, zero(d), I))})  # fmt: skip
def scheme(sheet: Calculation) -> None:
    r"""Euler and Maruyama's step: $\mathbf{x}+\mathbf{f}\Delta+g\sqrt\Delta\,\mathbf{z}$. Its law is a Gaussian with the variance $g^2\Delta$. Short run: the
    step that a program takes. Long run: what it does to averages leads to the Fokker–Planck equation."""
    moved = x + Delta * f(x, t)
    draw = moved + g(t) * sqrt(Delta) * z
    inside = specialize(assume(unit), g(t) * sqrt(Delta) * u)
    sheet.start(integral(z, exp(inner(u, draw)), law("z")))
    sheet.to(exp(inner(u, moved)) * inside.conclusion.args[0], because="The point and the drift are not random.")
    sheet.to(exp(inner(u, moved)) * inside.conclusion.args[1], by=[inside], because="The law of standard noise.")
    sheet.to(exp(inner(u, moved) + half * g(t) ** 2 * Delta * norm2(u)), because=r"So the step has the law $\mathcal{N}(\mathbf{x}+\mathbf{f}\Delta,\,g^2\Delta\,\mathbf{I})$.")
    sheet.qed("law", then=lambda th: generalize(th, u))
    n = scalar("n")
    sheet.given = (le(0, Delta), lt(0, n))
    sheet.start(n * (g(t) * sqrt(Delta / n)) ** 2).to(g(t) ** 2 * Delta, because="Variances of independent draws add up.",
        asks=r"Why $\sqrt\Delta$, and not $\Delta$?", answer=r"Then $n$ steps of length $\Delta/n$ add as much noise as one. With $\Delta$ the sum would be $g^2\Delta^2/n$: no noise in the limit.")  # fmt: skip
    sheet.qed("steps")


phi_u = exp(inner(u, x))


@chapter.theorem("fp.generator", "What a short step does to a test function",
                 no_twin="a rate of change at zero; em.scheme, whose law it differentiates, has a twin")  # fmt: skip
def generator(sheet: Calculation) -> None:
    r"""How fast does the mean of $\varphi=e^{\langle\mathbf{u},\mathbf{x}\rangle}$ change when the step begins? The drift moves along the slope of
    $\varphi$, and noise gains where $\varphi$ bends upwards. Such exponentials are enough: they tell Gaussian laws apart."""
    mean = exp(inner(u, x + Delta * f(x, t)) + half * g(t) ** 2 * Delta * norm2(u))
    sheet.start(diff(Delta, mean, num(0)))
    sheet.to((inner(u, f(x, t)) + half * g(t) ** 2 * norm2(u)) * phi_u, because="The derivative of the mean that one step has (em.scheme), at the beginning.")
    sheet.to(inner(f(x, t), grad(x, phi_u)) + half * g(t) ** 2 * divergence(x, grad(x, phi_u)), because=r"$\nabla\varphi=\varphi\,\mathbf{u}$ and $\nabla\cdot\nabla\varphi=\varphi\,\|\mathbf{u}\|^2$.",
             asks=r"Where does the $\tfrac12$ come from?", answer="From the second term of a Taylor series; here, from the moment generating function of the noise.")  # fmt: skip
    sheet.qed()


def spread(density: Term, drift: Term, g2: Like) -> Term:
    """The right side of the Fokker-Planck equation: -div(density drift) + g^2/2 Laplacian(density)."""
    return -divergence(x, density * drift) + half * g2 * divergence(x, grad(x, density))


phi, rho, F, G = opaque("phi", r"\varphi({0})"), opaque("rho", r"p({0})"), opaque("field", r"\mathbf{{f}}({0})", Vec(d)), scalar("g")
gained = rho(x) * (inner(F(x), grad(x, phi(x))) + half * G**2 * divergence(x, grad(x, phi(x))))
carried = phi(x) * rho(x) * F(x) + half * G**2 * (rho(x) * grad(x, phi(x)) - phi(x) * grad(x, rho(x)))
tested = phi(x) * spread(rho(x), F(x), G**2)


@chapter.theorem("fp.adjoint", "From test functions to the density", given=(
    (vanishes(x, carried), "nothing flows out at infinity"), (integrable(x, gained), "both sides exist"), integrable(x, neg(tested))),
    witness={phi(x): norm2(x), rho(x): normal(x, zero(d), I), F(x): x},
    no_twin="an equality of two integrals that no function computes")  # fmt: skip
def adjoint(sheet: Calculation) -> None:
    r"""The mean of $\varphi$ under the density $p$ changes at the rate on the left. Integrated by parts, all derivatives fall on $p$. So the
    density changes by the factor of $\varphi$ on the right: that is the Fokker–Planck equation."""
    flow = divergence(x, carried)
    rearranged = algebra(gained + neg(tested), flow)
    sheet.settle(same_integrand(sum_integrable(*map(assume, (integrable(x, gained), integrable(x, neg(tested))))), rearranged))
    sheet.start(integral(x, gained) + integral(x, neg(tested)))
    whole = integral(x, gained + neg(tested))
    joined = split(whole)
    sheet.to(whole, by=symmetric(joined), because="Both integrals exist.")
    sheet.to(integral(x, flow), by=under(whole, rearranged), because="The product rule: the difference is the divergence of one field.")
    sheet.to(0, by=no_flux(x, carried), because="Nothing flows out through a large sphere.",
             asks="Why twice by parts, and only one divergence?", answer=r"The two boundary terms of $\varphi\,\nabla\cdot\nabla p-p\,\nabla\cdot\nabla\varphi$ are one field (Green).")  # fmt: skip
    balance = sheet.qed("zero", lemma=True)
    sheet.fact(combine(eq(integral(x, gained), integral(x, tested)), (balance,), (num(1),)), "", "Bring one of them to the other side.")


chapter.prose(r"""
So the equation moves the density by *the Fokker–Planck equation*, $\partial_tp=-\nabla\cdot(\mathbf{f}\,p)+\tfrac12g^2\,\nabla\cdot\nabla p$. From here on that is the
meaning of $d\mathbf{x}=\mathbf{f}\,dt+g\,d\mathbf{w}$: the theorems of this chapter speak of densities that satisfy it. That the paths of the equation have such a
density, and only one, is not claimed.
""")


@chapter.theorem("fp.heat_kernel", "Noise alone", given=(lt(0, t),), no_twin="both sides are derivatives of a density; gauss.normalization computes the density")
def heat_kernel(sheet: Calculation) -> None:
    r"""The simplest case: no drift, $g=1$, all points at the origin at time zero. The density is a Gaussian whose variance is the
    time. Long run: data with noise added are a mixture of these."""
    bell = normal(x, zero(d), t * I)
    sheet.start(diff(t, bell))
    sheet.to(half * (norm2(x) / t**2 - d / t) * bell, because=r"Far away the density grows, near the origin it falls; the border is at $\|\mathbf{x}\|^2=d\,t$.")
    sheet.to(half * divergence(x, grad(x, bell)), because=r"$\nabla p=-\mathbf{x}\,p/t$, and the divergence of that.")
    sheet.qed()
