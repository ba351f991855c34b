"""Gaussian latents: the divergence of a variational autoencoder, and a divergence that is not one in a chain of latents."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.divergence import S_0, S_1, kl_general, mu_0, mu_1
from derivations.chapters.gaussian.integral import normalization
from derivations.chapters.latent.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.decay import gaussian_integrable, same_integrand
from derivations.kernel.equality import algebra, chain, congruence, symmetric, unfolded
from derivations.kernel.integrals import no_flux, split
from derivations.kernel.logic import instantiate, table, weaken
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term,
    comps,
    conj,
    diag,
    diff,
    expect,
    eye,
    forall,
    integral,
    kl,
    le,
    log,
    lt,
    normal,
    num,
    sum_,
    sym,
    zero,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.entry import Claim
from derivations.language.letters import carried
from derivations.language.notation import d, j, m, opaque, scalar, vector

half = num(Fraction(1, 2))
z = vector("z", dim=m)
mean_of, spread_of = opaque("mu_of", r"\mu_{{{0}}}"), opaque("sigma_of", r"\sigma_{{{0}}}")
mean, cov = comps(j, mean_of(j), m), diag(j, spread_of(j) ** 2, m)
spread_positive = forall(j, lt(0, spread_of(j)), conj(le(1, j), le(j, m)))

chapter.prose(r"""
With a Gaussian encoder and a Gaussian prior the second term of the bound needs no sampling. This is the loss of a variational
autoencoder, next to the reconstruction.
""")


@chapter.theorem("vae.kl_closed", "The divergence of a variational autoencoder", given=((le(1, m), ""), (spread_positive, "")),
                 sources=("Kingma and Welling 2014, appendix B (with the opposite sign)",))  # fmt: skip
def kl_closed(sheet: Calculation) -> None:
    r"""The encoder says for every coordinate where the latent is and how surely. Short run: a sum over coordinates that code can
    add up. Long run: the last term of a diffusion model's bound is this one, for the fully noised picture."""
    prior, encoder = normal(z, zero(m), eye(m)), normal(z, mean, cov)
    filled = {d: m, mu_0: mean, S_0: cov, mu_1: zero(m), S_1: eye(m)}
    general = instantiate(weaken(kl_general.theorem, spread_positive), table(filled))
    start = kl(z, encoder, prior)
    renamed = congruence(start, sym("unused"), general)  # the general formula has another letter for the latent
    sheet.start(start)
    sheet.to(general.conclusion.args[1], by=chain(renamed, general), because="The divergence of two Gaussians, with a diagonal and a unit covariance.")
    sheet.to(half * sum_(j, 1, m, mean_of(j) ** 2 + spread_of(j) ** 2 - 1 - log(spread_of(j) ** 2)),
             because="The trace, the squared length and the log-determinant of a diagonal matrix are sums over coordinates.",
             asks="When is it zero?", answer=r"When every $\mu_j=0$ and $\sigma_j=1$: a code that says nothing costs nothing.")  # fmt: skip
    sheet.qed()


before, here, after, again = scalar("z_before", "z_{i-1}"), scalar("z_here", "z_i"), scalar("z_after", "z_{i+1}"), scalar("z_again", "z_i'")
a, b, c, q_1, r = scalar("a"), scalar("b"), scalar("c"), scalar("q_1"), scalar("r")
A, B, C, mu, v, u = scalar("A"), scalar("B"), scalar("C"), scalar("mu"), scalar("v"), scalar("u")
Frame = tuple[Term, Term, Term]  # a variable, its mean and its variance
chain_of_latents: tuple[Frame, ...] = ((after, c * here, r), (here, a * before, q_1), (before, num(0), num(1)))
backward = normal(here, b * after, num(1))
keep = 1 - b * c
closed_left = half * (keep**2 * (a**2 + q_1) + b**2 * r - 1 - log(q_1))
closed_right = half * (keep**2 * a**2 + b**2 * c**2 * q_1 + q_1 + b**2 * r - 1 - log(q_1))


def average(frames: tuple[Frame, ...], body: Term) -> Term:
    """The expectation over the frames, the first of them innermost."""
    for variable, mean_, variance in frames:
        body = expect(variable, normal(variable, mean_, variance), body)
    return body


