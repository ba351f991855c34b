"""Which entry rests on which: read from the proofs themselves, never declared."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache

from derivations.chapters import CONTENTS, load
from derivations.kernel import Theorem
from derivations.language.entry import OWNER, Entry, ancestors
from derivations.registry.corpus import entries
from derivations.registry.verdicts import judge


def uses(entry: Entry) -> list[str]:
    """The entries on which an entry rests directly, in reading order; of an undecided entry, none."""
    if judge(entry).verdict == "undecided":
        return []
    return step_uses(entry, [part.theorem for part in entry.parts])


def step_uses(entry: Entry, theorems: Iterable[Theorem]) -> list[str]:
    """The other entries that these theorems of an entry rest on directly, in reading order."""
    _claim_definitions()
    found = {
        OWNER.get(t, entry.id)
        for theorem in theorems
        for t in ancestors(theorem, stop=lambda t: OWNER.get(t, entry.id) != entry.id)
    }
    place = _reading_order()
    return sorted(found - {entry.id}, key=lambda name: (place.get(name, len(place)), name))


def all_ancestors(entry_id: str, direct: dict[str, list[str]]) -> list[str]:
    """Everything that an entry rests on, directly or not, in the order of `direct`."""
    found, waiting = set[str](), list(direct.get(entry_id, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += direct.get(name, ())
    return [name for name in direct if name in found]


@cache
def graph() -> dict[str, list[str]]:
    """Every entry of the corpus, in reading order, with the entries on which it rests directly."""
    return {entry.id: uses(entry) for entry in entries().values()}


@cache
def users() -> dict[str, list[str]]:
    """Every entry of the corpus with the entries that rest on it directly, in reading order."""
    found: dict[str, list[str]] = {name: [] for name in graph()}
    for name, used in graph().items():
        for other in used:
            found.setdefault(other, []).append(name)
    return found


def _loaded() -> list[str]:
    """The chapters that have been imported so far; a proof can rest on these only."""
    return [c.module for c in CONTENTS if f"derivations.chapters.{c.module}" in sys.modules]


_claimed: set[str] = set()


def _claim_definitions() -> None:
    """Let definitions claim their theorems: one may be used before its own entry is derived."""
    for listing in CONTENTS:
        if listing.module in _loaded() and listing.module not in _claimed:
            _claimed.add(listing.module)
            for entry in load(listing).entries:
                if entry.kind == "definition":
                    judge(entry)


def _reading_order() -> dict[str, int]:
    names = [e.id for c in CONTENTS if c.module in _loaded() for e in load(c).entries]
    return {name: k for k, name in enumerate(names)}
