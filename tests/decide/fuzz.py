"""Differential fuzzing: many random questions to `decide`, each answer judged by a second evaluator.

    python -m tests.decide.fuzz --pairs 120000 --out fuzz.jsonl [--workers N | --scheduler ADDRESS] [--keep]

`decide` itself holds every proof against balls, and raises an alarm when they differ; `questions.judge` evaluates both
sides in another library. Four of five batches ask about roots, logs, exponentials and angles, the fifth about sums
and products of symbolic length with facts. Killed, the same command goes on. Exit code 1 for a wrong answer. With
--keep the figures go to `docs/fuzz.json` and their headline to `docs/measured.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from derivations import Alarm, decide
from derivations.cli.terminal import progress
from derivations.errors import RequestError
from derivations.mutation.cluster import executor
from derivations.mutation.results import Results
from derivations.records.keys import Sources
from tests import measured
from tests.decide.questions import BASICS, INDEXED, judge

FORMAT = "exegesis fuzz 1"
KINDS = {"basics": BASICS, "indexed": INDEXED}
FILE = measured.FILE.with_name("fuzz.json")
SIZE = 250  # questions of a batch
STATUSES = ("proved", "refuted", "undecided")


@dataclass(frozen=True)
class Batch:
    """Questions of one kind, made from consecutive seeds."""

    kind: str
    first: int
    size: int = SIZE


def batches(pairs: int, seed: int) -> list[Batch]:
    """As many batches as hold so many pairs, every fifth of them with sums and products."""
    start = seed * 10**9
    number = -(-pairs // SIZE)
    return [Batch("indexed" if k % 5 == 4 else "basics", start + k * SIZE) for k in range(number)]


def run(batch: Batch) -> dict[str, Any]:
    """Ask the questions of a batch, and judge the answers; the result is plain data."""
    begin = time.process_time()
    answers: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    for seed in range(batch.first, batch.first + batch.size):
        question = KINDS[batch.kind](seed)
        try:
            verdict = decide(*question.asked)
        except Alarm as alarm:
            answers[f"{question.kind} alarm"] += 1
            wrong.append({"seed": seed, "status": "alarm", "question": str(question), "why": str(alarm)})
            continue
        answers[f"{question.kind} {verdict.status}"] += 1
        why = judge(question, verdict)
        if why:
            wrong.append({"seed": seed, "status": verdict.status, "question": str(question), "why": why})
    seconds = round(time.process_time() - begin, 3)
    return {**asdict(batch), "answers": dict(sorted(answers.items())), "wrong": wrong, "seconds": seconds}


def campaign(todo: Iterable[Batch], pool: Executor) -> Iterator[dict[str, Any]]:
    """The results of the batches as they come in."""
    futures = [pool.submit(run, batch) for batch in todo]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The figures as plain data."""
    rows = sorted(rows, key=lambda row: int(row["first"]))
    wrong = [w for row in rows for w in row["wrong"]]
    table: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for row in rows:
        table[row["kind"]].update(row["answers"])
    total = sum(table.values(), Counter())
    return {
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("python-flint", "mpmath")}},
        "pairs": sum(row["size"] for row in rows), "seconds": round(sum(row["seconds"] for row in rows)),
        "answers": {s: sum(n for name, n in total.items() if name.endswith(f" {s}")) for s in STATUSES},
        "wrong": {s: sum(w["status"] == s for w in wrong) for s in ("proved", "refuted", "alarm")},
        "by_kind": {kind: dict(sorted(count.items())) for kind, count in table.items()},
        "seeds": [rows[0]["first"], rows[-1]["first"] + rows[-1]["size"] - 1] if rows else [],
        "examples": wrong,
    }  # fmt: skip


def sources() -> str:
    """The hash of what the answers depend on: the package, and the questions and their judge."""
    digest = hashlib.sha256(Sources().base.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep the results in this file, and go on from it")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; without it, one for each core")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, instead of processes")
    parser.add_argument("--keep", action="store_true", help="keep the figures for the trust page")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a campaign, or the rest of one, and print its figures."""
    asked = options().parse_args(arguments)
    every = batches(asked.pairs, asked.seed)
    try:
        results = Results(asked.out, {"format": FORMAT, "sources": sources()})
        done = {(row["kind"], row["first"]) for row in results.rows}
        todo = [batch for batch in every if (batch.kind, batch.first) not in done]
        if todo:
            with executor(asked.workers, asked.scheduler) as pool:
                for row in progress(campaign(todo, pool), len(todo), "asking"):
                    results.add(row)
    except RequestError as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return error.exit_code
    wanted = {(batch.kind, batch.first) for batch in every}
    figures = summary(row for row in results.rows if (row["kind"], row["first"]) in wanted)
    print(json.dumps(figures, indent=1) if asked.json else text(figures))
    if asked.keep and figures["pairs"]:
        command = f"python -m tests.decide.fuzz --pairs {asked.pairs} --seed {asked.seed}"
        measured.keep("fuzz", *headline(figures), command)
        FILE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if any(figures["wrong"].values()) or not figures["pairs"] else 0


def headline(figures: dict[str, Any]) -> tuple[str, str]:
    """What was tried, and what came out, for the trust page."""
    answers, wrong = figures["answers"], figures["wrong"]
    what = "Random equations are put to `decide`; balls are held against each proof, and a second evaluator judges each answer."
    pairs = f"{figures['pairs']:,}"
    said = ", ".join(f"{answers[status]:,} {status}" for status in STATUSES)
    bad = f"{wrong['proved']} wrong `proved`, {wrong['refuted']} wrong `refuted`, {wrong['alarm']} alarms"
    return what, f"{bad} in {pairs} pairs: {said}"


def text(figures: dict[str, Any]) -> str:
    """The figures for people."""
    rows = [f"{n:8d}  {kind}: {name}" for kind, count in figures["by_kind"].items() for name, n in count.items()]
    rows += [f"WRONG {w['status']}, seed {w['seed']}: {w['question']}: {w['why']}" for w in figures["examples"]]
    wrong = ", ".join(f"{n} wrong {status}" for status, n in figures["wrong"].items())
    return "\n".join([*rows, f"{figures['pairs']} pairs in {figures['seconds']} s of computing: {wrong}."])


if __name__ == "__main__":
    sys.exit(main())
