"""The probability flow: an equation without noise that moves the density as the equation with noise does."""

from __future__ import annotations

from derivations.chapters.continuous.about import chapter
from derivations.chapters.continuous.density import f, g, half, p, spread, t, tau
from derivations.kernel.logic import assume, specialize
from derivations.kernel.terms import (
    Like,
    Term,
    diff,
    divergence,
    eq,
    exp,
    forall,
    grad,
    log,
    lt,
    normal,
    num,
    sqrt,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Claim
from derivations.language.notation import I, d, opaque, scalar, x


def score(at: Like) -> Term:
    """The score of the density at a time."""
    return grad(x, log(p(x, at)))


positive = forall(x, lt(0, p(x, t)))
fokker_planck = forall(x, eq(diff(t, p(x, t)), spread(p(x, t), f(x, t), g(t) ** 2)))
moving = ((fokker_planck, "the Fokker–Planck equation: how the density changes"), (positive, ""))


@chapter.theorem("fp.as_continuity", "Noise as a velocity", given=((positive, ""),),
                 sources=("Song et al. 2021, appendix D.1",),
                 witness={p(x, tau): normal(x, zero(d), I)}, no_twin="both sides are derivatives of densities; the velocity is in pfode.fokker_planck")  # fmt: skip
def as_continuity(sheet: Calculation) -> None:
    r"""Noise carries mass from where there is much to where there is little, with the velocity $-\tfrac12g^2\nabla\log p$. With it the right side of the
    Fokker–Planck equation is a divergence: mass is moved, and none is made."""
    v = f(x, t) - half * g(t) ** 2 * score(t)
    sheet.start(spread(p(x, t), f(x, t), g(t) ** 2))
    sheet.to(-divergence(x, p(x, t) * f(x, t) - half * g(t) ** 2 * grad(x, p(x, t))), because="The Laplacian is the divergence of the gradient.")
    sheet.to(-divergence(x, p(x, t) * v), because=r"$\nabla p=p\,\nabla\log p$.",
             asks="May we divide by the density?", answer="It is positive: noise reaches everywhere.")  # fmt: skip
    sheet.qed()


beta, sigma = opaque("beta_at", r"\beta({0})"), opaque("sigma_at", r"\sigma({0})")
preserving = forall(x, eq(diff(t, p(x, t)), spread(p(x, t), -(half * beta(t) * x), beta(t))))
exploding = forall(x, eq(diff(t, p(x, t)), half * diff(t, sigma(t) ** 2) * divergence(x, grad(x, p(x, t)))))

spread_out = 1 + exp(-tau)
example = {p(x, tau): normal(x, zero(d), spread_out * I), f(x, tau): -(half * x), g(tau): 1, beta(tau): 1, sigma(tau): sqrt(spread_out)}


@chapter.theorem("pfode.fokker_planck", "The probability flow", given=moving, sources=("Song et al. 2021, equation (13)",), witness=example)
def fokker_planck_flow(sheet: Calculation) -> None:
    r"""The density changes as if points followed $\dot{\mathbf{x}}=\mathbf{f}-\tfrac12g^2\nabla\log p_t$ without any noise: it satisfies the equation
    that belongs to this flow. Short run: a sampler that needs no random numbers. Long run: likelihoods, and latents for data."""
    v = f(x, t) - half * g(t) ** 2 * score(t)
    sheet.start(diff(t, p(x, t)))
    sheet.to(spread(p(x, t), f(x, t), g(t) ** 2), by=specialize(assume(fokker_planck), x), because="The Fokker–Planck equation.")
    sheet.to(-divergence(x, p(x, t) * v), by=as_continuity.theorem, because="Noise as a velocity. This is the continuity equation of the flow: its Fokker–Planck equation, with $g=0$.",
             asks="Do single points move as with noise?", answer="No. Only the density changes in the same way; where a point comes from and where it goes is not the same.")  # fmt: skip
    sheet.qed("general")
    sheet.given = (preserving, positive)
    sheet.start(diff(t, p(x, t))).to(spread(p(x, t), -(half * beta(t) * x), beta(t)), by=specialize(assume(preserving), x), because="Variance preserving.")
    sheet.to(-divergence(x, p(x, t) * -(half * beta(t) * (x + score(t)))), by=(assume(positive),), because="So here the point and the score have one coefficient.")
    sheet.qed("variance preserving")
    sheet.given = (exploding, positive)
    sheet.start(diff(t, p(x, t)))
    sheet.to(half * diff(t, sigma(t) ** 2) * divergence(x, grad(x, p(x, t))), by=specialize(assume(exploding), x), because="Variance exploding.")
    sheet.to(-divergence(x, p(x, t) * -(sigma(t) * diff(t, sigma(t)) * score(t))), by=(assume(positive),), because=r"$\tfrac12(\sigma^2)'=\sigma\sigma'$.")
    sheet.qed("variance exploding")


spot, rate = scalar("x_1", "x"), scalar("beta")
bell = normal(spot, 0, 1)
gain = -(half * rate * (1 - spot**2) * bell)


@chapter.refutation("pfode.not_sde_drift", "The reverse equation without its noise is not the flow",
                    sources=("met in tutorials: the same equation without randomness",), claim=Claim(gain, num(0), {spot: 0, rate: 1}))  # fmt: skip
def not_sde_drift(sheet: Calculation) -> None:
    r"""Take the reverse equation, drop the noise, and leave the whole score instead of half of it. On the line, with standard Gaussian data and
    $f=-\tfrac12\beta x$, the density must not change at all. But this flow changes it: mass runs into the middle, and the variance collapses."""
    drift = -(half * rate * spot) - rate * diff(spot, log(bell))
    sheet.start(drift).to(half * rate * spot, because="The score is $-x$. Read backwards in time, the points run to zero.")
    sheet.qed("drift")
    sheet.start(-diff(spot, bell * drift)).to(gain, because="It should be zero. With half the score the drift is zero, and so is this.")
    sheet.qed("change")
    flow = -(half * rate * spot) - half * rate * diff(spot, log(bell))
    sheet.start(-diff(spot, bell * flow)).to(0, because="That is the probability flow.")
    sheet.qed("flow")
