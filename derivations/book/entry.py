"""One formula as HTML: badge, hypotheses, statement, every step, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from derivations.book import words
from derivations.book.html import block, escape, inline, link, mark, tex
from derivations.book.model import Book, Entry, Step
from derivations.book.paths import Paths, step_anchor

# A relation at the start of a line, with its subscript, as in =_\\theta.
_RELATION = re.compile(
    r"\s*((?:=|<|>|\\(?:leq?|geq?|lt|gt|neq?|sim|propto|approx|equiv)(?![a-zA-Z]))"
    r"(?:_(?:\{[^{}]*\}|\\[a-zA-Z]+|\w))?)\s*(?=\S)"
)
FORMATS = {"tex": "LaTeX", "sympy": "SymPy", "python": "Python", "bibtex": "Citation"}


def entry_html(book: Book, entry: Entry, paths: Paths) -> str:
    """Everything the book says about a formula, without its heading."""
    parts = [
        _head(entry, paths),
        _aim(entry),
        _hypotheses(entry),
        f'<div class="statement">{statement_html(entry.statement["tex"])}</div>',
        _counterexample(entry),
        _steps(entry, paths),
        _notes(entry),
        _facts(book, entry, paths),
        _formats(entry),
    ]
    inside = "\n".join(part for part in parts if part)
    return f'<div class="entry {entry.verdict}">\n{inside}\n</div>'


def _head(entry: Entry, paths: Paths) -> str:
    name = link(paths.formula(entry.id), escape(entry.id), "entry-id")
    kind = f'<span class="kind">{words.KIND[entry.kind]}</span>'
    revision = f' <span class="revision">revision {entry.revision}</span>' if entry.revision > 1 else ""
    word = mark(entry.verdict, words.VERDICT[entry.verdict][0])
    said = escape(words.badge(entry))
    if entry.verdict == "undecided":
        said += f"<br>{reason_html(entry)}"
    return f'<p class="entry-head">{kind} {name}{revision}</p>\n<p class="badge">{word} {said}</p>'


def reason_html(entry: Entry) -> str:
    """Why an entry is undecided. It is the checker's own message, so it is shown letter for letter."""
    return f'<span class="reason">{escape(entry.reason or "No reason is given.")}</span>'


def _aim(entry: Entry) -> str:
    return f'<div class="aim">{block(entry.aim, entry.id)}</div>' if entry.aim else ""


def _hypotheses(entry: Entry) -> str:
    if not entry.hypotheses:
        return ""
    rows = []
    for row in entry.hypotheses:
        formula = tex(row["tex"]) if row["tex"] else ""
        said = inline(row["text"], entry.id) if row.get("text") else ""
        rows.append(f"<li>{formula}{' <span class=said>' + said + '</span>' if said else ''}</li>")
    return f'<div class="hypotheses"><span class="label">Given</span><ul>{"".join(rows)}</ul></div>'


def statement_html(source: str) -> str:
    """A statement as displays: of several parts each is one, so that each can break and scroll."""
    inside = re.fullmatch(r"\\begin\{gathered\}(.*)\\end\{gathered\}", source.strip(), re.DOTALL)
    rows = re.split(r"\\\\(?=\s)", inside[1]) if inside else [source]
    if any(row.count(r"\begin") != row.count(r"\end") for row in rows):
        rows = [source]
    return "".join(tex(row, display=True) for row in rows)


def _steps(entry: Entry, paths: Paths) -> str:
    if not entry.steps:
        return ""
    lines = "\n".join(_step(entry, step, paths) for step in entry.steps)
    word = {"refutation": "Calculation", "definition": "Line by line"}.get(entry.kind, "Derivation")
    return f'<p class="label">{word}</p>\n<ol class="steps">\n{lines}\n</ol>'


def _step(entry: Entry, step: Step, paths: Paths) -> str:
    anchor = step_anchor(entry.id, step.n)
    fresh = " fresh" if step.n and not step.relation else ""
    title = "Permanent link to this line"
    number = f'<a class="step-number" data-search-exclude href="#{anchor}" title="{title}">{step.n}</a>'
    return (
        f'<li class="step{fresh}" id="{anchor}">{number}<div class="step-body">{_line(step)}'
        f"{_why(entry, step, paths)}{_question(entry, step)}</div></li>"
    )


