"""A campaign against the reader of proof traces: a change in a trace of the corpus, sealed again as it should be.

    python -m tests.kernel.trace_campaign --edits 2000 --seed 1 --keep

Each edit changes one value of one line: a number of a term, a rule, an argument, a hypothesis, an operator, a sort. The
one who makes it knows the format, so that no digest gives it away: only doing the proof again does. An edit is refused,
or the trace still proves the very statement that is published, from the same axioms (another order of arguments, a
line that nothing rests on). Anything else is wrong, and is printed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derivations.evidence.replay import LOCK, ReplayError, against_lock, published, replay
from derivations.evidence.seal import seal_line
from derivations.evidence.trace import statement_digest, write_trace
from derivations.kernel import RULES
from derivations.registry import entries
from tests import measured

REFUSED, SAME, WRONG = "refused", "the same statement", "WRONG"
TEXTS = ("neg", "add", "mul", "div", "pow", "sqrt", "log", "exp", "real", "int", "alpha", "t", "x_t", "1", "2", "-1", "1/2")


def traces(folder: Path) -> list[Path]:
    """A trace of each published entry."""
    for entry in entries().values():
        write_trace([part.theorem for part in entry.results], folder / f"{entry.id}.jsonl", entry.claimed)
    locked = published(LOCK)
    return sorted(path for path in folder.iterdir() if path.stem in locked)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every number and text in a line."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key)) if key != "digest" else ()
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from places(inner, (*path, k))
    elif isinstance(value, (int, str)):
        yield path


def edited(lines: list[dict[str, Any]], rng: random.Random) -> tuple[list[dict[str, Any]], str]:
    """A copy of the lines with one value changed, and what was changed."""
    lines = copy.deepcopy(lines)
    k = rng.randrange(1, len(lines))
    path = rng.choice(list(places(lines[k])))
    holder = lines[k]
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    if isinstance(old, int):
        new: Any = old + rng.choice((-3, -2, -1, 1, 2, 3))
    else:
        new = rng.choice([text for text in (*TEXTS, *(RULES if path[0] == "rule" else ())) if text != old])
    holder[path[-1]] = new
    return lines, f"line {k + 1}, {'.'.join(map(str, path))}: {old!r} becomes {new!r}"


def sealed(lines: list[dict[str, Any]]) -> str:
    """The lines with digests that fit."""
    digest, out = "", []
    for body in lines:
        line, digest = seal_line({key: value for key, value in body.items() if key != "digest"}, digest)
        out.append(line)
    return "".join(out)


def judge(file: Path, locked: dict[str, list[str]]) -> str:
    """What the reader makes of a trace."""
    try:
        done = replay(file)
        said = against_lock(file.stem, done, locked)
    except ReplayError:
        return REFUSED
    there = [statement_digest(part.theorem) for part in entries()[file.stem].results]
    return SAME if said == "as published" and list(map(statement_digest, done.theorems)) == there else WRONG


def campaign(edits: int, seed: int, folder: Path) -> Counter[str]:
    """Make so many edits, and count what became of them."""
    rng, locked, count = random.Random(seed), published(LOCK), Counter[str]()
    files = traces(folder)
    known = {path: [json.loads(line) for line in path.read_text().splitlines()] for path in files}
    for _ in range(edits):
        file = rng.choice(files)
        lines, said = edited(known[file], rng)
        file.write_text(sealed(lines))
        verdict = judge(file, locked)
        count[verdict] += 1
        if verdict == WRONG:
            print(f"{verdict}: {file.stem}: {said}", flush=True)
    return count


def main() -> int:
    """Run the campaign from the command line."""
    options = argparse.ArgumentParser()
    options.add_argument("--edits", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", action="store_true", help="keep the figure for the trust page")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = campaign(asked.edits, asked.seed, Path(folder))
    figure = (
        f"{count[WRONG]} of {asked.edits:,} accepted as something else; {count[REFUSED]:,} refused, {count[SAME]:,} still "
        "prove the published statement"
    )
    print(figure)
    if asked.keep and not count[WRONG]:
        measured.keep(
            "traces", "One value of one step of a proof trace of the corpus is changed, and the trace sealed again.", figure,
            f"python -m tests.kernel.trace_campaign --edits {asked.edits} --seed {asked.seed} --keep",
        )  # fmt: skip
    return 1 if count[WRONG] else 0


if __name__ == "__main__":
    sys.exit(main())
