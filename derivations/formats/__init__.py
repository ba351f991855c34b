"""One formula in the forms that people copy: LaTeX, SymPy, Python, the name of the PyTorch twin, a citation.

plain     one line of text for a terminal
as_python a function of floats and NumPy arrays, for closed forms
as_sympy  the statement as SymPy code; SymPy is not imported to write it
citation  a BibTeX entry
twins     which function of `diffusion` computes the formula, from a table that a test keeps true
"""

from __future__ import annotations

from derivations.formats.as_python import python
from derivations.formats.as_sympy import sympy
from derivations.formats.citation import bibtex
from derivations.formats.names import NoForm
from derivations.formats.plain import plain, under
from derivations.formats.twins import twin
from derivations.language.calculation import Part
from derivations.language.entry import Entry
from derivations.language.latex import latex


def tex(entry: Entry, parts: list[Part]) -> str:
    """The statement as LaTeX, one line per part."""
    if entry.claim is not None:
        return rf"{latex(entry.claim.lhs)} \neq {latex(entry.claim.rhs)}"
    return " \\\\\n".join(said_tex(entry, part) for part in parts)


def said_tex(entry: Entry, part: Part) -> str:
    """What a part of the statement says as LaTeX, with the conditions under which it alone stands."""
    conditions = r",\; ".join(map(latex, entry.conditions(part)))
    return latex(part.theorem.conclusion) + (rf" \quad\text{{if }} {conditions}" if conditions else "")


def said_plain(entry: Entry, part: Part) -> str:
    """What a part of the statement says in one line, with the conditions under which it alone stands."""
    return plain(part.theorem.conclusion) + under(entry, part)


def texts(entry: Entry, parts: list[Part]) -> dict[str, str]:
    """Every form of an entry by name; an entry that is not established has its citation only."""
    return {
        "tex": tex(entry, parts), "sympy": sympy(entry, parts), "python": python(entry, parts),
        "torch": twin(entry.id), "bibtex": bibtex(entry),
    }  # fmt: skip


__all__ = ["NoForm", "bibtex", "plain", "python", "said_plain", "said_tex", "sympy", "tex", "texts", "twin"]