def _line(step: Step) -> str:
    """The displayed line; its relation stands apart, so that all relations are in one column."""
    relation = _RELATION.match(step.tex) if step.relation else None
    if relation is None:
        return f'<div class="line">{tex(step.tex, display=True)}</div>'
    rest = step.tex[relation.end() :]
    sign = f'<span class="relation">{tex(relation[1])}</span>'
    return f'<div class="line related">{sign}{tex(rest, display=True)}</div>'


def _why(entry: Entry, step: Step, paths: Paths) -> str:
    where = f"{entry.id}, step {step.n}"
    parts = []
    if step.rule:
        name = escape(step.rule.replace("_", " "))
        parts.append(f'<a class="rule" href="{paths.rule(step.rule)}" title="{escape(step.rule_text)}">{name}</a>')
    if step.because:
        parts.append(f'<span class="because">{inline(step.because, where)}</span>')
    if step.uses:
        used = ", ".join(link(paths.entry(name), escape(name), "entry-id") for name in step.uses)
        parts.append(f'<span class="by">({used})</span>')
    if step.sympy == "DISAGREES":
        parts.append('<strong class="alarm">SymPy disagrees: an alarm, not a vote</strong>')
    return f'<div class="why">{" ".join(parts)}</div>' if parts else ""


def _question(entry: Entry, step: Step) -> str:
    where = f"{entry.id}, step {step.n}"
    if not step.asks:
        return ""
    answer = block(step.answer, where) if step.answer else block(step.because, where)
    return f'<details class="ask"><summary>{inline(step.asks, where)}</summary><div>{answer}</div></details>'


def _counterexample(entry: Entry) -> str:
    found = entry.counterexample
    if found is None:
        return ""
    sides = f"{escape(str(found['lhs']))} on the left, {escape(str(found['rhs']))} on the right"
    return (
        f'<div class="counterexample"><span class="label">Counterexample</span>'
        f"<p>At {_point(found['at'])}: {sides}.</p></div>"
    )


def _point(values: Mapping[str, object]) -> str:
    return ", ".join(f"<code>{escape(str(name))} = {escape(str(value))}</code>" for name, value in values.items())


def _notes(entry: Entry) -> str:
    return f'<div class="notes">{block(entry.notes, entry.id)}</div>' if entry.notes else ""


def _facts(book: Book, entry: Entry, paths: Paths) -> str:
    rows = [
        ("Uses", _listed(entry.uses, paths.entry)),
        ("Used by", _listed(entry.used_by, paths.entry)),
        ("Axioms", _listed(entry.axioms, paths.axiom)),
        ("Inequalities by", escape(entry.report.get("certificates", ""))),
        ("Rests on", _ancestors(book, entry, paths)),
        ("Witness", _witness(entry)),
        ("Sources", escape("; ".join(entry.sources))),
        ("In code", _twin(entry)),
    ]
    inside = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    return f'<dl class="facts">{inside}</dl>' if inside else ""


def _listed(names: tuple[str, ...], to: Callable[[str], str]) -> str:
    return ", ".join(link(to(name), escape(name), "entry-id") for name in names)


def _ancestors(book: Book, entry: Entry, paths: Paths) -> str:
    names = tuple(name for name in book.ancestors(entry.id) if name not in entry.uses)
    if not names:
        return ""
    many = f"{len(names)} more" if len(names) > 1 else "one more"
    return f"<details><summary>{many}, through what it uses</summary>{_listed(names, paths.entry)}</details>"


def _witness(entry: Entry) -> str:
    model = entry.report.get("witness_model", "")
    if not model:
        return f"every hypothesis holds at {_point(entry.witness)}" if entry.witness else ""
    values = f": {_point(entry.witness)}" if entry.witness else ""
    return f"every hypothesis holds in {escape(model)}{values}"


def _twin(entry: Entry) -> str:
    if entry.twin:
        # Optional: a page of the API may be missing, and that a twin exists is for the tests of twins to say.
        return f'<autoref optional identifier="{escape(entry.twin)}"><code>{escape(entry.twin)}</code></autoref>'
    return f"none: {inline(entry.no_twin, entry.id)}" if entry.no_twin else ""


def _formats(entry: Entry) -> str:
    given = [(key, name) for key, name in FORMATS.items() if entry.formats.get(key)]
    if not given:
        return ""
    texts = "\n".join(
        f'<p class="label">{name}</p><pre data-format="{name}"><code>{escape(entry.formats[key])}</code></pre>'
        for key, name in given
    )
    named = ", ".join(name for _, name in given)
    summary = f"<summary>Copy as {named}</summary>"
    return f'<details class="formats" data-search-exclude>{summary}\n{texts}\n</details>'
