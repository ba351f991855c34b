"""By which certificates an entry's inequalities were proved: how often each kind occurs in its own proof."""

from __future__ import annotations

from collections import Counter

from derivations.evidence.inequalities import SQUARES, certificate
from derivations.language.entry import Entry
from derivations.registry.verdicts import own_ancestors


def certificates(entry: Entry) -> str:
    """Each kind of certificate and how many inequalities of the entry rest on it; lemmas of other entries left out."""
    found = {id(t): t for part in entry.parts for t in own_ancestors(part.theorem, entry.id)}
    inside = {id(p) for t in found.values() if certificate(t) == SQUARES for p in t.arguments[1]}
    counted = Counter(kind for t in found.values() if id(t) not in inside and (kind := certificate(t)))
    return ", ".join(f"{kind} ({number})" for kind, number in counted.items())
