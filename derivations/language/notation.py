"""The one notation of the corpus, declared once: symbols, functions, how they print, what they mean.

Time runs from data (0) to noise (T). Vectors live in R^d for a symbolic d; N(x; m, S) takes a covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.kernel.terms import INT, MEASURE, REAL, Like, Mat, Sort, Term, Vec, app, conj, eye, forall, le, lt, sym
from derivations.language.latex import declare_function, declare_symbol, latex


@dataclass(frozen=True)
class Notation:
    """One line of the notation table: the term, its ASCII spelling in code, what it means and its domain in words."""

    term: Term
    ascii: str
    meaning: str
    domain: str


TABLE: list[Notation] = []


def note(term: Term, ascii: str, meaning: str, domain: str, tex: str = "") -> Term:
    """Declare a symbol of the notation table and return it."""
    if tex and term.op == "sym":
        declare_symbol(term.args[0], tex)
    TABLE.append(Notation(term, ascii, meaning, domain))
    return term


d = note(sym("d", INT), "d", "the dimension of the data", "an integer, d ≥ 1")
m = sym("m", INT)
T = note(sym("T", INT), "T", "the number of steps of the chain", "an integer, T ≥ 1")
t = note(sym("t", INT), "t", "a step of the chain; 0 is data, T is noise", "an integer, 0 ≤ t ≤ T")
s, i, j, k = sym("s", INT), sym("i", INT), sym("j", INT), sym("k", INT)
theta = note(sym("theta"), "theta", "the parameters of the model", "any")


def vector(name: str, tex: str = "", dim: Term = d) -> Term:
    """A vector symbol of R^d."""
    if tex:
        declare_symbol(name, tex)
    return sym(name, Vec(dim))


def scalar(name: str, tex: str = "") -> Term:
    """A real symbol."""
    if tex:
        declare_symbol(name, tex)
    return sym(name)


def definite(name: str, dim: Term = d, tex: str = "") -> Term:
    """A symbol for a symmetric positive definite matrix."""
    if tex:
        declare_symbol(name, tex)
    return sym(name, Mat(dim, dim, "spd"))


def opaque(name: str, template: str, sort: Sort = REAL) -> Opaque:
    """An unspecified function with its printed form."""
    declare_function(name, template)
    return Opaque(name, sort)


@dataclass(frozen=True)
class Opaque:
    """An unspecified function: call it on terms."""

    name: str
    sort: Sort

    def __call__(self, *args: Like) -> Term:
        return app(self.name, *args, sort=self.sort)


I = eye(d)  # noqa: E741 - the field's name for the identity matrix
x_0 = note(vector("x_0"), "x_0", "a data point", "a vector of R^d")
x_t = note(vector("x_t"), "x_t", "the noisy point after t steps", "a vector of R^d")
x_prev = note(vector("x_t-1", r"\mathbf{x}_{t-1}"), "x_prev", "the noisy point one step before x_t", "a vector of R^d")
eps = note(vector("eps"), "eps", "standard Gaussian noise", "a vector of R^d")
x, y, z, u = vector("x"), vector("y"), vector("z"), vector("u")

_beta = opaque("beta", r"\beta_{{{0}}}")
_alpha = opaque("alpha", r"\alpha_{{{0}}}")
_alpha_bar = opaque("alpha_bar", r"\bar\alpha_{{{0}}}")
beta, alpha, alpha_bar = _beta, _alpha, _alpha_bar
note(beta(t), "beta_t", "the variance of the noise added in step t", "0 < β_t < 1 for t ≥ 1")
note(alpha(t), "alpha_t", "one minus β_t", "0 < α_t < 1 for t ≥ 1")
note(
    alpha_bar(t),
    "alpha_bar_t",
    "the product of α_1, …, α_t: how much signal variance is left",
    "0 < ᾱ_t < 1 for t ≥ 1, ᾱ_0 = 1",
)
eps_theta = opaque("eps_theta", r"\boldsymbol{{\epsilon}}_\theta({0},{1})", Vec(d))
note(eps_theta(x_t, t), "eps_theta", "the network's estimate of the noise in x_t", "a vector of R^d")
measure = MEASURE

# 0 < beta_s < 1 for every s >= 1: the standing hypothesis on the schedule
schedule = forall(s, conj(lt(0, beta(s)), lt(beta(s), 1)), le(1, s))

__all__ = ["TABLE", "Notation", "latex"]
