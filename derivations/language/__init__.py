"""What an author writes: the notation, calculations, and how they are printed.

calculation   one displayed line per step, each reached by a rule of the kernel
entry         entries and chapters, proved when they are asked for
notation      the symbols of the book, declared once
latex         how terms print
sympy_bridge  SymPy in and out
"""

from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Chapter, Claim, Entry, Prose

__all__ = ["Calculation", "Chapter", "Claim", "DerivationError", "Entry", "Prose"]
