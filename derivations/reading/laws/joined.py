"""A joint density with the form of a conditional one: q(x_t, x_{t-1}) = N(x_t; m(x_{t-1}), C).

Over x_t alone it integrates to 1, and over both without end. Some write a kernel so. It is refuted where the document
itself writes the density of x_t given x_{t-1} with a bar.
"""

from __future__ import annotations

import re

from derivations.formats.plain import plain
from derivations.kernel.terms import Term
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.places import Place
from derivations.reading.verdict import Judgement

SAID = "this is the density of {} given {}, which is written with a bar elsewhere: over both it has no integral"
BARS = re.compile(r"\\(?:mid|vert|middle\||given|:)(?![a-z])")


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of such a density; None for another equation."""
    name = str(lhs.args[0]) if lhs.op == "app" else ""
    if rhs.op != "normal" or "(" not in name or name.count(",") != 1 or "|" in name or rhs.args[0] != lhs.args[1]:
        return None
    state, inside = lhs.args[1], set(walk(rhs.args[1]))
    others = [a for a in lhs.args[2:] if isinstance(a, Term) and a.sort == state.sort and a in inside]
    if len(others) != 1 or notation.places.here is None or not _written_with_a_bar(notation.places.here):
        return None
    said = SAID.format(plain(state), plain(others[0]))
    return Judgement("refuted", message=said, witness={"integrated over": "both"}, values=("1", "infinite"))


def _written_with_a_bar(here: Place) -> bool:
    """Whether the left side of the formula at hand stands elsewhere in the document with a bar for its comma."""
    left = re.sub(r"\s|&|\\begin\{\w+\*?\}", "", here.tex.split("=")[0])
    return "," in left and left.replace(",", "|", 1) in re.sub(r"\s", "", BARS.sub("|", here.text))


__all__ = ["judge"]
