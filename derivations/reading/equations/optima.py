r"""Optima: max_\theta A >= max_\theta B, argmin_\theta A = argmax_\theta B, and what minimises a mean squared error.

An optimum over theta is the body where theta has one value only, so that a claim about optima is one about the bodies:
what holds of these for every theta holds of the optima, and what fails of these fails for that choice of theta. The
argument of an optimum is the same for A, a multiple of A and A plus what is free of theta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, app, num, sym
from derivations.reading.averages.expectations import form
from derivations.reading.laws.forms import Form, NotLinear, plus
from derivations.reading.notation.coordinates import walk
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

ARGUMENTS, VALUES = frozenset({"argmin", "argmax"}), frozenset({"min", "max"})
DATA = ("data", "d", "D", "star", "true", "0")  # labels of the law of the data
COUNTS = frozenset({"n", "N", "m", "M", "K"})
Link = Callable[[Term, Term, str], Judgement]


def parts(t: Term) -> tuple[str, str, Term] | None:
    """What an optimum is, over what, and of what; None for another term."""
    if t.op != "app" or t.args[0] != "optimum":
        return None
    kind, _, over = str(t.args[2].args[0]).partition(" ")
    return kind, over, t.args[1]


def judge(lhs: Term, rhs: Term, relation: str, link: Link) -> Judgement | None:
    """The verdict on a relation between optima, or between one and a conditional mean; None for another one."""
    a, b = parts(lhs), parts(rhs)
    if a is not None and b is not None and a[1] == b[1]:
        return _of_two(a, b, relation, link)
    if relation in ("=", ":=") and (a is None) != (b is None):
        return _least_squares(*(a or b or ("", "", lhs)), rhs if b is None else lhs)
    return None


def _of_two(a: tuple[str, str, Term], b: tuple[str, str, Term], relation: str, link: Link) -> Judgement | None:
    if a[0] == b[0] and a[0] in VALUES:
        found = link(a[2], b[2], relation)
        if found.verdict == "proved":
            return replace(found, message=f"for every {a[1] or 'choice'}: {found.message}")
        return found if found.verdict == "refuted" else None
    if relation != "=" or not {a[0], b[0]} <= ARGUMENTS:
        return None
    if a[0] == b[0]:
        found = link(a[2], b[2], relation)
        if found.verdict == "proved":
            return found
    return _monotone(a, b, link) or _of_arguments(a, b)


def _monotone(a: tuple[str, str, Term], b: tuple[str, str, Term], link: Link) -> Judgement | None:
    """The verdict where one optimum is of a logarithm of what the other one is of, or of minus it."""
    logs = [t for t in (a[2], b[2]) for p in walk(t) if p.op == "log"]
    (up, one), (down, other) = (_undone(t) for t in (a[2], b[2]))
    if not logs or (one != other and link(one, other, "=").verdict != "proved"):
        return None
    if (up == down) == (a[0] == b[0]):
        return Judgement("proved", "", "the logarithm grows with what it is of")
    said = "the logarithm grows with what it is of: the one is least where the other is greatest"
    witness = {"the parameters": "any two for which these differ"}
    return Judgement("refuted", "", said, witness=witness, values=(a[0], b[0]))


def _undone(t: Term) -> tuple[bool, Term]:
    """Whether a body grows with the one inside its sign and its logarithm, and that one."""
    if t.op == "neg":
        up, inside = _undone(t.args[0])
        return not up, inside
    if t.op == "mul" and len(t.args) == 2 and (sign := _sign(t.args[0])):
        up, inside = _undone(t.args[1])
        return up == (sign > 0), inside
    if t.op == "sum" and t.args[-1].op == "log":
        return True, Term("prod", (*t.args[:-1], t.args[-1].args[0]), t.sort)
    return (True, t.args[0]) if t.op == "log" else (True, t)


def _sign(t: Term) -> int:
    """1 or -1 for a number, or for one over how many there are; 0 for any other term."""
    counted = t.op == "div" and t.args[1].op == "sym" and str(t.args[1].args[0]) in COUNTS
    top = t.args[0] if counted else t
    return (top.args[0] > 0) - (top.args[0] < 0) if top.op == "num" else 0


def _of_arguments(a: tuple[str, str, Term], b: tuple[str, str, Term]) -> Judgement | None:
    """Whether two sums of log-densities have the same optimum in the parameters of p: one is a multiple of
    the other, up to what is free of these.
    """
    try:
        one, other = (_in_parameters(form(_spelled(t))) for t in (a[2], b[2]))
    except (NotLinear, UnreadError):
        return None
    if not one or set(one) != set(other):
        return None
    ratios = {one[k] / other[k] for k in one}
    if len(ratios) != 1:
        return None
    same = (ratios.pop() > 0) == (a[0] == b[0])
    if same:
        return Judgement("proved", "kl.cross_entropy", "they differ by a factor and by what is free of the parameters")
    said = "up to what is free of the parameters the one is least where the other is greatest"
    witness = {"the parameters": "any two for which these differ"}
    return Judgement("refuted", "kl.cross_entropy", said, witness=witness, values=(a[0], b[0]))


def _in_parameters(f: Form) -> Form:
    """The terms of a form that depend on the model p."""
    return plus(({a: k for a, k in f.items() if a.owner == "p"}, Fraction(1)))


def _spelled(t: Term) -> Term:
    """The term with the law of the data as q, and with a bare p_theta beside it as the density of the same variable."""
    variables = [p.args[1] for p in walk(t) if p.op == "app" and "(" in str(p.args[0]) and len(p.args) == 2]
    x = variables[0] if variables else sym("x", ("vec", sym("d", ("int",))))
    return _with_owners(t, x)


def _with_owners(t: Term, x: Term) -> Term:
    if t.op == "sym":
        name = str(t.args[0]).removeprefix("law ").rpartition("~")[2]
        owner = _owner(name)
        return app(f"{owner}({x.args[0]})", x) if owner else t
    args = tuple(_with_owners(a, x) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and "(" in str(t.args[0]):
        head, _, shape = str(t.args[0]).partition("(")
        owner = _owner(head)
        return app(f"{owner}({shape}", *args[1:], sort=t.sort) if owner else t
    return t if args == t.args else rebuild(t, args)


def _owner(name: str) -> str:
    """q for the law of the data, p_theta for that of a model, "" for another name."""
    head, _, label = name.replace("{", "").replace("}", "").replace("^", "_").partition("_")
    if head not in ("p", "q", "P"):
        return ""
    if label in ("theta", "phi", "psi"):
        return f"{head.lower()}_{label}" if head != "q" else ""
    return "q" if label in DATA or label.startswith("data") else ""


def _least_squares(kind: str, over: str, body: Term, value: Term) -> Judgement | None:
    """argmin_f E|y - f(x)|^2 = E[y | x]."""
    if kind != "argmin" or body.op != "app" or body.args[0] != "E" or value.op != "app" or value.args[0] != "E|":
        return None
    inside = body.args[1]
    squared = inside.op == "norm2" or (inside.op == "pow" and inside.args[1] == num(2))
    gap = inside.args[0] if squared else inside
    if gap.op != "add" or len(gap.args) != 2:
        return None
    for f, y in _ways(gap):
        if f.op == "app" and str(f.args[0]) == over and f not in walk(y):
            if value.args[1] == y and set(value.args[2:]) == set(f.args[1:]):
                return Judgement("proved", "", "the conditional mean has the least mean squared error")
            return Judgement("undecided", message=f"the least squares of {over} are another conditional mean")
    return None


def _ways(gap: Term) -> Iterator[tuple[Term, Term]]:
    """y - f or f - y as (f, y), either way round."""
    a, b = gap.args
    for one, other in ((a, b), (b, a)):
        if other.op == "neg":
            yield one, other.args[0]
            yield other.args[0], one


__all__ = ["judge", "parts"]
