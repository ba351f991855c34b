"""Conventions: one notation, and how other papers' notations map to it."""

from __future__ import annotations

from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, order, symmetric
from derivations.kernel.logic import assume, conjoin, conjunct, define, induction, instantiate, specialize, table
from derivations.kernel.sums import empty, peel_last
from derivations.kernel.terms import Like, Term, Vec, add, conj, eq, le, log, lt, num, prod_, sqrt
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import (
    alpha,
    alpha_bar,
    beta,
    d,
    eps,
    opaque,
    s,
    scalar,
    schedule,
    t,
    vector,
    x_0,
    x_t,
)

chapter = Chapter(
    "conventions",
    "Conventions",
    "Fix one notation for the whole book, and prove that the notations of other papers are the same thing under a change of letters.",
    "A formula that is right in one paper's letters is wrong in another's. Most of the errors that readers meet are of this kind.",
)

ALPHA: Theorem = define("alpha", (t,), 1 - beta(t))
ALPHA_BAR: Theorem = define("alpha_bar", (t,), prod_(s, 1, t, alpha(s)))
noisy = opaque("noisy", r"\mathbf{{x}}_{{{0}}}({1},{2})", Vec(d))
NOISY: Theorem = define("noisy", (t, x_0, eps), sqrt(alpha_bar(t)) * x_0 + sqrt(1 - alpha_bar(t)) * eps)


@chapter.definition("conv.ddpm", "The noise schedule", sources=("DDPM, equation (4)",), given=(schedule,), revision=2)
def ddpm(sheet: Calculation) -> None:
    r"""Each step of the forward chain keeps a share $\alpha_t$ of the variance and replaces the rest, $\beta_t$, by noise.
    What survives of the data after $t$ steps is the product of the shares, and noise has taken the place of the rest."""
    sheet.fact(ALPHA, "alpha", r"$\alpha_t$ is a name for $1-\beta_t$.")
    sheet.fact(ALPHA_BAR, "alpha_bar", r"$\bar\alpha_t$ is a name for the product; for $t=0$ the product is empty.")
    sheet.fact(NOISY, "x_t", r"The noisy point after $t$ steps, drawn at once. That $t$ steps of the chain have its law is a theorem (forward.marginal).")


@chapter.theorem("conv.alpha_bar_step", "The signal share, one step at a time", no_twin="a recursion; the tables of conv.ddpm are built by it", sources=("DDPM, section 2",), given=(le(1, t),))
def alpha_bar_step(sheet: Calculation) -> None:
    r"""Everything that follows uses the product through one fact only: $\bar\alpha_t$ is $\bar\alpha_{t-1}$ times one more factor."""
    unfolded = specialize(ALPHA_BAR, t)
    before = specialize(ALPHA_BAR, t - 1)
    product = unfolded.conclusion.args[1]
    sheet.start(alpha_bar(t))
    sheet.to(product, by=unfolded, because=r"This is the definition of $\bar\alpha_t$.")
    sheet.to(
        prod_(s, 1, t - 1, alpha(s)) * alpha(t), by=peel_last(product),
        asks="May the last factor always be taken off?", answer=r"Only when there is one: the product must not be empty, so $t\ge1$.",
    )  # fmt: skip
    sheet.to(alpha_bar(t - 1) * alpha(t), by=(before,), because=r"The remaining product is $\bar\alpha_{t-1}$ by definition.")
    sheet.to(alpha(t) * alpha_bar(t - 1))
    sheet.qed()


@chapter.theorem("conv.alpha_bar_zero", "Before the first step nothing is lost", no_twin="an entry of the tables of conv.ddpm")
def alpha_bar_zero(sheet: Calculation) -> None:
    r"""At $t=0$ the chain has not moved: all of the signal is there. An empty product is $1$, and nothing is shorter than empty."""
    unfolded = specialize(ALPHA_BAR, num(0))
    product = unfolded.conclusion.args[1]
    sheet.start(alpha_bar(0)).to(product, by=unfolded).to(1, by=empty(product), because="The product runs from 1 to 0: it is empty.")
    sheet.qed()


