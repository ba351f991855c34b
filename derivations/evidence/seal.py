"""Seals: of a line of a proof trace, which its writer and its reader share, and of a statement, for the lock of IDs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from derivations.kernel.substitution import alpha
from derivations.kernel.terms import Term, show
from derivations.kernel.theorem import Theorem

FORMAT = "exegesis proof trace 1"


def seal_line(body: dict[str, Any], before: str) -> tuple[str, str]:
    """A line of the file, and its digest: of the line's content and of the digest of the line before."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256((before + text).encode()).hexdigest()
    return text[:-1] + f',"digest":"{digest}"}}\n', digest


def statement_hash(theorems: Iterable[Theorem], claim: str = "") -> str:
    """The hash of a statement as it is written, up to bound names: hypotheses and conclusions, and the false claim that
    is refuted. `sorts_hash` is its other half.
    """
    text = "\n".join(
        "; ".join(sorted(show(alpha(h)) for h in t.hypotheses)) + " |- " + show(alpha(t.conclusion)) for t in theorems
    )
    if claim:
        text += f"\nrefuted: {claim}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sorts_hash(theorems: Iterable[Theorem]) -> str:
    """The hash of what the writing of a statement does not show: the sort of every part, of bound variables and of
    vectors and diagonal matrices by their entries too; which functions must be differentiable, and which free symbols
    are dimensions.
    """
    told = []
    for t in theorems:
        sized = t.dimensions & frozenset[Term]().union(*(f.free for f in (*t.hypotheses, t.conclusion)))
        told.append([*sequent(t), sorted(t.smooth), sorted(map(show, sized))])
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def sequent(t: Theorem) -> tuple[list[str], str]:
    """Hypotheses in any order and the conclusion as texts in which nothing is left out; bound names do not count."""
    return sorted(canonical(alpha(h)) for h in t.hypotheses), canonical(alpha(t.conclusion))


@lru_cache(maxsize=4096)
def canonical(t: Term) -> str:
    """A term as text in which nothing is left out."""
    sort = [canonical(p) if isinstance(p, Term) else p for p in t.sort]
    return json.dumps([t.op, sort, [canonical(a) if isinstance(a, Term) else str(a) for a in t.args]])
