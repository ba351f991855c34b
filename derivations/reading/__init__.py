"""A stranger's page: from Markdown, LaTeX, notebooks and docstrings to formulas, and what is true of them.

letters      tables of spelling
lexer        text to tokens; every repair is reported
macros       author macros, bounded
syntax       rows of items, before anything is known of their meaning
grammar      tokens to rows
statements   rows to clauses and chains of relations
signature    what names mean before a document says otherwise
elaborate    rows to terms of the kernel, typed
operators    what binds or is applied
worlds       notations, as rows of LaTeX
unfolding    definitions as rewriting
notation     a notation at work, and what a document defines
coordinates  the schedule in free coordinates
compare      the kernel proves, numbers refute
laws         sums with noise as laws
verdict      the six words
judge        one statement and its verdict
documents    files to located formulas
markdown     Markdown in its dialects, reStructuredText
texfile      LaTeX files
audit        a whole document
"""

from derivations.reading.audit import Audit, Equation, audit_file, audit_text

__all__ = ["Audit", "Equation", "audit_file", "audit_text"]
