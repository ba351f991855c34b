r"""From rows of items to clauses, and to terms of the kernel.

styles, brackets, grammar       which items belong together
upright, averaged               upright words that are names; an E that averages
statements, continued, moments  clauses and chains of relations; displays that go on; what is said of one moment
edits                           single changes of a formula as it is written
matrices, entries               matrices entry by entry; what is taken entry by entry
signature, calls                what names mean, and what applies to what
elaborate, binders, operators   terms of the kernel, typed
differential, deltas, evaluated divergences and Laplacians by name; what a Delta is; values at a point and between two
composed, higher                functions at points; derivatives of higher order
gradients, quotients            the variable of a gradient that names none; derivatives in a line, as fractions
given, owned                    what a state or a mean is given; densities by name
underneath, averaged, measures  what is under an expectation sign; a plain E over its law; laws as measures
listed, sums, logarithms        lists and products with dots; where sums begin and end; how far a logarithm reaches
"""
