"""From rows of items to clauses, and to terms of the kernel.

styles, brackets, grammar       which items belong together
statements, continued           clauses and chains of relations; displays that go on with the one before
matrices                        matrices entry by entry
signature, calls                what names mean, and what applies to what
elaborate, binders, operators   terms of the kernel, typed
differential, deltas, evaluated divergences and Laplacians by name; what a Delta is; values at a point and between two
listed, sums, logarithms        lists and products with dots; where sums begin and end; how far a logarithm reaches
quotients                       derivatives in a line, as fractions
"""
