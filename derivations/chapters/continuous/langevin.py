"""Langevin's equation: noise and drift in balance, so that a density stays what it is."""

from __future__ import annotations

from derivations.chapters.continuous.about import chapter
from derivations.chapters.continuous.density import G, g, half, rho, spread, t
from derivations.kernel.logic import instantiate, instantiate_function, table
from derivations.kernel.terms import divergence, forall, grad, log, lt, normal, sqrt, zero
from derivations.language.calculation import Calculation
from derivations.language.notation import I, d, scalar, x

positive = forall(x, lt(0, rho(x)))
uphill = grad(x, log(rho(x)))
standard = normal(x, zero(d), I)


@chapter.theorem("langevin.stationary", "Langevin dynamics leave the density alone", given=((positive, ""),),
                 sources=("Song and Ermon 2019, section 2.2",), witness={rho(x): standard})  # fmt: skip
def stationary(sheet: Calculation) -> None:
    r"""Walk uphill in $\log p$ and add noise: the two cancel if the drift is $\tfrac12g^2\nabla\log p$. Short run: a sampler for any density whose
    score is known, without its normalising constant. Long run: the corrector steps of score-based samplers."""
    drift = half * g(t) ** 2 * uphill
    sheet.start(spread(rho(x), drift, g(t) ** 2))
    sheet.to(-(half * g(t) ** 2 * divergence(x, grad(x, rho(x)))) + half * g(t) ** 2 * divergence(x, grad(x, rho(x))),
             because=r"$p\,\nabla\log p=\nabla p$: what drifts uphill is what noise spreads downhill.")  # fmt: skip
    sheet.to(0, asks="Does the density become $p$, from anywhere?", answer="That is another theorem, and it is not claimed. Between two far modes it may take very long.")
    balanced = sheet.qed("any schedule")
    still = instantiate_function(balanced, "g_at", (t,), G)
    sheet.start(spread(rho(x), half * uphill, 1)).to(0, by=instantiate(still, table({G: 1})), because=r"With the noise $d\mathbf{w}$ the drift is half the score.")
    sheet.qed("unit noise")
    sheet.start(spread(rho(x), uphill, 2)).to(0, by=instantiate(still, table({G: sqrt(2)})), because=r"With the noise $\sqrt2\,d\mathbf{w}$ it is the whole score.")
    sheet.qed("root two")


sigma = scalar("sigma")
power = rho(x) ** (2 / sigma**2)


@chapter.theorem("langevin.wrong_noise", "What the wrong noise leaves alone", given=((positive, ""), lt(0, sigma)), witness={rho(x): standard},
                 no_twin="it says which density has no change; its drift is that of langevin.stationary")  # fmt: skip
def wrong_noise(sheet: Calculation) -> None:
    r"""Take the score as drift and noise of another size, $d\mathbf{x}=\nabla\log p\,dt+\sigma\,d\mathbf{w}$. Then $p^{2/\sigma^2}$ stays, and not $p$: less
    noise than $\sqrt2$ sharpens the density, more flattens it. That is how a slip of a factor $2$ looks in samples."""
    sheet.start(spread(power, uphill, sigma**2)).to(0, because=r"The score of $p^{2/\sigma^2}$ is $\tfrac{2}{\sigma^2}\nabla\log p$, so $\nabla\log p$ is the drift that it needs.")
    sheet.qed()
