"""Doing proofs again from their traces, in a process that has seen nothing else.

    python -m derivations.evidence.replay TRACE.jsonl DIRECTORY ...

Every rule of a trace is applied again to what the trace says its arguments are, and hypotheses, conclusion,
axioms and dimensions are compared with those that were written down. A trace with the name of a published formula
must prove what `formulas.lock` holds under that ID, of functions that are defined as in `definitions.lock`. What
Python cannot keep from making a theorem by hand cannot pass here: there is no rule that gives it. Exit code 0 when
every trace is good, 1 when one is refused, 2 when there is nothing to read.

`derive replay` is this module. What it loads is the kernel, JSON, `seal` and itself: no chapter, no SymPy, and not
the writer of the traces. A trace names rules of the kernel's table and builds terms; nothing in it is run.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from derivations.evidence.seal import FORMAT, seal_line, sorts_hash, statement_hash
from derivations.kernel import RULES, RuleError, Theorem
from derivations.kernel.logic import DEFINED
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.smooth import functions
from derivations.kernel.terms import Sort, Term, TermError, show

NUMBER = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")
MAX_BYTES = 1 << 26  # of one file; the largest trace of the book has a thousandth of it
LOCK = Path(__file__).resolve().parent.parent / "formulas.lock"
MEANINGS = LOCK.with_name("definitions.lock")


class ReplayError(ValueError):
    """A trace that does not hold: the file, the line and what is wrong with it."""


@dataclass
class Replayed:
    """A trace that holds: how many rules were applied, the theorems that were asked for, and the false claim that
    they set right, if they do.
    """

    steps: int
    theorems: list[Theorem]
    claim: str = ""

    @property
    def axioms(self) -> list[str]:
        """The named axioms on which the theorems rest."""
        return sorted(frozenset[str]().union(*(t.axioms for t in self.theorems)))


@dataclass
class _Reader:
    """The terms and theorems read so far."""

    terms: list[Term] = field(default_factory=list)
    theorems: list[Theorem] = field(default_factory=list)

    def term(self, number: Any) -> Term:
        return self.terms[_place(number, self.terms, "term")]

    def add_term(self, node: Any) -> None:
        op, sort, args = node
        if op == "num":
            self.terms.append(Term("num", (_number(args[0]),), self.sort(sort)))
            return
        self.terms.append(Term(op, tuple(a if isinstance(a, str) else self.term(a) for a in args), self.sort(sort)))

    def sort(self, sort: Any) -> Sort:
        if isinstance(sort, str):
            return (sort,)
        return tuple(part if isinstance(part, str) else self.term(part) for part in sort)

    def argument(self, a: Any) -> Any:
        if a is None:
            return None
        if isinstance(a, list):
            return tuple(self.argument(x) for x in a)
        ((kind, value),) = a.items()
        if kind == "term":
            return self.term(value)
        if kind == "theorem":
            return self.theorems[_place(value, self.theorems, "theorem")]
        if kind == "text" and isinstance(value, str):
            return value
        if kind == "whole" and type(value) is int:
            return value
        if kind == "number":
            return _number(value)
        raise ReplayError(f"an argument of an unknown kind: {a!r}")

    def step(self, body: dict[str, Any]) -> None:
        """Apply the rule again and compare."""
        for node in body["terms"]:
            self.add_term(node)
        name = body["rule"]
        if name not in RULES:
            raise ReplayError(f"there is no rule {name!r}")
        arguments = [self.argument(a) for a in body["arguments"]]
        try:
            theorem = RULES[name](*arguments)
        except (RuleError, TermError, TooLarge, TypeError, ArithmeticError, RecursionError) as e:
            raise ReplayError(f"the rule {name} refuses: {e}") from None
        written = tuple(self.term(h) for h in body["hypotheses"])
        if theorem.hypotheses != written:
            raise ReplayError(f"the rule {name} gives {_list(theorem.hypotheses)} as hypotheses, not {_list(written)}")
        if theorem.conclusion != self.term(body["conclusion"]):
            raise ReplayError(
                f"the rule {name} gives {show(theorem.conclusion)}, not {show(self.term(body['conclusion']))}"
            )
        if sorted(theorem.axioms) != body["axioms"]:
            raise ReplayError(f"the theorem rests on the axioms {sorted(theorem.axioms)}, not {body['axioms']}")
        if theorem.dimensions != {self.term(d) for d in body["dimensions"]}:
            raise ReplayError(f"the dimensions of the theorem are {_list(theorem.dimensions)}")
        if sorted(theorem.smooth) != body["smooth"]:
            raise ReplayError(f"the functions that were differentiated are {sorted(theorem.smooth)}")
        self.theorems.append(theorem)


def read_nodes(data: dict[str, Any]) -> list[Term]:
    """The terms that `trace.term_nodes` wrote. Raises ReplayError, TermError or a built-in error for something else."""
    reader = _Reader()
    for node in data["terms"]:
        reader.add_term(node)
    return [reader.term(number) for number in data["roots"]]


def _list(formulas: Any) -> str:
    return ", ".join(map(show, formulas)) or "nothing"


def _place(number: Any, table: list[Any], what: str) -> int:
    if type(number) is not int or not 0 <= number < len(table):
        raise ReplayError(f"there is no {what} {number!r} yet")
    return number


def _number(text: Any) -> Fraction:
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise ReplayError(f"not a number: {text!r}")
    over, _, under = text.partition("/")
    if under and int(under) == 0:
        raise ReplayError(f"not a number: {text!r}")
    return Fraction(int(over), int(under or 1))


def _body(line: str, before: str) -> tuple[dict[str, Any], str]:
    """The content of a line and its digest, which must be that of the line's own bytes."""
    try:
        body = json.loads(line)
        del body["digest"]
        sealed, digest = seal_line(body, before)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ReplayError("not a line of a proof trace") from None
    if sealed != line:
        raise ReplayError("the line is not the one that was written: its digest does not fit")
    return body, digest


