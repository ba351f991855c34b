"""A stranger's page: from Markdown, LaTeX, notebooks and docstrings to formulas, and what is true of them.

From text to terms:
letters, lexer, macros        spelling, tokens and repairs, author macros
layout, bars                  colours, stacked lines, spelled functions, arrays and bars of evaluation among the tokens
syntax, styles, brackets, grammar   rows of items, before anything is known of their meaning
statements, continued         rows to clauses and chains of relations; displays that go on with the one before
branches                      formulas by cases, and systems behind one brace
matrices                      matrices entry by entry
signature, calls              what names mean, and what applies to what
inferred                      what a document's way of writing declares of its names
elaborate, binders, operators rows to terms of the kernel, typed
differential, evaluated       divergences by name, densities without arguments; values at a point and between two
listed                        lists and products with dots

What is known:
worlds, notation              notations as rows of LaTeX, and what a document defines on top of them
unfolding, coordinates        definitions as rewriting, the schedule in free coordinates
compare, series               the kernel proves, numbers refute; sums by induction, integrals of polynomials
antiderivatives               integrals over time of what nothing is known of

Kinds of statements:
equations, hints              an equation with care for what is not known, and the nearest true one
sides, shapes                 the sides of an equation; what it says by its shape alone
drawn                         what is drawn from laws, and laws that add up
laws, updates, guidance       sums with noise as laws, steps of samplers, mixed estimates
sde, transitions, schemes     differential equations, their reverses and kernels, and the steps that discretise them
forms, chains, expectations, finite, bounds   log-densities, expectations, divergences, bounds
bare                          laws that an author abbreviates, in every reading
bayes, gaussians, moments     conditional densities, divergences of Gaussians, variances
proportional                  equal up to a factor or a constant: every square completed
densities                     equations of densities, alone or along a chain; what a density cannot mean
averages, lawful, conditional expectations over everything by linearity, under a law by its moments, given a state
mixtures, uptoconstants       averages over mixtures of densities and fields; losses equal up to a constant
solutions, transport          linear stochastic equations solved; how a density moves
inverses                      inverses of functions
integrals                     integrals of exponentials in closed form
instances, fields             Gaussian densities and polynomials, which refute; the same under derivatives
orders, asymptotics           inequalities; orders in a small step and limits
naming, choosing              what an equation may define, what an author chooses, and what changes its meaning
estimates                     estimates written as what they estimate
kinds, variables              what the kinds of two sides settle; names that are variables of densities
claims, doubts                what may be refuted, and reasons not to
ranges                        what a document declares of its names
standing                      what the book proves of the IDs that are matched
prose                         a small table of false claims in words

A whole document:
verdict, judge                the six words, and how each statement gets one
documents, markdown, texfile  files to located formulas
declaration, designs, audit   what a document declares of its notation, and shows of it; its audit
service, guarded              the audit in a worker under limits
output, mutants               results for other programs; planted mistakes
"""

from derivations.reading.audit import Audit, Equation, audit_file, audit_text

__all__ = ["Audit", "Equation", "audit_file", "audit_text"]
