"""Solvers of the equations that samplers follow: the exact solution, its approximations, and their orders."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.sde import changed, unmoved
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, congruence, symmetric
from derivations.kernel.limits import limit_order, limit_same, limit_through
from derivations.kernel.logic import assume, instantiate, specialize, table
from derivations.kernel.series import order_product, order_quotient, order_same, order_sum, order_through, taylor
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term,
    Vec,
    diff,
    eq,
    exp,
    forall,
    integral,
    interval,
    jacobian,
    le,
    lt,
    ne,
    num,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import d, opaque, scalar, vector

chapter = Chapter(
    "solvers",
    "Solvers and their orders",
    "Solve the equation that a sampler follows exactly where it can be solved, and say how wrong one step is where it cannot.",
    "A sampler has a few network calls to spend. How far a step may go depends on its order: by which power of the step the error of one "
    "step shrinks. An order is a statement about power series, and the kernel proves it as one.",
)

half = num(Fraction(1, 2))
s, t, tau, h = scalar("s_from", "s"), scalar("t_to", "t"), scalar("tau"), scalar("h")
x, rest = opaque("x_at", r"\mathbf{{x}}_{{{0}}}", Vec(d)), opaque("rest_at", r"\mathbf{{N}}_{{{0}}}", Vec(d))
rate, total = opaque("f_at", "f({0})"), opaque("Phi_at", r"\Phi({0})")
a, b = vector("a"), vector("b")
primitive = forall(tau, eq(diff(tau, total(tau)), rate(tau)))
semilinear = forall(tau, eq(diff(tau, x(tau)), rate(tau) * x(tau) + rest(tau)))


def growth(start: Term, end: Term) -> Term:
    """exp(Phi(end) - Phi(start)): what the linear part alone makes of a point on the way from start to end."""
    return exp(total(end) - total(start))


chapter.prose(r"""
A sampler follows an equation $\mathbf{x}'=f\,\mathbf{x}+\mathbf{N}$: a linear part that everybody knows, and a part with the network in
it. The linear part can be solved exactly. Only the rest has to be approximated, so only the rest should be.
""")


@chapter.theorem("solver.variation_of_constants", "The linear part can be solved exactly", given=(
    (semilinear, r"the equation, at every time"), (primitive, r"$\Phi$ is an antiderivative of $f$"), le(s, t)),
    no_twin="it holds for every rest term; solver.exp_euler, a case, has a twin",
    witness={rate(tau): -half, total(tau): -(half * tau), rest(tau): a, x(tau): 2 * a + exp(-(half * tau)) * b, s: 0, t: 1})  # fmt: skip
def variation_of_constants(sheet: Calculation) -> None:
    r"""Every solution of the equation is of this form, so there is only one through each point. Short run: the known part of the
    equation costs no error. Long run: DDIM, DPM-Solver and every exponential integrator approximate this one integral."""
    moving, slope = growth(tau, t) * x(tau), growth(tau, t) * rest(tau)
    facts = (specialize(assume(semilinear), tau), specialize(assume(primitive), tau))
    part = changed(moving, slope, s, t, facts)
    sheet.fact(part, "integral", r"The product rule: the linear parts of $\frac{d}{d\tau}\left(e^{\Phi(t)-\Phi(\tau)}\mathbf{x}_\tau\right)$ cancel. "
               "Integrate from $s$ to $t$.", lemma=True)  # fmt: skip
    right = growth(s, t) * x(s) + part.conclusion.args[0]
    whole = algebra(x(t), growth(s, t) * x(s) + part.conclusion.args[1])
    hole = vector("hole")
    sheet.start(x(t)).to(whole.conclusion.args[1], by=whole, because="Add and subtract what the linear part makes of the start.")
    sheet.to(right, by=congruence(growth(s, t) * x(s) + hole, hole, symmetric(part)), because="The difference is the integral.",
             asks="Why is this the only solution?", answer="Nothing was guessed: whatever solves the equation has this value at $t$.")  # fmt: skip
    sheet.qed()


f, N = scalar("f"), vector("N", r"\mathbf{N}")
steady = forall(tau, eq(diff(tau, x(tau)), f * x(tau) + N))
step = scalar("Delta", r"\Delta")


@chapter.theorem("solver.exp_euler", "One step with everything frozen but the point", given=(
    (steady, "the linear rate and the rest do not change during the step"), ne(f, 0), le(0, step)),
    witness={x(tau): exp(f * tau) * a - N / f})  # fmt: skip
def exp_euler(sheet: Calculation) -> None:
    r"""From $s$ back to $s-\Delta$, with $f$ and $\mathbf{N}$ held fixed. Long run: with the network's prediction for $\mathbf{N}$ this is the
    first-order exponential integrator, and in the right variable it is DDIM."""
    still = exp(-(f * tau)) * (x(tau) + N / f)
    same = symmetric(unmoved(still, s - step, s, (specialize(assume(steady), tau),), (ne(f, 0), le(0, step))))
    before, after = same.conclusion.args
    sheet.fact(same, "constant", r"The derivative of $e^{-f\tau}(\mathbf{x}_\tau+\mathbf{N}/f)$ is zero.", lemma=True)
    place = vector("hole")
    sheet.start(x(s - step)).to(exp(f * (s - step)) * before - N / f, because="Undo the factor and the shift.")
    sheet.to(exp(f * (s - step)) * after - N / f, by=congruence(exp(f * (s - step)) * place - N / f, place, same), because="It is a constant of the motion.")
    sheet.to(exp(-(f * step)) * x(s) + (exp(-(f * step)) - 1) / f * N, asks=r"What if $f$ tends to zero?",
             answer=r"The quotient tends to $-\Delta$, and the step becomes Euler's.")  # fmt: skip
    sheet.qed()


chapter.prose(r"""
Where the equation cannot be solved, one takes steps. How wrong is one step of length $h$? Write the solution and the step as power series in
$h$ and compare: if the first terms agree up to $h^{p}$, the step has the local order $p$, and halving $h$ divides the error of a step by
about $2^{p+1}$. There are twice as many steps then, so the error of the whole way shrinks by $2^{p}$ only.
""")

velocity = opaque("velocity", r"\mathbf{{v}}({0},{1})", Vec(d))
flow = forall(tau, eq(diff(tau, x(tau)), velocity(x(tau), tau)))
lam, y, z = scalar("lambda"), vector("y"), scalar("z")
here, now = velocity(x(t), t), specialize(assume(flow), t)
smooth = "the equation; the velocity is smooth"
turning = {velocity(y, z): z * a - y, x(tau): (tau - 1) * a + exp(-tau) * b}  # a velocity, and a solution, for witnesses
MEASURED = "an order is no number to compute; tests measure the orders of the solvers"


@chapter.theorem("solver.euler_order", "Euler's method has order one", given=((flow, smooth),), no_twin=MEASURED, witness=turning)
def euler_order(sheet: Calculation) -> None:
    r"""Follow the tangent for a time $h$. One step errs by $h^2$, in every dimension. On the test equation $x'=\lambda x$, whose
    solution is $e^{\lambda h}$, this is the series of the exponential cut after its second term."""
    local = taylor(h, 2, x(t + h) - x(t) - h * here, (), (now,))
    sheet.fact(local, "local", r"At $h=0$ the step is where the solution is, and moves as fast as it does.")
    sheet.fact(taylor(h, 2, exp(lam * h) - (1 + lam * h)), "test equation", "The same for the test equation.")


def _bend(curve: Term, law: Theorem) -> Theorem:
    """The second derivative of a curve in tau that follows an equation: the derivative of the equation's right side."""
    return under(diff(tau, diff(tau, curve)), law)


