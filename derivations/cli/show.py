"""`derive show` and `derive axioms`: one formula for people, or in a form to copy."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator

from derivations import formats
from derivations.cli.terminal import VERDICT, paint, width
from derivations.language.entry import Entry
from derivations.registry import find, judge
from derivations.registry.dependencies import step_uses, uses
from derivations.registry.report import hypotheses, report
from derivations.registry.rules import of_analysis, sentence


def run(entry_id: str, form: str) -> int:
    """Print a formula in one of its forms; 1 when it is undecided, whatever the form."""
    entry = find(entry_id)
    outcome = judge(entry)
    if form == "json":
        shown = report(entry, second_opinion=False, used_by=False)
        print(json.dumps(shown, indent=1, ensure_ascii=False))
    elif outcome.verdict == "undecided":
        print(
            f"derive: {entry_id} is undecided, so there is nothing to show: {outcome.reason}", file=sys.stderr
        )
    elif form == "text":
        for line in text(entry):
            print(line)
    else:
        print(_form(entry, form))
    return 1 if outcome.verdict == "undecided" else 0


def _form(entry: Entry, form: str) -> str:
    made = getattr(formats, form)(entry, entry.parts) if form in ("tex", "sympy", "python") else ""
    if form == "bibtex":
        return formats.bibtex(entry)
    if form == "torch":
        return formats.twin(entry.id) or f"# {entry.id} has no PyTorch twin" + (
            f": {entry.no_twin}" if entry.no_twin else ""
        )
    return str(made)


def text(entry: Entry) -> Iterator[str]:
    """A formula as a page of plain text."""
    outcome = judge(entry)
    verdict = paint(outcome.verdict, VERDICT[outcome.verdict])
    yield f"{paint(entry.id, 'bold')}  {entry.title}"
    yield f"{entry.kind}, revision {entry.revision}: {verdict}" + (
        f" (declared {entry.declared})" if outcome.verdict != entry.declared else ""
    )
    yield ""
    yield from _wrapped(entry.aim, "")
    given = hypotheses(entry, entry.parts)
    if given:
        yield "\nGiven"
        for h, words in given:
            yield from _wrapped(formats.plain(h) + (f"   ({words})" if words else ""), "  ")
    yield "\nStatement"
    for part in entry.parts:
        yield from _wrapped(formats.plain(part.theorem.conclusion), "  ")
    if entry.claim is not None:
        yield from _claim(entry)
    yield from _steps(entry)
    yield from _tail(entry)


def _claim(entry: Entry) -> Iterator[str]:
    assert entry.claim is not None
    found = judge(entry).counterexample or {"at": {}, "lhs": "?", "rhs": "?"}
    yield "\nClaimed in print, and false"
    yield from _wrapped(f"{formats.plain(entry.claim.lhs)} = {formats.plain(entry.claim.rhs)}", "  ")
    point = ", ".join(f"{name} = {value}" for name, value in found["at"].items())
    yield from _wrapped(f"at {point} the left side is {found['lhs']}, the right side {found['rhs']}", "  ")


def _steps(entry: Entry) -> Iterator[str]:
    yield "\nSteps"
    n = -1
    for part in entry.parts:
        for line in part.lines:
            n += 1
            sign = "" if line.link is None or len(part.lines) == 1 else _sign(line.link.conclusion.op) + " "
            yield from _wrapped(sign + formats.plain(line.term), f"  {n:>2}  ", "       ")
            if line.link is not None:
                used = step_uses(entry, [line.link])
                by = f"{line.rule}" + (f", by {', '.join(used)}" if used else "")
                yield from _wrapped(f"[{by}] {line.because}".rstrip(), " " * 8)
            if line.asks:
                yield from _wrapped(f"? {line.asks}", " " * 8)
                yield from _wrapped(f"! {line.answer}" if line.answer else "", " " * 8)


def _sign(op: str) -> str:
    return {"eq": "=", "le": "<=", "lt": "<", "eqmod": "= up to a constant"}.get(op, op)


def _tail(entry: Entry) -> Iterator[str]:
    rows = [
        ("Uses", ", ".join(uses(entry))),
        ("Axioms", ", ".join(entry.axioms) or "none"),
        ("Sources", "; ".join(entry.sources)),
        ("In code", formats.twin(entry.id) or entry.no_twin),
        ("Notes", entry.notes),
    ]
    yield ""
    for name, value in rows:
        if value:
            yield from _wrapped(value, f"{name:<9}", " " * 9)


def _wrapped(said: str, first: str, later: str | None = None) -> list[str]:
    if not said:
        return []
    return textwrap.wrap(
        said, width(sys.stdout), initial_indent=first, subsequent_indent=first if later is None else later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def axioms(entry_id: str) -> int:
    """Print the named axioms of a formula and the facts of analysis that the kernel contributes."""
    entry = find(entry_id)
    outcome = judge(entry)
    if outcome.verdict == "undecided":
        print(f"derive: {entry_id} is undecided: {outcome.reason}", file=sys.stderr)
        return 1
    from derivations.kernel.logic import AXIOMS

    if not entry.axioms:
        print(f"{entry_id} rests on no named axiom.")
    for name in entry.axioms:
        print(paint(f"axiom {name}", "yellow"))
        for line in _wrapped(formats.plain(AXIOMS[name]), "  "):
            print(line)
    rules = of_analysis(entry.rules)
    print(
        "The kernel's rules of analysis that it uses:"
        if rules
        else "It uses none of the kernel's rules of analysis: only logic and algebra."
    )
    for name in rules:
        for line in _wrapped(f"{name}: {sentence(name)}", "  ", "    "):
            print(line)
    return 0
