"""How an equation, an inequality or an order is judged.

sides, shapes, steps     the sides of an equation; what it says by its shape alone; steps of schemes
equations, hints         an equation with care for what is not known, and the nearest true one
compare, series          the kernel proves, numbers refute; sums by induction, integrals of polynomials
allowance                what one formula may take
samples                  values at a few points: a sieve for the hints, and never a verdict
integrals, antiderivatives   integrals of exponentials in closed form; integrals over time of what nothing is known of
instances, fields        Gaussian densities and polynomials, which refute; the same under derivatives
inverses, ends           inverses of functions; functions at fixed times
told                     the laws that a document gives
orders, asymptotics, approximations   inequalities; orders in a small step and limits; what holds nearly
norms, assumed, points   inequalities between norms, inner products and means; what is assumed of functions
algebra, lengths         polynomials in lengths and means; how an inequality becomes one
gram, triangles          which of them are never negative
distances                between Wasserstein distances
optima                   optima, and what minimises a mean squared error
scales, lints            what changes when a variable is scaled; what else is odd
kinds, variables, slopes, words   what may not be taken for a number, a constant or 0
naming, choosing         what an equation may define, what an author chooses, and what changes its meaning
claims, doubts, certain  what may be refuted, reasons not to, and what a refutation rests on
meant, abbreviated       what an equation may have been meant to say; names that are shortened
otherwise                other readings, which prove and refute nothing
counting, turned         steps that are counted in another way; quantities with another sign or on another scale
"""
