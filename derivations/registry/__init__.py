"""The registry: every entry of the corpus by ID, its verdict, its report, and the lock of IDs.

corpus    the chapters in reading order; finding an entry by its ID
verdicts  what is established about an entry: the kernel's answer, a refutation in numbers, the second opinion
refusal   why a derivation does not go through, for the person who has to repair it
report    one entry as plain data, for the book and for `--json`
rules     what each rule of the kernel does, in one sentence
examine   one entry checked: a record, here or from a worker
userfile  a derivation module of the user's own
"""

from derivations.records import lock
from derivations.registry.corpus import DuplicateID, UnknownID, corpus, entries, find
from derivations.registry.report import ledger, notation, report
from derivations.registry.verdicts import Outcome, judge

__all__ = [
    "DuplicateID",
    "Outcome",
    "UnknownID",
    "corpus",
    "entries",
    "find",
    "judge",
    "ledger",
    "lock",
    "notation",
    "report",
]
