"""Reasons not to refute: what fails as it was read, and may have been meant otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, mul, neg, num, prod_, sqrt, sym
from derivations.reading.averages import estimates
from derivations.reading.equations import abbreviated, naming
from derivations.reading.equations.choosing import names_in
from derivations.reading.laws import bayes, densities
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, bare_noise
from derivations.reading.notation.unfolding import canonical, replaced, score, split_index
from derivations.reading.text.syntax import UnreadError

NOISES = ("eps", "xi", "z")
SCHEDULED = ("alpha", "alpha_bar", "beta")
COUNTED_BEFORE = "true with the schedule of a step counted from the earlier state"
COUNTED_FROM_ZERO = (
    (0, "true where the factor of step 0 is 1: it adds no noise"),
    (1, "true with the factors counted from 0, so that the first step has the factor 0"),
)
CHOSEN = "it fails under what was chosen before for the schedule, which may be another example"
Refuted = Callable[[Notation, Term, Term], bool]


def doubt(notation: Notation, lhs: Term, rhs: Term, refuted: Refuted, known: bool) -> str:
    """Why an equation that fails is not called false; "" without a reason. `known`: the notation is used in it."""
    if all(t.op in ("app", "sym") and not naming.is_computed(t) and not naming.is_density(t) for t in (lhs, rhs)):
        return "one name is set equal to another, which may be a choice or a condition"
    if len(owners(lhs)) == len(owners(rhs)) == 1 and owners(lhs) != owners(rhs):
        return "one density is set equal to another, which may be a choice"
    if is_velocity(lhs, rhs) and not speaks_of_schedule(notation, lhs, rhs):
        return "v may be a velocity, or another quantity than the one that goes by this letter in the book"
    if guided(notation, lhs, rhs, refuted):
        return "it holds for one value of the weight: a guided score is written as that of a density"
    if hoped(notation, lhs, rhs):
        return "a network is set equal to what it is trained to be"
    if any(p.op == "exp" and _bare_level(p.args[0]) for t in (lhs, rhs) for p in walk(t)):
        return "alpha stands in an exponent, and may be another quantity than the level of the signal"
    if any(a.op in ("sqrt", "pow") and _at_an_end(a.args[0]) and b.op == "num" for a, b in ((lhs, rhs), (rhs, lhs))):
        return "a schedule may be chosen so at its end"
    for why, a, b in meant(notation, lhs, rhs):
        if not refuted(notation, a, b):
            return why
    names = names_in(lhs) | names_in(rhs)
    own = known and "sigma" in names and notation.world.state is not None
    levels = {"alpha", "sigma"} <= names and "sigma" in notation.world.free  # the two levels, without their time
    if own and not levels and not speaks_of_schedule(notation, lhs, rhs):
        return "it speaks of a noise level of its own, and may be of another design"
    if notation.world.state is None and is_chain(lhs, rhs):
        return "a chain of steps may be another process than the state that the document defines"
    if of_no_law(notation, lhs, rhs):
        return "what a score and a mean given the state have to do with one another depends on the law of the state"
    if coupled(notation, lhs, rhs):
        return "one end of the path is written as a function, which may say how the ends hang together"
    if neighbours(notation, lhs, rhs):
        return "the two states and the noise beside them may hang together"
    loose = notation.unchosen()
    if loose is not None and not refuted(loose, lhs, rhs):
        return CHOSEN
    return ""


def hang_together(notation: Notation, written: tuple[Term, Term], sides: tuple[Term, Term]) -> str:
    """Why numbers that are chosen one by one say nothing of the sides; "" where they do."""
    if densities.under_binder(sides):
        return "densities of neighbouring steps hang together"
    if notation.world.state is not None and _is_step(*written):
        return "a step from one state to another by a sampler that is not known"
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
    for counted, why in counted_from_zero(rhs):
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
    pair = with_data(notation, lhs, rhs) if notation.world.name not in ("ddpm", "ddim", "factors") else None
    if pair is not None:
        yield "convention", "", "x is the data x_0", pair


def _clean_mean(t: Term) -> bool:
    """Whether a term is the mean of the data y or x_0 given the state x, in the notation of denoisers."""
    if t.op != "app" or t.args[0] != "E|" or len(t.args) < 3 or t.args[2] != sym("x", t.args[2].sort):
        return False
    return t.args[1].op in ("sym", "app") and t.args[1].args[0] in ("x", "y") and t.args[1] != t.args[2]


def with_data(notation: Notation, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with x for the data x_0, the document's own names put in; None where x cannot be the data."""
    moved = [p.args[1] for t in (lhs, rhs) for p in walk(t) if p.op == "app" and p.args[0] in "xv" and len(p.args) == 2]
    if num(0) in moved or not moved or notation.world.state is None:
        return None
    a, b = (notation.as_defined(t) for t in (lhs, rhs))
    flat = notation.scalar_world
    data = {p for t in (a, b) for p in walk(t) if p.op == "sym" and p.args[0] == "x" and (flat or not is_scalar(p))}
    if len(data) != 1:
        return None
    x = data.pop()
    a, b = (replaced(t, x, app("x", num(0), sort=x.sort)) for t in (a, b))
    return a, b


STEPS = ("h", "Delta", "dt", "eta")
TIMES = ("t", "tau", "s", "sigma", "lambda")