def quadratic(frame: Frame, form: tuple[Term, Term, Term]) -> Term:
    """A + B g + C g^2 in the distance g from the mean."""
    pattern = A + B * (u - mu) + C * (u - mu) ** 2
    return substitute(pattern, {u: frame[0], mu: frame[1], A: form[0], B: form[1], C: form[2]})


def line_average(sheet: Calculation) -> Theorem:
    """E[A + B (u - mu) + C (u - mu)^2] = A + C v under N(u; mu, v)."""
    frame, bell, gap = (u, mu, v), normal(u, mu, v), u - mu
    field = (-(B * v) - C * v * gap) * bell
    expanded, constant = bell * gap * B + bell * gap**2 * C + bell * -(C * v), bell * (A + C * v)
    given, sheet.given = sheet.given, (lt(0, v),)
    slope, place = algebra(expanded, diff(u, field), sheet.given), sym("slope")
    sheet.settle(same_integrand(gaussian_integrable(u, expanded, sheet.given), slope))
    start = average((frame,), quadratic(frame, (A, B, C)))
    meaning = unfolded(start)
    product = meaning.conclusion.args[1].args[2]
    known = congruence(constant + place, place, slope)
    pointwise = chain(carried(product, known.conclusion.args[0], kinds=("normal",)), known)
    whole = integral(u, constant + diff(u, field))
    parts, rest = split(whole), integral(u, constant)
    line, total = instantiate(normalization.part("line"), table({sym("sigma2"): v})), (A + C * v) * integral(u, bell)
    sheet.start(start)
    sheet.to(whole, by=chain(meaning, under(meaning.conclusion.args[1], pointwise)),
             because=r"The linear and the quadratic term are, up to $Cv$, the derivative of a function that vanishes at infinity.")  # fmt: skip
    sheet.to(parts.conclusion.args[1], by=parts)
    gone = congruence(rest + place, place, no_flux(u, field))
    sheet.to(rest, by=chain(gone, carried(rest + 0, rest, kinds=("normal",))), because="Nothing flows out at infinity.")
    sheet.to(total, by=carried(rest, total, kinds=("normal",))).to(A + C * v, by=[line], because="The density integrates to one.")
    out = sheet.qed("average", lemma=True)
    sheet.given = given
    return out


def averaged(rule: Theorem, frames: tuple[Frame, ...], body: Term, form: tuple[Term, Term, Term], after: Term) -> Theorem:
    """E[body] = E[after] with the innermost frame averaged out; `form` is the body as a quadratic around the frame's mean."""
    inner, given = frames[:1], (lt(0, q_1), lt(0, r))
    step = instantiate(rule, table(dict(zip((mu, v, A, B, C), (*frames[0][1:], *form), strict=True))))
    expanded = under(average(inner, body), algebra(body, quadratic(frames[0], form), given))
    return lifted(chain(expanded, step, algebra(step.conclusion.args[1], after, given)), frames[1:])


def lifted(t: Theorem, frames: tuple[Frame, ...]) -> Theorem:
    """a = b gives E[a] = E[b] over the frames."""
    for k in range(len(frames)):
        t = under(average(frames[k : k + 1], t.conclusion.args[0]), t)
    return t


chapter.prose(r"""
With a chain of latents the bound contains one term for every latent, with both neighbours. It is tempting to call each a divergence.
""")


@chapter.refutation("hvae.kl_form_false", "The middle terms of a chain of latents are not divergences",
                    given=((lt(0, q_1), ""), (lt(0, r), "")), claim=Claim(closed_left, closed_right, {a: 1, b: 1, c: 1, q_1: 1, r: 1}),
                    sources=("Luo 2022, equation (45)",))  # fmt: skip
