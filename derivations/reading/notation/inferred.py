"""What a document's way of writing declares of its names, before any formula is judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise

from derivations.reading.dynamics.drifts import STATES
from derivations.reading.notation.constants import constants
from derivations.reading.terms import differential
from derivations.reading.terms.calls import timed
from derivations.reading.terms.signature import DENSITIES, PARAMETERS, SCALARS, Signature, is_index, key_of, label
from derivations.reading.terms.statements import statements
from derivations.reading.text.syntax import Item, Row, leaves, show

STEP = "varepsilon"  # no letter of the reader's own: every epsilon is "epsilon"
ENERGIES = frozenset({"f", "E", "U", "V", "h", "F", "G", "g", "H"})
POTENTIALS = frozenset({"phi", "psi", "h", "Psi", "Phi", "mu", "nu"})
COVARIANCES = frozenset({"Sigma", "Lambda", "C"})
MEANS = frozenset({"mu", "m", "mu_tilde", "mu_hat", "nu"})
SCHEDULES = frozenset("alpha beta gamma sigma kappa eta omega nu delta".split())


def inferred(rows: Collection[Row], text: str) -> Signature:
    """What the document's way of writing declares: a letter that is bold somewhere is a vector, unless the field
    uses it for numbers too.
    """
    out = Signature()
    for row in rows:
        for i in leaves(row):
            if i.kind == "name" and "bold" in i.marks and key_of(i) not in SCALARS:
                out.vectors.add(key_of(i))
    for row in rows:
        if len(row) > 2 and [i.kind for i in row[:3]] == ["name", "bracket", "rel"] and row[0].text not in DENSITIES:
            out.functions.add(key_of(row[0]))  # f(x) = ... says that f is a function
        out.vectors |= _descended(row) | _drawn(row)
        out.timed |= {key_of(i) for i in _schedules(row)}
    out.matrices = {key_of(i) for row in rows for i in leaves(row) if _is_turned(i)} - out.functions
    out.matrices |= {key for row in rows for key in _squared_matrices(row)} - out.functions - _moving(rows)
    out.vectors |= _moving(rows) - out.functions - out.matrices
    out.matrices |= {key_of(i.cells[0][0]) for row in rows for i in leaves(row) if _has_entries(i)}
    out.sigmoid = bool(re.search(r"sigmoid|logistic", text, re.IGNORECASE))
    for row in rows:
        for b in leaves(row):
            out.scalars |= {key_of(i) for c in b.cells for i in _multipliers(c)} - SCALARS
    for row in rows:
        out.normalisers |= _normalisers(row)
        out.scalars |= _energies(row) | _potentials(row) | (_lengths(row) - out.vectors - SCALARS)
    out.scalars |= _tests(rows) - out.vectors
    if any(i.text == "Z" and is_index(i.sub) for row in rows for i in leaves(row)):
        out.normalisers.discard("Z")  # Z_i is drawn
    out.scalars |= out.normalisers | constants(rows)
    for row in rows:
        means, covariances = _of_gaussians(row)
        out.vectors |= means - out.scalars
        out.covariances |= covariances
    everything = [i for row in rows for i in leaves(row) if i.kind == "name"]
    steps = any(i.text == "z" and show(i.sub) == "t" for i in everything) and any(
        i.text in ("q", "alpha") for i in everything
    )
    out.scalars |= {key for row in rows for key in _strengths(row)}
    out.scalars |= {key for row in rows for key in differential.carried(row)} - out.vectors
    out.scalars |= {n for row in map(with_a_step, rows) for n in _numbers(row)} - out.vectors - SCALARS
    out.constants = _constants(rows)
    out.sizes |= _dimensions(rows)
    if _is_strength(rows):
        out.scalars.add("eps")
        out.undrawn.add("eps")
    out.latent = steps and not any(i.text == "x" and is_index(i.sub) for i in everything)
    out.data_x = not any(i.text == "z" and show(i.sub) == "0" for i in everything)
    return out


def _schedules(row: Row) -> Iterator[Item]:
    """The Greek letters that a formula gives a time alone, as in alpha(t)."""
    for part in (row, *(c for i in leaves(row) for c in (*i.cells, i.sub, i.sup))):
        for name, after in pairwise(part):
            plain = name.kind == "name" and name.text in SCHEDULES and not name.sub
            if plain and after.text == "()" and timed(after):
                yield name


def _dimensions(rows: Collection[Row]) -> set[str]:
    r"""The letter D where it is the dimension: half of it stands in an exponent or before a logarithm, or R^D is a
    space, and no denoiser D(x) does.
    """
    parts = [p for row in rows for p in (row, *(c for i in leaves(row) for c in (*i.cells, i.sup)))]
    applied = any(a.text == "D" and not a.sub and b.kind == "bracket" for part in parts for a, b in pairwise(part))
    halves = {show(i.cells[0]) for part in parts for i in part if i.kind == "frac" and show(i.cells[1]) == "2"}
    halves |= {show(part[:1]) for part in parts if show(part[1:]) == "/ 2"}
    spaces = {show(i.sup) for part in parts for i in part if i.text == "bb R"}
    return {"D"} & (halves | spaces) if not applied else set()


def _constants(rows: Collection[Row]) -> set[str]:
    r"""The names with a label that stand alone, and before a time in brackets only where that has a power: in
    \\sigma_q (t)^{1/2} the root is that of t.
    """
    behind: dict[str, set[str]] = {}
    for part in (p for row in rows for p in (row, *(c for i in leaves(row) for c in i.cells))):
        for k, i in enumerate(part):
            if i.kind == "name" and i.sub and not is_index(i.sub):
                after = [b for b in part[k + 1 : k + 2] if b.kind == "bracket" and timed(b)]
                how = ("power" if after[0].sup else "time") if after else ""
                behind.setdefault(_key(i), set()).add(how)
    return {name for name, found in behind.items() if found == {"", "power"}}


def _lengths(row: Row) -> set[str]:
    """The lengths of steps: h where x_{t+h} or x_{t-h} is written."""
    scripts = [i.sub for i in leaves(row) if i.kind == "name" and len(i.sub) == 3]
    return {key_of(s[2]) for s in scripts if [i.kind for i in s] == ["name", "op", "name"] and s[0].text == "t"}


def _is_strength(rows: Collection[Row]) -> bool:
    """Whether epsilon is a number everywhere: epsilon(t) stands under a root, or it is said to be positive, and nowhere
    is it a noise or a network.
    """
    named = [i for row in rows for i in leaves(row) if i.kind == "name" and i.text in ("epsilon", "varepsilon")]
    parts = [c for row in rows for i in leaves(row) if i.kind == "sqrt" for c in i.cells[:1]]
    rooted = any(a.text == "epsilon" and timed(b) for part in parts for a, b in pairwise(part))
    drawn = any(
        len(s.sides[0]) == 1 and s.sides[0][0] in named for r in rows for s in statements(r) if "~" in s.relations
    )
    positive = any(
        s.sides[0] == (i,) and s.relations == (">",) and show(s.sides[1]) == "0"
        for i in named
        for r in rows
        for s in statements(r)
    )
    network = any("bold" in i.marks or any(j.text in PARAMETERS for j in i.sub) for i in named)
    return (positive or (rooted and not any(i.sub for i in named))) and not drawn and not network


def _is_turned(item: Item) -> bool:
    """Whether a capital letter is transposed; of X and the like, which are drawn, that makes no matrix."""
    capital = item.kind == "name" and len(item.text) == 1 and item.text.isupper() and item.text not in "XYZEN"
    return capital and len(item.sup) == 1 and item.sup[0].text == "top"


def _squared_matrices(row: Row) -> Iterator[str]:
    """The capital letters A of A A^T, where the T is no power, of tr(A^{-1} B), and of A + I."""
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for a, b in pairwise(part):
            inverted = b.cells[0][:1] if a.text == "tr" and b.kind == "bracket" else ()
            if inverted and show(inverted[0].sup) == "- 1" and _is_turned(_with_top(inverted[0])):
                yield key_of(inverted[0])
            if (b.kind, b.text) == ("op", "+") and _is_turned(_with_top(a)) and a is part[0] and show(part[2:]) == "I":
                yield key_of(a)
            same = a.kind == b.kind == "name" and key_of(a) == key_of(b)
            if same and show(b.sup) == "T" and _is_turned(_with_top(b)):
                yield key_of(b)


def _with_top(item: Item) -> Item:
    return replace(item, sup=(Item("name", "top", item.at),))


def _moving(rows: Collection[Row]) -> set[str]:
    """The letters of a Brownian motion, behind a d: what moves so is no matrix."""
    parts = [p for row in rows for p in (row, *(c for i in leaves(row) for c in i.cells))]
    return {key_of(b) for part in parts for a, b in pairwise(part) if a.text == "d" and b.text in ("W", "B")}


def _strengths(row: Row) -> Iterator[str]:
    """The letter g where g^2(x, t) is written: the strength of a noise, and no vector."""
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for a, b in pairwise(part):
            called = b.kind == "bracket" and len(b.cells) > 1
            if a.text == "g" and "bold" not in a.marks and called and "2" in (show(a.sup), show(b.sup)):
                yield key_of(a)


def _has_entries(item: Item) -> bool:
    """Whether an entry is taken of a capital letter in brackets, as in [Q_t]_{ij}."""
    inside = item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else ()
    capital = bool(inside) and inside[0].kind == "name" and len(inside[0].text) == 1 and inside[0].text.isupper()
    whole = len(inside) == 1 or (len(inside) == 2 and inside[1].kind == "bracket")
    return capital and whole and show(item.sub).replace(", ", "") in ("i j", "j i", "k l", "i k")


def _of_gaussians(row: Row) -> tuple[set[str], set[str]]:
    """The means of Gaussians that have a covariance: a multiple of I, or a matrix, of which there is a determinant or
    an inverse beside a transpose or a trace; and these matrices.
    """
    parts = [row, *(c for i in leaves(row) for c in i.cells)]
    gaussians = [b for part in parts for name, b in pairwise(part) if name.text in ("cal N", "N") and len(b.cells) > 1]
    matrices = {_key(i) for part in parts for i in _as_matrices(part)} if _turns(row) else set()
    means: set[str] = set()
    covariances: set[str] = set()
    for b in gaussians:
        spread = {_key(i) for i in b.cells[-1] if i.kind == "name"}
        if spread & ({"I", "diag"} | matrices):
            means |= {key_of(i) for i in b.cells[-2] if i.kind == "name" and key_of(i) in MEANS}
        covariances |= spread & matrices if len(b.cells[-1]) == 1 else set()
    for b, between in (pair for part in parts for pair in pairwise(part) if pair[0].kind == "bracket"):
        if show(b.sup) in ("top", "T") and between.text in COVARIANCES and show(between.sup) == "- 1":
            covariances.add(_key(between))  # of a square (x - mu)^T Sigma^{-1} (x - mu)
            means |= {key_of(i) for c in b.cells for i in c if i.kind == "name" and key_of(i) in MEANS}
    return means, covariances


def _key(item: Item) -> str:
    """The key of a name: its label is part of it, an index is none."""
    return key_of(item) + (f"_{label(item.sub)}" if item.sub and not is_index(item.sub) else "")


def _as_matrices(part: Row) -> Iterator[Item]:
    """The covariances in a row that are alone between bars, or inverted."""
    for i in part:
        if i.kind == "name" and i.text in COVARIANCES and show(i.sup) == "- 1":
            yield i
        if i.kind == "bracket" and i.text == "||" and len(i.cells) == 1 and len(i.cells[0]) == 1:
            yield from (j for j in i.cells[0] if j.text in COVARIANCES)


def _turns(row: Row) -> bool:
    """Whether something is transposed in a formula, or a trace is taken."""
    turned = (len(i.sup) == 1 and i.sup[0].text in ("top", "T") for i in leaves(row) if i.kind in ("name", "bracket"))
    return any(turned) or any(i.text in ("tr", "Tr", "trace") for i in leaves(row))


def _descended(row: Row) -> set[str]:
    """The parameters that a formula moves along a gradient in them, as in theta_{t+1} = theta_t - eta grad_theta L."""
    slopes = {i.sub[0].text for i in leaves(row) if i.kind == "nabla" and len(i.sub) == 1}
    sides = [side for s in statements(row) if s.relations for side in s.sides]
    return {side[0].text for side in sides if len(side) == 1 and side[0].text in PARAMETERS & slopes}


def _drawn(row: Row) -> set[str]:
    """The names that are drawn from a Gaussian with a multiple of the identity for its covariance."""
    out: set[str] = set()
    for s in statements(row):
        law = s.sides[-1] if s.relations == ("~",) and len(s.sides[0]) == 1 and s.sides[0][0].kind == "name" else ()
        gaussian = [i.text for i in law[:1]] in (["cal N"], ["N"]) and len(law) == 2 and law[1].kind == "bracket"
        if gaussian and any(i.text == "I" for i in law[1].cells[-1]):
            out.add(key_of(s.sides[0][0]))
    return out


def _normalisers(row: Row) -> set[str]:
    """The letters Z that stand alone below a fraction, or behind a logarithm: they make a density integrate to 1, for
    all parameters or for those in a bracket behind them.
    """
    out: set[str] = set()
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for k, i in enumerate(part):
            divisor = i.cells[1] if i.kind == "frac" else ()
            below = divisor[0] if divisor and all(j.kind == "bracket" for j in divisor[1:]) else None
            behind = part[k + 1] if i.kind == "func" and i.text == "log" and part[k + 1 : k + 2] else None
            out |= {_keyed(z) for z in (below, behind) if z is not None and _is_z(z)}
            labelled = i.kind == "name" and len(i.sub) == 1 and i.sub[0].text in PARAMETERS
            out |= {_keyed(i)} if labelled and _is_z(i) else set()
            if i.kind == "op" and i.text == "/" and part[k + 1 : k + 2] and _is_z(part[k + 1]):
                out.add(_keyed(part[k + 1]))
    return out


def _energies(row: Row) -> set[str]:
    """The functions that alone are exponents, as in exp(-f_theta(x)): their values are numbers."""
    out: set[str] = set()
    for part in (row, *(c for i in leaves(row) for c in (*i.cells, i.sup))):
        for k, i in enumerate(part):
            inside: Row = i.sup if i.text == "e" and not i.sub else ()
            if i.kind == "func" and i.text == "exp" and part[k + 1 : k + 2] and part[k + 1].kind == "bracket":
                inside = part[k + 1].cells[0] if len(part[k + 1].cells) == 1 else ()
            bare = [j for j in inside if j.kind != "op"]
            alone = [j.kind for j in bare] == ["name", "bracket"] and len(bare[1].cells) == 1
            if alone and bare[0].text in ENERGIES and "bold" not in bare[0].marks:
                out.add(_keyed(bare[0]))
    return out


def _potentials(row: Row) -> set[str]:
    """The functions that stand behind a logarithm: their values are numbers."""
    out: set[str] = set()
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for log, name in pairwise(part):
            if log.kind == "func" and log.text == "log" and name.kind == "name" and name.text in POTENTIALS:
                out.add(key_of(name))
    return out


def _tests(rows: Collection[Row]) -> set[str]:
    """The functions whose gradient is a factor of an inner product, and that have no index anywhere, as a flow has:
    their values are numbers.
    """
    moving = {i.text for row in rows for i in leaves(row) if i.kind == "name" and i.sub}
    found = []
    for row in rows:
        for part in (row, *(c for i in leaves(row) for c in i.cells)):
            found += [name for k, name in enumerate(part[1:]) if _is_factor(part, k)]
        angles = [c for i in leaves(row) if i.text == "<>" and len(i.cells) == 2 for c in i.cells]
        found += [c[1] for c in angles if len(c) > 1 and c[0].kind == "nabla" and _end(c, 1) == len(c)]
    return {key_of(i) for i in found if i.kind == "name" and i.text in POTENTIALS - moving}


def _is_factor(part: Row, k: int) -> bool:
    r"""Whether the nabla at k takes the gradient of a name that is transposed, or stands before a dot."""
    end = _end(part, k + 1)
    if part[k].kind != "nabla" or end > len(part):
        return False
    transposed = any(i.text in ("top", "T") for i in part[end - 1].sup)
    return transposed or (end < len(part) and (part[end].kind, part[end].text) == ("op", "*"))


def _end(part: Row, at: int) -> int:
    """Where the name at a place ends, with its arguments."""
    called = part[at + 1 : at + 2] and part[at + 1].kind == "bracket" and part[at + 1].text == "()"
    return at + 2 if called else at + 1


def with_a_step(row: Row) -> Row:
    """The formula with another name for an epsilon that is the size of a step and no noise: it stands under a root,
    with a number at most.
    """
    roots = [[j for j in i.cells[0] if j.kind != "op"] for i in leaves(row) if i.kind == "sqrt"]
    sized = [r for r in roots if r and _is_bare(r[-1]) and all(j.kind == "number" for j in r[:-1])]
    return _renamed(row) if sized else row


def _is_bare(item: Item) -> bool:
    return item.kind == "name" and item.text == "epsilon" and not (item.sub or item.marks)


def _renamed(row: Row) -> Row:
    out = []
    for i in row:
        cells, sub, sup = tuple(map(_renamed, i.cells)), _renamed(i.sub), _renamed(i.sup)
        text = STEP if _is_bare(i) else i.text
        out.append(replace(i, text=text, cells=cells, sub=sub, sup=sup))
    return tuple(out)


def _is_z(item: Item) -> bool:
    return item.kind == "name" and item.text == "Z" and "bold" not in item.marks and not is_index(item.sub)


def _keyed(item: Item) -> str:
    return key_of(item) + (f"_{label(item.sub)}" if item.sub else "")


def _numbers(row: Row) -> Iterator[str]:
    """Plain letters that are used as numbers: alone under a root, or integrated between two limits."""
    for part in (row, *(cell for i in leaves(row) for cell in i.cells)):
        limits = any(i.kind == "big" and i.text == "int" and i.sub and i.sup for i in part)
        for k, i in enumerate(part):
            name: Row = i.cells[0] if i.kind == "sqrt" and i.cells else ()
            timed_ = len(name) == 1 or (len(name) == 2 and name[1].kind == "bracket" and timed(name[1]))
            if name and name[0].kind == "name" and timed_ and name[0].text not in STATES:
                yield key_of(name[0])
            after = part[k + 1] if k + 1 < len(part) else None
            if limits and i.text == "d" and after is not None and after.text in ("u", "v", "r") and not after.marks:
                yield key_of(after)


def _multipliers(row: Row) -> Iterator[Item]:
    """The plain names that stand right before the identity, as in N(m, v I): they are numbers."""
    bare = [i for i in row if not (i.kind == "op" and i.text == "*") and not (i.kind == "bracket" and i.sup)]
    for name, unit in pairwise(bare):
        if name.kind == "name" and "bold" not in name.marks and unit.text == "I" and not unit.sup:
            yield name
