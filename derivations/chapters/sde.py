"""Noise added continuously: mean and variance as solutions of equations in time, and the limit of short steps."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, congruence, order, symmetric
from derivations.kernel.evolution import fundamental
from derivations.kernel.limits import limit_exponential, limit_same, limit_through
from derivations.kernel.logic import assume, conjunct, instantiate, specialize, table
from derivations.kernel.series import taylor
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    REAL,
    Term,
    Vec,
    diff,
    eq,
    exp,
    forall,
    integral,
    interval,
    is_scalar,
    le,
    log,
    lt,
    num,
    sqrt,
    sym,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import d, opaque, scalar, vector, x_0

chapter = Chapter(
    "sde",
    "Noise in continuous time",
    "Add noise continuously, and find how much signal and how much noise there is at each time.",
    "Samplers, likelihoods and guidance are written in continuous time, where steps are derivatives. Everything that they need of the "
    "forward process is in two functions of time, the signal level and the variance, and each solves a linear equation.",
)

half = num(Fraction(1, 2))
tau, t = scalar("tau"), scalar("time", "t")
m, p = opaque("mean_at", r"\mathbf{{m}}({0})", Vec(d)), opaque("variance_at", "P({0})")
f, g, F = opaque("f_at", "f({0})"), opaque("g_at", "g({0})"), opaque("Phi_at", r"\Phi({0})")
primitive, start = forall(tau, eq(diff(tau, F(tau)), f(tau))), eq(F(0), 0)
mean_law = forall(tau, eq(diff(tau, m(tau)), f(tau) * m(tau)))
variance_law = forall(tau, eq(diff(tau, p(tau)), 2 * f(tau) * p(tau) + g(tau) ** 2))

chapter.prose(r"""
The forward equation is $d\mathbf{x}=f(t)\,\mathbf{x}\,dt+g(t)\,d\mathbf{w}$. In a short time the point shrinks by the factor $1+f\,dt$ and gets a
noise of variance $g^2\,dt$. So mean and variance obey $\mathbf{m}'=f\,\mathbf{m}$ and $P'=2f\,P+g^2$. We take these two equations as the
meaning of $f$ and $g$; that they hold for the paths of the equation is a theorem of Itô's, which is not used here.
""")


def changed(moving: Term, slope: Term, lo: Term, hi: Term, facts: tuple[Theorem, ...], given: tuple[Term, ...] = ()) -> Theorem:
    """int_lo^hi slope dtau = moving(hi) - moving(lo), for the slope of `moving` in tau by the facts."""
    ends = conjunct(fundamental(tau, moving, lo, hi, given), 0)
    return chain(symmetric(under(ends.conclusion.args[0], algebra(diff(tau, moving), slope, given, facts))), ends)


def unmoved(moving: Term, lo: Term, hi: Term, facts: tuple[Theorem, ...], given: tuple[Term, ...] = ()) -> Theorem:
    """moving(hi) = moving(lo), for something whose slope in tau is zero by the facts."""
    nothing = num(0) if is_scalar(moving) else zero(moving.sort[1])
    gap = changed(moving, nothing, lo, hi, facts, given)
    flat = chain(symmetric(algebra(gap.conclusion.args[0], nothing)), gap)
    after, before = (substitute(moving, {tau: at}) for at in (hi, lo))
    place = sym("place", moving.sort if moving.sort[0] == "vec" else REAL)
    emptied = congruence(before + place, place, symmetric(flat))
    ends = [algebra(after, emptied.conclusion.args[0], given), algebra(emptied.conclusion.args[1], before, given)]
    return chain(ends[0], emptied, ends[1])


@chapter.theorem("sde.kernel_from_fg", "Mean and variance from drift and diffusion", given=(
    (mean_law, "the mean shrinks"), (variance_law, "the variance shrinks twice as fast, and noise is added"),
    (primitive, r"$\Phi(t)=\int_0^tf$"), (start, ""), le(0, t)),
    no_twin="its cases sde.vp, sde.subvp and sde.ve have twins",
    witness={f(tau): -half, F(tau): -(half * tau), g(tau): 1, m(tau): exp(-(half * tau)) * x_0, p(tau): 1 + 2 * exp(-tau)})  # fmt: skip
def kernel_from_fg(sheet: Calculation) -> None:
    r"""With the signal level $\alpha_t=e^{\Phi(t)}$: the mean is $\alpha_t$ times the data, and noise that came in at time $s$ has been
    scaled by $\alpha_t/\alpha_s$ since. There is no other solution, because whatever solves the equations has these values."""
    slope, begin = specialize(assume(primitive), tau), assume(start)
    moved = unmoved(exp(-F(tau)) * m(tau), num(0), t, (specialize(assume(mean_law), tau), slope))
    place = vector("hole")
    sheet.start(m(t)).to(exp(F(t)) * (exp(-F(t)) * m(t)))
    sheet.to(exp(F(t)) * (exp(-F(0)) * m(0)), by=congruence(exp(F(t)) * place, place, moved), because=r"$e^{-\Phi}\mathbf{m}$ does not change: its derivative is zero.")
    sheet.to(exp(F(t)) * m(0), by=(begin,))
    sheet.qed("mean")
    gained = exp(-2 * F(tau)) * g(tau) ** 2
    gap = changed(exp(-2 * F(tau)) * p(tau), gained, num(0), t, (specialize(assume(variance_law), tau), slope))
    kept, spot = exp(-2 * F(0)) * p(0), scalar("hole")
    sheet.start(p(t)).to(exp(2 * F(t)) * (kept + (exp(-2 * F(t)) * p(t) - kept)))
    sheet.to(exp(2 * F(t)) * (kept + gap.conclusion.args[0]), by=congruence(exp(2 * F(t)) * (kept + spot), spot, symmetric(gap)),
             because=r"What $e^{-2\Phi}P$ gains is the noise, as it was when it came in.")  # fmt: skip
    sheet.to(exp(2 * F(t)) * (p(0) + gap.conclusion.args[0]), by=(begin,))
    sheet.qed("variance")


noisy = exp(2 * F(t)) * (scalar("P_0") + integral(tau, exp(-2 * F(tau)) * g(tau) ** 2, interval(0, t)))


@chapter.theorem("sde.linear_moments", "The formulas solve the equations", given=((primitive, r"$\Phi(t)=\int_0^tf$"), lt(0, t)),
                 no_twin="it says that two expressions have the slopes that they must have",
                 witness={f(tau): -half, F(tau): -(half * tau)})  # fmt: skip
def linear_moments(sheet: Calculation) -> None:
    r"""The other direction: put the formulas into the equations. Together with the theorem before, they are the solution, and the
    only one."""
    slope, fixed = specialize(assume(primitive), t), vector("m_0")
    sheet.start(diff(t, exp(F(t)) * fixed)).to(f(t) * (exp(F(t)) * fixed), by=(slope,), because="The chain rule.")
    sheet.qed("mean")
    sheet.start(diff(t, noisy)).to(2 * f(t) * noisy + g(t) ** 2, by=(slope,), because=r"The product rule; the slope of the integral is its integrand at the upper end.",
                                   asks="Why only after time zero?", answer="At zero there is nothing below the upper end, and a slope looks at both sides.")  # fmt: skip
    sheet.qed("variance")


alpha, sigma = opaque("alpha_at", r"\alpha({0})"), opaque("sigma_at", r"\sigma({0})")


@chapter.theorem("sde.fg_from_kernel", "Drift and diffusion from the levels", given=(lt(0, alpha(t)), lt(0, sigma(t))),
                 sources=("VDM", "DPM-Solver, section 2"))  # fmt: skip
def fg_from_kernel(sheet: Calculation) -> None:
    r"""Solve the two equations for $f=(\log\alpha)'$ and $g^2=(\sigma^2)'-2f\sigma^2$. The second is minus twice the variance times the slope
    of the half log-SNR: noise is added exactly as fast as the signal-to-noise ratio falls."""
    drift = diff(t, log(alpha(t)))
    sheet.start(drift * alpha(t)).to(diff(t, alpha(t)), because="The derivative of a logarithm.")
    sheet.qed("drift")
    sheet.start(diff(t, sigma(t) ** 2) - 2 * drift * sigma(t) ** 2)
    sheet.to(-2 * sigma(t) ** 2 * diff(t, log(alpha(t) / sigma(t))), because=r"$(\sigma^2)'=2\sigma^2(\log\sigma)'$.")
    sheet.qed("diffusion")


beta, B = opaque("beta_at", r"\beta({0})"), opaque("B_at", "B({0})")
total, at_zero = forall(tau, eq(diff(tau, B(tau)), beta(tau))), eq(B(0), 0)
aged = tau + tau**2  # B of the schedule 1 + 2 tau, for witnesses
clock = ((total, r"$B(t)=\int_0^t\beta$"), (at_zero, ""), le(0, t))
vp_mean = forall(tau, eq(diff(tau, m(tau)), -(half * beta(tau) * m(tau))))
vp_variance = forall(tau, eq(diff(tau, p(tau)), -(beta(tau) * p(tau)) + beta(tau)))
from_data, from_zero = eq(m(0), x_0), eq(p(0), 0)


def _level(sheet: Calculation, law: Term, level: Term, first: Theorem, because: str) -> None:
    """P(t) = level(t), from the constant exp(B) (P - level)."""
    facts = (specialize(assume(law), tau), specialize(assume(total), tau))
    moved = unmoved(exp(B(tau)) * (p(tau) - level), num(0), t, facts)
    after, before = moved.conclusion.args
    spot, end = scalar("hole"), instantiate(algebra(level, level), table({tau: t})).conclusion.args[0]
    sheet.start(p(t)).to(exp(-B(t)) * after + end)
    sheet.to(exp(-B(t)) * before + end, by=congruence(exp(-B(t)) * spot + end, spot, moved), because=because)
    sheet.to(end, by=(assume(at_zero), first), because="At time zero there is no noise, and $B(0)=0$.")


@chapter.theorem("sde.vp", "The variance-preserving equation", given=(
    (vp_mean, r"$f=-\beta/2$"), (vp_variance, r"$g^2=\beta$"), (from_data, ""), (from_zero, "one data point, no noise yet"), *clock),
    sources=("Song et al. 2021, appendix B",),
    witness={beta(tau): 1 + 2 * tau, B(tau): aged, m(tau): exp(-(half * aged)) * x_0, p(tau): 1 - exp(-aged)})  # fmt: skip
def vp(sheet: Calculation) -> None:
    r"""The signal fades as $e^{-B/2}$ and the variance rises to $1-e^{-B}$: the squares add up to one at every time, as for DDPM with
    $\bar\alpha=e^{-B}$."""
    moved = unmoved(exp(half * B(tau)) * m(tau), num(0), t, (specialize(assume(vp_mean), tau), specialize(assume(total), tau)))
    place = vector("hole")
    sheet.start(m(t)).to(exp(-(half * B(t))) * moved.conclusion.args[0])
    sheet.to(exp(-(half * B(t))) * moved.conclusion.args[1], by=congruence(exp(-(half * B(t))) * place, place, moved), because=r"$e^{B/2}\mathbf{m}$ does not change.")
    sheet.to(exp(-(half * B(t))) * x_0, by=(assume(at_zero), assume(from_data)))
    sheet.qed("mean")
    _level(sheet, vp_variance, 1 - exp(-B(tau)), assume(from_zero), r"$e^{B}\,(P-1+e^{-B})$ does not change.")
    sheet.qed("variance")


subvp_law = forall(tau, eq(diff(tau, p(tau)), -(beta(tau) * p(tau)) + beta(tau) * (1 - exp(-2 * B(tau)))))


@chapter.theorem("sde.subvp", "The sub-variance-preserving equation", given=(
    (subvp_law, r"$g^2=\beta\,(1-e^{-2B})$"), (from_zero, "no noise yet"), *clock),
    sources=("Song et al. 2021, appendix B",),
    witness={beta(tau): 1 + 2 * tau, B(tau): aged, p(tau): (1 - exp(-aged)) ** 2})  # fmt: skip
def subvp(sheet: Calculation) -> None:
    r"""Less noise early on: the variance is the square of what it is for the variance-preserving equation, so it is never larger."""
    _level(sheet, subvp_law, (1 - exp(-B(tau))) ** 2, assume(from_zero), r"$e^{B}\,(P-(1-e^{-B})^2)$ does not change.")
    sheet.qed("variance")
    u = scalar("u")
    bound = order(le((1 - u) ** 2, 1 - u), (le(0, u), le(u, 1)))
    sheet.given = (le(0, u), le(u, 1))
    sheet.fact(bound, "bound", r"With $u=e^{-B}$: the difference of the two variances is $u\,(1-u)$.")


variance = opaque("v_at", r"\sigma^2({0})")
ve_law = forall(tau, eq(diff(tau, p(tau)), diff(tau, variance(tau))))


@chapter.theorem("sde.ve", "The variance-exploding equation", given=(
    (ve_law, r"$f=0$ and $g^2=(\sigma^2)'$"), (from_zero, "no noise yet"), le(0, t)),
    sources=("Song et al. 2021, appendix B",),
    witness={variance(tau): 1 + tau**2, p(tau): tau**2})  # fmt: skip
def ve(sheet: Calculation) -> None:
    r"""Nothing shrinks and noise piles up. The variance is $\sigma^2(t)-\sigma^2(0)$; the second term is often dropped in print, and that is
    an approximation."""
    moved = unmoved(p(tau) - variance(tau), num(0), t, (specialize(assume(ve_law), tau),))
    spot = scalar("hole")
    sheet.start(p(t)).to(moved.conclusion.args[0] + variance(t))
    sheet.to(moved.conclusion.args[1] + variance(t), by=congruence(spot + variance(t), spot, moved), because=r"$P-\sigma^2$ does not change.")
    sheet.to(variance(t) - variance(0), by=(assume(from_zero),))
    sheet.qed()


rate, Delta = scalar("beta"), scalar("Delta", r"\Delta")


@chapter.theorem("sde.ddpm_limit", "DDPM's step for short times", sources=("Song et al. 2021, appendix B",),
                 no_twin="an order is no number to compute")  # fmt: skip
def ddpm_limit(sheet: Calculation) -> None:
    r"""A DDPM step with $\beta_i=\beta\Delta$ shrinks the point by $\sqrt{1-\beta\Delta}$ and adds $\sqrt{\beta\Delta}\,\epsilon$. The noise is
    already that of the equation. The shrinking is the drift $-\tfrac12\beta\mathbf{x}$, up to the second order of the step; the factor $\mathbf{x}$ in it
    is lost in some texts."""
    point = vector("x")
    sheet.fact(taylor(Delta, 2, sqrt(1 - rate * Delta) * point - (point - half * rate * Delta * point)), "",
               r"The root is $1-\tfrac12\beta\Delta$ up to the second order.")  # fmt: skip


@chapter.theorem("sde.vp_limit", "In the end only noise is left", given=(lt(0, rate),), no_twin="a limit is no number to compute")
def vp_limit(sheet: Calculation) -> None:
    r"""With a constant $\beta$ the clock runs forever, and the levels tend to $0$ and $1$, whatever the data are. Sampling may start from
    noise alone, and the error that this makes is exponentially small."""
    fading, spot = limit_exponential(t, num(1), half * rate), scalar("hole")
    level = limit_same(fading, algebra(fading.conclusion.args[2], exp(-(half * rate * t))))
    sheet.fact(level, "signal", "An exponential with a negative rate tends to zero.")
    noise = limit_through(1 - spot**2, (spot,), (level,))
    square = algebra(noise.conclusion.args[2], 1 - exp(-(rate * t)))
    noise = limit_same(limit_same(noise, square), algebra(noise.conclusion.args[3], num(1)))
    sheet.fact(noise, "noise", "One minus its square tends to one.")
