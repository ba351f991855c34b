"""`derive lock`: publish new IDs and new revisions."""

from __future__ import annotations

import sys

from derivations.cli.terminal import progress
from derivations.registry import entries, judge, lock


def run(dry_run: bool = False) -> int:
    """Append what is new to formulas.lock; refuse while anything contradicts it or is undecided."""
    corpus = list(entries().values())
    undecided = [e.id for e in progress(corpus, len(corpus), "proving") if judge(e).verdict != e.declared]
    rows = [lock.stated(entry) for entry in corpus]
    wrong = lock.problems(rows, lock.read(), whole=True)
    wrong += [f"{name}: its verdict is not the declared one; `derive check {name}` says why" for name in undecided]
    if wrong:
        print("derive: nothing was published:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    fresh = lock.unlocked(rows, lock.read())
    for row in fresh:
        print(f"{row.id} {row.revision} {row.digest}")
    if not dry_run and fresh:
        lock.append(fresh)
    done = "would be published" if dry_run else "published"
    print(f"{len(fresh)} {done}; {len(corpus)} in the corpus.")
    return 0
