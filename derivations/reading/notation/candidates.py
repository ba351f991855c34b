"""Which notations a document, or one chapter of it, may be written in, by the names that it uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derivations.reading.dynamics import rates
from derivations.reading.notation.designs import defines_levels, joins_ends, steps_by_factors
from derivations.reading.notation.notation import GUIDED
from derivations.reading.notation.worlds import CHAINS, WORLDS, World
from derivations.reading.terms.signature import is_index, key_of, label
from derivations.reading.terms.statements import statements
from derivations.reading.text.documents import Formula
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show

MIXED = (*CHAINS, "levels")  # notations that documents mix
OF_STEPS = frozenset({"conv.ddpm", "forward.step"})  # which say of what a step is made
OTHER_STEPS = frozenset({"beta-deviation", "deviations", "factors"})  # notations in which those are false
OF_DDPM = re.compile(r"alpha_\{(\w+)\} = 1 - beta_\{\1\}")  # what alpha means there, and nothing that DDIM's could mean
PRECONDITIONED = frozenset({"c_skip", "c_out", "c_in"})


@dataclass(frozen=True)
class Read:
    """A formula as rows, or the reason why it has none."""

    formula: Formula
    row: Row = ()
    repairs: tuple[str, ...] = ()
    error: UnreadError | None = None


def candidates(reads: Sequence[Read], document: Sequence[Read] = ()) -> list[World]:
    """The notations that a document may be written in, or a part of one, the usual one first; the later ones are tried
    when an earlier one refutes something.
    """
    names = names_of([r for r in reads if any(s.relations for s in statements(r.row))])  # not what is mentioned
    continuous = any(
        rates.is_sde(s.sides[0], s.sides[1]) for r in reads for s in statements(r.row) if len(s.sides) == 2
    )
    stepped = any(i.text == "beta" and is_index(i.sub) for r in reads for i in leaves(r.row))
    smooth = any(_is_slope(i) for r in reads for i in leaves(r.row)) or any(_is_decay(r.row) for r in reads)
    stepped = stepped and not continuous and not smooth
    if any(steps_by_factors(r.row) for r in reads):
        found = ["factors"]
    elif "alpha_bar" in names or (stepped and not flowing(reads)):
        found = ["ddpm"]
    elif "sigma" in names and denoising(reads):
        found = ["edm"] if names & PRECONDITIONED else ["edm", "plain"]
    elif continuous and not (flowing(reads) and any(joins_ends(r.row) for r in reads)):
        found = ["levels", "sde"] if any(defines_levels(r.row) for r in reads) else ["sde"]
    elif flowing(reads):
        found = ["plain"]
    elif {"alpha", "sigma"} <= names:
        ended = [joins_ends(r.row) for r in reads if defines_levels(r.row)]
        found = ["plain"] if ended and all(ended) else ["levels"]
    elif "alpha" in names and not smooth:
        found = ["ddpm"]
    else:
        found = ["plain"]
    if "alpha" in names and "alpha_bar" not in names and found[0] not in ("plain", "factors"):
        stated = found[0] == "levels" and any(defines_levels(r.row) for r in reads)
        found += [n for n in ("levels", "ddim") if n not in found and WORLDS[n].needs <= names and not stated]
    if "beta" in names and "ddpm" in found:
        found += ["beta-deviation", "deviations"] if "beta_tilde" in names else ["beta-deviation"]
    worlds = [WORLDS[n] for n in found]
    if any(_names_variances(r.row) for r in document or reads):
        return worlds
    return [*worlds, replace(worlds[0], name=worlds[0].name, deviation=True, usual=False)]


def mixed(world: World, row: Row, of_steps: bool) -> list[World]:
    """The notations in which a formula of a document in another one may be written, where it has more than one letter
    that means something else there, or that defines a letter of it; `of_steps`: the document has said of what its steps
    are made.
    """
    if world.name == "ddim" and OF_DDPM.fullmatch(show(row)):
        return [WORLDS["ddpm"]]
    letters = [key_of(i) for i in leaves(row) if i.kind == "name"]
    names, once = set(letters), {name for name in letters if letters.count(name) == 1}
    others = [WORLDS[name] for name in MIXED if world.name in MIXED and name != world.name]
    others = [w for w in others if not (of_steps and w.name in OTHER_STEPS)]
    return [w for w in others if w.needs <= names and not (w.refuses & names or w.unlike & once)]


def _names_variances(row: Row) -> bool:
    """Whether a Gaussian is written with the square of a letter as its spread, which then is no deviation."""
    parts = [row, *(c for i in leaves(row) for c in i.cells)]
    spreads = [
        b.cells[-1] for part in parts for n, b in pairwise(part) if n.text in ("cal N", "N") and b.kind == "bracket"
    ]
    return any(s and s[0].kind == "name" and "2" in [show(i.sup) for i in _applied(s)] for s in spreads)


def _applied(row: Row) -> Row:
    """The first item of a row, with its arguments: sigma_t(x_1)^2."""
    return row[:2] if len(row) > 1 and row[1].kind == "bracket" else row[:1]


def _is_slope(item: Item) -> bool:
    """Whether an item is the rate of a schedule, which then is one in continuous time."""
    return item.kind == "name" and item.text in ("alpha", "beta", "sigma") and ("dot" in item.marks or item.primes > 0)


def _is_decay(row: Row) -> bool:
    """Whether a formula makes alpha of an integral of a rate, as in alpha(t) = exp(-1/2 int beta(s) ds)."""
    for s in statements(row):
        left = [i for i in s.sides[0] if i.kind == "name"]
        summed = any(i.kind == "big" and i.text == "int" for side in s.sides[1:] for i in leaves(side))
        if summed and left and left[0].text == "alpha" and not left[0].marks:
            return True
    return False


def denoising(reads: Sequence[Read]) -> bool:
    """Whether a document has a denoiser D(x; sigma): a D of a state and its level, and no divergence."""
    for items in (list(leaves(r.row)) for r in reads):
        for k, i in enumerate(items):
            behind = [b for b in items[k + 1 : k + 3] if b.kind == "bracket"]
            given = [j for b in behind for c in b.cells for j in leaves(c)]
            levelled = any(b.seps == (";",) and b.cells[0] and b.cells[0][0].text in ("x", "y") for b in behind)
            denoiser = key_of(i) == "D" and label(i.sub) in ("", "theta", "phi")
            if denoiser and (levelled or "sigma" in map(key_of, given)):
                return True
    return False


def flowing(reads: Sequence[Read]) -> bool:
    """Whether a document speaks of paths and velocities given an end x_1: p_t(x | x_1), u_t(x | x_1) or u_t(x | z)."""
    given = [i.cells[-1] for r in reads for i in leaves(r.row) if i.kind == "bracket" and "|" in i.seps]
    return any(c and c[0].text in ("x", "X") and show(c[0].sub) == "1" for c in given)


def names_of(reads: Sequence[Read]) -> frozenset[str]:
    """Every name that a document uses, with and without its label."""
    out: set[str] = set()
    beside = False  # whether a network for the noise stands beside one with a hat, which then is another one
    for r in reads:
        letters = [i for i in leaves(r.row) if i.kind == "name"]
        here = {key_of(i) for i in letters}
        here |= {f"{key_of(i)}_{label(i.sub)}" for i in letters if i.sub and not is_index(i.sub)}
        beside |= "eps_theta" in here and bool(here & GUIDED)
        out |= here
    return frozenset(out if beside or not out & GUIDED else out - {"eps_theta"})


__all__ = ["OF_STEPS", "Read", "candidates", "mixed", "names_of"]