def kl_form_false(sheet: Calculation) -> None:
    r"""In print: $\mathbb{E}_{q(z_{i-1},z_i,z_{i+1})}\big[\log\frac{q(z_i\mid z_{i-1})}{p(z_i\mid z_{i+1})}\big]$ *is*
    $\mathbb{E}_{q(z_{i-1},z_{i+1})}\big[D_{\mathrm{KL}}(q(z_i\mid z_{i-1})\,\|\,p(z_i\mid z_{i+1}))\big]$. The right side draws $z_i$ anew,
    as if $z_{i+1}$ had not been made from it. In a chain of three Gaussians the two differ by $bcq_1$."""
    rule = line_average(sheet)
    _left(sheet, rule)
    _right(sheet, rule)
    values = [sheet.parts[-2].theorem, sheet.parts[-1].theorem]
    sheet.start(values[0].conclusion.args[0] - values[1].conclusion.args[0])
    sheet.to(closed_left - closed_right, by=values, because="Subtract the second from the first.")
    sheet.to(-(b * c * q_1), because="They agree only where the model ignores the neighbour ($b=0$), or the neighbour ignores the latent ($c=0$).")
    sheet.qed("gap")


def _left(sheet: Calculation, rule: Theorem) -> None:
    """The average of the log-ratio over the chain."""
    frames, noise = chain_of_latents, half * b**2 * r - half * log(q_1)
    start, own = log(normal(here, a * before, q_1) / backward), (here - a * before) ** 2 / (2 * q_1)
    one, two = half * keep**2 * here**2 - own + noise, half * keep**2 * (a**2 * before**2 + q_1) + noise - half
    form = (half * keep**2 * here**2 - own - half * log(q_1), -(keep * b * here), half * b**2)
    sheet.start(average(frames, start))
    sheet.to(average(frames[1:], one), by=averaged(rule, frames, start, form, one),
             because="$z_{i+1}$ is $cz_i$ plus noise of variance $r$: expand the squares around $cz_i$ and average.")  # fmt: skip
    form = (half * keep**2 * a**2 * before**2 + noise, keep**2 * a * before, half * keep**2 - 1 / (2 * q_1))
    sheet.to(average(frames[2:], two), by=averaged(rule, frames[1:], one, form, two), because="Now $z_i$, around $az_{i-1}$.")
    form = (half * keep**2 * q_1 + noise - half, num(0), half * keep**2 * a**2)
    sheet.to(closed_left, by=averaged(rule, frames[2:], two, form, closed_left), because="And $z_{i-1}$, which has mean zero and variance one.")
    sheet.qed("left")


def _right(sheet: Calculation, rule: Theorem) -> None:
    """The average of the divergence over the chain."""
    frames, rest = chain_of_latents, half * (q_1 - 1 - log(q_1))
    fresh, model = normal(again, a * before, q_1), normal(again, b * after, num(1))
    miss, gone = a * before - b * after, a * before - b * c * here
    one, two = half * miss**2 + rest, half * gone**2 + half * b**2 * r + rest
    three = half * keep**2 * a**2 * before**2 + half * b**2 * c**2 * q_1 + half * b**2 * r + rest
    divergence, ratio = kl(again, fresh, model), log(fresh / model)
    meaning = chain(unfolded(divergence), symmetric(unfolded(expect(again, fresh, ratio))))
    sheet.start(average(frames, divergence))
    form = (half * miss**2 - half * log(q_1), miss, half - 1 / (2 * q_1))
    inner = averaged(rule, ((again, a * before, q_1), *frames), ratio, form, one)
    sheet.to(inner.conclusion.args[0], by=lifted(meaning, frames), because="The divergence is the average of the log-ratio over a new $z_i$.",
             asks="Why does the old one still stand under the average?", answer="It makes $z_{i+1}$. The divergence itself has forgotten it.")  # fmt: skip
    sheet.to(average(frames, one), by=inner, because="Average over the new $z_i$.")
    form = (half * gone**2 + rest, -(gone * b), half * b**2)
    sheet.to(average(frames[1:], two), by=averaged(rule, frames, one, form, two), because="Over $z_{i+1}$, as before.")
    form = (half * keep**2 * a**2 * before**2 + half * b**2 * r + rest, -(b * c * keep * a * before), half * b**2 * c**2)
    sheet.to(average(frames[2:], three), by=averaged(rule, frames[1:], two, form, three), because="Over the old $z_i$.")
    form = (half * b**2 * c**2 * q_1 + half * b**2 * r + rest, num(0), half * keep**2 * a**2)
    sheet.to(closed_right, by=averaged(rule, frames[2:], three, form, closed_right), because="And over $z_{i-1}$.")
    sheet.qed("right")
