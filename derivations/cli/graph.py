"""`derive graph` and `derive list`: the corpus at a glance."""

from __future__ import annotations

import json

from derivations.cli.terminal import paint
from derivations.registry import corpus, entries, find, judge
from derivations.registry.dependencies import all_ancestors, graph


def run(entry_id: str | None, form: str) -> int:
    """Print the graph of the corpus, or of one entry and everything it rests on."""
    whole = graph()
    if entry_id is not None:
        chosen = [*all_ancestors(find(entry_id).id, whole), entry_id]
        whole = {name: whole[name] for name in chosen}
    {"text": _text, "dot": _dot, "json": _json}[form](whole)
    return 0


def _text(direct: dict[str, list[str]]) -> None:
    for name, used in direct.items():
        print(f"{paint(name, 'bold')} <- {', '.join(used) or 'nothing'}")
    total = sum(map(len, direct.values()))
    print(f"{len(direct)} formulas, {total} dependencies; a <- b says that a rests on b.")


def _dot(direct: dict[str, list[str]]) -> None:
    print("digraph exegesis {\n  rankdir=BT;\n  node [shape=box, fontname=Helvetica];")
    for chapter in corpus():
        inside = [e for e in chapter.entries if e.id in direct]
        if inside:
            print(f"  subgraph cluster_{chapter.key} {{\n    label={_quoted(chapter.title)};")
            for entry in inside:
                print(f"    {_quoted(entry.id)} [tooltip={_quoted(entry.title)}];")
            print("  }")
    for name, used in direct.items():
        for other in used:
            print(f"  {_quoted(name)} -> {_quoted(other)};")
    print("}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _json(direct: dict[str, list[str]]) -> None:
    known = entries()
    nodes = [
        {
            "id": name,
            "title": known[name].title,
            "chapter": known[name].chapter,
            "verdict": judge(known[name]).verdict,
        }
        for name in direct
    ]
    edges = [{"from": name, "to": other} for name, used in direct.items() for other in used]
    print(json.dumps({"nodes": nodes, "edges": edges}, indent=1, ensure_ascii=False))


def listing() -> int:
    """Print every ID and title, by chapter; nothing is proved."""
    ids = max(map(len, entries()), default=0)
    for number, chapter in enumerate(corpus(), 1):
        print(paint(f"{number}. {chapter.title}", "bold"))
        for entry in chapter.entries:
            print(f"  {entry.id:<{ids}}  {entry.title}")
    return 0
