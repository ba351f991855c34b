"""Orders in a small step, f(h) = O(h^n), and limits, of what is written out: by Taylor's theorem, and at infinity where
only decaying exponentials see the variable. A limit at 0 of f(h) / h^m is the m-th coefficient of f.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from derivations.kernel.calculus import derivative, vector_derivative
from derivations.kernel.equality import order
from derivations.kernel.series import taylor
from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import Term, TermError, add, div, is_scalar, lt, mul, neg, num, power, sym
from derivations.kernel.theorem import RuleError
from derivations.language.question import ask
from derivations.reading.equations.compare import equal, numbered
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.terms.deltas import TIMES
from derivations.reading.verdict import Judgement

BIG = frozenset({"O", "cal O"})
STEPS = frozenset({"h", "Delta", "delta", "eps", "eta", "tau", "dt"})  # what tends to 0; n in O(n) does not
MOST = 6  # the highest order that is looked at
EXPLICIT = frozenset({"exp", "sqrt", "log", "div", "sin", "cos"})
TAYLOR = "by Taylor's theorem"


def judge(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The verdict on a = b + O(h^n), or on a limit; None for another equation, or one that is not written out."""
    lhs, rhs = steps(lhs), steps(rhs)
    try:
        if lhs.op == "app" and lhs.args[0] == "lim":
            return _limit(lhs, rhs, domains)
        return _order(lhs, rhs, domains)
    except (TermError, ValueError, ZeroDivisionError):  # a refusal of a rule is a ValueError
        return None


def steps(t: Term) -> Term:
    """The term with the size of a step, Delta t, as one letter."""
    if t.op == "mul":
        args = list(t.args)
        for k, (first, second) in enumerate(pairwise(args)):
            base, exponent = second.args if second.op == "pow" else (second, num(1))
            if first == sym("Delta") and base.op == "sym" and base.args[0] in TIMES:
                rest = [steps(a) for a in (*args[:k], *args[k + 2 :])]
                h = sym("dt") if exponent == num(1) else power(sym("dt"), exponent)
                return mul(*rest, h) if rest else h
    return rebuild(t, tuple(steps(a) if isinstance(a, Term) else a for a in t.args))


def _order(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    parts = rhs.args if rhs.op == "add" else (rhs,)
    found = [(p, step) for p in parts if (step := _step(p)) is not None]
    if len(found) != 1 or lhs.op in ("sym", "app"):
        return None
    big, step = found[0]
    h, n = (step.args[0], step.args[1]) if step.op == "pow" else (step, num(1))
    if h.op != "sym" or h.args[0] not in STEPS or n.op != "num" or n.args[0] not in range(1, MOST + 1):
        return None
    rest = [neg(p) for p in parts if p is not big]
    body = add(lhs, *rest) if rest else lhs
    if hidden(body, h) or not any(p.op in EXPLICIT and h in p.free for p in walk(body)):
        return None
    facts = _facts(body, domains, h)
    if _is_small(h, int(n.args[0]), body, facts):
        return Judgement("proved", message=TAYLOR)
    for k in range(int(n.args[0])):
        at = coefficient(body, h, k)
        answer = equal(at, mul(num(0), at), domains)
        if answer.status == "refuted":
            said = f"the derivative of order {k} at 0 of the difference is not 0: {answer.reason}"
            return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)
        if answer.status != "proved":
            return None
    return None


def _step(t: Term) -> Term | None:
    """h^n of O(h^n), which is read as a product or as a function; None for another term."""
    if t.op == "app" and t.args[0] in BIG and len(t.args) == 2 and isinstance(t.args[1], Term):
        return t.args[1]
    return t.args[1] if t.op == "mul" and len(t.args) == 2 and t.args[0].args[0] in BIG else None


