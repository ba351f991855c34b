"""Cases of the chapter on latent variables, for laws on finitely many points.

The theorems speak of any densities. Read with the counting measure in place of Lebesgue's, they speak of tables of
probabilities; then every integral is a finite sum and every reference an exact rational or a sum of logarithms.
"""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq
from hypothesis import strategies as st

from derivations.evidence import arithmetic as numbers
from derivations.kernel.terms import Term, log
from tests.twins.cases.common import Addends, at, twin
from tests.twins.cases.quoting import letter, meanings, stated
from tests.twins.points import Kind, probabilities, table
from tests.twins.reference import Reference, Value

POINTS = {"n": (2, 3, 5)}
law = probabilities("n")
log_table = table(st.floats(-8, 0), "n")


def normalised(row: list[Value]) -> list[Value]:
    """A law from a table that may be off by rounding: the theorem is about laws."""
    total = sum(row)
    return [v / total for v in row]


def table_of(rows: Any) -> Any:
    """A function of points that are numbered 0, 1, ..., from its table."""

    def entry(*point: Value) -> Value:
        value = rows
        for k in point:
            value = value[int(k)]
        return value

    return entry


def over(n: int) -> list[fmpq]:
    """The points of a finite set."""
    return [fmpq(k) for k in range(n)]


def _two_laws(theorem: Term, p: list[Value], q: list[Value]) -> Reference:
    p, q = normalised(p), normalised(q)
    return at(theorem, functions={"p": table_of(p), "q": table_of(q)}, ranges={letter(theorem, "x"): over(len(p))})


@twin("kl.nonneg", p=law, q=probabilities("n", near="p"), sizes=POINTS)
def kl(bench, p, q):
    theorem = stated("kl.nonneg", "nonneg")
    value = _two_laws(theorem, p, q)(theorem.args[1])
    assert not value < 0
    return [value]


@twin("kl.cross_entropy", p=law, q=probabilities("n", near="p"), sizes=POINTS)
def kl_by_cross_entropy(bench, p, q):
    """A difference of two numbers, each with its own unit: this form loses the digits that kl.nonneg keeps."""
    theorem = stated("kl.cross_entropy")
    ev = _two_laws(theorem, p, q)
    bench.right(ev, theorem)
    return [Addends(ev.addends(theorem.args[1]))]


@twin("kl.cross_entropy", "cross_entropy", p=law, q=law, sizes=POINTS)
def cross_entropy(bench, p, q):
    theorem = stated("kl.cross_entropy")
    return [_two_laws(theorem, p, q)(theorem.args[1].args[0])]


@twin("kl.cross_entropy", "entropy", p=law, sizes=POINTS)
def entropy(bench, p):
    theorem = stated("kl.cross_entropy")
    return [_two_laws(theorem, p, p)(theorem.args[1].args[1].args[0])]


@twin("kl.chain", p_xy=probabilities("m", "n"), q_xy=probabilities("m", "n", near="p_xy"), sizes={"m": (1, 2, 3), "n": (2, 3)})
def kl_chain(bench, p_xy, q_xy):
    theorem = stated("kl.chain")
    functions = {}
    for name, rows in (("p", p_xy), ("q", q_xy)):
        total = sum(map(sum, rows))
        rows = [[v / total for v in row] for row in rows]
        functions |= {name: table_of([sum(row) for row in rows]), f"{name}_xy": table_of(rows)}
        functions[f"{name}_y_given_x"] = lambda y, x, rows=rows: rows[int(x)][int(y)] / sum(rows[int(x)])
    ranges = {letter(theorem, "x"): over(len(p_xy)), letter(theorem, "y"): over(len(p_xy[0]))}
    ev = at(theorem, functions=functions, ranges=ranges)
    bench.right(ev, theorem)
    return [ev(a) for a in theorem.args[1].args]


@twin("lvm.marginal", log_p_x_given_z=log_table, log_p_z=log_table, sizes=POINTS, symmetric=(("log_p_x_given_z", "log_p_z"),))
def log_marginal(bench, log_p_x_given_z, log_p_z):
    theorem = stated("lvm.marginal", "average")
    likelihood, prior = ([numbers.exp(v) for v in row] for row in (log_p_x_given_z, log_p_z))
    functions = {"p_x_given_z": lambda x, z: likelihood[int(z)], "p_z": table_of(prior),
                 "p_xz": lambda x, z: likelihood[int(z)] * prior[int(z)], "p_x": meanings("lvm.marginal", "average")["p_x"]}  # fmt: skip
    ev = at(theorem, functions=functions, ranges={letter(theorem, "z"): over(len(prior))}, x=fmpq(0))
    return [numbers.log(bench.right(ev, theorem))]


@twin("lvm.bayes", log_p_xz=log_table, log_p_z_given_x=log_table, sizes=POINTS)
def log_marginal_by_bayes(bench, log_p_xz, log_p_z_given_x):
    theorem = stated("lvm.bayes")
    functions = {"p_xz": lambda x, z: numbers.exp(log_p_xz[int(z)]), "p_z_given_x": lambda z, x: numbers.exp(log_p_z_given_x[int(z)])}
    side = log(theorem.args[1])
    return [[at(side, functions=functions, x=fmpq(0), z=z)(side) for z in over(len(log_p_xz))]]


def _latent(theorem: Term, q: list[Value], joint: list[Value], **more: Any) -> Reference:
    """One picture x and the latents z: the encoder q, the joint table, and what follows from it."""
    q, evidence = normalised(q), sum(joint)
    functions = {"q_z_given_x": lambda z, x: q[int(z)], "p_xz": lambda x, z: joint[int(z)], "p_x": lambda x: evidence,
                 "p_z_given_x": lambda z, x: joint[int(z)] / evidence, **more}  # fmt: skip
    return at(theorem, functions=functions, ranges={letter(theorem, "z"): over(len(q))}, x=fmpq(0))


@twin("elbo.jensen", q_z_given_x=law, log_p_xz=log_table, sizes=POINTS)
def elbo(bench, q_z_given_x, log_p_xz):
    theorem = stated("elbo.jensen")
    ev = _latent(theorem, q_z_given_x, [numbers.exp(v) for v in log_p_xz])
    below, above = (ev(side) for side in theorem.args)
    assert not below > above
    return [below]


@twin("elbo.gap", q_z_given_x=law, log_p_xz=log_table, sizes=POINTS)
def elbo_gap(bench, q_z_given_x, log_p_xz):
    theorem = stated("elbo.gap")
    ev = _latent(theorem, q_z_given_x, [numbers.exp(v) for v in log_p_xz])
    bench.right(ev, theorem)
    return [ev(theorem.args[1].args[1])]


@twin("elbo.rec_kl", q_z_given_x=law, log_p_x_given_z=log_table, log_p_z=Kind(
    lambda draw, sizes, drawn: [math.log(v) for v in law.draw(draw, sizes, drawn)]), sizes=POINTS)  # fmt: skip
def elbo_terms(bench, q_z_given_x, log_p_x_given_z, log_p_z):
    theorem = stated("elbo.rec_kl")
    likelihood, prior = [numbers.exp(v) for v in log_p_x_given_z], normalised([numbers.exp(v) for v in log_p_z])
    joint = [a * b for a, b in zip(likelihood, prior, strict=True)]
    ev = _latent(theorem, q_z_given_x, joint, p_x_given_z=lambda x, z: likelihood[int(z)], p_z=lambda z: prior[int(z)])
    bench.right(ev, theorem)
    reconstruction, divergence = theorem.args[1].args
    return [ev(reconstruction), ev(divergence.args[0])]
