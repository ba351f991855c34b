"""What a refutation rests on: a formula that is called false is a slip away from a true one.

A formula may fail because it was misread, or because its author means something else by its letters, and a false
accusation is worse than an open question. What an author got wrong is, nearly always, one sign of a true formula. So a
statement that fails is called false where one change of it, as it is written, makes it true: that is told, and shows
that it was understood. Else it is left open, with the numbers that speak against it. A formula that stands alone in
its document has no letters to which another formula gives a meaning, and needs no such witness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, TermError
from derivations.reading import meanings
from derivations.reading.averages import objectives
from derivations.reading.equations import allowance
from derivations.reading.equations.certain import FAR
from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.equations.hints import SLIP, renames
from derivations.reading.laws.densities import UNMENTIONED
from derivations.reading.notation.standing import TRUE
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.edits import DENSITIES, FIRST, LATE, STEPS, edits, exchanges
from derivations.reading.terms.signature import key_of
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

MOST, IN_TABLES = 200, 300  # how many changes are tried; of statements that are held against tables, which takes longer
ATTEMPT, SEARCH = 120_000, 1_500_000  # steps of evaluation for one change, and for all
TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
CHAINED = frozenset({"alpha", "beta", "alpha_bar", "beta_tilde"})  # what a chain may mean, named before or not
PLAIN = frozenset({"t", "x", "z", "eps", "p", "q", "cal N", "I", "bb E"})  # which may stand anywhere
DROPPED = re.compile(r"without the (?!root |square |power |logarithm|denominator )(?:factor |term )?(.*)")
ASSUMED = re.compile(r"with \((?P<a>[^|]*) \| (?P<b>.*)\) in place of \((?P=a) \| (?:(?P=b) ,|.* , (?P=b)\))")
NUMBERED = "it is true without a number at its end or beginning, which may be that of the equation"
INDEPENDENT = "it holds only where a density does not depend on one of its conditions, which is not said"
STANDS = "one of two values is said to stand for the other, which is no equation"
WORDS = frozenset({"sqrt", "frac", "on", "the", "left"})
WORK = 20_000  # how many signs are judged in all: of a formula far longer than in the field fewer changes are tried


def confirmed(judge: Judge, found: Judgement, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """A refutation with the nearest true statement. It is open where there is none, unless the formula stands alone,
    and where its letters may mean something else. Other verdicts as they are.
    """
    by_letters = found.verdict == "undecided" and FAR in found.message and found.values is not None
    if found.verdict != "refuted" and not by_letters:
        return found
    found = replace(found, verdict="refuted", message=found.message.replace(f"{FAR}: ", ""))
    said = judge.read[-1] if judge.read else []
    sides = said if isinstance(said, list) else []
    change = found.message.partition(SLIP)[2]
    if change and not judge.alone and (_drops(change) if found.formula else _misreads(change)):
        found, change = replace(found, message=found.message.partition(SLIP)[0]), ""
    why = meanings.unclear(judge.notation, sides)
    owed = by_letters or not judge.alone or "~~" in s.relations
    if not why and not change and (owed or judge.explain):
        change = nearest(judge, found, s, names, display, by_letters)
        found = replace(found, message=f"{found.message}{SLIP}{change}") if change else found
    why = why or _meant_otherwise(judge, s, sides, change)
    if not why and not change and owed:
        why = f"{FAR}: {found.message}"
    return Judgement("undecided", found.formula, why, found.reading) if why else found


def _meant_otherwise(judge: Judge, s: Statement, sides: Sequence[Term], change: str) -> str:
    """What a statement may mean that a change makes true, so that it says nothing false; "" where nothing is open."""
    if _is_its_number(s, change):
        return NUMBERED
    if not judge.alone and _relates_values(s):
        return STANDS
    if not judge.alone and _assumes(change):
        return f"{INDEPENDENT}: it is true {change}"
    if meanings.is_of_one_name(change) if change else meanings.is_data_twice(sides):
        return meanings.TWICE
    return meanings.DATA_AT_ONE if meanings.is_of_the_end(change, sides) else ""


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
    written = _names(*s.sides)
    kept = written - judge.notation.known() - own - PLAIN - CHAINED
    last = allowance.taken() + SEARCH
    loss, tables = _is_loss(judge, s, names, objectives.judge), "model" in wrong.witness
    for changed, words in islice(_changes(s, tables), min(IN_TABLES if tables else MOST, WORK // max(size, 1))):
        if allowance.taken() > last:
            break
        here = _names(*changed.sides)
        if _says_nothing(changed) or not here <= known or (by_letters and not kept <= here):
            continue
        if not judge.alone and _leaves_out(written, here, words, bool(wrong.formula)):
            continue
        found = _quick(judge, changed, names, display)
        trained = loss and found.verdict == "definition" and _is_loss(judge, changed, names, objectives.fits)
        if (trained or _is_true(found, changed, words, wrong, by_letters)) and not _renames(judge, changed, names):
            return words
    return ""


def _leaves_out(written: set[str], here: set[str], words: str, of_the_field: bool) -> bool:
    """Whether a change leaves out what its author has put in and so means: a name, or a part of a known formula."""
    if here < written:
        return bool(written - here - PLAIN - STEPS)
    return _drops(words) if of_the_field else _misreads(words)


def _drops(words: str) -> bool:
    """Whether a change leaves out a factor or a term that has a letter in it, other than one of an index."""
    part = DROPPED.match(words)
    return (part is not None and bool(set(re.findall(r"[^\W\d_]+", part[1])) - STEPS - WORDS)) or _misreads(words)


def _misreads(words: str) -> bool:
    """Whether a change leaves out a state, or a number in brackets: few write one as a factor by mistake, and it may be
    the argument of a function or the number of an equation.
    """
    part = DROPPED.match(words)
    return part is not None and bool(re.fullmatch(r"\(?[xyz](?:_\{?\w+\}?)?\)?|\(\d+\)", part[1].strip()))


def _assumes(change: str) -> bool:
    """Whether a change takes one of several conditions from a density: its author may take it for independent of that,
    as a step of a Markov chain is of a label.
    """
    return ASSUMED.match(change) is not None


def _is_its_number(s: Statement, words: str) -> bool:
    """Whether a change leaves out a number that stands behind all the rest of a statement, or in brackets before it."""
    (first, *_), (*before, last) = s.sides[0], s.sides[-1]
    behind = _is_numeral(last) and bool(before) and before[-1].kind != "op"
    ahead = _is_numeral(first) and first.kind == "bracket"
    part = DROPPED.match(words)
    return part is not None and part[1].strip("()[] ").isdigit() and (behind or ahead)


def _relates_values(s: Statement) -> bool:
    r"""Whether a sign like \equiv stands between two sides of which neither is a name that the other may define."""
    named = [len(side) == 1 or (len(side) == 2 and side[1].kind == "bracket") for side in s.sides]
    return any(r == ":=" and not a and not b for r, (a, b) in zip(s.relations, pairwise(named), strict=True))


def _is_numeral(item: Item) -> bool:
    """Whether an item is a number, or one in brackets."""
    inside = item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else (item,)
    return len(inside) == 1 and inside[0].kind == "number" and not item.sup


def _is_loss(judge: Judge, s: Statement, names: frozenset[str], said: Callable[..., object]) -> bool:
    """Whether something is said of a statement as a loss."""
    sides = _terms(judge, s, names)
    return len(sides) == 2 and bool(said(judge.notation, sides[0], sides[1], judge.noises))


def _renames(judge: Judge, s: Statement, names: frozenset[str]) -> bool:
    """Whether a statement begins with one vector under the name of another, x = c x_t: that is no claim."""
    sides = _terms(judge, s, names)[:2]
    return len(sides) == 2 and renames(*sides)


def _terms(judge: Judge, s: Statement, names: frozenset[str]) -> list[Term]:
    """The sides of a statement; none where they are not read."""
    try:
        return [judge.apart().term(side, names) for side in s.sides]
    except (UnreadError, TermError):
        return []


def _names(*rows: Row) -> set[str]:
    return {key_of(i) for row in rows for i in leaves(row) if i.kind == "name"}


def _says_nothing(s: Statement) -> bool:
    """Whether two sides in turn are written alike."""
    return any(show(a) == show(b) for a, b in pairwise(s.sides))


def _changes(s: Statement, tables: bool) -> Iterator[tuple[Statement, str]]:
    """A statement with one change, the likelier first, and of these the ones on the right; `tables`: it is about
    densities, in which names stand for one another sooner than signs and factors are lost.
    """
    for k, relation in enumerate(s.relations):
        if relation in TURNED:
            turned = (*s.relations[:k], TURNED[relation], *s.relations[k + 1 :])
            yield Statement(s.sides, turned), f"with {TURNED[relation]} in place of {relation}"
    found = [(*e, k) for k in reversed(range(len(s.sides))) for e in edits(s.sides[k])]
    found.sort(key=lambda e: e[0])
    late = FIRST if tables else LATE
    parts = [e for e in found if e[0] < late], [e for e in found if e[0] >= late]
    edited = [(((*s.sides[:k], side, *s.sides[k + 1 :]), words) for _, side, words, k in part) for part in parts]
    for sides, words in chain(edited[0], exchanges(s.sides), edited[1]):
        yield Statement(sides, s.relations), words


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


def _is_true(found: Judgement, s: Statement, words: str, wrong: Judgement, by_letters: bool) -> bool:
    """Whether a statement is true, is a definition that was recognised as what it should be, or gives a density a form
    that it can have, a law or a product of densities, where as it is written it speaks of other variables than the
    density does; `wrong`: the verdict on that; `words`: what was changed, of a density one letter for another.
    """
    if found.verdict != "definition":
        return found.verdict in TRUE
    law = len(s.sides) == 2 and _is_density(s.sides[0]) and UNMENTIONED in wrong.message
    law = law and not by_letters and (" in place of " in words or " exchanged" in words)
    if found.checked or found.formula in DEFINITIONS or found.formula == wrong.formula == "em.scheme":
        return True
    return law and (s.sides[1][0].text == "cal N" or _is_density(s.sides[1]))


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


__all__ = ["INDEPENDENT", "NUMBERED", "STANDS", "confirmed", "nearest"]
