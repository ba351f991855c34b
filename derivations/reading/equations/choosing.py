"""What an author chooses: a free quantity set equal to something, a condition between such quantities, a name that is
given another meaning later in the document. A choice is never wrong; the newest one holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, add, app, is_scalar, neg, num, power, sym
from derivations.reading.averages import conditional
from derivations.reading.equations import naming, turned
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import parts
from derivations.reading.notation import levels, ranges
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import variance
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.unfolding import Unfolder, canonical
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SCHEDULE, CHOSEN_HERE = "a schedule is chosen here", "is chosen here"
PRECONDITIONED = "edm.preconditioning"
OWN = frozenset({"f", "g", "h", "F", "G", "T", "phi", "psi"})  # functions that are anew in every example
COUNTERS = frozenset({"t", "s", "i", "j", "k", "n", "T", "u", "r", "t'", "s'", "t_prime", "s_prime"})


def names_in(t: Term) -> set[str]:
    """The names of a term, with or without indices."""
    return {str(p.args[0]) for p in walk(t) if p.op in ("app", "sym")}


def is_number(t: Term) -> bool:
    """Whether no name occurs in a term."""
    return is_scalar(t) and not names_in(t) - {"pi"}


def sets(lhs: Term, rhs: Term) -> bool:
    """Whether a name of a number is given a value."""
    return is_scalar(lhs) and naming.may_name(lhs, ()) and "(" not in lhs.args[0] and is_number(rhs)


def choice(notation: Notation, lhs: Term, rhs: Term, fixed: Collection[str]) -> Judgement | None:
    """A free quantity, or its square, set equal to something: kept where it defines; None for another equation."""
    other = turned.defined(notation, lhs, rhs)
    if other is not None:
        return other
    squared = lhs.op == "pow" and lhs.args[1] == num(2)
    name = lhs.args[0] if squared else lhs
    if name.op == "app" and name.sort[0] == "vec":
        if _is_free_drift(notation, name):
            return Judgement("definition", message=f"{plain(name)} {CHOSEN_HERE}")
        return _another_path(notation, name, rhs)
    if name.op not in ("app", "sym") or not is_scalar(name) or "(" in name.args[0]:
        return None
    if _between_its_ends(name, rhs):
        return Judgement("definition", message=SCHEDULE)
    if name.args[0] in names_in(rhs) | names_in(notation.unfolded(rhs)) or name.args[0] in fixed:
        return None
    if notation.has_rule(name) or (
        name.op == "app" and name.args[0] in ("alpha", "alpha_bar") and notation.world.name in CHAINS
    ):
        return None
    if not squared and not notation.knows(name):
        return None
    own = notation.world.name not in CHAINS or name.args[0] not in ("sigma", "eta", "lambda", "gamma")
    if own and rhs.op != "num" and name.args[0] not in COUNTERS:
        notation.define(name, Term("sqrt", (rhs,), ("real",)) if squared else rhs, "")
        ranges.logged(notation, rhs)
    return Judgement("definition", message=f"{plain(name)} {CHOSEN_HERE}")


def _between_its_ends(name: Term, rhs: Term) -> bool:
    """Whether a schedule is made of its own values at fixed steps: beta_t = beta_1 + (t-1)/(T-1) (beta_T - beta_1)."""
    if name.op != "app" or len(name.args) != 2 or name.args[1].op != "sym" or name.args[1] not in rhs.free:
        return False
    values = {p.args[1] for p in walk(rhs) if p.op == "app" and p.args[0] == name.args[0] and len(p.args) == 2}
    return len(values) == 2 and all(i.op == "num" or _is_end(i) for i in values)


def _is_free_drift(notation: Notation, name: Term) -> bool:
    """Whether a vector f(x, t) is a drift that is free in this notation, and given no meaning yet."""
    given = any(not is_scalar(a) for a in name.args[1:] if isinstance(a, Term))
    return name.args[0] in OWN & notation.world.free and given and not notation.has_rule(name)


def _another_path(notation: Notation, state: Term, rhs: Term) -> Judgement | None:
    """A state that is made of two ends, or of one and a noise, which are not those that it was made of before."""
    moving = len(state.args) == 2 and state.args[0] in STATES and state.args[1].op == "sym"
    ends = _ends(rhs) if moving and notation.world.name not in CHAINS else frozenset()
    if len(ends) < 2:
        return None
    before = [r for r in notation.own if r.left == state]
    others = Unfolder([r for r in notation.own if r not in before], scores=False)
    if before and _atoms(canonical(others(before[0].right))) != ends:
        notation.forget(state)
        notation.define(state, rhs, "")
        return Judgement("definition", message=f"{plain(state)} runs along another path here than before")
    data, end = (app(state.args[0], num(k), sort=state.sort) for k in (0, 1))
    if not before and notation.world.state is not None and end in ends and data not in ends:
        notation.define(state, rhs, "")
        return Judgement("definition", message=f"{plain(state)} runs along a path to another end")
    return None


def _atoms(t: Term) -> frozenset[Term]:
    """What a vector is made of; nothing where it is no sum of multiples."""
    try:
        return frozenset(parts(t))
    except UnreadError:
        return frozenset()


def _ends(t: Term) -> frozenset[Term]:
    """What a path is made of, each at a fixed time or without one; nothing where it is made of more."""
    found = _atoms(t)
    fixed = all(a.op == "sym" or (len(a.args) == 2 and (a.args[1].op == "num" or _is_end(a.args[1]))) for a in found)
    return found if fixed else frozenset()


def _is_end(time: Term) -> bool:
    """Whether a time is the last one, T."""
    return time.op == "sym" and time.args[0] == "T"


def condition(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """A relation between quantities that are free in this notation and a number, like alpha_t^2 + sigma_t^2 = 1."""
    value, other = (rhs, lhs) if rhs.op == "num" else (lhs, rhs)
    found = [p for p in walk(other) if p.op == "app"]
    if value == num(0) and other not in (value, num(1)) and other.op in ("num", "sqrt", "pow") and is_number(other):
        return Judgement("undecided", message="a coefficient is set to 0, as in a case that is supposed")  # sqrt(2) = 0
    if value == num(1) and other.op == "sum" and _weights(other):
        return Judgement("definition", message="weights that add up to one")
    if value.op != "num" or other.op != "add" or not is_scalar(other) or notation.world.name in CHAINS:
        return None
    free = {p.args[0] for p in found} <= notation.world.free and all(len(p.args) == 2 for p in found)
    indices = {p.args[1] for p in found}
    if not free or len({p.args[0] for p in found}) < 2 or len(indices) != 1:
        return None
    if equal(lhs, rhs, notation.domains).status == "proved" or any(r.left in found for r in notation.own):
        return None
    alpha, sigma = (app(name, *indices) for name in ("alpha", "sigma"))
    if value == num(1) and equal(other, add(power(alpha, 2), power(sigma, 2)), notation.domains).status == "proved":
        notation.define(alpha, Term("sqrt", (add(num(1), neg(power(sigma, 2))),), ("real",)), "")
        return Judgement("definition", message="a condition on the schedule: it preserves the variance")
    return Judgement("definition", message="a condition on the schedule")


SCHEDULED = ("alpha", "alpha_bar", "beta", "sigma")


def _weights(total: Term) -> bool:
    """Whether a sum is one of bare weights: one name with an index."""
    body = total.args[-1]
    return body.op in ("app", "sym") and body.args[0] not in SCHEDULED


def again(notation: Notation, lhs: Term, rhs: Term, found: Judgement) -> Judgement | None:
    """The verdict on a name that has a meaning already, where the equation is not true with it: of a function also
    where that is open, for every example has its own f. None where the name keeps its meaning.
    """
    if found.verdict == "undecided" and found.formula == PRECONDITIONED and _made_of_a_network(notation, rhs):
        return Judgement("definition", PRECONDITIONED, "the denoiser is made of a network", checked=True)
    state = lhs.op == "app" and lhs.args[0] in STATES and len(_ends(rhs)) > 1
    anew = state or (lhs.op == "app" and lhs.args[0] in OWN) or naming.another_path(lhs, rhs, found)
    anew = anew or (lhs.op == "app" and lhs.args[1:] == (rhs,))  # alpha_t = t
    own = any(r.left == lhs for r in notation.own)
    if state and found.verdict == "undecided" and not own and _levelled(notation, lhs, rhs):
        return Judgement("definition", message=f"{plain(lhs)} is made with levels that are named here")
    if found.verdict == "undecided" and naming.is_density(lhs) and rhs.op == "normal" and _is_named(notation, rhs):
        return Judgement("definition", message="a law with levels that are named here")
    ends = _atoms(rhs) if found.verdict == "undecided" and not own and lhs.op == "sym" else frozenset()
    if len(ends) == 2 and ends & set(notation.places.spreads):
        notation.define(lhs, rhs, "", first=True)
        return Judgement("definition", message=f"{plain(lhs)} is given its meaning here")
    if found.verdict in ("undecided", "refuted") and _is_example(notation, lhs, rhs):
        notation.forget(lhs)
        notation.define(lhs, rhs, "", first=True)
        return Judgement("definition", message=f"{plain(lhs)} is given another meaning here than before")
    open_ = (found.verdict == "undecided" and anew) or found.message == SCHEDULE
    return redefined(notation, lhs, rhs) if open_ or found.verdict == "refuted" else None


def _is_example(notation: Notation, lhs: Term, rhs: Term) -> bool:
    """Whether a schedule is a function of its time alone, here and where the document gave it a meaning before, and not
    in other words.
    """
    if lhs.op != "app" or len(lhs.args) != 2 or not is_scalar(lhs) or lhs.args[1].op != "sym":
        return False
    before = next((r.right for r in notation.own if r.left == lhs), None)
    if before is None or notation.places.rewritten(lhs):
        return False
    return all(names_in(t) - {"pi"} == {str(lhs.args[1].args[0])} for t in (before, rhs))


def _made_of_a_network(notation: Notation, t: Term) -> bool:
    """Whether a network F_theta of which nothing is known is a part of a term."""
    networks = [p for p in walk(t) if p.op == "app" and p.args[0] in ("F_theta", "F")]
    return bool(networks) and not any(map(notation.has_rule, networks))


def of_averages(notation: Notation, lhs: Term, rhs: Term, found: Judgement) -> Judgement | None:
    """The same for a name that was an average, and is set equal to another one: a loss is often given another sign, and
    a sign is often lost.
    """
    anew = again(notation, lhs, rhs, found)
    if anew is None or anew.verdict != "definition":
        return anew
    return Judgement("undecided", message=f"{plain(lhs)} was given a meaning before, from which this differs")


def redefined(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """A name, or its square, that the document has defined before, set equal to something that it is not: from here on
    it means this. Made of other quantities it is a definition again; made of the same ones, it may be a mistake.
    """
    squared = lhs.op == "pow" and lhs.args[1] == num(2)
    name = lhs.args[0] if squared else lhs
    if name.op not in ("app", "sym") or naming.is_computed(name):
        return None
    if naming.is_applied(name):
        return None
    found = notation.unfolder(num(0)).find(name)
    own = found is not None and found[0].id == "" and found[0].kind == "definition"
    before = found[0].right if own and found is not None else notation.stated.get(name)
    if before is None:
        return None
    if name.args[0] in names_in(rhs):
        return _specialised(notation, name, before, rhs)
    same = names_in(notation.unfolded(before)) - {"rate"} == names_in(notation.unfolded(rhs)) - {"rate"}
    if same and not squared and notation.places.rewritten(name):
        answer = equal(notation.unfolded(before), notation.unfolded(rhs), notation.domains, notation.conditions())
        if answer.status == "refuted":
            said = f"{plain(name)} = {plain(before)} was said before: {answer.reason}"
            return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)
    notation.forget(name)
    if name.args[0] in names_in(notation.unfolded(rhs)):  # in a circle: no new meaning, but a claim about the old one
        notation.define(name, before, "", first=True)
        return None
    notation.define(name, Term("sqrt", (rhs,), ("real",)) if squared else rhs, "", first=True)
    levels.learn(notation, name, rhs)
    if same:
        return Judgement("undecided", message=f"{plain(name)} was given a meaning before, from which this differs")
    return Judgement("definition", message=f"{plain(name)} is given another meaning here than before")


def _specialised(notation: Notation, state: Term, before: Term, rhs: Term) -> Judgement | None:
    """A path with its levels left open, x_t = alpha(t) x_0 + beta(t) x_1, and one of the same ends with levels that are
    chosen, either of them after the other. From here on the state means this. None for another equation: with the same
    ends and other levels it may be a mistake.
    """
    try:
        old, new = parts(before), parts(rhs)
    except UnreadError:
        return None
    if old.keys() != new.keys() or not (_open(notation, old, rhs) or _open(notation, new, before)):
        return None
    notation.forget(state)
    notation.define(state, rhs, "", first=True)
    return Judgement("definition", message=f"{plain(state)} is given another meaning here than before")


def _is_named(notation: Notation, law: Term) -> bool:
    """Whether the levels of a Gaussian law N(a_k x, b_k^2 I) are names of which nothing is known."""
    v = variance(law.args[2])
    level = None if v is None else v.args[0] if v.op == "pow" else v
    if level is None or level.op != "app" or notation.has_rule(level) or level.args[0] in (*SCHEDULED, *OWN):
        return False
    try:
        return _open(notation, parts(law.args[1]), level)
    except UnreadError:
        return False


def _levelled(notation: Notation, state: Term, rhs: Term) -> bool:
    """Whether a state is made with levels of which the notation knows nothing."""
    try:
        found = parts(rhs)
    except UnreadError:
        return False
    return _open(notation, found, state)


def _open(notation: Notation, levels: Mapping[Term, Term], other: Term) -> bool:
    """Whether the levels of a path are names of their own of which nothing is known, and not in the other path."""
    found = {a for c in levels.values() for a in (c.args if c.op == "mul" else (c,)) if a != num(1)}
    bare = all(c.op == "app" and is_scalar(c) and not notation.has_rule(c) for c in found)
    return bare and len(found) == len(levels) and not found & set(walk(other))


def defined(notation: Notation, lhs: Term, rhs: Term) -> Judgement:
    """A new name: kept for the rest of the document, unless it is an index or is given a mere number."""
    if rhs.op == "num" and any(isinstance(p, Term) and p.op == "app" and len(p.args) > 2 for p in lhs.args):
        return Judgement("undecided", message="a function of what is computed is set equal to a number")
    if lhs.op == "app" and lhs.args[0] == "d" and lhs.args[1].op not in ("sym", "num", "add"):  # and no name d_i
        return Judgement("undecided", message="a differential that stands by itself is not read")
    free = notation.world.state is None
    scale = free and lhs.op == "app" and lhs.args == ("s", sym("t"))  # s(t) before the data is a schedule
    number = rhs.op == "num" or (rhs.op == "app" and rhs.args[0] == "column[]")
    ratio = lhs == sym("r") and any(p.op == "app" for p in walk(rhs))  # of two levels, and no step
    if (lhs.args[0] in COUNTERS and is_scalar(lhs) and not scale and not ratio) or number:
        return Judgement("definition", message="a setting")
    if naming.normalises(lhs, rhs):
        return Judgement("definition", message=f"{plain(lhs)} makes the density integrate to 1")
    notation.define(lhs, conditional.opened(rhs), "")
    levels.learn(notation, lhs, rhs)
    ranges.logged(notation, rhs)
    return Judgement("definition", message=f"{plain(lhs)} is given its meaning here")


__all__ = ["again", "choice", "condition", "defined", "is_number", "names_in", "redefined", "sets"]
