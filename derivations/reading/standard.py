"""Equations of a standard shape: laws that belong to an equation before, optima, divergences, tilts, expansions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, app, is_scalar, num, power, zero
from derivations.reading.averages import byparts, inside, objectives, tweedie
from derivations.reading.dynamics import (
    along,
    coefficients,
    decays,
    denoising,
    euler,
    exponential,
    fields,
    guidance,
    guided,
    kernels,
    moments,
    transport,
    velocities,
)
from derivations.reading.equations import approximations, choosing, ends, inverses, naming, optima, turned
from derivations.reading.equations.certain import FAR
from derivations.reading.equations.compare import equal
from derivations.reading.equations.doubts import SAMPLER
from derivations.reading.equations.equations import Equations
from derivations.reading.laws import (
    covariances,
    densities,
    diagonal,
    exchanged,
    forwarded,
    joined,
    noised,
    proportional,
    smoothed,
    tilts,
    towers,
    written,
)
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.former import formerly
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.standing import matched, named
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

EXAMPLES = 4  # how many former meanings are tried
ENDED = "it is not so for the path before, and may be asked of every path"
FORMERLY = "it fails with what its names mean here, and they meant something else before"
LAWFUL = (joined.judge, covariances.judge, written.judge, smoothed.judge, tweedie.judge, inside.judge, byparts.judge)
BESIDE = (noised.judge, towers.judge)  # what is said beside an equation, where its own letters leave it open
OF_KINDS = (inverses.judge, *LAWFUL, along.judge, transport.turned, exchanged.judge)

if TYPE_CHECKING:
    from derivations.reading.judge import Judge


def judge(by: Judge, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on a noise that is set to 0, on the law of a linear equation and on optima; None for another link."""
    if relation in ("=", ":="):
        shortened = _shortened(by, notation, lhs, rhs)
        if shortened is not None:
            return shortened
        if naming.is_silenced(lhs, rhs, by.noises | {"z"}):
            return Judgement("definition", message="a setting: no noise")
        if densities.under_weight(lhs, rhs):
            return Judgement("definition", "cfg.tilted_density", "the density under a weight is given its meaning")
        chosen = moments.learn(notation, lhs, rhs)
        if chosen is not None:
            return chosen
        noisy = _noise_as_told(notation, lhs, rhs, by.noises | {"z"})
        noisy = noisy or noised.proved(notation, lhs, rhs, by.noises) or ends.judge(notation, lhs, rhs)
        if noisy is not None:
            return noisy
        trained = objectives.judge(notation, lhs, rhs, by.noises) or objectives.named(notation, lhs, rhs, by.context)
        trained = trained or _predicted(notation, lhs, rhs, by.noises)
        if trained is not None:
            return trained
        along_a_field = euler.judge(notation, lhs, rhs, by.context, by.noises)
        along_a_field = along_a_field or velocities.judge(notation, lhs, rhs, by.noises)
        along_a_field = along_a_field or coefficients.judge(notation, lhs, rhs, by.forward)
        along_a_field = along_a_field or coefficients.log_snr(notation, lhs, rhs, by.context)
        step = along_a_field or denoising.step(notation, lhs, rhs) or exponential.judge(notation, lhs, rhs, by.noises)
        if step is not None:
            _keep(notation, lhs, rhs, step)
            return matched(step)
        level = decays.judge(notation, lhs, rhs, by.forward)
        if level is not None:
            return level
        kernel = kernels.judge(notation, lhs, rhs, by.forward, by.noises)
        if kernel is not None:
            _keep(notation, lhs, rhs, kernel)
            return matched(kernel)
        moment = forwarded.judge(notation, lhs, rhs, by.noises, lambda a, b: by.link(notation, a, b, "="))
        if moment is not None:
            return moment
    return optima.judge(lhs, rhs, relation, lambda a, b, r: by.link(notation.apart(), a, b, r))


def _keep(notation: Notation, lhs: Term, rhs: Term, found: Judgement) -> None:
    """Keep the form of a law or a field that is proved, in the place of the one that another example gave it."""
    of_a_field = lhs.op == "app" and str(lhs.args[0]).removesuffix("_target") in naming.VELOCITIES
    named = naming.is_density(lhs) or of_a_field
    if found.verdict != "proved" or not named or notation.said(lhs, rhs):
        return
    own = lhs in notation.stated or any(r.left == lhs for r in notation.own)
    if own:
        notation.forget(lhs)
    if own or not notation.has_rule(lhs):
        choosing.defined(notation, lhs, rhs)


