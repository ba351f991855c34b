"""One entry as plain data, which can be written as JSON: what the book and `derive show` print."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from derivations import formats
from derivations.evidence.smt import PREFIX
from derivations.formats import plain
from derivations.kernel.logic import AXIOMS, DEFINED
from derivations.kernel.terms import MEASURE, Term
from derivations.kernel.theorem import same
from derivations.language.calculation import Line, Part
from derivations.language.entry import Entry
from derivations.language.latex import latex
from derivations.language.notation import TABLE
from derivations.registry.certificates import certificates
from derivations.registry.corpus import entries
from derivations.registry.dependencies import step_uses, users, uses
from derivations.registry.example import example
from derivations.registry.rules import sentence
from derivations.registry.verdicts import NOT_ASKED, judge, line_opinion

_SIGNS = {r"\le": "<=", r"\neq": "!="}
RELATIONS = {"eq": "=", "ne": r"\neq", "lt": "<", "le": r"\le"}


def report(entry: Entry, second_opinion: bool = True, used_by: bool = True) -> dict[str, Any]:
    """Everything about an entry that can be shown; it is derived now if it was not before.

    Args:
        entry: the entry, of the corpus or of a user's own file.
        second_opinion: ask SymPy about every algebraic step; without it each step says "not asked".
        used_by: list the entries of the corpus that rest on this one, which proves the whole corpus;
        without it None.
    """
    outcome = judge(entry)
    results = established(entry)
    parts = entry.parts if results else []
    shown = example(entry) if results else None
    return {
        "id": entry.id, "revision": entry.revision, "title": entry.title, "chapter": entry.chapter,
        "kind": entry.kind, "verdict": outcome.verdict, "declared": entry.declared, "reason": outcome.reason,
        "aim": entry.aim,
        "hypotheses": [
            *({"tex": latex(h), "plain": plain(h), "text": words} for h, words in hypotheses(entry)),
            *letters(entry),
        ],
        "statement": statement(entry),
        "steps": [_step(entry, n, *row, second_opinion) for n, row in enumerate(_rows(parts))],
        "axioms": entry.axioms if parts else [],
        "certificates": certificates(entry) if parts else "",
        "rules": entry.rules if parts else [],
        "uses": uses(entry),
        "used_by": users().get(entry.id, []) if used_by else None,
        "sources": list(entry.sources), "notes": entry.notes,
        "witness": shown.values if shown else {}, "witness_model": shown.model if shown else "",
        "counterexample": outcome.counterexample,
        "formats": formats.texts(entry, results),
        "twin": formats.twin(entry.id), "no_twin": entry.no_twin,
        "milliseconds": round(entry.milliseconds, 3),
    }  # fmt: skip


def established(entry: Entry) -> list[Part]:
    """The parts of the statement, lemmas left out; none when the entry is undecided."""
    return [] if judge(entry).verdict == "undecided" else entry.results


def hypotheses(entry: Entry) -> list[tuple[Term, str]]:
    """What the entry assumes, with the author's words, and what the statement needs beyond that."""
    shown = list(zip(entry.given, entry.words, strict=False))
    needed = [h for part in established(entry)[:1] for h in part.theorem.hypotheses]
    return shown + [(h, "") for h in needed if not any(same(h, g) for g, _ in shown)]


def letters(entry: Entry) -> list[dict[str, str]]:
    """What the letters of the statement promise: matrices that are definite, functions that are smooth."""
    results = established(entry)
    formulas = [f for part in results for f in (*part.theorem.hypotheses, part.theorem.conclusion)]
    definite = {s for f in formulas for s in f.free if s.sort[-1] == "spd"}
    smooth = {name for part in results for name in part.theorem.smooth} - DEFINED.keys()
    shown = {f.args[0]: f for formula in reversed(formulas) for f in reversed(applications(formula))}
    functions = [f for name, f in shown.items() if name in smooth and f.sort != MEASURE]
    return [*_promise(definite, "positive definite"), *_promise(functions, "smooth")]


def _promise(terms: Iterable[Term], what: str) -> Iterable[dict[str, str]]:
    """One row for all terms that have the property; none for no term."""
    named = sorted(terms, key=plain)
    if named:
        verb = "is" if len(named) == 1 else "are"
        tex, words = r",\; ".join(map(latex, named)), ", ".join(map(plain, named))
        yield {"tex": rf"{tex} \text{{ {verb} {what}}}", "plain": f"{words} {verb} {what}", "text": ""}


def applications(t: Term) -> list[Term]:
    """Every application of a function in a term, the outermost first."""
    here = [t] if t.op == "app" else []
    return here + [f for a in t.args if isinstance(a, Term) for f in applications(a)]


