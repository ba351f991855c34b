"""The checker's own rules, each check of each taken away in turn: does a case of the corpora notice?

    python -m tests.kernel.rule_campaign [--workers N | --scheduler ADDRESS] [--keep]

A mutant (see `rule_mutants`) is noticed when a case of the accept or reject corpus has another outcome than usual. It
*proves* something when one of these outcomes is a theorem that is not proved otherwise. With --keep the figure goes to
`docs/measured.json`. Exit code 1 when a mutant is not noticed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Lock
from typing import Any

from derivations.kernel import RULES, logic
from derivations.kernel.terms import TermError
from derivations.kernel.theorem import RuleError
from derivations.mutation.cluster import executor
from tests import measured
from tests.kernel.rule_mutants import Mutant, helpers, mutants, users
from tests.kernel.test_rules import ACCEPT, REJECT

KINDS = ("check", "hypotheses", "conclusion", "brutal")
_planting = Lock()  # a mutant is planted in the process, for all of its threads


def outcome(call: Callable[[], object]) -> str:
    """What a case gives: the theorem, the refusal, or the crash."""
    try:
        return str(call())
    except (RuleError, TermError) as error:
        return f"refused: {error}"
    except Exception as error:  # a mutant may also fall over: that is noticed too
        return f"crashed: {type(error).__name__}"


LEDGERS: tuple[Any, ...] = (logic.DEFINED, logic.AXIOMS, logic.VARIED)
FRESH = [ledger.copy() for ledger in LEDGERS]  # before any test


@contextmanager
def as_it_was() -> Iterator[None]:
    """Definitions and axioms that are made inside are forgotten, and what varied; those of other tests do not count."""
    kept = [ledger.copy() for ledger in LEDGERS]
    _restore(FRESH)
    try:
        yield
    finally:
        _restore(kept)


def _restore(states: list[Any]) -> None:
    for ledger, state in zip(LEDGERS, states, strict=True):
        ledger.clear()
        ledger.update(state)


def outcomes(rule: str) -> list[str]:
    """What every case of a rule gives."""
    with as_it_was():
        return [outcome(call) for call, _ in (*ACCEPT[rule], *REJECT[rule])]


def noticed(mutant: Mutant, before: dict[str, list[str]]) -> str:
    """How the corpora notice a mutant: "proves", "noticed", or "" for not at all."""
    found = ""
    for rule, usual in before.items():
        with mutant.planted():
            after = outcomes(rule)
        differing = [new for old, new in zip(usual, after, strict=True) if old != new]
        if any(not new.startswith(("refused: ", "crashed: ")) for new in differing):
            return "proves"
        found = found or ("noticed" if differing else "")
    return found


def run(name: str) -> list[dict[str, Any]]:
    """Plant every mutant of a rule or helper; how each is noticed, as plain data."""
    with _planting:
        before = {rule: outcomes(rule) for rule in users(name)}
        return [
            {"name": name, "kind": mutant.kind, "what": mutant.what, "how": noticed(mutant, before)}
            for mutant in mutants(name)
        ]


def campaign(names: Iterable[str], pool: Executor) -> Iterator[dict[str, Any]]:
    """The results for rules and helpers, in their order."""
    for rows in pool.map(run, list(names)):
        yield from rows


def everything() -> list[str]:
    """The rules, and the functions that they call to refuse something."""
    return [*RULES, *helpers()]


def headline(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """What was tried, and what came out, for the trust page."""
    cases = sum(len(ACCEPT[rule]) + len(REJECT[rule]) for rule in RULES)
    brutal = [row["how"] for row in rows if row["kind"] == "brutal"]
    what = f"Each check of the {len(RULES)} rules, and of the functions that they call, is taken away in turn."
    figure = (
        f"{sum(bool(row['how']) for row in rows)} of {len(rows)} mutants change what one of {cases} cases gives; "
        f"{brutal.count('proves')} of {len(brutal)} rules that return without checking prove what they must not"
    )
    return what, figure


def main(arguments: list[str]) -> int:
    """Plant every mutant; print the figures, and every mutant that nobody notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, metavar="N", help="processes; without it, one for each core")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, instead of processes")
    parser.add_argument("--keep", action="store_true", help="keep the figure for the trust page")
    asked = parser.parse_args(arguments)
    with executor(asked.workers, asked.scheduler) as pool:
        rows = list(campaign(everything(), pool))
    for kind in KINDS:
        how = [row["how"] for row in rows if row["kind"] == kind]
        told = f"{len(how) - how.count('')} of {len(how)} noticed, {how.count('proves')} of them by a theorem too many"
        print(f"{kind:<12} {told}")
    silent = [f"{row['name']}, {row['kind']}: {row['what']}" for row in rows if not row["how"]]
    print(*(f"NOT NOTICED: {text}" for text in silent), sep="\n", end="\n" if silent else "")
    print(f"{headline(rows)[1]}.")
    if asked.keep and rows and not silent:
        measured.keep("rules", *headline(rows), "python -m tests.kernel.rule_campaign")
    return 1 if silent or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