def _limit(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    body, below = lhs.args[1], str(lhs.args[2].args[0]).removeprefix("lim ").replace("Delta t", "dt")
    name, _, end = below.partition(" -> ")
    variables = [s for s in body.free if s.args[0] == name and is_scalar(s)]
    if len(variables) != 1 or not is_scalar(body) or not is_scalar(rhs) or hidden(body, variables[0]):
        return None
    x = variables[0]
    value = {"infinity": _at_infinity, "0": _at_zero}.get(end.split("^")[0], _nowhere)(body, x, domains)
    if value is None:
        return None
    answer = equal(value, rhs, domains)
    if answer.status == "proved":
        return Judgement("proved", message=TAYLOR if end != "infinity" else "the exponentials tend to 0")
    if answer.status == "refuted" and not rhs.free - value.free:
        said = f"the limit is another one: {answer.reason}"
        return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _nowhere(body: Term, x: Term, domains: Mapping[str, str]) -> None:
    """Other ends are not looked at."""


def _at_infinity(body: Term, x: Term, domains: Mapping[str, str]) -> Term | None:
    """The body where every exp(-c x), c > 0, is 0; None when x stands elsewhere, or the value is not defined there."""
    if body.op == "exp" and x in body.args[0].free:
        rate = derivative(body.args[0], x, [])
        if x in rate.free or not _positive(neg(rate), domains):
            return None
        return num(0)
    if body == x:
        return None
    args = tuple(_at_infinity(a, x, domains) if isinstance(a, Term) else a for a in body.args)
    if any(a is None for a in args) or (x in body.free and body.op not in ("add", "mul", "neg", "pow", "div", "sqrt")):
        return None
    inside = args[-1]
    if body.op in ("div", "sqrt") and x in body.args[-1].free and not (inside and _positive(inside, domains)):
        return None
    return rebuild(body, args)


def _at_zero(body: Term, x: Term, domains: Mapping[str, str]) -> Term | None:
    """The limit at 0 of f(x) / x^m: the m-th coefficient of f, when those before are 0."""
    top, m = body, 0
    if body.op == "div":
        top, below = body.args
        exponent = below.args[1] if below.op == "pow" and below.args[0] == x else num(1 if below == x else 0)
        if exponent.op != "num" or exponent.args[0] not in range(1, MOST + 1):
            return None
        m = int(exponent.args[0])
    if not _is_small(x, m, top, _facts(top, domains, x)):
        return None
    if not _is_small(x, m + 1, add(top, neg(mul(coefficient(top, x, m), power(x, m)))), _facts(top, domains, x)):
        return None
    return coefficient(top, x, m)


def coefficient(t: Term, x: Term, k: int) -> Term:
    """The k-th Taylor coefficient at 0."""
    factorial = 1
    for j in range(k):
        t = derivative(t, x, []) if is_scalar(t) else vector_derivative(t, x, [])
        factorial *= j + 1
    return div(substitute(t, {x: num(0)}), factorial)


def _is_small(h: Term, n: int, body: Term, facts: tuple[Term, ...]) -> bool:
    try:
        taylor(h, n, body, facts)
    except RuleError:
        return False
    return True


def hidden(t: Term, x: Term) -> bool:
    """Whether a function of which nothing is known, or a binder, sees the variable."""
    return any(p.op in ("app", "int", "sum", "prod", "diff", "grad", "divg") and x in p.free for p in walk(t))


def _facts(t: Term, domains: Mapping[str, str], x: Term) -> tuple[Term, ...]:
    """What the domains say of the names of a term, apart from the variable."""
    (flat,), words = numbered((t,), {**COMMON_DOMAINS, **domains})
    return tuple(f for f in ask(flat, num(0), words, ()).hypotheses if x not in f.free)


def _positive(t: Term, domains: Mapping[str, str]) -> bool:
    (flat,), words = numbered((t,), {**COMMON_DOMAINS, **domains})
    try:
        order(lt(num(0), flat), tuple(ask(flat, num(0), words, ()).hypotheses))
    except RuleError:
        return False
    return True


__all__ = ["judge"]