@chapter.theorem("conv.alpha_bar_range", "The signal share lies between 0 and 1", no_twin="a bound on the tables of conv.ddpm", given=(schedule, le(1, t)))
def alpha_bar_range(sheet: Calculation) -> None:
    r"""Roots of $\bar\alpha_t$ and quotients by $1-\bar\alpha_t$ stand in almost every formula. They make sense because of this
    theorem: for $t\ge1$ the share is positive and below $1$. At $t=0$ it is $1$, and a quotient by $1-\bar\alpha_0$ is not allowed."""
    weak = _weak_range()
    share = instantiate(weak, table({t: t - 1}))
    facts = (specialize(ALPHA, t), alpha_bar_step.theorem, share)
    positive = order(lt(0, alpha_bar(t)), sheet.given, facts)
    below = order(lt(alpha_bar(t), 1), sheet.given, facts)
    sheet.fact(conjoin(positive, below), "range", r"By induction $0<\bar\alpha_{t-1}\le1$; one more factor $\alpha_t<1$ makes it strict.")
    sheet.given = (schedule, le(0, t))
    sheet.fact(weak, "weak", r"By induction on $t$, from $\bar\alpha_0=1$.")


def _weak_range() -> Theorem:
    """schedule, 0 <= t |- 0 < alpha_bar_t <= 1, by induction on t."""

    def claim(at: Like) -> Term:
        return conj(lt(0, alpha_bar(at)), le(alpha_bar(at), 1))

    start = (alpha_bar_zero.theorem,)
    base = conjoin(order(lt(0, alpha_bar(0)), (), start), order(le(alpha_bar(0), 1), (), start))
    hypothesis = assume(claim(t))
    facts = (specialize(ALPHA, t + 1), alpha_bar_step.at({t: t + 1}), hypothesis)
    given = (schedule, le(0, t))
    step = conjoin(order(lt(0, alpha_bar(t + 1)), given, facts), order(le(alpha_bar(t + 1), 1), given, facts))
    return induction(base, _settle(step, given), t, num(0))


def _settle(theorem: Theorem, given: tuple[Term, ...]) -> Theorem:
    """The theorem with its arithmetic hypotheses derived from the given ones."""
    from derivations.kernel.logic import cut

    for h in theorem.hypotheses:
        if h.op == "le" and h not in given:
            theorem = cut(theorem, order(h, given))
    return theorem


def schedule_facts(at: Term = t, before: bool = True) -> tuple[Theorem, ...]:
    """What algebra may use of the schedule at a step: the definition of alpha, the recursion, and the ranges."""
    facts = (specialize(ALPHA, at), alpha_bar_step.at({t: at}), alpha_bar_range.at({t: at}, "range"))
    return (*facts, alpha_bar_range.at({t: at - 1}, "range")) if before else facts


a_ddim = opaque("alpha_ddim", r"\alpha^{{\mathrm{{DDIM}}}}_{{{0}}}")


@chapter.theorem("conv.ddim", "DDIM's alpha is DDPM's alpha bar", sources=("DDIM, appendix C.2",), given=(schedule, le(1, t)))
def ddim(sheet: Calculation) -> None:
    r"""The DDIM paper and the code that follows it write $\alpha_t$ for what DDPM calls $\bar\alpha_t$. Under that renaming
    DDPM's $\beta_t$ is one minus a quotient of neighbours: the formula that identifies which letter a text uses."""
    rename = define("alpha_ddim", (t,), alpha_bar(t))
    sheet.start(1 - a_ddim(t) / a_ddim(t - 1))
    sheet.to(1 - alpha_bar(t) / alpha_bar(t - 1), by=(rename, alpha_bar_range.at({t: t - 1}, "weak")), because="This is the renaming.")
    facts = (specialize(ALPHA, t), alpha_bar_step.theorem, alpha_bar_range.at({t: t - 1}, "weak"))
    sheet.to(
        beta(t), by=facts, because=r"The neighbours differ by the factor $\alpha_t=1-\beta_t$.",
        asks="May we divide?", answer=r"Yes: $\bar\alpha_{t-1}>0$ for every $t\ge1$, also for $t=1$, where it is $1$.",
    )  # fmt: skip
    sheet.qed()


alpha_s, sigma_s, tau = scalar("alpha"), scalar("sigma"), scalar("tau")
at_levels = opaque("at_levels", r"\mathbf{{x}}_{{{0},{1}}}({2},{3})", Vec(d))
AT_LEVELS: Theorem = define("at_levels", (alpha_s, sigma_s, x_0, eps), alpha_s * x_0 + sigma_s * eps)


