"""What a refutation rests on: a formula that is called false is a slip away from a true one.

A formula may fail because it was misread, or because its author means something else by its letters, and a false
accusation is worse than an open question. What an author got wrong is, nearly always, one sign of a true formula. So a
statement that fails by what its letters or its laws were taken for is called false where one change of it, as it is
written, makes it true; else it is left open, with the numbers that speak against it. Where no such doubt is, the
nearest true formula is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, TermError
from derivations.reading import meanings
from derivations.reading.dynamics.affine import BEFORE
from derivations.reading.equations import allowance
from derivations.reading.equations.certain import FAR
from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.equations.hints import SLIP
from derivations.reading.notation.standing import TRUE
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.edits import DENSITIES, LATE, edits, exchanges
from derivations.reading.terms.signature import key_of
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import Row, UnreadError, leaves
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

MOST, IN_TABLES = 200, 40  # how many changes are tried; of statements that are held against tables, which takes longer
FEW = 120  # how many are tried where nothing but what is said hangs on them
ATTEMPT, SEARCH = 120_000, 1_500_000  # steps of evaluation for one change, and for all
TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
CHAINED = frozenset({"alpha", "beta", "alpha_bar", "beta_tilde"})  # what a chain may mean, named before or not
PLAIN = frozenset({"t", "x", "z", "eps", "p", "q", "cal N", "I", "bb E"})  # which may stand anywhere
WORK = 20_000  # how many signs are judged in all: of a formula far longer than in the field fewer changes are tried


def confirmed(judge: Judge, found: Judgement, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """A refutation with the nearest true statement; a doubtful one is open where there is none, and one is where its
    letters may mean something else. Other verdicts as they are.
    """
    by_letters = found.verdict == "undecided" and FAR in found.message and found.values is not None
    if found.verdict != "refuted" and not by_letters:
        return found
    said = judge.read[-1] if judge.read else []
    sides = said if isinstance(said, list) else []
    change = found.message.partition(SLIP)[2]
    doubtful = by_letters or _is_doubtful(judge, found, s, names, sides, display)
    found = replace(found, verdict="refuted", message=found.message.replace(f"{FAR}: ", ""), doubtful=doubtful)
    why = meanings.unclear(judge.notation, sides)
    if not why and not change and (doubtful or judge.explain):
        change = nearest(judge, found, s, names, display, by_letters)
        found = replace(found, message=f"{found.message}{SLIP}{change}") if change else found
    if not why and (meanings.is_of_one_name(change) if change else meanings.is_data_twice(sides)):
        why = meanings.TWICE
    if not why and doubtful and not change:
        why = f"{FAR}: {found.message}"
    return Judgement("undecided", found.formula, why, found.reading) if why else found


def _is_doubtful(
    judge: Judge, found: Judgement, s: Statement, names: frozenset[str], sides: list[Term], display: bool
) -> bool:
    """Whether a refutation rests on what letters or laws were taken for."""
    if found.doubtful and not (display and BEFORE in found.message):  # what is displayed is about the equation
        return True
    near = "~~" in s.relations and meanings.is_apart(judge.notation, _terms(judge.apart(), s, names))
    return near or meanings.is_brought_in(judge.notation, sides, found.witness)


def _terms(judge: Judge, s: Statement, names: frozenset[str]) -> list[Term]:
    """The sides of a statement as terms; none where they are not read."""
    try:
        return [judge.term(side, names) for side in s.sides]
    except (UnreadError, TermError):
        return []


def nearest(
    judge: Judge, wrong: Judgement, s: Statement, names: frozenset[str], display: bool, by_letters: bool
) -> str:
    """What change of a statement makes it true, in words; "" where none of those that are tried does. `wrong`: the
    verdict on it as it is; `by_letters`: it rests on what its letters were taken for, so that a letter of which nothing
    is known stays in it, and it becomes no mere definition.
    """
    s = _wrong_link(judge, s, names, display)
    size = sum(1 for side in s.sides for _ in leaves(side))
    known = _names(*s.sides) | judge.seen | judge.notation.known() | {"t", "x"}
    known |= CHAINED if judge.notation.world.name in CHAINS else set()
    own = {str(r.left.args[0]) for r in judge.notation.own}
    kept = _names(*s.sides) - judge.notation.known() - own - PLAIN - CHAINED
    most = IN_TABLES if "model" in wrong.witness else MOST if wrong.doubtful else FEW
    last = allowance.taken() + SEARCH
    for changed, words in islice(_changes(s), min(most, WORK // max(size, 1))):
        if allowance.taken() > last:
            break
        here = _names(*changed.sides)
        if not here <= known or (by_letters and not kept <= here):
            continue
        if _is_true(_quick(judge, changed, names, display), changed, wrong.formula, by_letters):
            return words
    return ""


def _names(*rows: Row) -> set[str]:
    return {key_of(i) for row in rows for i in leaves(row) if i.kind == "name"}


def _changes(s: Statement) -> Iterator[tuple[Statement, str]]:
    """A statement with one change, the likelier first, and of these the ones on the right."""
    for k, relation in enumerate(s.relations):
        if relation in TURNED:
            turned = (*s.relations[:k], TURNED[relation], *s.relations[k + 1 :])
            yield Statement(s.sides, turned), f"with {TURNED[relation]} in place of {relation}"
    found = [(*e, k) for k in reversed(range(len(s.sides))) for e in edits(s.sides[k])]
    found.sort(key=lambda e: e[0])
    likely = [e for e in found if e[0] < LATE]
    for _, side, words, k in likely:
        yield Statement((*s.sides[:k], side, *s.sides[k + 1 :]), s.relations), words
    for sides, words in exchanges(s.sides):
        yield Statement(sides, s.relations), words
    for _, side, words, k in found[len(likely) :]:
        yield Statement((*s.sides[:k], side, *s.sides[k + 1 :]), s.relations), words


def _quick(judge: Judge, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """The verdict on a statement as if it stood here, without a search for what is near it."""
    other = judge.apart()
    other.hints = other.explain = False
    s = Statement(s.sides, tuple("=" if r == ":=" else r for r in s.relations))  # is it true, named or not?
    try:
        with allowance.of_an_attempt(ATTEMPT):
            return other.statement(s, names, display)
    except (IndexError, KeyError, TypeError, ValueError):  # a change may leave a law without its variance
        return Judgement("unread", message="it has no shape that is judged")


def _is_true(found: Judgement, s: Statement, wrong: str, by_letters: bool) -> bool:
    """Whether a statement is true, is a definition that the book knows, or gives a density a form that it can have, a
    law or a product of densities, where this is no matter of letters; `wrong`: the ID that speaks against the statement
    as it is written.
    """
    if found.verdict != "definition":
        return found.verdict in TRUE
    law = len(s.sides) == 2 and _is_density(s.sides[0])
    known = found.formula in DEFINITIONS or found.formula == wrong == "em.scheme"
    return known or (law and not by_letters and (s.sides[1][0].text == "cal N" or _is_density(s.sides[1])))


def _is_density(row: Row) -> bool:
    """Whether a row is one density, or a product of densities."""
    letters, brackets = row[::2], row[1::2]
    paired = len(letters) == len(brackets) and all(i.kind == "bracket" for i in brackets)
    return paired and all(i.kind == "name" and i.text in DENSITIES for i in letters)


def _wrong_link(judge: Judge, s: Statement, names: frozenset[str], display: bool) -> Statement:
    """Of a chain the first link that fails by itself; the statement where none does, or it has one link only."""
    links = [Statement(s.sides[k : k + 2], s.relations[k : k + 1]) for k in range(len(s.relations))]
    wrong = (one for one in links if _quick(judge, one, names, display).verdict == "refuted")
    return next(wrong, s) if len(links) > 1 else s


__all__ = ["confirmed", "nearest"]
