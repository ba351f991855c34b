"""What names meant before they were given another meaning: a document goes back to a former example."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.terms import Term
from derivations.reading.notation.notation import Notation


def formerly(notation: Notation) -> Iterator[tuple[Term, Notation]]:
    """Each name, the latest first, that has a new meaning, and the same notation with its former one."""
    for r in reversed(notation.former):
        out = notation.apart()
        out.own = [o for o in out.own if o.left != r.left]
        if r.kind == "stated":
            out.stated[r.left] = r.right
        else:
            out.own.append(r)
        yield r.left, out


__all__ = ["formerly"]
