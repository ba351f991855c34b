"""The chapters in reading order, and finding an entry by its ID."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache

from derivations.chapters import CONTENTS, Listing, load
from derivations.errors import Refused, RequestError
from derivations.kernel import RuleError
from derivations.kernel.terms import TermError
from derivations.language.calculation import DerivationError
from derivations.language.entry import Chapter, Entry


class UnknownID(RequestError, LookupError):
    """No entry has this ID; the message names the nearest."""


class DuplicateID(RequestError, ValueError):
    """Two entries share an ID."""


@cache
def corpus() -> list[Chapter]:
    """Every chapter, in reading order. Raises DuplicateID when two entries share an ID."""
    chapters = [chapter_of(listing) for listing in CONTENTS]
    index(chapters)
    return chapters


def chapter_of(listing: Listing) -> Chapter:
    """The chapter of a line of the contents. Raises Refused when a step outside its entries is refused."""
    try:
        return load(listing)
    except (RuleError, TermError, DerivationError) as error:
        raise Refused(f"the chapter {listing.module} cannot be read: outside its entries, {error}") from None


def chapter_named(module: str) -> Chapter:
    """The chapter of this module."""
    return chapter_of(next(listing for listing in CONTENTS if listing.module == module))


def index(chapters: Iterable[Chapter]) -> dict[str, Entry]:
    """The entries of these chapters by ID, in reading order. Raises DuplicateID when two share one."""
    found: dict[str, Entry] = {}
    for chapter in chapters:
        for entry in chapter.entries:
            if entry.id in found:
                where = f"in the chapters {found[entry.id].chapter} and {chapter.key}"
                raise DuplicateID(
                    f"the ID {entry.id} is used twice: {where}; an ID names one entry for ever, so "
                    "give the newer one another ID"
                )
            found[entry.id] = entry
    return found


@cache
def entries() -> dict[str, Entry]:
    """Every entry of the corpus by ID, in reading order."""
    return index(corpus())


def find(entry_id: str) -> Entry:
    """The entry with this ID; no more chapters are imported than it takes. Raises UnknownID."""
    for listing in sorted(CONTENTS, key=lambda listing: -_likely(listing, entry_id)):
        for entry in chapter_of(listing).entries:
            if entry.id == entry_id:
                return entry
    raise UnknownID(unknown(entry_id, entries()))


def module_of(entry: Entry) -> str:
    """The module of the chapter of the book in which an entry stands; empty for an entry of no chapter."""
    loaded = (c for c in CONTENTS if f"derivations.chapters.{c.module}" in sys.modules)
    return next((c.module for c in loaded if any(e is entry for e in load(c).entries)), "")


def _likely(listing: Listing, entry_id: str) -> int:
    """How many characters of the ID one of the chapter's families covers."""
    return max((len(f) for f in listing.families if f"{entry_id}.".startswith(f + ".")), default=0)


def unknown(entry_id: str, known: Iterable[str]) -> str:
    """What to tell somebody who asked for an ID that does not exist."""
    import difflib

    known = list(known)
    near = difflib.get_close_matches(entry_id, known, n=3, cutoff=0.5)
    near += [name for name in known if entry_id and name not in near and entry_id in name.split(".")][:3]
    hint = f"did you mean {', '.join(near)}?" if near else "`derive list` prints every ID"
    return f"no formula has the ID {entry_id!r}; {hint}"
