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
from derivations.formats.plain import plain
from derivations.formats.twins import twin
from derivations.language.calculation import Part
from derivations.language.entry import Entry
from derivations.language.latex import latex


def tex(entry: Entry, parts: list[Part]) -> str:
    """The statement as LaTeX, one line per part."""
    if entry.claim is not None:
        return rf"{latex(entry.claim.lhs)} \neq {latex(entry.claim.rhs)}"
    return " \\\\\n".join(latex(part.theorem.conclusion) for part in parts)


def texts(entry: Entry, parts: list[Part]) -> dict[str, str]:
    """Every form of an entry by name; an entry that is not established has its citation only."""
    return {
        "tex": tex(entry, parts), "sympy": sympy(entry, parts), "python": python(entry, parts),
        "torch": twin(entry.id), "bibtex": bibtex(entry),
    }  # fmt: skip


__all__ = ["NoForm", "bibtex", "plain", "python", "sympy", "tex", "texts", "twin"]