def _drift(at: Term) -> Term:
    """d/dtau of the velocity along the solution, by the chain rule."""
    along = jacobian(y, velocity(y, at), x(at)) @ velocity(x(at), at)
    return along + diff(z, velocity(x(at), z), at)


@chapter.theorem("solver.heun_order", "Heun's method has order two", given=((flow, smooth),), no_twin=MEASURED, witness=turning,
                 sources=("EDM, algorithm 1",))  # fmt: skip
def heun_order(sheet: Calculation) -> None:
    r"""Try Euler's step, look at the velocity where it ends, and go with the mean of the two velocities. The second look costs one more
    call of the network and buys one power of $h$, which is why EDM's sampler pays it."""
    law = specialize(assume(flow), tau)
    bend = chain(_bend(x(tau), law), algebra(diff(tau, velocity(x(tau), tau)), _drift(tau), (), (law,)))
    bend = instantiate(bend, table({tau: t}))
    end = velocity(x(t) + h * here, t + h)
    solution = taylor(h, 3, x(t + h) - x(t) - h * here - h**2 / 2 * _drift(t), (), (now, bend))
    sheet.fact(solution, "solution", r"Taylor's theorem for the solution: $\mathbf{x}''$ is the derivative of the velocity along it.", lemma=True)
    look = taylor(h, 2, end - here - h * _drift(t))
    sheet.fact(look, "second look", "Taylor's theorem for the velocity at the end of Euler's step: the same derivative.", lemma=True)
    both = order_sum(solution, order_product(taylor(h, 1, -h / 2), look))
    local = order_same(both, algebra(both.conclusion.args[2], x(t + h) - x(t) - h / 2 * (here + end)))
    sheet.fact(local, "local", "Half a step times the second look; the terms with the derivative cancel.")
    sheet.fact(taylor(h, 3, exp(lam * h) - (1 + lam * h + lam**2 * h**2 / 2)), "test equation",
               "On the test equation the step is the series of the exponential, cut after its third term.")  # fmt: skip


