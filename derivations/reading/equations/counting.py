"""Steps that are counted in another way: from zero, or with what belongs to a step named after the state before it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, num, prod_
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import canonical, split_index

OF_A_STEP = frozenset({"alpha", "beta"})  # what belongs to a step, where alpha_bar and the state belong to its end
OF_A_POSTERIOR = frozenset({"beta_tilde", "mu_tilde"})
COUNTED_BEFORE = "true with the schedule of a step counted from the earlier state"
COUNTED_FROM_ZERO = (
    (0, "true where the factor of step 0 is 1: it adds no noise"),
    (1, "true with the factors counted from 0, so that the first step has the factor 0"),
)


def counted_before(lhs: Term, rhs: Term) -> Iterator[tuple[Term, Term]]:
    """The sides with what belongs to a step one later, where alpha_t and beta_t belong to the step from t to t + 1, as
    in alpha_bar_{t+1} = alpha_t alpha_bar_t; the mean and the variance of the posterior too, or not. Nothing of another
    equation.
    """
    named = [p for t in (lhs, rhs) for p in walk(t) if p.op == "app" and len(p.args) == 2 and is_scalar(p.args[1])]
    steps = {split_index(p.args[1]) for p in named if p.args[0] in OF_A_STEP}
    ends = {split_index(p.args[1]) for p in named if p.args[0] == "alpha_bar" or not is_scalar(p)}
    step = steps.pop() if len(steps) == 1 else None
    if step is None or step[0] is None or step[1] != 0 or (step[0], Fraction(1)) not in ends:
        return
    yield _later(lhs, step[0], OF_A_STEP), _later(rhs, step[0], OF_A_STEP)
    if any(p.op == "app" and p.args[0] in OF_A_POSTERIOR for t in (lhs, rhs) for p in walk(t)):
        yield _later(lhs, step[0], OF_A_STEP | OF_A_POSTERIOR), _later(rhs, step[0], OF_A_STEP | OF_A_POSTERIOR)


def counted_from_zero(t: Term) -> Iterator[tuple[Term, str]]:
    """A product that begins at step 0 as one that begins at step 1, in either way of counting, and which it is."""
    if t.op == "prod" and t.args[1] == num(0):
        for more, why in COUNTED_FROM_ZERO:
            yield prod_(t.args[0], num(1), canonical(add(t.args[2], num(more))), t.args[3]), why


def _later(t: Term, step: Term, names: frozenset[str]) -> Term:
    """A term with what belongs to the step one later, and a network of the state behind it at that state's time."""
    after = canonical(add(step, num(1)))
    args = tuple(_later(a, step, names) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] in names and args[1] == step:
        args = (args[0], after, *args[2:])
    elif t.op == "app" and len(args) > 2 and args[2] == step and app(DATA, after, sort=t.sort) == args[1]:
        args = (*args[:2], after, *args[3:])
    return t if args == t.args else rebuild(t, args)


__all__ = ["COUNTED_BEFORE", "counted_before", "counted_from_zero"]
