"""Single edits of a conclusion: what a wrong sign, a lost factor or a shifted index would have made of it.

The edits are few and gross, so that numbers can tell them from the truth: each must be refuted somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, Term, add, app, is_scalar, lt, mul, neg, num


@dataclass(frozen=True)
class Edit:
    """One edit: its name, and what it makes of a formula."""

    name: str
    formula: Term


def edits(formula: Term) -> Iterator[Edit]:
    """Every edit of a relation, or of the relations under its quantifiers and conjunctions."""
    if formula.op == "all":
        x, guard, body = formula.args
        for edit in edits(body):
            yield Edit(edit.name, Term("all", (x, guard, edit.formula), formula.sort))
    elif formula.op == "and":
        for k, part in enumerate(formula.args):
            for edit in edits(part):
                parts = (*formula.args[:k], edit.formula, *formula.args[k + 1 :])
                yield Edit(edit.name, Term("and", parts, formula.sort))
    elif formula.op in ("lt", "le"):
        yield Edit("the relation turned round", lt(*reversed(formula.args)))
    elif formula.op == "bigo":
        h, order, body = formula.args
        yield Edit("one order more", Term("bigo", (h, num(order.args[0] + 1), body), formula.sort))
    elif formula.op in ("eq", "eqmod", "aeq", "limit"):
        for name, right in _sides(formula.args[-1]):
            if formula.op == "eqmod" and name == "one added":
                continue  # up to a constant that says the same
            yield Edit(name, Term(formula.op, (*formula.args[:-1], right), formula.sort))


def _sides(right: Term) -> Iterator[tuple[str, Term]]:
    """What single edits make of the right side of an equation."""
    if right.op not in ("num", "zero") or right.args[0] != 0:
        yield "the sign flipped", neg(right)
        yield "a factor 2", mul(2, right)
    if is_scalar(right):
        yield "one added", add(right, num(1))
    for name in sorted(_indexed(right)):
        yield f"the index of {name} shifted", _shifted(right, name)


def _indexed(t: Term) -> set[str]:
    """The functions that are applied to an integer somewhere in the term."""
    here = {t.args[0]} if t.op == "app" and any(_is_index(a) for a in t.args[1:]) else set()
    return here.union(*(_indexed(a) for a in t.args if isinstance(a, Term)))


def _is_index(a: Term) -> bool:
    return a.sort == INT and a not in a.dims


def _shifted(t: Term, name: str) -> Term:
    """The term with every index of the function one step later."""
    args = tuple(_shifted(a, name) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == name:
        return app(name, *(add(a, num(1)) if _is_index(a) else a for a in args[1:]), sort=t.sort)
    return rebuild(t, args)