chapter.prose(r"""
The probability-flow equation is semilinear, and in the half log-SNR $\lambda=\log(\alpha/\sigma)$ it is as simple as it can be. Divide the
point by its signal level, $\mathbf{z}=\mathbf{x}/\alpha$: the linear part is gone, and $\mathbf{z}'=-e^{-\lambda}\,\boldsymbol\epsilon$.
""")

start, stop = scalar("lambda_s"), scalar("lambda_t")
alpha = opaque("alpha_lambda", r"\alpha_{{{0}}}")
noise = opaque("eps_lambda", r"\hat{{\boldsymbol\epsilon}}_{{{0}}}", Vec(d))
positive = forall(tau, lt(0, alpha(tau)))
in_lambda = forall(tau, eq(diff(tau, x(tau)), diff(tau, alpha(tau)) / alpha(tau) * x(tau) - alpha(tau) * exp(-tau) * noise(tau)))


@chapter.theorem("dpm.exact_solution", "The exact solution in the log-SNR", given=(
    (positive, "the signal level"), (in_lambda, r"the probability-flow equation in $\lambda$, with $\sigma_\lambda=\alpha_\lambda e^{-\lambda}$"), le(start, stop)),
    sources=("DPM-Solver, proposition 3.1",), no_twin="it holds for every network; the solvers approximate the integral",
    witness={alpha(tau): exp(half * tau), noise(tau): a, x(tau): exp(half * tau) * (exp(-tau) * a + b), start: 0, stop: 1})  # fmt: skip
def exact_solution(sheet: Calculation) -> None:
    r"""All that is left of the equation is a weighted average of the network's predictions. The weight is known; only the prediction
    in between is not. Long run: a constant for it gives DDIM, a line DPM-Solver-2."""
    moving, slope = x(tau) / alpha(tau), -(exp(-tau) * noise(tau))
    part = changed(moving, slope, start, stop, (specialize(assume(in_lambda), tau),), (positive,))
    sheet.fact(part, "integral", r"The quotient rule: the linear part cancels in $(\mathbf{x}/\alpha)'$. Integrate.", lemma=True)
    hole = vector("hole")
    sheet.start(x(stop)).to(alpha(stop) / alpha(start) * x(start) + alpha(stop) * (x(stop) / alpha(stop) - x(start) / alpha(start)), because="Add and subtract.")
    right = alpha(stop) / alpha(start) * x(start) + alpha(stop) * hole
    sheet.to(alpha(stop) / alpha(start) * x(start) + alpha(stop) * part.conclusion.args[0], by=congruence(right, hole, symmetric(part)), because="The difference is the integral.")
    average = integral(tau, exp(-tau) * noise(tau), interval(start, stop))
    sheet.to(alpha(stop) / alpha(start) * x(start) - alpha(stop) * average, because="The sign moves out.")
    sheet.qed()


phi_1 = (exp(h) - 1) / h
phi_2 = (phi_1 - 1) / h
phi_3 = (phi_2 - half) / h


