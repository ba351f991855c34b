"""A formula as the row that is judged: repaired, expanded, parsed, and without what is only a way of writing."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.reading.notation.candidates import Read
from derivations.reading.terms import averaged, composed, differential, given, measures
from derivations.reading.terms.brackets import unclosed
from derivations.reading.terms.grammar import parse
from derivations.reading.terms.matrices import system
from derivations.reading.terms.quotients import as_fractions, with_variances
from derivations.reading.text.documents import Formula
from derivations.reading.text.lexer import repair, tokenize
from derivations.reading.text.macros import Macro, definitions_removed, expand
from derivations.reading.text.syntax import Row, UnreadError
from derivations.reading.text.unclosed import CLOSED, closed


def read(formula: Formula, macros: Mapping[str, Macro]) -> Read:
    """The row of a formula: repaired, expanded, parsed."""
    tex, notes = repair(formula.tex)
    repairs = (*formula.repairs, *notes)
    try:
        return Read(formula, _row(tex, macros), repairs)
    except UnreadError as error:
        whole, reason = closed(tex), unclosed(tex) or error
    except RecursionError:
        return Read(formula, (), repairs, UnreadError("nested too deeply"))
    try:
        return Read(formula, _row(whole, macros), (*repairs, CLOSED)) if whole else Read(formula, (), repairs, reason)
    except (UnreadError, RecursionError):
        return Read(formula, (), repairs, reason)


def _row(tex: str, macros: Mapping[str, Macro]) -> Row:
    return plain_rows(parse(tokenize(expand(definitions_removed(tex), macros))))


def plain_rows(row: Row) -> Row:
    """A formula without what is only a way of writing: derivatives as fractions, matrices entry by entry, densities
    with their arguments, states without their conditions, functions at points.
    """
    row = averaged.as_expectations(measures.as_densities(row))
    row = given.without_parameters(given.with_semicolons(row))
    row = with_variances(as_fractions(composed.at_points(row)))
    return differential.with_arguments(given.without_conditions(system(row)))


__all__ = ["plain_rows", "read"]
