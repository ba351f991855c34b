"""Steps of samplers: x_{t-1} from x_t, judged as laws.

A step may be DDPM's: its mean is the posterior mean with the network's noise, its noise has the variance beta_t or the
posterior variance, or one that is left open. Or it may keep the marginals, as DDIM's family does: with the network's
noise for the true one, x_{t-1} given the data has its marginal law. A step that is neither is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power, sqrt, sym
from derivations.reading.equations.compare import Answer, equal, sifted
from derivations.reading.laws.laws import at_index, is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, state_coefficients
from derivations.reading.notation.unfolding import canonical, replaced, split_index, squared, squares
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

Comparison = Callable[[Term, Term, Mapping[str, str]], Answer]
NETWORK = "eps_theta"
BEFORE = "t-Δ"  # the time one step before
BARE = (
    "eps_hat",
    "eps_tilde",
    "eps_hat_theta",
    "eps_tilde_theta",
    "eps_bar",
)  # what is put in for the noise, without arguments
SCHEDULE = frozenset("alpha alpha_bar beta sigma x eps_theta eps z xi E| pi eta t T tau s i k n r u j m t' s'".split())

VARIANCE = "the variance given the data"
WITHOUT_NOISE = "the mean is that of a step with noise, which is left out here"
OWN_LEVELS = frozenset({"rho", "varsigma", "nu", "omega", "sigma_tilde", "sigma_hat"})  # of the noise in a step


@dataclass(frozen=True)
class Step:
    """A step from the state at `late` to the one at `early`: the coefficients of the state, the data, the network and
    the noises.
    """

    early: Term
    late: Term
    state: Term
    of_state: Term
    of_data: Term
    of_network: Term
    noises: tuple[Term, ...]
    own_level: bool = False  # whether what is drawn has a level that is named for this step
    inverted: bool = False  # whether it leads forward, with the noise that the network predicts

    @property
    def variance(self) -> Term:
        """The variance of what is drawn in the step."""
        return add(num(0), *map(squared, self.noises))


def step(lhs: Term, rhs: Term, noises: Collection[str]) -> Step | None:
    """The step that an equation describes; None when it is no step back of a sampler."""
    lhs, rhs = (_named_times(t) for t in (lhs, rhs))
    try:
        left, found = parts(lhs), parts(rhs)
    except UnreadError:
        return None
    if is_scalar(lhs) or len(left) != 1:
        return None
    lhs, scale = next(iter(left.items()))
    if lhs.op != "app" or lhs.args[0] != "x" or len(lhs.args) != 2:
        return None
    if scale != num(1):
        found = {a: div(c, scale) for a, c in found.items()}
    state = network = None
    data = num(0)
    drawn: list[Term] = []
    for atom, c in found.items():
        if (
            atom.op == "app"
            and atom.args[0] == "x"
            and len(atom.args) == 2
            and (atom.args[1].op != "num" or (lhs.args[1].op == "num" and atom.args[1] != num(0)))
            and state is None
        ):
            state = (atom, c)
        elif atom.op == "app" and atom.args[0] == "x" and atom.args[1:] == (num(0),):
            data = c
        elif atom.args[0] in (NETWORK, "E|", *BARE) and network is None:
            if atom.args[0] == "E|" and lhs.args[1] == num(0):
                return None  # a mean of the data, and no step to it
            network = (atom, c)
        elif is_noise(atom, noises):
            drawn.append(c)
        else:
            return None
    if state is None or (network is None and data == num(0)):
        return None
    back = _later(state[0].args[1], lhs.args[1])
    if not back and (network is None or drawn or data != num(0) or not _later(lhs.args[1], state[0].args[1])):
        return None
    if lhs.args[1] == num(0) and (data != num(0) or drawn):
        return None  # the data in terms of the noise that was added to it: an identity, and no step
    names = {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}
    own = {p.args[0] for c in drawn for p in walk(c) if p.op in ("app", "sym")} & OWN_LEVELS
    if not names <= SCHEDULE | set(BARE) | {BEFORE} | own:
        return None
    of_network = network[1] if network else num(0)
    ends, coefficients = (lhs.args[1], state[0].args[1], state[0]), (state[1], data, of_network)
    return Step(*ends, *coefficients, tuple(drawn), bool(own), not back)


def _named_times(t: Term) -> Term:
    """The term with a time like t - Delta t by a name of its own: how far it is from t plays no part in a step."""
    before = t.op == "app" and t.args[0] != "optimum"
    args = tuple(
        (sym(BEFORE) if before and _is_before(a) else _named_times(a)) if isinstance(a, Term) else a for a in t.args
    )
    return t if args == t.args else rebuild(t, args)


def _is_before(t: Term) -> bool:
    """Whether a term is a time less the size of a step, t - Delta t."""
    sizes = [a.args[0] for a in t.args if isinstance(a, Term) and a.op == "neg"] if t.op == "add" else []
    return len(t.args) == 2 and len(sizes) == 1 and any(p.args[:1] == ("Delta",) for p in walk(sizes[0]))


def _later(late: Term, early: Term) -> bool:
    """Whether a step leads back in time; between steps of different names it is taken to."""
    a, b = split_index(late), split_index(early)
    return a is not None and b is not None and (a[0] != b[0] or a[1] > b[1])


def judge(notation: Notation, s: Step, same: Comparison = equal) -> tuple[Answer, str]:
    """The answer on a step, and the ID of what it is; `same` decides the equations that it comes to."""
    levels = _levels(notation, s)
    if levels is None:
        return Answer("undecided", "this notation has no law of x_t"), "ddim.step"
    s = replace(s, of_state=squares(s.of_state), of_data=squares(s.of_data), of_network=squares(s.of_network))
    kept = _keeps_marginals(notation, s, *levels, same)
    if kept.status == "proved" or s.inverted:
        return kept, "ddim.step"
    if s.own_level:
        shared = {p for p in walk(s.of_network) if p.op in ("app", "sym") and p.args[0] in OWN_LEVELS}
        return (kept if shared else Answer("undecided", "the noise has a level of its own")), "ddim.step"
    ddpm = _ddpm(notation, s, *levels, same)
    if ddpm.status == "proved":
        return ddpm, "ddpm.sampling_step"
    if kept.reason == WITHOUT_NOISE:
        return kept, "ddim.step"
    if notation.world.name not in CHAINS or not _neighbours(s):
        return (kept if ddpm.status == "refuted" else ddpm), "ddim.step"
    if kept.status == "undecided" or ddpm.status == "undecided":
        return Answer("undecided", ddpm.reason or kept.reason), ""
    open_noise = any(p.op == "app" and p.args[0] == "sigma" for c in s.noises for p in walk(c))
    in_network = any(p.op == "app" and p.args[0] == "sigma" for p in walk(s.of_network))
    return (ddpm, "ddpm.sampling_step") if not in_network and (open_noise or s.noises) else (kept, "ddim.step")


def _neighbours(s: Step) -> bool:
    a, b = split_index(s.late), split_index(s.early)
    return a is not None and b is not None and a[0] == b[0] and a[1] - b[1] == 1


Level = tuple[Term, Term]  # the coefficients of the data and of the noise in a state


def _levels(notation: Notation, s: Step) -> tuple[Level, Level] | None:
    """The levels of the later and of the earlier state."""
    of_state = state_coefficients(notation.world.name)
    if of_state is None:
        return None
    late, early = ([notation.unfolded(canonical(at_index(c, i))) for c in of_state] for i in (s.late, s.early))
    return (late[0], late[1]), (early[0], early[1])


def _keeps_marginals(notation: Notation, s: Step, late: Level, early: Level, same: Comparison) -> Answer:
    """Whether x_early given the data has its marginal law when the network's noise is the true one."""
    domains = notation.domains
    mean = same(add(mul(s.of_state, late[0]), s.of_data), early[0], domains)
    if mean.status != "proved":
        return _told(mean, "the data's coefficient, with the marginal of x_t put in")
    carried = add(mul(s.of_state, late[1]), s.of_network)
    kept = same(add(power(carried, 2), s.variance), power(early[1], 2), domains)
    if kept.status != "proved":
        unsaid = kept.status == "refuted" and not s.noises and _is_mean(s, carried, early, same, domains)
        return Answer("undecided", WITHOUT_NOISE) if unsaid else replace(_told(kept, VARIANCE), part=True)
    along = same(carried, sqrt(add(power(early[1], 2), mul(num(-1), s.variance))), domains)
    return along if along.status != "refuted" else _told(along, "the noise that is carried over has the opposite sign")


