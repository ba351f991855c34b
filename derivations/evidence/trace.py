"""Proof traces: what a second process needs to do a proof again, rule by rule.

A trace is a text file of JSON lines. The first line names the format, the last one the theorems that were
asked for. Every line between is one application of a rule: its name, its arguments, and the sequent that it
gave. Terms are numbered where they first occur and theorems by their line, so that what is shared in the
proof is shared in the file. Each line carries a digest of itself and of all lines before it.

    {"argument": [...], "axioms": [], "conclusion": 7, ..., "rule": "chain", "terms": [...], "digest": "..."}

An argument is {"term": 3}, {"theorem": 1}, {"text": "f"}, {"number": "1/2"}, {"whole": 2}, null, or a list of
arguments. A term is [operator, sort, arguments]; its arguments are numbers of terms, or text.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from derivations.evidence.seal import FORMAT, seal_line, sequent
from derivations.kernel.terms import Sort, Term
from derivations.kernel.theorem import Theorem, premises

MAX_BITS = 13_000  # of a number; the reader takes 4,000 digits


class TraceError(ValueError):
    """A theorem that cannot be written down as a trace."""


def write_trace(theorems: Theorem | Iterable[Theorem], path: str | Path, claim: str = "") -> int:
    """Write the proofs of one or several theorems to a file, all or nothing; returns the number of rule
    applications. `claim` is the false claim in print that the theorems set right.

    Raises TraceError for a theorem that no rule can have made: an empty shell, or one that rests on itself.
    """
    many = [theorems] if isinstance(theorems, Theorem) else theorems
    roots = list(many)
    lines, steps = _lines(roots, claim)
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return steps


def term_nodes(terms: Iterable[Term]) -> dict[str, Any]:
    """Terms as plain data, each part once: {"terms": nodes, "roots": which of them}; `replay.read_nodes` reads it."""
    table = _Table()
    roots = [table.term(t) for t in terms]
    return {"terms": table.new, "roots": roots}


def statement_digest(theorem: Theorem) -> str:
    """A digest of what the theorem says: hypotheses in any order, conclusion, axioms.

    Two statements that differ in a sort differ; bound names do not count.
    """
    text = json.dumps([*sequent(theorem), sorted(theorem.axioms)])
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(roots: list[Theorem], claim: str) -> tuple[list[str], int]:
    table, digest = _Table(), ""
    numbers: dict[int, int] = {}
    bodies: list[dict[str, Any]] = [{"format": FORMAT}]
    for theorem in _in_order(roots):
        numbers[id(theorem)] = len(numbers)
        bodies.append(table.step(theorem, numbers))
    ends = {"end": [numbers[id(t)] for t in roots]}
    bodies.append({**ends, "claim": claim} if claim else ends)
    lines = []
    for body in bodies:
        line, digest = seal_line(body, digest)
        lines.append(line)
    return lines, len(numbers)


def _in_order(roots: list[Theorem]) -> list[Theorem]:
    """Every theorem of the proofs once, premises first."""
    out: list[Theorem] = []
    done: set[int] = set()
    open_: set[int] = set()
    stack = [(t, False) for t in reversed(roots)]
    while stack:
        theorem, ready = stack.pop()
        if ready:
            open_.discard(id(theorem))
            done.add(id(theorem))
            out.append(theorem)
        elif id(theorem) in open_:
            raise TraceError("a theorem that rests on itself: no rule has made it")
        elif id(theorem) not in done:
            if not hasattr(theorem, "arguments"):
                raise TraceError("an empty shell of a theorem, which no rule has made")
            open_.add(id(theorem))
            stack.append((theorem, True))
            stack.extend((t, False) for t in reversed(premises(theorem.arguments)) if id(t) not in done)
    return out


def _text(a: Any) -> str:
    """A name or a number as text. Raises TraceError for a number that the reader would not take."""
    if isinstance(a, Fraction) and max(a.numerator.bit_length(), a.denominator.bit_length()) > MAX_BITS:
        raise TraceError(f"a number of more than {MAX_BITS:,} bits")
    return str(a)


class _Table:
    """The terms of one file, each with its number."""

    def __init__(self) -> None:
        self.numbers: dict[Term, int] = {}
        self.new: list[Any] = []

    def step(self, theorem: Theorem, theorems: dict[int, int]) -> dict[str, Any]:
        self.new = []
        body = {
            "rule": theorem.rule,
            "arguments": [self.argument(a, theorems) for a in theorem.arguments],
            "hypotheses": [self.term(h) for h in theorem.hypotheses],
            "conclusion": self.term(theorem.conclusion),
            "axioms": sorted(theorem.axioms),
            "dimensions": sorted(self.term(d) for d in theorem.dimensions),
            "smooth": sorted(theorem.smooth),
        }
        return body | {"terms": self.new}

    def argument(self, a: Any, theorems: dict[int, int]) -> Any:
        if isinstance(a, Term):
            return {"term": self.term(a)}
        if isinstance(a, Theorem):
            return {"theorem": theorems[id(a)]}
        if isinstance(a, (tuple, list)):
            return [self.argument(x, theorems) for x in a]
        if isinstance(a, str):
            return {"text": a}
        if isinstance(a, Fraction):
            return {"number": _text(a)}
        if isinstance(a, int):
            return {"whole": a}
        if a is None:
            return None
        raise TraceError(f"an argument of a rule cannot be a {type(a).__name__}")

    def term(self, t: Term) -> int:
        number = self.numbers.get(t)
        if number is None:
            args = [self.term(a) if isinstance(a, Term) else _text(a) for a in t.args]
            node = [t.op, self.sort(t.sort), args]
            number = self.numbers[t] = len(self.numbers)
            self.new.append(node)
        return number

    def sort(self, sort: Sort) -> Any:
        if len(sort) == 1:
            return sort[0]
        return [self.term(part) if isinstance(part, Term) else part for part in sort]
