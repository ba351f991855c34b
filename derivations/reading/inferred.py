"""What a document's way of writing declares of its names, before any formula is judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from derivations.reading.signature import DENSITIES, PARAMETERS, SCALARS, Signature, is_index, key_of
from derivations.reading.statements import statements
from derivations.reading.syntax import Item, Row, leaves, show

MEANS = frozenset({"mu", "m", "mu_tilde", "mu_hat", "nu"})


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
        out.vectors |= _descended(row)
    out.sigmoid = bool(re.search(r"sigmoid|logistic", text, re.IGNORECASE))
    for row in rows:
        for b in leaves(row):
            out.scalars |= {key_of(i) for c in b.cells for i in _multipliers(c)} - SCALARS
    for row in rows:
        for name, b in pairwise(row):
            if name.text in ("cal N", "N") and len(b.cells) > 1 and any(i.text == "I" for i in b.cells[-1]):
                out.vectors |= {key_of(i) for i in b.cells[-2] if i.kind == "name" and key_of(i) in MEANS} - out.scalars
    everything = [i for row in rows for i in leaves(row) if i.kind == "name"]
    steps = any(i.text == "z" and show(i.sub) == "t" for i in everything) and any(
        i.text in ("q", "alpha") for i in everything
    )
    out.latent = steps and not any(i.text == "x" and is_index(i.sub) for i in everything)
    out.data_x = not any(i.text == "z" and show(i.sub) == "0" for i in everything)
    return out


def _descended(row: Row) -> set[str]:
    """The parameters that a formula moves along a gradient in them, as in theta_{t+1} = theta_t - eta grad_theta L."""
    slopes = {i.sub[0].text for i in leaves(row) if i.kind == "nabla" and len(i.sub) == 1}
    sides = [side for s in statements(row) if s.relations for side in s.sides]
    return {side[0].text for side in sides if len(side) == 1 and side[0].text in PARAMETERS & slopes}


def _multipliers(row: Row) -> Iterator[Item]:
    """The plain names that stand right before the identity, as in N(m, v I): they are numbers."""
    bare = [i for i in row if not (i.kind == "op" and i.text == "*")]
    for name, unit in pairwise(bare):
        if name.kind == "name" and "bold" not in name.marks and unit.text == "I" and not unit.sup:
            yield name
