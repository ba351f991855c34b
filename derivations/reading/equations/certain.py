"""What a refutation rests on: whether a false equation says what it was read to say, whatever its letters mean.

A reader takes letters to mean what they mean in the book. An author may mean something else by them, and a false
accusation is worse than an open question. So an equation that fails is called false where it is a slip away from a true
one, or where its failure does not hang on what single letters were taken for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading.equations.claims import outside_indices
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.signature import INDICES
from derivations.reading.verdict import Judgement

Sides = tuple[Term, Term]
MARKED = frozenset({"alpha_bar", "beta_tilde", "mu_tilde", "c_skip", "c_out", "c_in"})  # of one family of papers each
OF_DENSITIES = frozenset({"lvm.bayes", "cfg.tilted_density"})  # which holds for all laws
SETTLING = frozenset({"conv.ddpm", "conv.alpha_sigma", "forward.step", "forward.marginal"})
STATE = frozenset({"x", "z", "eps", "eps_theta", "x_theta", "x_hat", "mu_theta", "s_theta"})
OF_STEPS = MARKED | STATE | {"alpha", "beta"}
OF_LEVELS = STATE | {"alpha", "sigma"}
LETTERLESS = frozenset({"plain", "sde"})  # notations in which no letter has a meaning of its own
COMPUTED = frozenset({"int", "sum", "prod", "diff", "grad"})
ANYWHERE = frozenset({"pi", "d", "T", "N"})
FAR = "it fails as it was read, and no single slip makes it true, so its letters may mean something else here"


def certain(
    notation: Notation, written: Sides, unfolded: Sides, used: Collection[str], id_: str, part: bool
) -> bool:
    """Whether an equation that fails says what it was read to say. `unfolded` and `used`: its sides with what is known
    put in, and the IDs of that, "" for the document's own definitions; `part`: a part of it is as it should be.
    """
    part = part and not _brought_in(notation, written)
    if part or notation.equated or id_ in OF_DENSITIES or _is_settled(notation, written, unfolded):
        return True
    computed = any(p.op in COMPUTED or (p.op == "app" and p.args[0] == "KL") for p in walk(written[0]))
    if not used:
        return computed or _names(written[0]) == _names(written[1])
    own = set(used) == {""} or notation.world.name in LETTERLESS
    if not own or written[0].op in ("sym", "app"):
        return False
    return _names(unfolded[0]) == _names(unfolded[1]) or (computed and _vectors(unfolded[0]) == _vectors(unfolded[1]))


def shows(lhs: Term, rhs: Term, id_: str) -> bool:
    """Whether an equation that is proved shows that its document writes as its notation does."""
    return id_ in SETTLING or bool((_names(lhs) | _names(rhs)) & MARKED)


def doubted(found: Judgement) -> Judgement:
    """The verdict, open where nothing but what the letters were taken for speaks against an equation; where it fails
    is kept.
    """
    far = found.verdict == "refuted" and found.message.startswith(FAR)
    return replace(found, verdict="undecided") if far else found


def _is_settled(notation: Notation, written: Sides, unfolded: Sides) -> bool:
    """Whether the document has shown that it writes as its notation does, and the equation has no other letters; or the
    letters are of one family of papers, and none has a meaning of the document's own.
    """
    said = {n for t in written for n in _names(t) - INDICES if "(" not in n}
    factors = {str(p.args[0]) for t in written for p in outside_indices(t) if p.op == "sym" and p in t.free}
    said |= factors - {"t", *ANYWHERE}
    own = {str(r.left.args[0]) for r in notation.own}
    if said & MARKED and not own & (OF_STEPS | OF_LEVELS) and said - own <= OF_STEPS | notation.known():
        return True
    chain = notation.world.name in CHAINS and said <= OF_STEPS and not said & own
    said -= own
    noise = {str(p.args[0]) for p in _vectors(unfolded[1])} <= {"eps", "z"}  # as in the law of the last state
    levels = notation.world.name == "levels" and said <= OF_LEVELS and not is_scalar(written[0]) and not noise
    return notation.settled and (chain or (levels and not _is_step(*written)))


def _is_step(lhs: Term, rhs: Term) -> bool:
    """Whether a state is made of one at another time: which process makes it so the levels do not say."""
    if lhs.op != "app" or lhs.args[0] != "x" or lhs.args[1] == num(0):
        return False
    states = {p for p in walk(rhs) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    inside = {a for p in walk(rhs) if p.op == "app" and len(p.args) > 2 for a in p.args if isinstance(a, Term)}
    return any(p != lhs and p.args[1] != num(0) for p in states - inside)


def _brought_in(notation: Notation, written: Sides) -> bool:
    """Whether an equation has a quantity once, of which nothing is known: then what it is may make it true."""
    known = notation.known() | OF_STEPS | OF_LEVELS | {str(r.left.args[0]) for r in notation.own}
    said = [str(p.args[0]) for t in written for p in walk(t) if p.op == "app" or (p.op == "sym" and p in t.free)]
    return any(said.count(n) == 1 for n in set(said) - known - INDICES - ANYWHERE if "(" not in n)


def _names(t: Term) -> set[str]:
    """The names of a term, its variables of differentiation and of summation apart."""
    found = {str(p.args[0]) for p in walk(t) if p.op == "app" or (p.op == "sym" and p in t.free)}
    return {n for n in found if not n.startswith("∂")} - ANYWHERE


def _vectors(t: Term) -> set[Term]:
    """The vectors of a term, variables of differentiation apart."""
    return {p for p in walk(t) if p.op in ("app", "sym") and not is_scalar(p) and not str(p.args[0]).startswith("∂")}


__all__ = ["FAR", "certain", "doubted", "shows"]
