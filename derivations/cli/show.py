"""`derive show` and `derive axioms`: one formula for people, or in a form to copy."""

from __future__ import annotations

import json
import sys
from typing import Any

from derivations.cli.page import page, wrapped
from derivations.cli.terminal import paint
from derivations.records.store import Store


def run(entry_id: str, form: str, fresh: bool = False) -> int:
    """Print a formula in one of its forms; 1 when it is undecided, whatever the form."""
    report = fetch(entry_id, fresh)
    undecided = report["verdict"] == "undecided"
    if form == "json":
        print(json.dumps(report, indent=1, ensure_ascii=False))
    elif undecided:
        print(f"derive: {entry_id} is undecided, and nothing can be shown: {report['reason']}", file=sys.stderr)
    elif form == "text":
        print("\n".join(page(report)))
    else:
        print(report["formats"][form] or _no_form(report, form))
    return 1 if undecided else 0


def fetch(entry_id: str, fresh: bool = False) -> dict[str, Any]:
    """The report of an entry, kept from before or proved now. Raises UnknownID."""
    store = Store()
    kept = None if fresh else store.get(entry_id)
    if kept is not None:
        return kept.report
    from derivations.registry import find, report
    from derivations.registry.corpus import module_of
    from derivations.registry.examine import examine

    entry = find(entry_id)
    checked = examine(entry, second_opinion=False)
    made = report(entry, second_opinion=False, used_by=False)
    module = module_of(entry)
    if module and store.unchanged():
        store.put(module, checked, made, asked=False)
    return made


def _no_form(report: dict[str, Any], form: str) -> str:
    why = f": {report['no_twin']}" if form == "torch" and report["no_twin"] else ""
    return f"# {report['id']} has no {'PyTorch twin' if form == 'torch' else form + ' form'}{why}"


def axioms(entry_id: str) -> int:
    """Print the named axioms of a formula and the facts of analysis that the kernel contributes."""
    from derivations.formats import plain
    from derivations.kernel.logic import AXIOMS
    from derivations.registry import find, judge
    from derivations.registry.rules import of_analysis, sentence

    entry = find(entry_id)
    outcome = judge(entry)
    if outcome.verdict == "undecided":
        print(f"derive: {entry_id} is undecided: {outcome.reason}", file=sys.stderr)
        return 1
    if not entry.axioms:
        print(f"{entry_id} rests on no named axiom.")
    for name in entry.axioms:
        print(paint(f"axiom {name}", "yellow"))
        print("\n".join(wrapped(plain(AXIOMS[name]), "  ", "    ")))
    rules = of_analysis(entry.rules)
    if not rules:
        print("It uses none of the kernel's rules of analysis: only logic and algebra.")
        return 0
    print("It uses these facts of analysis, which the kernel has as rules:")
    for name in rules:
        print("\n".join(wrapped(f"{name}: {sentence(name)}", "  ", "    ")))
    return 0
