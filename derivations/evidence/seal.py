"""Seals: of a line of a proof trace, which its writer and its reader share, and of a statement, for the lock of IDs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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
    """The hash of what a statement's letters are, which its writing does not show: numbers, integers, vectors of which
    dimension, functions that must be differentiable.
    """
    told: list[list[str]] = []
    for t in theorems:
        letters = {word for f in (*t.hypotheses, t.conclusion) for word in _letters(alpha(f))}
        told.append([*sorted(letters), *sorted(t.smooth)])
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]


def _letters(term: Term) -> set[str]:
    """Every symbol and function of a term, bound ones included, with its sort."""
    found, stack, seen = set[str](), [term], set[int]()
    while stack:
        t = stack.pop()
        if id(t) in seen:
            continue
        seen.add(id(t))
        if t.op in ("sym", "app"):
            found.add(f"{t.args[0]}: {' '.join(map(str, t.sort))}")
        stack.extend(a for a in t.args if isinstance(a, Term))
    return found
