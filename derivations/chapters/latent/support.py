"""Densities that may vanish: what is said of them, and proofs by the cases "zero" and "positive"."""

from __future__ import annotations

from derivations.kernel import Theorem
from derivations.kernel.decay import same_integrand
from derivations.kernel.equality import algebra, chain, congruence, order, symmetric, unfolded
from derivations.kernel.integrals import has_integral
from derivations.kernel.logic import assume, cases, cut, generalize, instantiate_function, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import Term, app, eq, expect, forall, integral, le, lt, num, sym
from derivations.language.letters import carried


def weak(variable: Term, density: Term) -> Term:
    """The formula: the density is never negative."""
    return forall(variable, le(0, density))


def total(variable: Term, density: Term) -> Term:
    """The formula: the density integrates to one."""
    return eq(integral(variable, density), 1)


def covers(variable: Term, p: Term, q: Term) -> Term:
    """The formula: p vanishes wherever q does."""
    return forall(variable, eq(p, 0), eq(q, 0))


def of_mass_one(formula: Term) -> Theorem:
    """A density that integrates to one is integrable; `formula` says that it does."""
    return has_integral(assume(formula), order(lt(0, num(1))))


def zero(p: Term) -> Theorem:
    """0 = p |- p = 0: the first of the two cases."""
    return symmetric(assume(eq(0, p)))


def by_support(variable: Term, p: Term, others: tuple[Term, ...], at_zero: Theorem, positive: Theorem) -> Theorem:
    """A statement from the case p = 0 and the case that p and the others are positive, where p vanishes wherever one of them does."""
    whole = cases(at_zero, positive, num(0), p)
    for q in others:
        gone = cut(specialize(assume(covers(variable, p, q)), variable), symmetric(assume(eq(0, q))))
        whole = cases(cut(at_zero, symmetric(gone)), whole, num(0), q)
    for density in (p, *others):
        whole = cut(whole, specialize(assume(weak(variable, density)), variable))
    return whole


def weighted_equal(variable: Term, p: Term, others: tuple[Term, ...], positive: Theorem) -> Theorem:
    """p a = p b everywhere, from a = b where p and the others are positive."""
    a, b = positive.conclusion.args
    place = sym("unused")
    return by_support(variable, p, others, carried(p * a, p * b, (), (zero(p),)), congruence(p * place, place, positive))


def averages_equal(variable: Term, p: Term, others: tuple[Term, ...], positive: Theorem) -> Theorem:
    """E_p[a] = E_p[b], from a = b where p and the others are positive."""
    pointwise = weighted_equal(variable, p, others, positive)
    before, after = (expect(variable, p, body) for body in positive.conclusion.args)
    left = unfolded(before)
    return chain(left, under(left.conclusion.args[1], pointwise), symmetric(unfolded(after)))


def as_average(variable: Term, p: Term, body: Term, divergence: Term) -> Theorem:
    """E_p[body] = D, for a body that is the logarithm in the definition of the divergence D."""
    return chain(unfolded(expect(variable, p, body)), symmetric(unfolded(divergence)))


def as_integrand(t: Theorem, body: Term) -> Theorem:
    """f is integrable, so is body = f; logarithms are carried along."""
    return same_integrand(t, carried(t.conclusion.args[2], body))


def positive_covers(variable: Term, p: Term, q: Term) -> Theorem:
    """0 < q everywhere |- p vanishes wherever q does: there is no such place."""
    u, v = app("u of", variable), app("v of", variable)
    place, sign = sym("unused"), (forall(variable, lt(0, v)),)
    gone = congruence(u * place / v, place, assume(eq(v, 0)))
    nothing = chain(algebra(u, u * v / v, sign), gone, algebra(u * 0 / v, num(0), sign))
    general = generalize(nothing, variable, eq(v, 0))
    return instantiate_function(instantiate_function(general, "u of", (variable,), p), "v of", (variable,), q)