def _is_mean(s: Step, carried: Term, early: Level, same: Comparison, domains: Mapping[str, str]) -> bool:
    """Whether a step without noise is the mean of one with noise of the strength sigma that is in it."""
    strengths = {p for p in walk(s.of_network) if p.op in ("app", "sym") and p.args[0] == "sigma"}
    squared = [(add(power(carried, 2), power(p, 2)), power(early[1], 2)) for p in strengths]
    return any(same(a, b, domains).status == "proved" for a, b in squared)


def _ddpm(notation: Notation, s: Step, late: Level, early: Level, same: Comparison) -> Answer:
    """Whether the mean is that of the posterior, with the network's noise, and the noise one that DDPM allows."""
    domains = notation.domains
    factor = div(late[0], early[0])
    added = add(power(late[1], 2), mul(num(-1), power(factor, 2), power(early[1], 2)))
    posterior = div(mul(added, power(early[1], 2)), power(late[1], 2))
    if s.of_data != num(0):
        share = div(power(early[1], 2), power(late[1], 2))
        wanted = (mul(factor, share), div(mul(early[0], added), power(late[1], 2)))
        found = (("x_t", s.of_state), ("the data", s.of_data))
    else:
        wanted = (div(num(1), factor), mul(num(-1), div(added, mul(factor, late[1]))))
        found = (("x_t", s.of_state), ("the predicted noise", s.of_network))
    if s.of_data == num(0) and _is_discretized(s, factor, added, late[1], domains):
        return Answer("proved", "a step of the reverse equation, which agrees to first order")
    for (what, got), right in zip(found, wanted, strict=True):
        answer = same(got, right, domains)
        if answer.status != "proved":
            return _told(answer, f"the coefficient of {what}")
    free = {"sigma", "eta"} if notation.world.name in CHAINS else {"eta"}
    if not s.noises or any(p.op in ("app", "sym") and p.args[0] in free for c in s.noises for p in walk(c)):
        return Answer("proved", "the posterior mean with the predicted noise; the variance of the step is left open")
    first = same(s.variance, added, domains)
    if first.status == "proved":
        return Answer("proved", "the posterior mean with the predicted noise, and the variance beta_t")
    second = same(s.variance, posterior, domains)
    if second.status == "proved":
        return Answer("proved", "the posterior mean with the predicted noise, and the posterior variance")
    roots = [sqrt(added), sqrt(posterior)]
    if len(s.noises) == 1 and any(same(s.noises[0], power(r, 2), domains).status == "proved" for r in roots):
        return _told(first, "the noise is multiplied by its variance, where the root of that belongs")
    return _told(first, "the noise has neither the variance beta_t nor the posterior variance")


