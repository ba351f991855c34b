"""Formulas under conditions: a = b if c = d, if p < q. What is equal there is put in, and what is ordered is granted.

An equation is solved for one name in which it is linear, or linear in the square: then every point of the formula at
hand satisfies it. A proof needs a coefficient that is not 0, so that there is no other solution; a refutation does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, TermError, add, div, is_scalar, mul, neg, num, power, sqrt
from derivations.reading import prose
from derivations.reading.equations import naming, orders, sides
from derivations.reading.equations.compare import equal
from derivations.reading.notation import equated
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.grammar import parse
from derivations.reading.terms.signature import INDICES, key_of
from derivations.reading.terms.statements import Statement, claims, conditional, integers, statements
from derivations.reading.text.lexer import tokenize
from derivations.reading.text.macros import common, expand
from derivations.reading.text.syntax import Row, UnreadError, leaves
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

ORDERS = frozenset({"<", "<=", ">", ">=", "!="})
PLAIN = frozenset({"sym", "num", "app", "add", "mul", "neg", "div", "pow", "sqrt", "eye", "zero"})
WORDS = re.compile(
    r"\W*(?:if(?: and only if)?|when|(?:provided|assum(?:e|ing)|suppos(?:e|ing))(?: that)?|given that|and|"
    r"for (?:every|all|any|each)|with|where)?\W*"
)
DIVIDED = "it follows from the condition where nothing that it is divided by is 0"
EVERY = "it follows where the condition holds at every step"
OPEN = "it stands under a condition that is not read here"


@dataclass(frozen=True)
class Solution:
    """name = value, or any of two values; `open_`: why a proof for these is none, "" where they are all there are."""

    name: Term
    values: tuple[Term, ...]
    open_: str = ""


def judged(judge: Judge, row: Row, display: bool, context: str) -> Judgement | None:
    """The verdict on a formula under the conditions that stand behind it; None for one without."""
    at = next((k for k, i in enumerate(row) if conditional(i)), len(row))
    found = statements(row[at + 1 :])
    if not found or not claims(row[:at]) or any(i.kind == "sep" and i.text == "line" for i in row[at:]):
        return None
    both = "only" in row[at].text  # if and only if: the other direction is claimed too
    kinds = {r for s in found for r in s.relations}
    whole = all(WORDS.fullmatch(i.text) for i in row[at:] if i.kind == "text")  # no condition in words beside them
    if kinds <= ORDERS and all(s.relations for s in found):
        return _ordered(judge, row[:at], found, display, context) if whole else None
    equations = [s for s in found if s.relations == ("=",)]
    if not equations:
        return None
    under = None
    if whole and kinds <= ORDERS | {"="}:
        under = _equal(judge.apart(), row[:at], found, integers(row), lambda by, r: by.formula(r, display, context))
    if under is not None and not (both and under.verdict != "refuted"):
        return under
    return _at_all(judge, row, row[:at], display, context) if _are_read(judge.apart(), equations, row) else None


def in_words(judge: Judge, row: Row, context: str) -> Judgement | None:
    """The refutation of a formula under the condition of its sentence, "If $a = b$, then"; None where it may hold, or
    where the condition speaks of other names.
    """
    try:
        said = [parse(tokenize(expand(tex, common()))) for tex in prose.condition(context)]
    except UnreadError:
        return None
    found = [s for condition in said for s in statements(condition)]
    if not found or any(set(s.relations) - ORDERS - {"="} or not s.relations for s in found):
        return None
    names = [{key_of(i) for i in leaves(r) if i.kind == "name"} for r in (sum(said, ()), row)]
    if not names[0] <= names[1]:
        return None
    under = _equal(judge.apart(), row, found, integers(row), lambda by, r: by.formula(r))
    return under if under is not None and under.verdict == "refuted" else None


def _ordered(judge: Judge, front: Row, found: list[Statement], display: bool, context: str) -> Judgement | None:
    """The verdict under inequalities; None where one of them cannot be granted."""
    kept, ranged, assumed = list(judge.notation.granted), dict(judge.notation.ranges), list(judge.notation.assumed)
    held = sum(judge.grant(s, frozenset()) for s in found) == len(found)
    under = judge.formula(front, display, context) if held else None
    judge.notation.granted[:], judge.notation.ranges, judge.notation.assumed[:] = kept, ranged, assumed
    return under


def _are_read(judge: Judge, equations: list[Statement], row: Row) -> bool:
    try:
        return all(sides.read(judge, s, integers(row)) for s in equations)
    except UnreadError:
        return False


def _at_all(judge: Judge, row: Row, front: Row, display: bool, context: str) -> Judgement:
    """The verdict without the conditions, where they change nothing: what follows from a formula is no proof of it."""
    found = judge.apart().formula(front, display, context)
    if found.verdict == "refuted" or (found.verdict == "proved" and _names_anew(judge, row[len(front) + 1 :])):
        return Judgement("undecided", found.formula, OPEN, found.reading)
    return found


def _names_anew(judge: Judge, conditions: Row) -> bool:
    """Whether conditions speak of a letter without an index that has one in this notation, as in alpha_t = alpha."""
    bare = {key_of(i) for i in leaves(conditions) if i.kind == "name" and not i.sub}
    return judge.notation.world.state is not None and bool(bare & judge.notation.world.free)


def _equal(
    judge: Judge, front: Row, found: list[Statement], names: frozenset[str], asked: Callable[[Judge, Row], Judgement]
) -> Judgement | None:
    """The verdict with what is equal put in; None where an equation is not solved, or no verdict comes of it."""
    equations = [s for s in found if s.relations == ("=",)]
    _learn_kinds(judge, [*statements(front), *equations], names)
    try:
        granted = [judge.grant(s, names) for s in found if s.relations and s.relations != ("=",)]
        read = [sides.read(judge, s, names) for s in equations]
    except (UnreadError, TermError):
        return None
    if any(notation is not judge.notation or len(terms) != 2 for terms, notation in read):
        return None
    branches = [(judge, "")] if all(granted) else []
    said = {p for s in statements(front) for t in _terms(judge, s, names) for p in _names(t)}
    for (a, b), _ in read:
        branches = [new for by, open_ in branches for new in _put_in(by, a, b, said, open_)]
    verdicts = [_with_solution(by.notation, asked(by, front)) for by, _ in branches]
    return _of_branches(verdicts, next((open_ for _, open_ in branches if open_), ""))


def _learn_kinds(judge: Judge, found: list[Statement], names: frozenset[str]) -> None:
    """What the statements say together of their names: C is a matrix where it is I, and v a number beside numbers."""
    for k, s in enumerate((*found, *found)):
        try:
            _, notation = sides.read(judge, s, names)
        except (UnreadError, TermError):
            continue
        if notation is not judge.notation and k >= len(found):
            letters = {key_of(i) for side in s.sides for i in leaves(side) if i.kind == "name"}
            judge.signature.scalars |= {n for n in letters if n not in STATES}


def _terms(judge: Judge, s: Statement, names: frozenset[str]) -> list[Term]:
    try:
        return [judge.term(side, names) for side in s.sides]
    except UnreadError:
        return []


def _of_branches(verdicts: list[Judgement], open_: str) -> Judgement | None:
    """The verdict of all solutions, the first of which is the usual one."""
    if not verdicts or verdicts[0].verdict not in ("proved", "convention", "refuted"):
        return None
    first = verdicts[0]
    if first.verdict == "refuted":
        return first
    if open_:
        return Judgement("undecided", first.formula, open_, first.reading)
    if any(j.verdict not in ("proved", "convention") for j in verdicts):
        said = "it holds for positive values of what is not declared, and not for all"
        return Judgement("undecided", first.formula, said, first.reading)
    return first


def _with_solution(notation: Notation, found: Judgement) -> Judgement:
    """The verdict that says what was put in."""
    if not notation.equated:
        return found
    put_in = ", ".join(f"{plain(r.left)} = {plain(r.right)}" for r in notation.equated)
    return replace(found, message=f"with {put_in} by its condition: {found.message}")


def _put_in(judge: Judge, a: Term, b: Term, said: set[Term], open_: str) -> Iterator[tuple[Judge, str]]:
    """Judges who know one solution each of an equation; none where it is not solved."""
    a, b = (equated.put_in(judge.notation, t) for t in (a, b))
    left, right = map(judge.notation.as_defined, (a, b))
    if equal(left, right, judge.notation.domains).status == "proved":
        yield judge, open_  # the document has taken it in
        return
    found = solve(judge.notation, a, b, said, judge.noises)
    if found is None or _is_constant(a, b, found, said):
        return
    for value in found.values:
        by = judge.apart()
        by.hints = judge.hints
        if equated.equate(by.notation, found.name, value):
            elsewhere = any(p.args[0] == found.name.args[0] and p != found.name for p in said)
            yield by, open_ or found.open_ or (EVERY if elsewhere else "")


def _is_constant(a: Term, b: Term, found: Solution, said: set[Term]) -> bool:
    """Whether an equation may say that something is the same at every step, as beta_t = beta does, and the formula is
    about other things at a step: then it says more than the equation for one step.
    """
    steps = [{s for p in _names(t) for s in p.free if s.args[0] in INDICES} for t in (a, b)]
    inside = {p for t in (a, b) for p in _names(t)}
    beside = {p for p in said - inside if p.op == "app" and len(p.args) == 2}
    return found.name.op == "sym" and steps[0] != steps[1] and not all(steps) and bool(beside)


def solve(notation: Notation, a: Term, b: Term, said: set[Term], noises: set[str]) -> Solution | None:
    """The solution of a = b for one of its names, of those `said` in the formula rather; None where it has none."""
    alike = a.sort[0] == b.sort[0] or (is_scalar(a) and is_scalar(b))
    if not alike or any(p.op not in PLAIN or (p.op == "app" and len(p.args) > 2) for t in (a, b) for p in walk(t)):
        return None
    names = [n for n in dict.fromkeys((*_names(a), *_names(b))) if _is_free(notation, n, noises)]
    found = [(n, _linear(a, b, n)) for n in names]
    solved = [(n, parts) for n, parts in found if parts is not None]
    solved.sort(key=lambda s: (notation.knows(s[0]), s[0] not in said, s[1][0].op != "num"))
    if not solved:
        return None
    name, (factor, rest, squared) = solved[0]
    value = rest if factor == num(1) else _divided(rest, factor)
    open_ = "" if orders.is_never_zero(notation, factor) else DIVIDED
    if not squared:
        return Solution(name, (value,), open_)
    positive = notation.domains.get(str(name.args[0])) in ("positive", "nonnegative", "unit")
    return Solution(name, (sqrt(value),) if positive else (sqrt(value), neg(sqrt(value))), open_)


def _divided(t: Term, by: Term) -> Term:
    return div(t, by) if is_scalar(t) else mul(div(num(1), by), t)


def _is_free(notation: Notation, t: Term, noises: set[str]) -> bool:
    """Whether an equation may be solved for a name: it has no meaning of its own, and nothing else hangs on it."""
    letter = str(t.args[0])
    if letter in {*noises, "pi", "d"} or (letter in INDICES and is_scalar(t)) or "(" in letter or naming.is_computed(t):
        return False
    if notation.has_rule(t) or (letter in STATES and notation.world.state is not None):
        return False
    return not (notation.world.name in CHAINS and letter in notation.world.free)


def _names(t: Term) -> list[Term]:
    """The names of a term, with their indices."""
    return [p for p in walk(t) if p.op == "app" or (p.op == "sym" and p.args[0] not in INDICES)]


def _linear(a: Term, b: Term, name: Term) -> tuple[Term, Term, bool] | None:
    """a = b as factor * name = rest, or as factor * name^2 = rest; None where it is neither."""
    for unknown in (name, power(name, 2)) if is_scalar(name) else (name,):
        left, right = (_parts(t, unknown) for t in (a, b))
        if left is None or right is None:
            continue
        factor, rest = _less(left[0], right[0]), _less(right[1], left[1])
        if factor is not None and rest is not None:
            return factor, rest, unknown != name
    return None


def _less(x: Term | None, y: Term | None) -> Term | None:
    """x - y, where None is nothing at all."""
    if y is None:
        return x
    return _opposite(y) if x is None else add(x, _opposite(y))


def _opposite(t: Term) -> Term:
    if t.op == "add":
        return add(*map(_opposite, t.args))
    return t.args[0] if t.op == "neg" else neg(t)


def _parts(t: Term, name: Term) -> tuple[Term | None, Term | None] | None:
    """A term as factor * name + rest, each None where there is nothing of it; None where it is not so made."""
    if t == name:
        return num(1), None
    if not _holds(t, name):
        return None, t
    if t.op == "neg":
        inside = _parts(t.args[0], name)
        return None if inside is None else (_less(None, inside[0]), _less(None, inside[1]))
    if t.op == "add":
        found = [_parts(a, name) for a in t.args]
        return None if None in found else (_sum([p[0] for p in found if p]), _sum([p[1] for p in found if p]))
    if t.op == "div" and not _holds(t.args[1], name):
        inside = _parts(t.args[0], name)
        return None if inside is None else (_over(inside[0], t.args[1]), _over(inside[1], t.args[1]))
    within = [k for k, a in enumerate(t.args) if _holds(a, name)] if t.op == "mul" else []
    others = [a for k, a in enumerate(t.args) if k not in within]
    inside = _parts(t.args[within[0]], name) if len(within) == 1 and all(map(is_scalar, others)) else None
    if inside is None:
        return None
    factor, rest = inside
    by_one = factor == num(1) and bool(others)
    return (
        None if factor is None else mul(*others) if by_one else mul(*others, factor),
        None if rest is None else mul(*others, rest),
    )


def _sum(parts: list[Term | None]) -> Term | None:
    there = [p for p in parts if p is not None]
    return add(*there) if len(there) > 1 else there[0] if there else None


def _over(t: Term | None, by: Term) -> Term | None:
    return None if t is None else _divided(t, by)


def _holds(t: Term, name: Term) -> bool:
    """Whether a term has a name in it, or the name whose power it is."""
    base = name.args[0] if name.op == "pow" else name
    return any(p == base for p in walk(t))


__all__ = ["Solution", "judged", "solve"]
