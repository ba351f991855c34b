"""`derive lock`: publish new IDs and new revisions."""

from __future__ import annotations

import sys

from derivations.cli.terminal import progress
from derivations.records import lock
from derivations.registry import entries
from derivations.registry.examine import examine


def run(dry_run: bool = False) -> int:
    """Append what is new to formulas.lock; refuse while anything contradicts it or is undecided."""
    corpus = list(entries().values())
    records = [examine(e, second_opinion=False) for e in progress(corpus, len(corpus), "proving")]
    rows = [record.stated for record in records]
    wrong = lock.problems(rows, lock.read(), whole=True)
    open_ = [record.id for record in records if not record.as_declared]
    wrong += [f"{name}: its verdict is not the declared one; `derive check {name}` says why" for name in open_]
    if wrong:
        print("derive: nothing was published:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    fresh, late = lock.unlocked(rows, lock.read()), lock.without_sorts(rows, lock.read())
    for row in fresh:
        print(f"{row.id} {row.revision} {row.digest} {row.sorts}")
    if not dry_run and (fresh or late):
        lock.append([*late, *fresh])
    done = "would be published" if dry_run else "published"
    print(f"{len(fresh)} {done}; {len(corpus)} in the corpus.")
    return 0