def _is_discretized(s: Step, factor: Term, added: Term, level: Term, domains: Mapping[str, str]) -> bool:
    """Whether a step is one of length 1 of the reverse equation or of its flow, as they agree to first order in beta_t:
    the state times 2 - sqrt(1 - beta_t), 1 + beta_t / 2 or 1 / sqrt(1 - beta_t), and the score times beta_t or more.
    """

    def is_one_of(a: Term, *forms: Term) -> bool:
        return any(sifted(a, b, domains).status == "proved" for b in forms)

    states = (add(2, neg(factor)), add(1, div(added, 2)), div(num(1), factor))
    score = neg(div(added, level))
    if not is_one_of(s.of_state, *states):
        return False
    if is_one_of(s.variance, added):
        return is_one_of(s.of_network, score, div(score, factor))
    return is_one_of(s.variance, num(0)) and is_one_of(s.of_network, div(score, 2), div(score, mul(num(2), factor)))


def _told(a: Answer, what: str) -> Answer:
    said = f"{what}: {a.reason}" if a.status != "proved" else "the marginals are kept"
    return Answer(a.status, said, a.witness, a.values)


def is_score(a: Term) -> bool:
    """Whether an atom is the gradient of a log-density, or a network for it."""
    return (a.op == "grad" and a.args[1].op == "log") or (a.op == "app" and a.args[0] in ("s_theta", "score"))


LANGEVIN = re.compile(r"\b(?:Langevin|ULA|SGLD|LMC)\b|朗之万")
OTHERWISE = re.compile(r"\b(?:revers\w+|predictor|ancestral|temperature|temper\w+|preconditio\w+)\b", re.IGNORECASE)


