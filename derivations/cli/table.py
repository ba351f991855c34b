"""The verdict table: a line per entry, by chapter, and the totals with undecided first."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from derivations.cli.page import wrapped
from derivations.cli.terminal import VERDICT, cut, paint, width
from derivations.records.record import AGREES, DISAGREES, VERDICTS, Record

NUMBERS = 39  # columns of the table from the verdict on, and the two before an ID


def totals(rows: Sequence[Record]) -> dict[str, int]:
    """How many entries have each verdict, undecided first, and how many are as declared."""
    count = Counter(row.verdict for row in rows)
    counted = {verdict: count[verdict] for verdict in VERDICTS}
    return {**counted, "entries": len(rows), "as_declared": sum(row.as_declared for row in rows)}


def print_table(rows: Sequence[Record], titles: Mapping[str, str]) -> None:
    """Print the table; `titles` are the chapters' headings by key. "!" marks what is not as declared."""
    ids = min(max((len(row.id) for row in rows), default=12), 32)
    room = max(width(sys.stdout) - ids - NUMBERS - 2, 8)
    numbers = f"{'verdict':<9} {'SymPy':>6} {'steps':>5} {'axioms':>6} {'ms':>7}"
    print(paint(f"  {'ID':<{ids}} {'title':<{room}} {numbers}", "bold"))
    chapter = ""
    for row in rows:
        if row.head.chapter != chapter and row.head.chapter in titles:
            chapter = row.head.chapter
            print(f"\n{paint(titles[chapter], 'bold')}")
        print(_line(row, ids, room))


def _line(row: Record, ids: int, room: int) -> str:
    agreed = f"{row.opinions.count(AGREES)}/{len(row.opinions)}" if row.opinions else "-"
    second = "ALARM" if DISAGREES in row.opinions else agreed
    mark = "  " if row.as_declared else paint("! ", "red")
    name, title = f"{cut(row.id, ids):<{ids}}", f"{cut(row.head.title, room):<{room}}"
    numbers = f"{second:>6} {row.steps:>5} {len(row.axioms):>6} {row.milliseconds:>7.1f}"
    return f"{mark}{name} {title} {paint(f'{row.verdict:<9}', VERDICT[row.verdict])} {numbers}"


def print_totals(rows: Sequence[Record], second_opinion: bool, seconds: float) -> None:
    """Print the headline numbers, undecided first, and the axioms by name."""
    count = totals(rows)
    print("\n" + ", ".join(paint(f"{count[v]} {v}", VERDICT[v] if count[v] else "") for v in VERDICTS) + ".")
    steps = sum(row.steps for row in rows)
    print(f"{count['as_declared']} of {count['entries']} as declared; {steps} steps in {seconds:.2f} s.")
    print(_opinion(Counter(word for row in rows for word in row.opinions), second_opinion))
    for name in sorted({name for row in rows for name in row.axioms}):
        carried = ", ".join(row.id for row in rows if name in row.axioms)
        print("\n".join(wrapped(f"Axiom {name}: carried by {carried}.", "", "  ")))


def _opinion(said: Counter[str], asked: bool) -> str:
    total = sum(said.values())
    if not asked:
        return "SymPy was not asked."
    if not total:
        return "No algebraic step to ask SymPy about."
    rest = "" if said[AGREES] == total else "; the others it cannot express"
    if said[DISAGREES]:
        rest = f" and DISAGREES with {said[DISAGREES]}"
    return f"SymPy agrees with {said[AGREES]} of {total} algebraic steps{rest}."
