"""Seals: of a line of a proof trace, which its writer and its reader share, and of a statement, for the lock of IDs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from derivations.kernel.substitution import alpha
from derivations.kernel.terms import show
from derivations.kernel.theorem import Theorem

FORMAT = "exegesis proof trace 1"


def seal_line(body: dict[str, Any], before: str) -> tuple[str, str]:
    """A line of the file, and its digest: of the line's content and of the digest of the line before."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256((before + text).encode()).hexdigest()
    return text[:-1] + f',"digest":"{digest}"}}\n', digest


def statement_hash(theorems: Iterable[Theorem], claim: str = "") -> str:
    """The hash of a statement, up to bound names: hypotheses and conclusions, and the false claim that is refuted."""
    text = "\n".join(
        "; ".join(sorted(show(alpha(h)) for h in t.hypotheses)) + " |- " + show(alpha(t.conclusion)) for t in theorems
    )
    if claim:
        text += f"\nrefuted: {claim}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
