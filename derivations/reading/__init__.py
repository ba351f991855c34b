"""A stranger's page: from Markdown, LaTeX, notebooks and docstrings to formulas, and what is true of them.

text         files to located formulas, and formulas to rows of items
terms        rows to clauses, and to terms of the kernel
notation     what a document's names mean: what it declares, defines, and takes from known notations
equations    how equations, inequalities and orders are judged
laws         how statements about laws and densities are judged
averages     how statements about expectations are judged
dynamics     how steps of samplers, differential equations and flows of densities are judged

A whole document:
verdict, judge, branches      the six words, and how each statement gets one; formulas by cases
standard, conditions          equations of a standard shape; formulas under conditions
rows                          a formula as the row that is judged
rereadings, resorted          other readings of a formula that fails, or whose kinds do not fit
meanings, nearby              what letters may mean instead; the nearest true formula
prose                         a small table of false claims in words
audit, sections, restated     the audit of a document; its chapters, in notations and under laws of their own
service, guarded              the audit in a worker under limits
output, mutants               results for other programs; planted mistakes
"""

from derivations.reading.audit import Audit, Equation, audit_file, audit_text

__all__ = ["Audit", "Equation", "audit_file", "audit_text"]