def levels(signal: Like, noise: Like) -> Theorem:
    """What the noisy point is at these levels."""
    return specialize(specialize(specialize(specialize(AT_LEVELS, signal), noise), x_0), eps)


@chapter.theorem("conv.alpha_sigma", "Signal and noise levels", sources=("VDM, section 3.1",), given=(schedule, le(1, t)), revision=2)
def alpha_sigma(sheet: Calculation) -> None:
    r"""Continuous-time papers write $x_t=\alpha_t x_0+\sigma_t\epsilon$ with two level functions. DDPM is the case
    $\sqrt{\bar\alpha_t}$ and $\sqrt{1-\bar\alpha_t}$, and it is variance preserving: the squares add up to $1$. With
    $\alpha_t=1$ noise is added and nothing shrinks (variance exploding); with $1-\tau$ and $\tau$ the point moves on a straight line (flow matching)."""
    sheet.fact(AT_LEVELS, "levels", "A name for the point at two levels, of signal and of noise.")
    ddpm_point = specialize(specialize(specialize(NOISY, t), x_0), eps)
    sheet.start(ddpm_point.conclusion.args[0]).to(ddpm_point.conclusion.args[1], by=ddpm_point, because="This is DDPM's point.")
    vp_point = levels(sqrt(alpha_bar(t)), sqrt(1 - alpha_bar(t)))
    sheet.to(vp_point.conclusion.args[0], by=symmetric(vp_point))
    sheet.qed("ddpm")
    sheet.start(sqrt(alpha_bar(t)) ** 2 + sqrt(1 - alpha_bar(t)) ** 2)
    sheet.to(1, by=(alpha_bar_range.at({}, "range"),), asks="Why not write the squares without the roots at once?",
             answer=r"The root is a root only where its argument is not negative: that is the range of $\bar\alpha_t$.")  # fmt: skip
    sheet.qed("vp")
    exploding, straight = levels(num(1), sigma_s), levels(1 - tau, tau)
    sheet.start(exploding.conclusion.args[0]).to(x_0 + sigma_s * eps, by=exploding, because="Signal level one: noise on top, as large as one likes.")
    sheet.qed("ve")
    sheet.start(straight.conclusion.args[0])
    sheet.to(x_0 + tau * (eps - x_0), by=straight, because=r"A straight line from the data at $\tau=0$ to the noise at $\tau=1$.",
             asks="How fast does the point move?", answer=r"With $\boldsymbol\epsilon-\mathbf{x}_0$, at every time: the velocity that flow matching learns.")  # fmt: skip
    sheet.qed("fm")


@chapter.theorem("conv.log_snr", "Two log-SNRs that differ by a factor of two", given=(lt(0, alpha_s), lt(0, sigma_s)),
                 sources=("DPM-Solver, section 2", "VDM, equations (3) to (5)"))  # fmt: skip
def log_snr(sheet: Calculation) -> None:
    r"""DPM-Solver calls $\lambda=\log(\alpha/\sigma)$ what VDM, up to sign, calls $\log(\alpha^2/\sigma^2)$. A solver fed with
    the other one takes steps of twice the length."""
    sheet.start(log(alpha_s**2 / sigma_s**2)).to(
        2 * log(alpha_s / sigma_s), asks="Is log of a square always twice the log?",
        answer=r"Only for a positive base. Here both levels are positive.",
    )  # fmt: skip
    sheet.qed()


w, scale = scalar("w"), scalar("omega")
eps_c, eps_u = vector("eps_c", r"\boldsymbol{\epsilon}_c"), vector("eps_u", r"\boldsymbol{\epsilon}_\varnothing")


@chapter.theorem("conv.cfg_w", "Two guidance scales that differ by one", sources=("Classifier-free guidance, equation (6)",))
def cfg_w(sheet: Calculation) -> None:
    r"""The paper that introduced classifier-free guidance weighs with $w$ and $1+w$; most code uses one scale $1+w$. With the
    first, no guidance is $w=0$; with the second it is $1$."""
    sheet.start((1 + w) * eps_c - w * eps_u)
    sheet.to(eps_u + (1 + w) * (eps_c - eps_u), asks="Which one does a text use?",
             answer="Set the scale to 0: the paper's form gives the conditional estimate, the other one the unconditional.")  # fmt: skip
    sheet.qed()


__all__ = ["add", "algebra", "chapter", "conjunct", "eps", "eq", "schedule_facts", "x_0", "x_t"]