def langevin(
    lhs: Term, rhs: Term, noises: Collection[str], domains: Mapping[str, str], before: str = ""
) -> Judgement | None:
    """x + c score + b noise: Langevin's step when b^2 = 2 c; None when the equation is no such step. Where the words
    before it call it Langevin's, and speak of no other step, it is refuted when it is not.
    """
    if is_scalar(lhs) or lhs.op not in ("app", "sym"):
        return None
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    scores = [c for a, c in found.items() if is_score(a) or (a.op == "app" and a.args[0] == "s_theta")]
    drawn = [c for a, c in found.items() if is_noise(a, noises)]
    rest = [(a, c) for a, c in found.items() if a.op in ("app", "sym") and a.args[0] == lhs.args[0]]
    if len(found) != 3 or (len(scores), len(drawn), len(rest)) != (1, 1, 1) or rest[0][1] != num(1):
        return None
    if not _next(lhs, rest[0][0]):
        return Judgement("undecided", "langevin.stationary", f"a step that does not lead from {plain(rest[0][0])}")
    positive = {
        **domains,
        **{p.args[0]: "positive" for c in (*scores, *drawn) for p in walk(c) if p.op in ("app", "sym")},
    }
    square = power(drawn[0], 2)
    answer = equal(square, mul(num(2), scores[0]), positive)
    id_ = "langevin.stationary"
    if answer.status == "proved":
        return Judgement("proved", id_, "the density is stationary as the step tends to 0")
    called = bool(LANGEVIN.search(before)) and not OTHERWISE.search(before) and _forward(lhs, rest[0][0])
    scaled, own = ({p for p in walk(t) if p.op in ("app", "sym")} for t in (square, scores[0]))
    called = called and scaled <= own and answer.status == "refuted"
    if any(a.op == "app" and a.args[0] == "s_theta" for a in found) and not called:
        return None  # a step of any sampler
    if not scaled <= own:
        return Judgement("undecided", id_, "the noise has a scale of its own, like a temperature")
    timeless = lhs.op == "sym" and any(a.op == "grad" and len(a.free) <= 2 for a in found)
    if answer.status == "refuted" and (called or timeless or equal(square, scores[0], positive).status == "refuted"):
        said = "the square of the noise's coefficient must be twice the coefficient of the score"
        return Judgement("refuted", id_, said, witness=dict(answer.witness or {}), values=answer.values)
    return Judgement(
        "undecided", id_, "the noise is that of a reverse diffusion and not of Langevin dynamics, or is not known"
    )


def _forward(state: Term, before: Term) -> bool:
    """Whether a step leads to a later state, or to one without a step."""
    if state.op != "app" or before.op != "app" or len(state.args) != 2 or len(before.args) != 2:
        return True
    here, there = (split_index(s.args[1]) for s in (state, before))
    return here is not None and there is not None and here[1] > there[1]


def _next(state: Term, before: Term) -> bool:
    """Whether two states without steps, or of neighbouring ones, can be those of one step."""
    if state.op != "app" or before.op != "app" or len(state.args) != 2 or len(before.args) != 2:
        return True
    here, there = (split_index(s.args[1]) for s in (state, before))
    if here is None or there is None:
        return state != before
    return here[0] == there[0] and abs(here[1] - there[1]) == 1


def denoising_flow(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """dx/dsigma = (x - D) / sigma, the probability flow in the noise level; None when the equation is no such flow."""
    if lhs.op != "app" or lhs.args[0] != "rate" or len(lhs.args) != 3 or lhs.args[2] != sym("sigma"):
        return None
    x, level = lhs.args[1:]
    unfold = notation.unfolder(level)
    wanted = unfold(mul(num(-1), level, app("score", x, level, sort=x.sort)))
    found = unfold(rhs)
    if not {p.args[0] for p in walk(found) if p.op == "app"} & {"D", "D_theta", "score"}:
        return None
    for network in {p for p in walk(found) if p.op == "app" and p.args[0] == "D_theta"}:
        found = replaced(found, network, app("D", *network.args[1:], sort=network.sort))
    answer = equal(found, wanted, notation.domains)
    said = "the probability flow in the noise level" if answer.status == "proved" else answer.reason
    return Judgement(
        answer.status, "pfode.fokker_planck", said, witness=dict(answer.witness or {}), values=answer.values
    )


__all__ = ["Step", "denoising_flow", "judge", "langevin", "step", "sym"]
