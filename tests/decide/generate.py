"""Random pairs of expressions for fuzzing: true rewrites, single edits of them, and strangers.

Everything is a function of a `random.Random`, so that a campaign can be repeated from its seed, and so that Hypothesis
can drive it. Positive terms are known by their shape: `positive` is what the rewrites rely on.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import (
    INT,
    Term,
    add,
    div,
    exp,
    function,
    log,
    mul,
    neg,
    num,
    power,
    sqrt,
    sum_,
    sym,
)  # fmt: skip

WORDS = {"a": "unit", "b": "unit", "s": "positive", "r": "positive", "x": "real", "y": "real"}
UNIT = [sym("a"), sym("b")]
POSITIVE = [sym("s"), sym("r")]
REAL = [sym("x"), sym("y")]
SMALL = [num(Fraction(p, q)) for p, q in ((1, 1), (2, 1), (3, 1), (1, 2), (3, 2), (1, 3), (4, 1), (6, 1))]
EXPONENTS = [
    Fraction(p, q) for p, q in ((1, 2), (1, 3), (1, 4), (3, 2), (2, 3), (-1, 2), (2, 1), (3, 1), (-1, 1), (-2, 1))
]

Rewrite = Callable[[random.Random, Term], "Term | None"]


def positive(t: Term) -> bool:
    """Whether the shape of a term makes it positive on the domain."""
    if t.op == "num":
        return bool(t.args[0] > 0)
    if t.op == "sym":
        return t in UNIT or t in POSITIVE
    if t.op in ("add", "mul", "div"):
        return all(map(positive, t.args)) or (t.op == "add" and t.args[0] == num(1) and _unit(t.args[1:]))
    return t.op == "exp" or (t.op in ("sqrt", "pow") and positive(t.args[0]))


def _unit(rest: tuple[Term, ...]) -> bool:
    """Whether 1 + rest is 1 minus a product of numbers between 0 and 1."""
    if len(rest) != 1 or rest[0].op != "neg":
        return False
    inside = rest[0].args[0]
    return all(f in UNIT for f in (inside.args if inside.op == "mul" else (inside,)))


def a_positive(rng: random.Random, depth: int) -> Term:
    """A term that is positive by its shape."""
    if depth == 0:
        return rng.choice([*UNIT, *POSITIVE, *SMALL, add(1, neg(rng.choice(UNIT))), add(1, neg(mul(*UNIT)))])
    u, v = a_positive(rng, depth - 1), a_positive(rng, rng.randrange(depth))
    return rng.choice([
        lambda: add(u, v), lambda: mul(u, v), lambda: div(u, v), lambda: sqrt(u), lambda: mul(v, sqrt(u)),
        lambda: power(u, num(rng.choice(EXPONENTS))), lambda: exp(a_real(rng, depth - 1)), lambda: div(1, add(1, u)),
    ])()  # fmt: skip


def a_real(rng: random.Random, depth: int) -> Term:
    """A term that is defined on the whole domain."""
    if depth == 0:
        return rng.choice([*REAL, *UNIT, *POSITIVE, *SMALL, neg(rng.choice(REAL))])
    u, v, p = a_real(rng, depth - 1), a_real(rng, rng.randrange(depth)), a_positive(rng, depth - 1)
    i = sym("i", INT)
    return rng.choice([
        lambda: add(u, v), lambda: add(u, neg(v)), lambda: mul(u, v), lambda: div(u, p), lambda: log(p),
        lambda: function("sin", u), lambda: function("cos", u), lambda: power(u, rng.choice((2, 3))), lambda: p,
        lambda: mul(p, u), lambda: sum_(i, 0, rng.choice((1, 2)), add(u, mul(i, v))), lambda: sqrt(power(u, 2)),
    ])()  # fmt: skip


def subterms(t: Term) -> list[Term]:
    """Every scalar part of a term that is not under a binder."""
    inner = () if t.op in ("sum", "prod") else t.args
    return [t, *(s for a in inner if isinstance(a, Term) for s in subterms(a))]


def replaced(t: Term, old: Term, new: Term) -> Term:
    """The first occurrence of a part replaced."""
    done = False

    def go(u: Term) -> Term:
        nonlocal done
        if done:
            return u
        if u is old:
            done = True
            return new
        if u.op in ("sum", "prod"):
            return u
        return rebuild(u, tuple(go(a) if isinstance(a, Term) else a for a in u.args))

    return go(t)


def _shuffled(rng: random.Random, t: Term) -> Term | None:
    if t.op not in ("add", "mul"):
        return None
    args = list(t.args)
    rng.shuffle(args)
    return rebuild(t, tuple(args))


def _distributed(rng: random.Random, t: Term) -> Term | None:
    if t.op == "mul" and t.args[-1].op == "add":
        return add(*[mul(*t.args[:-1], a) for a in t.args[-1].args])
    return None


def _expanded(rng: random.Random, t: Term) -> Term | None:
    w = a_positive(rng, 1)
    return rng.choice([div(mul(t, w), w), add(t, w, neg(w)), mul(div(t, w), w), neg(neg(t)), div(1, div(1, w)) * t / w])


def _positive_forms(rng: random.Random, t: Term) -> Term | None:
    if not positive(t):
        return None
    q = abs(rng.choice(EXPONENTS))
    return rng.choice([
        exp(log(t)), power(sqrt(t), 2), sqrt(power(t, 2)), power(power(t, num(q)), num(1 / q)),
        exp(log(power(t, 2)) / 2), power(div(1, sqrt(t)), -2),
    ])  # fmt: skip


def _split(rng: random.Random, t: Term) -> Term | None:
    """A function of a product or sum, opened by its law."""
    u = t.args[0] if t.args and isinstance(t.args[0], Term) else None
    if u is None:
        return None
    if t.op in ("sqrt", "log") and u.op in ("mul", "div") and all(map(positive, u.args)):
        parts = [function(t.op, a) for a in u.args]
        if t.op == "sqrt":
            return mul(*parts) if u.op == "mul" else div(*parts)
        return add(*parts) if u.op == "mul" else add(parts[0], neg(parts[1]))
    if t.op == "exp" and u.op == "add":
        return mul(*map(exp, u.args))
    if t.op in ("sin", "cos") and u.op == "add":
        v, w = u.args[0], add(*u.args[1:])
        (sv, cv), (sw, cw) = ((function("sin", q), function("cos", q)) for q in (v, w))
        return add(mul(sv, cw), mul(cv, sw)) if t.op == "sin" else add(mul(cv, cw), neg(mul(sv, sw)))
    if t.op == "pow" and t.args[1].op == "num" and t.args[1].args[0] in (2, 3):
        return mul(*[u] * int(t.args[1].args[0]))
    return None


def _trigonometric(rng: random.Random, t: Term) -> Term | None:
    if t == num(1):
        u = rng.choice([*REAL, *UNIT])
        return add(power(function("sin", u), 2), power(function("cos", u), 2))
    if t.op in ("sin", "cos"):
        half = t.args[0] / 2
        s, c = function("sin", half), function("cos", half)
        return mul(2, s, c) if t.op == "sin" else rng.choice([1 - 2 * s**2, 2 * c**2 - 1])
    return None


def _rationalised(rng: random.Random, t: Term) -> Term | None:
    """1/(1 + sqrt u) for a u between 0 and 1, with the root moved up."""
    if t.op == "div" and t.args[1].op == "add" and t.args[1].args[0] == num(1) and len(t.args[1].args) == 2:
        root = t.args[1].args[1]
        if root.op == "sqrt" and root.args[0] in UNIT:
            return div(mul(t.args[0], add(1, neg(root))), add(1, neg(root.args[0])))
    return None


REWRITES: list[Rewrite] = [
    _shuffled, _distributed, _expanded, _positive_forms, _positive_forms, _split, _split, _trigonometric, _rationalised,
]  # fmt: skip


def rewritten(rng: random.Random, t: Term, steps: int) -> Term:
    """A term that equals t on the domain."""
    for _ in range(steps):
        part = rng.choice(subterms(t))
        new = rng.choice(REWRITES)(rng, part)
        if new is not None and t.size + new.size < 160:
            t = replaced(t, part, new)
    return t


def edited(rng: random.Random, t: Term) -> Term:
    """t with one edit: a sign, a number, a symbol, a root, a function, an exponent or the order of a quotient."""
    part = rng.choice(subterms(t))
    choices: list[Term] = [
        neg(part),
        add(part, rng.choice(SMALL)),
        mul(2, part),
        mul(part, rng.choice(UNIT)),
        power(part, 2),
    ]
    if part.op == "sym":
        choices += [s for s in [*UNIT, *POSITIVE, *REAL] if s != part]
    if positive(part):
        choices += [sqrt(part), sqrt(part), log(part)]
    if part.op == "sqrt":
        choices += [part.args[0]] * 3
    if part.op in ("sin", "cos"):
        choices.append(function("cos" if part.op == "sin" else "sin", part.args[0]))
    if part.op == "div":
        choices.append(div(part.args[1], part.args[0]))
    if part.op == "add":
        choices += [add(*part.args[:-1]), add(*part.args[:-1], neg(part.args[-1]))]
    if part.op == "mul":
        choices.append(mul(*part.args[:-1]))
    return replaced(t, part, rng.choice(choices))


def pair(rng: random.Random, depth: int = 3) -> tuple[str, Term, Term]:
    """(kind, lhs, rhs): "true" by construction, "edited" (mostly false), or "strangers"."""
    t = rng.choice([a_real, a_positive])(rng, rng.randint(1, depth))
    kind = rng.choice(("true", "true", "edited", "edited", "strangers"))
    other = rewritten(rng, t, rng.randint(1, 6))
    if kind == "edited":
        other = edited(rng, other)
    if kind == "strangers":
        other = rng.choice([a_real, a_positive])(rng, rng.randint(1, 2))
    return (kind, t, other) if rng.random() < 0.5 else (kind, other, t)