def statement(entry: Entry) -> dict[str, Any]:
    """The statement: of a refutation the false claim, otherwise what the parts say, one below the other."""
    if entry.claim is not None:
        lhs, rhs = latex(entry.claim.lhs), latex(entry.claim.rhs)
        said = f"{plain(entry.claim.lhs)} = {plain(entry.claim.rhs)}"
        return {"tex": f"{lhs} = {rhs}", "lhs": lhs, "relation": "=", "rhs": rhs, "plain": [said]}
    parts = established(entry)
    if not parts:
        return {"tex": r"\text{not established}", "lhs": "", "relation": "", "rhs": "", "plain": []}
    lines = [formats.said_tex(entry, part) for part in parts]
    tex = lines[0] if len(lines) == 1 else r"\begin{gathered} " + r" \\ ".join(lines) + r" \end{gathered}"
    lhs, relation, rhs = sides(parts[0].theorem.conclusion)
    written = [formats.said_plain(entry, part) for part in parts]
    return {"tex": tex, "lhs": lhs, "relation": relation, "rhs": rhs, "plain": written}


def sides(formula: Term) -> tuple[str, str, str]:
    """Left side, relation and right side of a formula as LaTeX; all empty for what is no relation."""
    if formula.op == "all":
        return sides(formula.args[2])
    if formula.op not in (*RELATIONS, "eqmod", "aeq"):
        return "", "", ""
    lhs, rhs = formula.args[-2:]
    return latex(lhs), relation_tex(formula), latex(rhs)


def relation_tex(formula: Term) -> str:
    """The relation of a formula as LaTeX."""
    if formula.op == "eqmod":
        return rf"=_{{{latex(formula.args[0])}}}"
    return RELATIONS.get(formula.op, "=")


def _rows(parts: list[Part]) -> Iterable[tuple[Line, bool]]:
    """The displayed lines of all parts, and whether a line is a whole formula rather than a side of one."""
    for part in parts:
        for line in part.lines:
            yield line, len(part.lines) == 1


def _step(entry: Entry, n: int, line: Line, whole: bool, second_opinion: bool) -> dict[str, Any]:
    relation = relation_tex(line.link.conclusion) if line.link is not None and not whole else ""
    return {
        "n": n, "tex": f"{relation} {latex(line.term)}".strip(), "relation": relation,
        "plain": f"{_SIGNS.get(relation, relation)} {plain(line.term)}".strip(),
        "rule": line.rule, "rule_text": sentence(line.rule) if line.rule else "",
        "because": line.because, "asks": line.asks, "answer": line.answer,
        "uses": step_uses(entry, [line.link]) if line.link is not None else [],
        "sympy": line_opinion(entry, line) if second_opinion else NOT_ASKED,
    }  # fmt: skip


def notation() -> list[dict[str, str]]:
    """The notation table: LaTeX, spelling in code, meaning, domain, and the first entry that uses it."""
    first = first_uses()
    return [
        {"tex": latex(row.term), "ascii": row.ascii, "meaning": row.meaning, "domain": row.domain,
         "first_used": first.get(head(row.term), "")}
        for row in TABLE
    ]  # fmt: skip


@cache
def first_uses() -> dict[tuple[str, str], str]:
    """Symbols and functions, and the first entry in whose lines each stands."""
    found: dict[tuple[str, str], str] = {}
    for entry in entries().values():
        if judge(entry).verdict == "undecided":
            continue
        for part in entry.parts:
            for term in (
                *part.theorem.hypotheses,
                part.theorem.conclusion,
                *(line.term for line in part.lines),
            ):
                for name in heads(term):
                    found.setdefault(name, entry.id)
    return found


def head(term: Term) -> tuple[str, str]:
    """What identifies a row of the notation table in a term: a symbol by its name, a function by its own."""
    return term.op, term.args[0]


def heads(term: Term) -> set[tuple[str, str]]:
    """Every symbol and function of a term, bound ones included."""
    found = {head(term)} if term.op in ("sym", "app") else set()
    for part in term.args:
        if isinstance(part, Term):
            found |= heads(part)
    return found


def ledger() -> list[dict[str, Any]]:
    """The named axioms that the corpus rests on: what each says, and every entry that carries it."""
    users = {name: [e.id for e in entries().values() if name in axioms_of(e)] for name in AXIOMS}
    return [
        {"name": name, "statement_tex": latex(AXIOMS[name]), "why": _why(name), "source": "", "used_by": carried}
        for name, carried in users.items()
        if carried
    ]


def _why(axiom: str) -> str:
    return "z3 says so, and gives no proof that anyone can check." if axiom.startswith(PREFIX) else ""


def axioms_of(entry: Entry) -> list[str]:
    """The named axioms of an entry; of an undecided one, none."""
    return [] if judge(entry).verdict == "undecided" else entry.axioms
