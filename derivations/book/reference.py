"""The reference pages: totals, the index of formulas, notation, rules, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from derivations.book.entry import reason_html, statement_html
from derivations.book.html import block, escape, inline, link, mark, table, tex
from derivations.book.model import VERDICTS, Book, BookError, Entry
from derivations.book.paths import Paths
from derivations.book.rules import Rule, read_rules
from derivations.book.svg import graph_as_text, whole_graph
from derivations.book.words import VERDICT


def totals(book: Book, paths: Paths) -> str:
    """How many formulas have each verdict, undecided first."""
    count = Counter(entry.verdict for entry in book.entries.values())
    cells = "".join(
        f'<li><span class="count">{count[verdict]}</span> {mark(verdict, VERDICT[verdict][0].lower())}</li>'
        for verdict in VERDICTS
    )
    return f'<ul class="totals">{cells}</ul>'


def verdicts(book: Book, paths: Paths) -> str:
    """What each verdict means."""
    return table(
        ["Verdict", "What it says"],
        [[mark(verdict, word), escape(text)] for verdict, (word, text) in VERDICT.items()],
    )


def formulas(book: Book, paths: Paths) -> str:
    """Every formula: ID, title, verdict and chapter in one row, the statement in the next."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Formula", "Verdict", "Chapter"))
    rows = "\n".join(_formula_rows(book, entry, paths) for entry in book.entries.values())
    return (
        f'<div class="wide"><table class="formula-index"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _formula_rows(book: Book, entry: Entry, paths: Paths) -> str:
    number = book.chapters.index(book.chapter_of(entry.id)) + 1
    name = link(paths.formula(entry.id), escape(entry.id), "entry-id")
    return (
        f'<tr class="named" id="{entry.id}">'
        f'<td>{name} <span class="said">{inline(entry.title, entry.id)}</span></td>'
        f"<td>{mark(entry.verdict, VERDICT[entry.verdict][0])}</td>"
        f"<td>{link(paths.reading(entry.id), str(number))}</td></tr>"
        f'<tr><td colspan="3">{statement_html(entry.statement["tex"])}</td></tr>'
    )


def notation(book: Book, paths: Paths) -> str:
    """The table of symbols."""
    if not book.notation:
        raise BookError("the notation table is empty; the notation page needs at least one row")
    known = book.entries
    rows = []
    for row in book.notation:
        first = row.get("first_used", "")
        rows.append(
            [
                tex(row["tex"]),
                f"<code>{escape(row['ascii'])}</code>",
                inline(row["meaning"], f"notation of {row['ascii']}"),
                inline(row.get("domain", ""), f"notation of {row['ascii']}"),
                link(paths.formula(first), escape(first), "entry-id") if first in known else escape(first),
            ]
        )
    return table(["Symbol", "In code", "Meaning", "Range", "First used"], rows, "notation")


def rules(book: Book, paths: Paths) -> str:
    """Every rule that a step of the book names."""
    return "\n\n".join(_rule(rule, paths) for rule in read_rules(book) if rule.used_by)


def kernel_rules(book: Book, paths: Paths) -> str:
    """The kernel's rules that no step names: the steps above are made of them."""
    rest = [rule for rule in read_rules(book) if not rule.used_by]
    modules = list(dict.fromkeys(rule.module for rule in rest))
    parts = []
    for module in modules:
        parts.append(f"### {module.removeprefix('derivations.kernel.')} {{ #kernel.{module.split('.')[-1]} }}")
        rows = [
            [
                f'<code id="rule.{rule.name}">{escape(rule.name)}</code>',
                f'<span class="figure">{escape(rule.doc)}</span>',
            ]
            for rule in rest
            if rule.module == module
        ]
        parts.append(table(["Rule", "Inference, and how it fails"], rows, "kernel-rules"))
    return "\n\n".join(parts)


def _rule(rule: Rule, paths: Paths) -> str:
    parts = [f"### {rule.name.replace('_', ' ')} {{ #rule.{rule.name} }}"]
    if rule.text:
        parts.append(f"<p>{inline(rule.text, rule.name)}</p>")
    if rule.doc:
        parts.append(f'<pre class="figure"><code>{escape(rule.doc)}</code></pre>')
    named = ", ".join(link(paths.formula(name), escape(name), "entry-id") for name in rule.used_by)
    many = "1 formula" if len(rule.used_by) == 1 else f"{len(rule.used_by)} formulas"
    parts.append(f"<details><summary>Used by {many}</summary><p>{named}</p></details>")
    return "\n\n".join(parts)


def coverage(book: Book, paths: Paths) -> str:
    """Verdicts and second opinions by chapter."""
    rows = []
    for number, chapter in enumerate(book.chapters, 1):
        name = link(paths.to(f"chapters/{chapter.key}.html"), f"{number}. {inline(chapter.title, chapter.key)}")
        rows.append([name, *_counts(chapter.entries)])
    rows.append(["<strong>All</strong>", *_counts(book.entries.values())])
    head = [
        "Chapter",
        *(VERDICT[verdict][0] for verdict in VERDICTS),
        "Steps",
        "Checked twice",
        "With a twin",
    ]
    return table(head, rows, "numbers")


def _counts(entries: Iterable[Entry]) -> list[str]:
    chosen = list(entries)
    count = Counter(entry.verdict for entry in chosen)
    steps = [step for entry in chosen for step in entry.steps if step.n]
    return [
        *(str(count[verdict]) for verdict in VERDICTS),
        str(len(steps)),
        str(sum(step.sympy == "agrees" for step in steps)),
        str(sum(bool(entry.twin) for entry in chosen)),
    ]


def open_questions(book: Book, paths: Paths) -> str:
    """What is undecided, what contradicts its author, and where the second implementation disagrees."""
    rows = []
    for entry in book.entries.values():
        said = []
        if entry.verdict == "undecided":
            said.append(f"Undecided. {reason_html(entry)}")
        if entry.declared != entry.verdict:
            said.append(f"The author declared it {entry.declared}; the machine says {entry.verdict}.")
        if any(step.sympy == "DISAGREES" for step in entry.steps):
            said.append("The second implementation disagrees with a step.")
        if said:
            name = link(paths.formula(entry.id), escape(entry.id), "entry-id")
            rows.append(f"<li>{name} {' '.join(said)}</li>")
    if not rows:
        return (
            "<p>No formula is undecided, none contradicts its author, and the two implementations never disagree.</p>"
        )
    return f"<ul>{''.join(rows)}</ul>"


def refuted(book: Book, paths: Paths) -> str:
    """The statements that are false, with their titles."""
    rows = [
        f"<li>{link(paths.formula(entry.id), escape(entry.id), 'entry-id')}: {inline(entry.title, entry.id)}</li>"
        for entry in book.entries.values()
        if entry.verdict == "refuted"
    ]
    return f"<ul>{''.join(rows)}</ul>" if rows else "<p>None.</p>"


def chapters(book: Book, paths: Paths) -> str:
    """The chapters with their short aims: the table of contents in prose."""
    rows = "".join(
        f"<li>{link(paths.to(f'chapters/{chapter.key}.html'), inline(chapter.title, chapter.key))}"
        f"{block(chapter.aim_short, chapter.key)}</li>"
        for chapter in book.chapters
    )
    return f'<ol class="chapters">{rows}</ol>'


def graph(book: Book, paths: Paths) -> str:
    """The dependency graph as a picture."""
    return whole_graph(book, paths)


def graph_text(book: Book, paths: Paths) -> str:
    """The dependency graph in words."""
    return graph_as_text(book, paths)