def _predicted(notation: Notation, lhs: Term, rhs: Term, noises: set[str]) -> Judgement | None:
    """The verdict on a divergence from a step of a model that puts its prediction of the data into the posterior, as
    the right side shows by that prediction; None for another equation.
    """
    if lhs.op != "app" or lhs.args[0] != "KL" or len(lhs.args) != 3 or notation.world.state is None:
        return None
    q, p = lhs.args[1:]
    predictions = {a for a in walk(rhs) if a.op == "app" and a.args[0] == "x_theta" and len(a.args) == 3}
    posterior = q.op == "app" and q.args[0] == "q(x|x,x)" and len(q.args) == 7
    if not posterior or p.op != "app" or p.args != ("p_theta(x|x)", *q.args[1:5]) or len(predictions) != 1:
        return None
    if p in notation.stated or predictions.pop().args[1] != q.args[3]:
        return None
    prediction = app("x_theta", q.args[3], q.args[4], sort=q.args[3].sort)
    model = app(str(q.args[0]), *q.args[1:5], prediction, q.args[6])
    found = Equations(notation, noises, False).judge(app("KL", q, model), rhs, hint=False)
    return found if found.verdict in ("proved", "refuted") else None


def _noise_as_told(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The refutation of a step whose noise has not the variance that the document gives to the law of the step."""
    laws = [*notation.stated.items(), *((r.left, r.right) for r in notation.own)]
    told = [law.args[2] for d, law in laws if law.op == "normal" and d.args[0] == "p_theta(x|x)" and d.args[1] == lhs]
    variance = isotropic(told[-1]) if told else None
    if variance is None or lhs.op != "app" or len(lhs.args) != 2:
        return None
    try:
        drawn = [c for a, c in parts(rhs).items() if a.op in ("sym", "app") and str(a.args[0]) in noises]
    except UnreadError:
        return None
    if len(drawn) != 1:
        return None
    names = [{p for p in walk(t) if p.op in ("app", "sym")} for t in (drawn[0], variance)]
    answer = equal(power(drawn[0], 2), variance, notation.domains)
    if answer.status != "refuted" or names[0] != names[1]:
        return None
    said = f"the noise of this step has another variance than its law: {answer.reason}"
    return Judgement("refuted", "ddpm.sampling_step", said, witness=dict(answer.witness or {}), values=answer.values)


def guided_or_moved(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on a guided estimate and on a flow that is given its field; None for another link."""
    named = lhs.op in ("app", "sym") and not is_scalar(lhs)
    found = guidance.judge(notation, lhs, rhs) if named else None
    if found is not None and found.verdict == "convention":
        notation.guided.add(str(lhs.args[0]))
    return found or (fields.judge(notation, lhs, rhs) if relation in ("=", ":=") else None)


def _shortened(by: Judge, notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on the mean of the posterior without its arguments, mu_tilde_t, made of the state and the noise or
    the data; None for another equation.
    """
    if lhs.op != "app" or lhs.args[0] != "mu_tilde" or len(lhs.args) != 2 or notation.knows(lhs):
        return None
    state, data = (app("x", at, sort=lhs.sort) for at in (lhs.args[1], num(0)))
    vectors = {p for p in walk(rhs) if p.op in ("app", "sym") and not is_scalar(p)}
    noises = {p for p in vectors if str(p.args[0]).split("_")[0] == "eps"}
    whole = app("mu_tilde", lhs.args[1], state, data, sort=lhs.sort)
    if is_scalar(lhs) or vectors - noises - {data} != {state} or not notation.has_rule(whole):
        return None
    found = by.link(notation, whole, rhs, "=")
    return found if found.verdict in ("proved", "refuted", "definition") else None


def in_turn(stated: list[Statement], judge_one: Callable[[Statement], Judgement]) -> list[Judgement]:
    """The verdicts on statements; what is open is judged again where one behind it says what a name is, as h in b h."""
    found = [judge_one(s) for s in stated]
    for k, j in enumerate(found):
        if j.verdict == "undecided" and any(after.verdict == "definition" for after in found[k + 1 :]):
            found[k] = judge_one(stated[k])
    return found


def in_general(notation: Notation, noises: set[str], lhs: Term, rhs: Term, found: Judgement) -> Judgement:
    """The verdict on an equation that was not proved: a proof where it is not about the examples which the document
    chose for its schedule before, or goes back to a former example, with what a name meant before it was given another
    meaning; open where only that former meaning does not refute it.
    """
    if found.verdict not in ("refuted", "undecided"):
        return found
    whole = _normalised(notation, noises, lhs, rhs) or _at_an_end(lhs, rhs, found)
    if whole is not None:
        return whole
    by_guide = guided.judged(notation, lhs, rhs, lambda n, a, b: _whatever_the_schedule(n, noises, a, b))
    if by_guide is not None:
        return by_guide
    other = _in_general(notation, noises, lhs, rhs, found)
    if other is None and (found.verdict == "undecided" or found.message.startswith(FAR)):
        other = next((j for of in BESIDE if (j := of(notation, lhs, rhs, noises)) is not None), None)
    if other is not None:
        return other
    for name, before in islice(formerly(notation), EXAMPLES):
        there = Equations(before, noises, False)
        other = there.judge(lhs, rhs, hint=False)
        if other.verdict == "proved":
            return replace(other, message=f"with a former meaning of its names: {other.message}")
        path = name.args[0] in STATES  # which runs along the new one from there on
        if found.verdict == "refuted" != other.verdict and not path and not there.has_strangers(lhs, rhs):
            found = replace(other, message=FORMERLY)
    return found


def _normalised(notation: Notation, noises: set[str], lhs: Term, rhs: Term) -> Judgement | None:
    """The proof that a density which the document made of an exponential is the Gaussian proportional to it: both of
    them integrate to 1. None for another equation.
    """
    x = proportional.variable(rhs) if rhs.op == "normal" and _is_gibbs(notation, lhs) else None
    found = None if x is None else proportional.judge(Equations(notation, noises, False), lhs, rhs, x)
    if found is None or found.verdict != "proved":
        return None
    return Judgement("proved", found.formula, "both integrate to 1, and they are equal up to a factor")


def _at_an_end(lhs: Term, rhs: Term, found: Judgement) -> Judgement | None:
    """The verdict on the law of a path at one of its ends, as every path shall have it; None for another equation."""
    ends = naming.is_density(lhs) and "@" in str(lhs.args[0]) and lhs.args[-1].op == "num" and rhs.op == "normal"
    if not ends:
        return None
    if found.verdict == "undecided":
        return Judgement("definition", message="what the law is at one end of the path")
    return replace(found, verdict="undecided", witness={}, values=None, message=f"{ENDED}: {found.message}")


def _in_general(notation: Notation, noises: set[str], lhs: Term, rhs: Term, found: Judgement) -> Judgement | None:
    """The verdict on an equation that was not proved, whatever the document chose for its schedule: a proof, or what it
    is a slip away from where it fails with that choice too. None without one.
    """
    general = notation.general()
    if general is None:
        return None
    far = (found.verdict == "refuted" and found.message.startswith(FAR)) or found.message == SAMPLER
    other = Equations(general, noises, False).judge(lhs, rhs, hint=far)
    slip = far and other.verdict == "refuted" and not other.message.startswith(FAR)
    return other if other.verdict == "proved" or slip else None


def _whatever_the_schedule(notation: Notation, noises: set[str], lhs: Term, rhs: Term) -> Judgement:
    found = Equations(notation, noises, False).judge(lhs, rhs)
    return _in_general(notation, noises, lhs, rhs, found) or found


def over_coordinates(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a divergence as a sum over coordinates, whose laws are not written out; None for another link."""
    laws = [*notation.stated.items(), *((r.left, r.right) for r in notation.own)]
    centred = [(a, law.args[2]) for a, law in laws if law.op == "normal" and law.args[1] in (num(0), zero(DIMENSION))]
    priors = {left for left, spread in centred if spread == num(1) or spread.op == "eye"}
    spread = diagonal.unnamed(lhs, rhs, any(p in priors for p in walk(lhs)))
    return None if spread is None else matched(spread)


def nearly(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on an expansion, or on the law of the last state; None for another link."""
    if relation == "~~":
        turned.learn(notation, lhs, rhs)
    return approximations.judge(notation, lhs, rhs, relation)


def proportioned(equations: Equations, lhs: Term, rhs: Term, x: Term | None) -> Judgement:
    """The verdict on what is proportional; a tilted density gets its meaning so."""
    tilted = tilts.judge(lhs, rhs)
    if tilted is not None:
        return named(tilted)
    notation = equations.notation
    found, made = named(proportional.judge(equations, lhs, rhs, x)), densities.is_made(lhs, rhs)
    known = notation.knows(lhs) or lhs in notation.stated
    if made is None and found.verdict != "proved" and (not known or _is_gibbs(notation, lhs)):
        made = densities.is_gibbs(lhs, rhs)
        if made is not None and known:  # each example has its own energy
            notation.forget(lhs)
    if made is None or found.verdict == "proved":
        return found
    notation.ranges[f"Z({lhs.args[0]})"] = "positive"
    notation.define(lhs, made, "")
    said = f"{plain(lhs)} is given its meaning, up to what normalises it"
    return Judgement("definition", "cfg.tilted_density", said)


def _is_gibbs(notation: Notation, density: Term) -> bool:
    """Whether the document has made a density of an exponential, up to what normalises it."""
    name = f"Z({density.args[0]})" if density.op == "app" else ""
    rules = [*((r.left, r.right) for r in notation.own), *notation.stated.items()]
    return any(left == density and any(p.args[:1] == (name,) for p in walk(right)) for left, right in rules)


def up_to(equations: Equations, lhs: Term, rhs: Term, name: str, x: Term) -> Judgement | None:
    """The verdict on a log-density with a constant by name beside it: on the densities as proportional ones, or on what
    is left of the equation. None where that is open.
    """
    pair = proportional.factors(lhs, rhs, name)
    found = None if pair is None else proportioned(equations, *pair, x)
    if found is not None and found.verdict in ("proved", "refuted"):
        return replace(found, message=f"{name} collecting what is free of {plain(x)}: {found.message}")
    return proportional.collected(equations, lhs, rhs, name)


__all__ = ["in_turn", "judge", "nearly", "over_coordinates", "proportioned", "up_to"]