@chapter.theorem("dpm.phi_recursion", "The weights of a polynomial prediction", given=(lt(0, h),), sources=("DPM-Solver, appendix B",))
def phi_recursion(sheet: Calculation) -> None:
    r"""If the prediction is a polynomial along the step, the integral of the exact solution is known: a power of the step times
    $\varphi_1=(e^h-1)/h$, $\varphi_2=(\varphi_1-1)/h$, $\varphi_3=(\varphi_2-\tfrac12)/h$. Each is the one before it, less its value at $h=0$, over $h$."""
    bodies = (exp(h - tau), exp(h - tau) * tau, exp(h - tau) * (tau**2 / 2))
    weights = (num(1), tau + 1, tau**2 / 2 + tau + 1)
    values = (h * phi_1, h**2 * phi_2, h**3 * phi_3)
    for k, (body, weight, value) in enumerate(zip(bodies, weights, values, strict=True)):
        gap = changed(-(exp(h - tau) * weight), body, num(0), h, (), (lt(0, h),))
        sheet.start(gap.conclusion.args[0]).to(gap.conclusion.args[1], by=gap, because="An antiderivative, checked by differentiating it.")
        sheet.to(value)
        sheet.qed(f"phi {k + 1}")
    short = order_quotient(taylor(h, 2, exp(h) - 1 - h), 1)
    short = order_same(short, algebra(short.conclusion.args[2], phi_1 - 1, (ne(h, 0),)))
    near, hole = limit_order(short), scalar("hole")
    near = limit_through(hole + 1, (hole,), (near,))
    near = limit_same(near, algebra(near.conclusion.args[3], num(1)))
    near = limit_same(near, algebra(near.conclusion.args[2], phi_1, (ne(h, 0),)))
    sheet.fact(near, "short steps", r"For short steps $\varphi_1$ tends to $1$, and the step becomes Euler's.")


Z, guess = opaque("z_at", r"\mathbf{{z}}_{{{0}}}", Vec(d)), opaque("eps_of", r"\hat{{\boldsymbol\epsilon}}({0},{1})", Vec(d))
scaled = forall(tau, eq(diff(tau, Z(tau)), -(exp(-tau) * guess(Z(tau), tau))))


def ddim(point: Term, at: Term, length: Term, prediction: Term) -> Term:
    """The DDIM step of a length in lambda, for the scaled point: the prediction is held fixed."""
    return point - exp(-at) * (1 - exp(-length)) * prediction


@chapter.theorem("dpm.solver2", "DPM-Solver-2 has order two", given=((scaled, r"the equation of the scaled point; the network is smooth"),),
                 sources=("DPM-Solver, algorithm 1, with the midpoint",), no_twin=MEASURED,
                 witness={guess(y, z): y, Z(tau): exp(exp(-tau)) * a})  # fmt: skip
def solver2(sheet: Calculation) -> None:
    r"""Half a DDIM step, a second call of the network there, and a full DDIM step with the second prediction. Held fixed over a step,
    the first prediction errs by $h^2$; the one in the middle errs by $h^3$, as the midpoint rule does."""
    law, first = specialize(assume(scaled), tau), specialize(assume(scaled), lam)
    seen, middle = guess(Z(lam), lam), ddim(Z(lam), lam, h / 2, guess(Z(lam), lam))
    predictor = taylor(h, 2, middle - Z(lam + h / 2), (), (first,))
    sheet.fact(predictor, "predictor", "One DDIM step to the middle: of order one, as Euler's.", lemma=True)
    hole = vector("hole")
    through = order_through(predictor, taylor(h, 0, Z(lam + h / 2)), guess(hole, lam + h / 2), hole)
    sheet.fact(through, "second call", "The network is smooth, so its prediction there is as close as the point is.", lemma=True)
    along = taylor(h, 2, guess(Z(lam + h / 2), lam + h / 2) - seen - h / 2 * _turn(lam), (), (first,))
    weight = taylor(h, 1, exp(-lam) * (1 - exp(-h)))
    turned = exp(-tau) * (guess(Z(tau), tau) - _turn(tau))
    bend = chain(_bend(Z(tau), law), algebra(diff(tau, law.conclusion.args[1]), turned, (), (law,)))
    bend = instantiate(bend, table({tau: lam}))
    solution = taylor(h, 3, Z(lam + h) - Z(lam) + h * exp(-lam) * seen - h**2 / 2 * exp(-lam) * (seen - _turn(lam)), (), (first, bend))
    left = exp(-lam) * (1 - exp(-h)) * (seen + h / 2 * _turn(lam)) - h * exp(-lam) * seen + h**2 / 2 * exp(-lam) * (seen - _turn(lam))
    parts = order_sum(solution, order_product(weight, through), order_product(weight, along), taylor(h, 3, left))
    sheet.fact(parts, "together", "Four series: the solution, the two errors of the prediction, each times a weight of the order of $h$, and what is left of the weights.", lemma=True)
    end = Z(lam + h) - ddim(Z(lam), lam, h, guess(middle, lam + h / 2))
    sheet.fact(order_same(parts, algebra(parts.conclusion.args[2], end)), "local", "Everything but the step itself cancels.")


def _turn(at: Term) -> Term:
    """d/dtau of the prediction along the solution, by the chain rule."""
    across = jacobian(y, guess(y, at), Z(at)) @ -(exp(-at) * guess(Z(at), at))
    return across + diff(z, guess(Z(at), z), at)
