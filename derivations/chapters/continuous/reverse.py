"""Equations that run backwards: with the noise of the forward equation, with any other, and with none."""

from __future__ import annotations

from derivations.chapters.continuous.about import chapter
from derivations.chapters.continuous.density import f, g, half, p, spread, t, tau
from derivations.chapters.continuous.flow import beta, example, fokker_planck, positive, preserving, score
from derivations.kernel import Theorem
from derivations.kernel.logic import assume, specialize
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, diff
from derivations.language.calculation import Calculation
from derivations.language.notation import opaque, scalar, x

s, T = scalar("time_back", "s"), scalar("horizon", "T")
back, psi = T - s, opaque("psi_at", r"\psi({0})")


def earlier(formula: Term) -> Term:
    """A formula about the time t, at T - s."""
    return substitute(formula, {t: back})


def changed(law: Term) -> Theorem:
    """How the density changes at the time T - s."""
    return specialize(assume(earlier(law)), x)


before = ((earlier(fokker_planck), "the Fokker–Planck equation, at the time $T-s$"), (earlier(positive), ""))

chapter.prose(r"""
Run the film backwards: let $s=T-t$, and watch the density $p_{T-s}$ while $s$ grows. Which equation moves it? Its drift, read in the direction of $s$, is
the negative of what papers write with $dt<0$: for $d\mathbf{x}=\mathbf{b}\,dt+g\,d\bar{\mathbf{w}}$ backwards in time it is $-\mathbf{b}$, and the noise is what it was.
""")


@chapter.theorem("sde.reverse", "The reverse equation", given=before,
                 sources=("Anderson 1982", "Song et al. 2021, equation (6)"), witness=example)  # fmt: skip
def reverse(sheet: Calculation) -> None:
    r"""Backwards in time, the density satisfies the Fokker–Planck equation of $d\mathbf{x}=(\mathbf{f}-g^2\nabla\log p_t)\,dt+g\,d\bar{\mathbf{w}}$. Short run: the sampler of
    score-based models. Long run: only the score is unknown, so only the score has to be learned."""
    drift = -(f(x, back) - g(back) ** 2 * score(back))
    sheet.start(diff(s, p(x, back)))
    sheet.to(-diff(tau, p(x, tau), back), because="The film runs backwards.")
    sheet.to(-spread(p(x, back), f(x, back), g(back) ** 2), by=[changed(fokker_planck)], because="The Fokker–Planck equation at the time $T-s$.")
    sheet.to(spread(p(x, back), drift, g(back) ** 2), by=(assume(earlier(positive)),), because=r"The score turns one Laplacian of the wrong sign into one of the right sign: $\nabla\cdot(p\,\nabla\log p)=\nabla\cdot\nabla p$.",
             asks=r"Why the whole $g^2$, and not half of it?", answer="Half of it takes away what the forward noise did, the other half makes up for the noise of the reverse equation.")  # fmt: skip
    sheet.qed("general")
    sheet.given = (earlier(preserving), earlier(positive))
    whole = -(-(half * beta(back) * x) - beta(back) * score(back))
    sheet.start(diff(s, p(x, back))).to(-diff(tau, p(x, tau), back))
    sheet.to(-spread(p(x, back), -(half * beta(back) * x), beta(back)), by=[changed(preserving)], because="Variance preserving.")
    sheet.to(spread(p(x, back), whole, beta(back)), by=(assume(earlier(positive)),), because=r"$\mathbf{f}=-\tfrac12\beta\,\mathbf{x}$ and $g^2=\beta$.")
    sheet.qed("variance preserving")


@chapter.theorem("sde.reverse_family", "As much noise as one likes", given=before,
                 sources=("Song et al. 2021, appendix D.1", "Huang et al. 2021"), witness=example)  # fmt: skip
def reverse_family(sheet: Calculation) -> None:
    r"""Backwards in time, $d\mathbf{x}=[\mathbf{f}-\tfrac12(g^2+\psi^2)\nabla\log p_t]\,dt+\psi\,d\bar{\mathbf{w}}$ moves the density in the same way for every $\psi$:
    with $\psi=g$ it is the reverse equation, with $\psi=0$ the probability flow. Long run: how much noise a sampler adds is a free choice, until there are errors."""
    drift = -(f(x, back) - half * (g(back) ** 2 + psi(back) ** 2) * score(back))
    sheet.start(diff(s, p(x, back)))
    sheet.to(-diff(tau, p(x, tau), back), because="The film runs backwards.")
    sheet.to(-spread(p(x, back), f(x, back), g(back) ** 2), by=[changed(fokker_planck)], because="The Fokker–Planck equation at the time $T-s$.")
    sheet.to(spread(p(x, back), drift, psi(back) ** 2), by=(assume(earlier(positive)),), because=r"What $\psi$ spreads, its part of the drift gathers: Langevin's balance (langevin.stationary), at every time.",
             asks="Then why add noise at all?", answer="With the exact score there is no need. With an estimate, noise forgets the errors of earlier steps.")  # fmt: skip
    sheet.qed()