def _bytes(path: Path) -> bytes:
    """The content of a file that is not beyond the cap."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ReplayError(f"{path}: too large: a trace has at most {MAX_BYTES:,} bytes")
    return content


def replay(path: str | Path) -> Replayed:
    """Do the proofs of one file again. Raises ReplayError, which names the line, at the first that fails."""
    reader, digest, ends, claim = _Reader(), "", None, ""
    try:
        lines = _bytes(Path(path)).decode("ascii").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise ReplayError(f"{path}: cannot be read: {e}") from None
    if lines.pop():
        raise ReplayError(f"{path}: the trace is cut off: its last line does not end")
    for number, line in enumerate(lines, 1):
        try:
            body, digest = _body(line + "\n", digest)
            if ends is not None:
                raise ReplayError("there is a line after the last one")
            if number == 1:
                if body != {"format": FORMAT}:
                    raise ReplayError(f"expected the format {FORMAT!r}, got {body.get('format')!r}")
            elif "end" in body:
                ends = [reader.theorems[_place(k, reader.theorems, "theorem")] for k in body["end"]]
                claim = str(body.get("claim", ""))
            else:
                reader.step(body)
        except ReplayError as e:
            raise ReplayError(f"{path}, line {number}: {e}") from None
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as e:
            raise ReplayError(f"{path}, line {number}: not a step of a proof ({type(e).__name__}: {e})") from None
    if ends is None:
        raise ReplayError(f"{path}: the trace is cut off: its last line is missing")
    return Replayed(len(reader.theorems), ends, claim)


def published(lock: Path) -> dict[str, list[str]]:
    """The hashes of the published statement of each ID, from the lock of the book; none where there is no such file."""
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {row[0]: row[2:] for row in rows if len(row) in (3, 4)}


def definitions(theorems: list[Theorem]) -> dict[str, list[str]]:
    """The functions in the theorems that are defined, and those in their definitions, with the hashes of these."""
    found: dict[str, list[str]] = {}
    waiting = [name for t in theorems for h in (*t.hypotheses, t.conclusion) for name in functions(h)]
    while waiting:
        name = waiting.pop()
        if name in DEFINED and name not in found:
            meaning = [RULES["define"](name, *DEFINED[name])]
            found[name] = [statement_hash(meaning), sorts_hash(meaning)]
            waiting += functions(DEFINED[name][1])
    return found


def against_lock(name: str, done: Replayed, locked: dict[str, list[str]]) -> str:
    """Whether the theorems say what was published under this ID, of the functions that the book defines, and rest on no
    axiom: the lock knows of none. Raises ReplayError when they do not.
    """
    if name not in locked:
        return "not published"
    found = [statement_hash(done.theorems, done.claim), sorts_hash(done.theorems)][: len(locked[name])]
    if found != locked[name]:
        raise ReplayError(
            f"it proves another statement than the published one of {name}: expected the hash "
            f"{' '.join(locked[name])}, got {' '.join(found)}"
        )
    if done.axioms:
        raise ReplayError(f"it rests on the axioms {', '.join(done.axioms)}, and {name} was published without one")
    meant = published(MEANINGS)
    for function, hashes in sorted(definitions(done.theorems).items()):
        if meant.get(function) != hashes:
            raise ReplayError(
                f"it proves the words of {name} of another {function}: the definition of {function} should have the "
                f"hash {' '.join(meant.get(function, ['none']))}, and has {' '.join(hashes)}"
            )
    return "as published"


def main(arguments: list[str], statements: bool = False) -> int:
    """Replay every trace named or lying in a directory named; print one line for each, and on demand what it proves."""
    files = []
    for name in map(Path, arguments):
        if not name.exists():
            print(f"derive: there is no file or folder {name}; name traces, or folders of traces", file=sys.stderr)
            return 2
        files += sorted(name.rglob("*.jsonl")) if name.is_dir() else [name]
    if not files:
        print("derive: no trace to read; name *.jsonl files or directories that hold some", file=sys.stderr)
        return 2
    refused = steps = 0
    locked = published(LOCK)
    for file in files:
        try:
            done = replay(file)
            said = against_lock(file.stem, done, locked)
        except ReplayError as e:
            refused += 1
            where = "" if str(e).startswith(str(file)) else f"{file}: "
            print(f"refused  {where}{e}")
            continue
        steps += done.steps
        axioms = ", ".join(done.axioms) or "none"
        print(f"good     {file}: {done.steps} steps, {len(done.theorems)} theorems, axioms: {axioms}, {said}")
        for theorem in done.theorems if statements else ():
            print(f"         {theorem}")
    print(f"{len(files) - refused} of {len(files)} traces are good, {steps} steps done again")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