def meant(notation: Notation, lhs: Term, rhs: Term) -> Iterator[tuple[str, Term, Term]]:
    """The equation as it may have been meant: with T for a transpose, the data x for x_0, or a step h as the difference
    of two times.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    turned = {p for p in parts if p.op == "pow" and p.args[1].op == "sym" and p.args[1].args[0] in ("T", "top")}
    if turned:
        a, b = lhs, rhs
        for p in turned:
            a, b = (canonical(replaced(t, p, p.args[0])) for t in (a, b))
        yield "it holds where T transposes", a, b
    data = {p for p in parts if p.op == "sym" and p.args[0] == "x" and not is_scalar(p)}
    if data and any(p.op == "app" and p.args[0] == "x" and p.args[1:] == (num(0),) for p in parts):
        first = app("x", num(0), sort=next(iter(data)).sort)
        a, b = (replaced(t, data.copy().pop(), first) for t in (lhs, rhs))
        yield "it holds where x and x_0 are one name for the data", a, b
    ends = {p.args[1] for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    if len(data) == 1 and ends == {num(0), num(1)}:
        x, t = next(iter(data)), next((p for p in parts if p == sym("t", p.sort)), sym("t"))
        a, b = (replaced(side, x, app("x", t, sort=x.sort)) for side in (lhs, rhs))
        yield "it holds along the path", a, b
    yield from abbreviated.ways(notation, lhs, rhs)
    pair = with_data(notation, lhs, rhs)
    if pair is not None:
        yield "it holds where x is the data x_0", *pair
    averaged = _averaged(lhs, rhs)
    if averaged is not None:
        yield "it holds where x_0 stands for its mean given the state", *averaged
    made = _made(parts)
    if made is not None:
        a, b = (replaced(t, *made) for t in (lhs, rhs))
        yield "it holds where the state is made of the data and this noise", a, b
    steps = {p for p in parts if p.op == "sym" and str(p.args[0]).split("_")[0] in STEPS and is_scalar(p)}
    times = [p for p in parts if p.op == "app" and p.args[0] in TIMES and len(p.args) == 2 and is_scalar(p)]
    later = [(p, q) for p in times for q in times if p.args[0] == q.args[0] and _next(q.args[1], p.args[1])]
    for step in sorted(steps, key=repr):
        for p, q in later[:2]:
            for one, other in ((p, q), (q, p)):
                a, b = (canonical(replaced(t, step, add(one, neg(other)))) for t in (lhs, rhs))
                yield f"it holds where {step.args[0]} is the step between two times of the grid", a, b


def _averaged(lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with the data, which stands alone on one side, as its mean given the state in whose marginal score
    the other side is written; None for another equation.
    """
    for data, other in ((lhs, rhs), (rhs, lhs)):
        alone = {p for p in walk(data) if not is_scalar(p) and p.op in ("app", "sym")}
        states = {p.args[2] for p in walk(other) if p.op == "grad" and p.args[1].op == "log"}
        if len(alone) != 1 or len(states) != 1 or not naming.marginals(other):
            continue
        x, state = alone.pop(), states.pop()
        if x.op == "app" and x.args == ("x", num(0)) and x not in walk(other):
            mean = app("E|", x, state, sort=x.sort)
            return tuple(replaced(t, x, mean) if t is data else t for t in (lhs, rhs))  # type: ignore[return-value]
    return None


def _made(parts: list[Term]) -> tuple[Term, Term] | None:
    """The one state x_t beside x_0, a noise and alpha_bar_t, and what it is made of, or None."""
    states = {p for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    data, moving = ({p for p in states if (p.args[1] == num(0)) is zero} for zero in (True, False))
    noise = {p for p in parts if p.op == "sym" and p.args[0] == "eps"}
    bar = next((p for p in parts if p.op == "app" and p.args[0] == "alpha_bar"), None)
    if not len(data) == len(moving) == len(noise) == 1 or bar is None or bar.args[1] != next(iter(moving)).args[1]:
        return None
    state = add(mul(sqrt(bar), data.pop()), mul(sqrt(add(1, neg(bar))), noise.pop()))
    return moving.pop(), state


def _next(first: Term, second: Term) -> bool:
    here, there = split_index(first), split_index(second)
    return here is not None and there is not None and here[0] == there[0] and there[1] - here[1] == 1


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


def counted_before(lhs: Term, rhs: Term) -> Term | None:
    """The right side with its schedule one step later, for x_{i+1} made of x_i with the schedule at i: there beta_i
    belongs to the step from i; None for another equation.
    """
    if lhs.op != "app" or len(lhs.args) != 2 or is_scalar(lhs):
        return None
    here = split_index(lhs.args[1])
    found = [p for p in walk(rhs) if p.op == "app" and p.args[0] in SCHEDULED and len(p.args) == 2]
    if here is None or here[0] is None or here[1] != 1 or not found:
        return None
    if any(split_index(p.args[1]) != (here[0], here[1] - 1) or p.args[0] == "alpha_bar" for p in found):
        return None
    return _later(rhs)


def counted_from_zero(t: Term) -> Iterator[tuple[Term, str]]:
    """A product that begins at step 0 as one that begins at step 1, in either way of counting, and which it is."""
    if t.op == "prod" and t.args[1] == num(0):
        for more, why in COUNTED_FROM_ZERO:
            yield prod_(t.args[0], num(1), canonical(add(t.args[2], num(more))), t.args[3]), why


def _later(t: Term) -> Term:
    if t.op == "app" and t.args[0] in SCHEDULED and len(t.args) == 2:
        return app(t.args[0], add(t.args[1], num(1)), sort=t.sort)
    return rebuild(t, tuple(_later(a) if isinstance(a, Term) else a for a in t.args))


__all__ = ["counted_before", "counted_from_zero", "doubt", "speaks_of_schedule"]
