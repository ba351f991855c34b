"""Reasons not to refute: what fails as it was read, and may have been meant otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derivations.kernel.terms import Term, add, app, is_scalar, num, sym
from derivations.reading.averages import estimates
from derivations.reading.equations import counting, meant, naming
from derivations.reading.equations.choosing import names_in
from derivations.reading.laws import bayes, densities
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, bare_noise
from derivations.reading.notation.unfolding import canonical, replaced, score, split_index
from derivations.reading.text.syntax import UnreadError

NOISES = ("eps", "xi", "z")
SCHEDULED = ("alpha", "alpha_bar", "beta")
CHOSEN = "it fails under what was chosen before for the schedule, which may be another example"
SAMPLER = "a step from one state to another by a sampler that is not known"
ESTIMATES = re.compile(r"(?:D|F|score)$|\w+_(?:theta|phi)")
Refuted = Callable[[Notation, Term, Term], bool]


def doubt(notation: Notation, lhs: Term, rhs: Term, refuted: Refuted, known: bool) -> str:
    """Why an equation that fails is not called false; "" without a reason. `known`: the notation is used in it."""
    if all(t.op in ("app", "sym") and not naming.is_computed(t) and not naming.is_density(t) for t in (lhs, rhs)):
        return "one name is set equal to another, which may be a choice or a condition"
    if len(owners(lhs)) == len(owners(rhs)) == 1 and owners(lhs) != owners(rhs):
        return "one density is set equal to another, which may be a choice"
    if is_velocity(lhs, rhs) and not speaks_of_schedule(notation, lhs, rhs):
        return "v may be a velocity, or another quantity than the one that goes by this letter in the book"
    if lhs.op == "app" and lhs.args[0] == "mu_tilde" and names_in(rhs) & {"lambda", "sigma", "eta"}:
        return "it may be the mean of a step with a variance of its own"
    if guided(notation, lhs, rhs, refuted):
        return "it holds for one value of the weight: a guided score is written as that of a density"
    if hoped(notation, lhs, rhs):
        return "a network is set equal to what it is trained to be"
    if notation.world.name == "levels" and unscaled(lhs, rhs):
        return "the data are not scaled here, as in a process whose variance explodes"
    if any(p.op == "exp" and _bare_level(p.args[0]) for t in (lhs, rhs) for p in walk(t)):
        return "alpha stands in an exponent, and may be another quantity than the level of the signal"
    if any(a.op in ("sqrt", "pow") and _at_an_end(a.args[0]) and b.op == "num" for a, b in ((lhs, rhs), (rhs, lhs))):
        return "a schedule may be chosen so at its end"
    for why, a, b in meant.ways(notation, lhs, rhs):
        if not refuted(notation, a, b):
            return why
    names = names_in(lhs) | names_in(rhs)
    own = known and "sigma" in names and notation.world.state is not None
    levels = {"alpha", "sigma"} <= names and "sigma" in notation.world.free  # the two levels, without their time
    told = notation.told and _of_noise_alone(lhs, rhs)
    if own and not levels and not told and not speaks_of_schedule(notation, lhs, rhs):
        return "it speaks of a noise level of its own, and may be of another design"
    if notation.world.state is None and is_chain(lhs, rhs):
        return "a chain of steps may be another process than the state that the document defines"
    if of_no_law(notation, lhs, rhs):
        return "what a score and a mean given the state have to do with one another depends on the law of the state"
    if coupled(notation, lhs, rhs):
        return "one end of the path is written as a function, which may say how the ends hang together"
    if neighbours(notation, lhs, rhs):
        return "the two states and the noise beside them may hang together"
    if of_the_data(notation.as_defined(lhs), notation.as_defined(rhs)):
        return "a mean given the state depends on the law of the data"
    if along_a_flow(lhs, rhs) or along_a_flow(rhs, lhs):
        return "a rate beside an estimate may be that along the flow, and not along the path of one draw"
    loose = notation.unchosen()
    near = all(notation.places.one_example(r.left) for r in notation.own if r.left.args[0] in notation.world.free)
    if loose is not None and not near and not refuted(loose, lhs, rhs):
        return CHOSEN
    return ""


def of_the_data(lhs: Term, rhs: Term) -> bool:
    """Whether one side has a mean given the state, and the other none, and no score, density or estimate either."""
    means = [any(p.op == "app" and p.args[0] == "E|" for p in walk(t)) for t in (lhs, rhs)]
    other = rhs if means == [True, False] else lhs if means == [False, True] else None
    if other is None:
        return False
    named = [p for p in walk(other) if p.op in ("app", "sym", "grad")]
    tied = (p.op == "grad" or ESTIMATES.match(str(p.args[0])) or naming.is_density(p) for p in named)
    return not any(tied)


def along_a_flow(lhs: Term, rhs: Term) -> bool:
    """Whether a rate of a vector is made of an estimate by a network or a denoiser, as the equation of a flow is."""
    moved = lhs.op == "app" and lhs.args[0] == "rate" and not is_scalar(lhs)
    vectors = (p for p in walk(rhs) if p.op in ("app", "sym") and not is_scalar(p))
    return moved and any(ESTIMATES.match(str(p.args[0])) for p in vectors)


def _of_noise_alone(lhs: Term, rhs: Term) -> bool:
    """Whether a score is made of noise and its level: that is so with every level of the signal."""
    slope = lhs.op == "grad" and lhs.args[1].op == "log"
    vectors = [p for p in walk(rhs) if p.op in ("app", "sym") and not is_scalar(p)]
    outside = [p for p in vectors if p.args[0] == "x" and not any(p in q.args for q in vectors if q != p)]
    return slope and not outside


def hang_together(notation: Notation, written: tuple[Term, Term], sides: tuple[Term, Term]) -> str:
    """Why numbers that are chosen one by one say nothing of the sides; "" where they do."""
    if densities.under_binder(sides):
        return "densities of neighbouring steps hang together"
    if notation.world.state is not None and _is_step(*written):
        return SAMPLER
    return ""


def _is_step(lhs: Term, rhs: Term) -> bool:
    """Whether a state is made of another one, of a network or an estimate, and of new noise."""
    parts = [p for p in walk(rhs) if p.op in ("app", "sym") and not is_scalar(p)]
    state = lhs.op == "app" and lhs.args[0] == "x" and len(lhs.args) == 2 and lhs.args[1].op != "num"
    other = any(p.op == "app" and p.args[0] == "x" and p.args[1:] != lhs.args[1:] for p in parts) if state else False
    networks = {str(p.args[0]).split("_")[0] for p in parts if p.op == "app" and len(p.args) > 2}
    return other and bool(networks & {"eps", "s", "x", "D"}) and bool(bare_noise((rhs,), NOISES))


def of_no_law(notation: Notation, lhs: Term, rhs: Term) -> bool:
    """Whether a score and a conditional mean stand in an equation, and nothing says what the law of the state is."""
    if notation.world.state is not None or any(r.left.args[0] == "score" for r in notation.own):
        return False
    parts = [score(p) for t in (lhs, rhs) for p in walk(notation.as_defined(t))]
    names = {p.args[0] for p in parts if p.op == "app"}
    scores = "score" in names or any(p.op == "grad" and p.args[1].op == "log" for p in parts)
    return scores and "E|" in names and notation.world.name != "edm"


def _bare_level(t: Term) -> bool:
    """Whether an exponent names alpha itself, and not an integral or a sum of it."""
    parts = [t, *(a for a in t.args if isinstance(a, Term))] if t.op in ("neg", "div", "mul") else [t]
    parts += [q for p in parts if p.op in ("neg", "div", "mul") for q in p.args if isinstance(q, Term)]
    return any(p.op == "app" and p.args[0] in ("alpha", "alpha_bar") for p in parts)


def _at_an_end(t: Term) -> bool:
    ends = (num(0), num(1), sym("T", t.args[1].sort)) if t.op == "app" and len(t.args) == 2 else ()
    return t.args[0] in (*SCHEDULED, "sigma") and t.args[1] in ends if ends else False


def others(notation: Notation, lhs: Term, rhs: Term) -> Iterator[tuple[str, str, str, tuple[Term, Term]]]:
    """The equation in other words: an estimate as what it estimates, and x as the data x_0 where no x_0 stands."""
    for later in counting.counted_before(lhs, rhs):
        yield "convention", "", counting.COUNTED_BEFORE, later
    for counted, why in counting.counted_from_zero(rhs):
        yield "convention", "conv.ddpm", why, (lhs, counted)
    pair = estimates.ideal(lhs, rhs)
    if pair is not None:
        yield "proved", "", "what is estimated stands for its estimate", pair
    cleaned = {p for t in (lhs, rhs) for p in walk(t) if notation.world.name == "edm" and _clean_mean(p)}
    if cleaned:
        a, b = lhs, rhs
        for p in cleaned:
            a, b = (replaced(t, p, app("D", p.args[2], sym("sigma"), sort=p.sort)) for t in (a, b))
        yield "proved", "", "the denoiser is the mean of the data", (a, b)
    pair = meant.with_data(notation, lhs, rhs) if notation.world.name not in ("ddpm", "ddim", "factors") else None
    if pair is not None:
        yield "convention", "", "x is the data x_0", pair


def _clean_mean(t: Term) -> bool:
    """Whether a term is the mean of the data y or x_0 given the state x, in the notation of denoisers."""
    if t.op != "app" or t.args[0] != "E|" or len(t.args) < 3 or t.args[2] != sym("x", t.args[2].sort):
        return False
    return t.args[1].op in ("sym", "app") and t.args[1].args[0] in ("x", "y") and t.args[1] != t.args[2]


def hoped(notation: Notation, lhs: Term, rhs: Term) -> bool:
    """Whether the score of a true density is made of a network to which the document gives a form of its own."""
    own = {r.left.args[0] for r in notation.own if r.left.op == "app"}
    for truth, other in ((lhs, rhs), (rhs, lhs)):
        learnt = {p.args[0] for p in walk(other) if p.op == "app" and NETWORK.search(str(p.args[0]))}
        here = any(NETWORK.search(str(p.args[0])) for p in walk(truth) if p.op in ("app", "sym"))
        if learnt & own and not here and any(p.op == "grad" for p in walk(truth)):
            return True
    return False


NETWORK = re.compile(r"_(?:theta|phi|psi)$")
WEIGHTS = frozenset("lambda w gamma s omega eta rho zeta kappa beta alpha tau nu mu k c a".split())


def guided(notation: Notation, lhs: Term, rhs: Term, refuted: Refuted) -> bool:
    """Whether the score of a density is made of scores with a weight, and that does not fail where it is 1 or 0."""
    score = lhs.op == "grad" and lhs.args[1].op == "log" and lhs.args[1].args[0].op == "app"
    if not score or not any(p.op == "grad" for p in walk(rhs)):
        return False
    weights = {p for p in walk(rhs) if p.op == "sym" and p.args[0] in WEIGHTS and is_scalar(p)}
    return any(
        not refuted(notation, *(canonical(replaced(t, w, num(value))) for t in (lhs, rhs)))
        for w in sorted(weights, key=repr)
        for value in (1, 0)
    )


def unscaled(lhs: Term, rhs: Term) -> bool:
    """Whether a state is the data and a noise by a level sigma: that may be another design than the one before."""
    if lhs.op != "app" or lhs.args[0] != "x" or rhs.op != "add":
        return False
    data = app("x", num(0), sort=lhs.sort)
    rest = [a for a in rhs.args if a != data]
    names = names_in(add(*rest)) if len(rest) > 1 else names_in(rest[0]) if rest else set()
    return len(rest) == len(rhs.args) - 1 and "sigma" in names and "alpha" not in names


def is_velocity(lhs: Term, rhs: Term) -> bool:
    """Whether v is made of two states, one of which is neither the data nor at the step of v."""
    if lhs.op not in ("app", "sym") or lhs.args[0] != "v" or is_scalar(lhs):
        return False
    states = {p for p in walk(rhs) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    return len(states) > 1 and any(p.args[1] not in (num(0), *lhs.args[1:]) for p in states)


def is_chain(lhs: Term, rhs: Term) -> bool:
    """Whether a state is made of the one at another step and of a noise."""
    if lhs.op != "app" or len(lhs.args) != 2 or is_scalar(lhs):
        return False
    here = split_index(lhs.args[1])
    states = [p for p in walk(rhs) if p.op == "app" and p.args[0] == lhs.args[0] and len(p.args) == 2 and p != lhs]
    there = [split_index(p.args[1]) for p in states]
    neighbour = here is not None and here[0] is not None and any(j is not None and j[0] == here[0] for j in there)
    return neighbour and bool(bare_noise((rhs,), ("eps", "xi", "z", "w", "eta")))


def coupled(notation: Notation, lhs: Term, rhs: Term) -> bool:
    """Whether a state of a path is made of one of its ends and of a function of that: x_t = (1-t) x_0 + t T(x_0)."""
    path = [p for r in notation.own if r.left == lhs for p in walk(r.right)]
    ends = {p for p in path if p.op == "app" and p.args[0] in naming.STATES and p.args[1].op == "num"}
    here = ends & set(walk(rhs))
    moved = [p for p in walk(rhs) if p.op == "app" and p.args[0] not in naming.STATES and here & set(p.args[1:])]
    return len(ends) > len(here) == 1 and bool(moved)


def neighbours(notation: Notation, lhs: Term, rhs: Term) -> bool:
    """Whether an equation that is about no state itself has states of two steps and a noise: x_t may be made of the
    others.
    """
    here, there = ({p for p in walk(t) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2} for t in (lhs, rhs))
    if notation.world.state is None or {lhs, rhs} & (here | there):
        return False
    if notation.scalar_world:  # where no noise is a vector
        noisy = any(p.op in ("sym", "app") and p.args[0] in NOISES for t in (lhs, rhs) for p in walk(t))
        return noisy and here != there
    moving = {p for p in here | there if p.args[1].op != "num"}
    return len(moving) > 1 and bool(bare_noise((lhs, rhs), NOISES))


def owners(t: Term) -> set[str]:
    """Whose densities a term is made of, when it is a product of densities."""
    if t.op not in ("app", "mul", "div"):
        return set()
    try:
        found = [bayes.split(p) for p in walk(t) if naming.is_density(p)]
    except UnreadError:
        return set()
    return {f[0] for f in found if f is not None}


def speaks_of_schedule(notation: Notation, *terms: Term) -> bool:
    """Whether a step mentions the signal level of its notation: x_i = x_{i-1} + sigma z is of another design."""
    letters = {"alpha"} if "sigma" in notation.world.free else set(SCHEDULED)
    return any(p.op == "app" and p.args[0] in letters for t in terms for p in walk(t))


__all__ = ["doubt", "speaks_of_schedule"]
