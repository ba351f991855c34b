"""The lock: every ID ever published, with its revisions and the hash of the statement at each.

`formulas.lock` is append-only. A line is `ID revision hash sorts`: the hash of the statement as it is written, and that
of the sorts, which the writing does not show. A statement that changes needs a new revision, so that a citation of
revision 1 never comes to mean something else; an ID that was published is never taken away. An old line lacks the
sorts, or has a shorter hash of fewer of them; a later one with the same revision and hash then adds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from derivations.errors import RequestError

LOCK = Path(__file__).resolve().parent.parent / "formulas.lock"
HEADER = """\
# Every formula ever published: ID, revision, hash of the statement, hash of what its letters are.
# Append-only; `derive lock` writes it.
# A line here is never changed or taken away: citations point at it.
"""


class LockError(RequestError, ValueError):
    """The lock file is damaged, or cannot be written; the message says where."""


@dataclass(frozen=True)
class Locked:
    """One line of the lock, or what an entry would have there; then without a digest when it states nothing yet."""

    id: str
    revision: int
    digest: str
    sorts: str = ""


def read(path: Path | None = None) -> dict[str, Locked]:
    """The latest line of each ID. Raises LockError for an unreadable line, or revisions that do not grow."""
    latest: dict[str, Locked] = {}
    path = path or LOCK
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) not in (3, 4) or not words[1].isdigit():
            raise LockError(f"{path.name}, line {number}: expected 'ID revision hash sorts', got {line!r}; {REPAIR}")
        row = Locked(words[0], int(words[1]), *words[2:])
        before = latest.get(row.id)
        added = before is not None and _tells_more(row, before)
        if before is not None and row.revision <= before.revision and not added:
            raise LockError(
                f"{path.name}, line {number}: revision {row.revision} of {row.id} stands after revision "
                f"{before.revision}; {REPAIR}"
            )
        latest[row.id] = row
    return latest


REPAIR = "the file is written by `derive lock` only, so restore it from version control"


def problems(rows: Iterable[Locked], locked: dict[str, Locked], whole: bool) -> list[str]:
    """What contradicts the lock, a sentence each; with `whole`, no ID may be missing from what is stated."""
    found, present = [], set()
    for said in rows:
        present.add(said.id)
        row = locked.get(said.id)
        if row is None:
            continue
        if said.revision < row.revision:
            found.append(
                f"{said.id}: it says revision {said.revision}, but revision {row.revision} is published; "
                f"revisions only grow, so write revision={row.revision} or more"
            )
        elif said.revision == row.revision and said.digest and differs(said, row):
            letters = "" if said.digest != row.digest else "what the letters stand for in "
            found.append(
                f"{said.id}: {letters}the statement changed, and the revision did not; revision {row.revision} "
                f"is published with the hash {_hash(row)}, the statement now has {_hash(said)}. If the "
                f"change is meant, write revision={row.revision + 1} in the entry and run `derive lock`; "
                "if not, undo it"
            )
    if whole:
        found += [
            f"{name}: published, and gone from the corpus; an ID is permanent, so bring the entry back "
            "(a result that turned out wrong stays, as a refutation in a new revision)"
            for name in locked
            if name not in present
        ]
    return found


def differs(said: Locked, row: Locked) -> bool:
    """Whether something else is stated than what was published in this revision, as far as the line tells."""
    return said.digest != row.digest or (said.sorts != row.sorts and len(said.sorts) <= len(row.sorts))


def _tells_more(row: Locked, before: Locked) -> bool:
    """Whether a line says the same as the one before, and more of the sorts."""
    return replace(row, sorts="") == replace(before, sorts="") and len(row.sorts) > len(before.sorts)


def _hash(row: Locked) -> str:
    return f"{row.digest} {row.sorts}".strip()


def unlocked(rows: Iterable[Locked], locked: dict[str, Locked]) -> list[Locked]:
    """What is stated and not published yet in this revision."""
    return [row for row in rows if row.digest and (row.id not in locked or row.revision > locked[row.id].revision)]


def without_sorts(rows: Iterable[Locked], locked: dict[str, Locked]) -> list[Locked]:
    """What is published as it is stated, in a line that lacks the sorts, or some of them."""
    return [row for row in rows if row.id in locked and _tells_more(row, locked[row.id])]


def append(rows: Iterable[Locked], path: Path | None = None) -> None:
    """Publish: one line each at the end of the file."""
    path = path or LOCK
    head = "" if path.is_file() else HEADER
    lines = [f"{row.id} {row.revision} {_hash(row)}\n" for row in rows]
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(head + "".join(lines))
    except OSError as error:
        raise LockError(f"cannot write {path}: {error.strerror}; publish from a checkout of the source") from None
