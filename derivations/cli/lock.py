"""`derive lock`: publish new IDs and new revisions, and what the functions in them mean."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from derivations.cli.terminal import progress
from derivations.evidence import replay
from derivations.language.entry import Entry
from derivations.records import lock
from derivations.registry import entries
from derivations.registry.examine import examine

REDEFINED = "published formulas speak of this function, and it is defined otherwise now; give the new one another name"


def run(dry_run: bool = False) -> int:
    """Append what is new to formulas.lock and definitions.lock; refuse while anything contradicts them or is
    undecided.
    """
    corpus = list(entries().values())
    records = [examine(e, second_opinion=False) for e in progress(corpus, len(corpus), "proving")]
    rows = [record.stated for record in records]
    wrong = lock.problems(rows, lock.read(), whole=True)
    open_ = [record.id for record in records if not record.as_declared]
    wrong += [f"{name}: its verdict is not the declared one; `derive check {name}` says why" for name in open_]
    meant, known = ([] if wrong else _meanings(corpus)), lock.read(replay.MEANINGS)
    wrong += [f"{row.id}: {REDEFINED}" for row in meant if row.id in known and lock.differs(row, known[row.id])]
    if wrong:
        print("derive: nothing was published:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    fresh, late = lock.unlocked(rows, lock.read()), lock.without_sorts(rows, lock.read())
    for row in fresh:
        print(f"{row.id} {row.revision} {row.digest} {row.sorts}")
    named = lock.unlocked(meant, known)
    for row in named:
        print(f"{row.id} is defined")
    if not dry_run and (fresh or late):
        lock.append([*late, *fresh])
    clearer = lock.without_sorts(meant, known)
    if not dry_run and (named or clearer):
        lock.append([*clearer, *named], replay.MEANINGS)
    done = "would be published" if dry_run else "published"
    print(f"{len(fresh)} {done}; {len(corpus)} in the corpus.")
    return 0


def _meanings(corpus: Iterable[Entry]) -> list[lock.Locked]:
    """What the functions in the statements mean, as lines of definitions.lock."""
    found = replay.definitions([part.theorem for entry in corpus for part in entry.results])
    return [lock.Locked(name, 1, *hashes) for name, hashes in sorted(found.items())]
