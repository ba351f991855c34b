"""The nearest true formula: a single change after which a false equation is true.

The changes are those that authors slip on: an index, a bar, a root, a square, a sign, a factor 2, a swapped letter, a
fraction upside down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, islice, zip_longest

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, TermError, add, app, div, is_scalar, mul, neg, num, power, sqrt, sym
from derivations.reading.equations import allowance
from derivations.reading.equations.choosing import names_in
from derivations.reading.equations.naming import STATES, is_density
from derivations.reading.equations.samples import Samples
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.unfolding import canonical, join_index, split_index

SLIP = "; it is true "  # begins what is said of a nearest true equation
CLAIM, OTHER = 400, 80  # how many changes are tried of a false claim, and of what is false only if a change mends it
LOOKED_AT = 800  # how many changes numbers are asked about
WORK = 60_000  # parts of formulas that are looked at: of those far larger than in the field fewer changes are tried
SWAPS = {
    "alpha": ("alpha_bar", "beta", "sigma"),
    "sigma": ("alpha",),
    "alpha_bar": ("alpha",),
    "beta": ("alpha", "beta_tilde"),
    "beta_tilde": ("beta",),
}
PLACES = {"sum": (0,), "prod": (0,), "int": (0,), "diff": (0, 2), "grad": (0, 2), "divg": (0, 2)}  # variables, where
SCHEDULED = frozenset({"alpha", "alpha_bar", "beta"})
KNOWN = frozenset({"alpha", "alpha_bar", "beta", "beta_tilde", "sigma", "pi", "d", "t", "s", "i", "T", "x", "eps"})
LEVELS, VECTORS, INDICES = frozenset({"alpha", "sigma", "alpha_bar"}), 4, 4
Edit = tuple[Term, str]


def nearest(
    lhs: Term, rhs: Term, true: Callable[[Term, Term], bool], most: int, both: bool = False, all_: bool = False
) -> str:
    """What to write instead, in words like "with ᾱ_{t-1} in place of ᾱ_t"; or nothing, when `most` changes do not help.
    `both`: the left side is no name, and may be changed; `all_`: of the changes after these the ones that numbers speak
    for are tried.

    A verdict may rest on what is found, so changes are counted, and no time is taken.
    """
    most = min(most, WORK // (lhs.size + rhs.size))
    computed = both or not (_bare(lhs) or (all_ and _bare(rhs)))
    samples, changes = Samples(), _both(lhs, rhs, computed, not all_)
    worked_out = lhs.op in ("diff", "int") and not any(p.op == "app" for p in walk(lhs))
    own = set() if worked_out else (names_in(lhs) | names_in(rhs)) - KNOWN
    for k, (left, right, words) in enumerate(islice(changes, LOOKED_AT if all_ else most)):
        try:
            if not own <= names_in(left) | names_in(right):
                continue  # without a quantity that its author has brought in, it is another equation
            if renames(left, right):
                continue
            with allowance.of_a_trial():
                if (k < most or samples.agree(left, right)) and true(canonical(left), canonical(right)):
                    return words
        except (TermError, ValueError):
            continue
    return ""


def renames(left: Term, right: Term) -> bool:
    """Whether an equation gives a multiple of a vector the name of another: it may be said, and makes nothing true."""
    if left.op != "sym" or is_scalar(left) or is_scalar(right):
        return False
    while right.op in ("neg", "mul", "div"):
        right = next(a for a in right.args if not is_scalar(a))
    return right.op in ("sym", "app") and left != right


def _both(lhs: Term, rhs: Term, both: bool, exchanged: bool) -> Iterator[tuple[Term, Term, str]]:
    """Single changes of an equation: of the step of a state alone on the left, then of the right side, and of the left
    one in turn where both are computed.
    """
    if lhs.op == "app" and len(lhs.args) == 2 and not is_scalar(lhs):
        for left, words in _index(lhs, ()):
            yield left, rhs, words
    if is_scalar(rhs) and rhs.op in ("mul", "div"):
        yield lhs, neg(rhs), "with the opposite sign"
    at = _indices(lhs, rhs)
    sides = [sorted(edits(t, at), key=_rank) for t in (rhs, lhs)] if both else [edits(rhs, at), ()]
    for right, left in zip_longest(*sides):
        if right is not None:
            yield lhs, right[0], right[1]
        if left is not None:
            yield left[0], rhs, f"{left[1]}, on the left"
    for p, q in _pairs(rhs) if exchanged else ():
        yield lhs, _exchanged(rhs, p, q), f"with {_shown(p)} and {_shown(q)} exchanged"
    if lhs.op == "app" and len(lhs.args) == 2 and is_scalar(lhs):
        yield from ((left, rhs, f"{words}, on the left") for left, words in _letter(lhs))


def _pairs(t: Term) -> Iterator[tuple[Term, Term]]:
    """Two that may have been taken for one another: the vectors of two terms of a sum, or the levels of one step."""
    found = dict.fromkeys(p for p in walk(t) if p.op in ("sym", "app"))
    vectors = [p for p in found if not is_scalar(p)]
    outer = [p for p in vectors if not any(p in q.args for q in vectors)]
    yield from combinations(outer[:VECTORS], 2)
    levels = [p for p in found if p.op == "app" and p.args[0] in LEVELS and len(p.args) == 2]
    yield from ((p, q) for p, q in combinations(levels, 2) if (p.args[0] == q.args[0]) != (p.args[1] == q.args[1]))


def _exchanged(t: Term, p: Term, q: Term) -> Term:
    """A term with one name in the places of another, and the other in its places."""
    if t in (p, q):
        return q if t == p else p
    args = tuple(_exchanged(a, p, q) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def _rank(edit: Edit) -> int:
    """Letters and indices first, then signs: there is a change for each place, and one of the others for each part."""
    return 0 if " in place of " in edit[1] else 1 if "sign" in edit[1] else 2


def _bare(t: Term) -> bool:
    """Whether a side is a name or a number, or a power or multiple of one."""
    while t.op in ("neg", "pow") or (t.op in ("mul", "div") and t.args[0].op == "num"):
        t = t.args[0] if t.op in ("neg", "pow") else t.args[1]
    return t.op in ("sym", "app", "num")


def _indices(*sides: Term) -> tuple[Term, ...]:
    """The steps that an equation speaks of, where they are few."""
    found = dict.fromkeys(p.args[1] for t in sides for p in walk(t) if p.op == "app" and len(p.args) == 2)
    steps = tuple(i for i in found if is_scalar(i) and i.op == "sym")
    return steps if len(steps) < INDICES else ()


def edits(t: Term, at: tuple[Term, ...] = ()) -> Iterator[Edit]:
    """Every single change of a term, where a name may be meant `at` another step: at the top first, then inside."""
    yield from _here(t, at)
    for k, a in enumerate(t.args):
        if not isinstance(a, Term) or (k in PLACES.get(t.op, ())):
            continue
        for changed, words in edits(a, at):
            if t.op == "app" and a.op == "sym" and " in place of " not in words:
                continue  # a time that a function has is turned round at most, and is no factor
            try:
                yield rebuild(t, (*t.args[:k], changed, *t.args[k + 1 :])), words
            except TermError:
                continue


def _here(t: Term, at: tuple[Term, ...]) -> Iterator[Edit]:
    if t.op == "app" and len(t.args) == 2 and is_scalar(t.args[1]):
        yield from _index(t, at)
        yield from _letter(t)
    if t.op == "num" and is_scalar(t) and abs(t.args[0]) > 1:
        yield num(1), f"without the {t.args[0]}"
    if t.op == "neg":
        yield t.args[0], "with the opposite sign"
    if t.op == "add":
        for k, a in enumerate(t.args):
            flipped = a.args[0] if a.op == "neg" else neg(a)
            yield rebuild(t, (*t.args[:k], flipped, *t.args[k + 1 :])), "with the opposite sign of one term"
        for k in range(len(t.args) if len(t.args) > 2 else 0):
            yield rebuild(t, (*t.args[:k], *t.args[k + 1 :])), f"without the term {_shown(t.args[k])}"
        for k in range(1, len(t.args) - 1):  # of what stood in one bracket
            flipped = tuple(a.args[0] if a.op == "neg" else neg(a) for a in t.args[k:])
            yield rebuild(t, (*t.args[:k], *flipped)), f"with the opposite sign of the last {len(flipped)} terms"
    if t.op in ("app", "sym", "add", "div", "mul") and is_scalar(t):
        if t.op != "mul" or all(a.op in ("app", "sym") for a in t.args):
            yield sqrt(t), f"with a root over {_shown(t)}"
            yield power(t, 2), f"with the square of {_shown(t)}"
        yield mul(2, t), f"with a factor 2 before {_shown(t)}"
        yield div(t, 2), f"with a factor 1/2 before {_shown(t)}"
    if t.op == "div" and all(map(is_scalar, t.args)):
        yield div(t.args[1], t.args[0]), f"with {_shown(t)} upside down"
    if t.op in ("grad", "diff") and (t.args[1].op == "log" or is_density(t.args[1])):
        logged = t.args[1].op == "log"
        body = t.args[1].args[0] if logged else Term("log", (t.args[1],), t.args[1].sort)
        yield rebuild(t, (t.args[0], body, t.args[2])), f"with{'out' if logged else ''} the logarithm"
    if t.op == "add" and len(t.args) == 2 and is_scalar(t) and t.args[0] == num(1) and t.args[1].op == "neg":
        yield t.args[1].args[0], f"with {_shown(t.args[1].args[0])} in place of {_shown(t)}"
    if t.op in ("sym", "app") and is_scalar(t) and (t == sym("t", t.sort) or t.args[0] in SCHEDULED):
        yield add(num(1), neg(t)), f"with 1 - {_shown(t)} in place of {_shown(t)}"
    if t.op == "exp":
        yield Term("exp", (neg(t.args[0]),), t.sort), "with the opposite sign in the exponent"
    if t.op == "sym" and is_scalar(t):
        yield num(1), f"without the {_shown(t)}"
    if t.op == "sqrt":
        yield t.args[0], f"without the root over {_shown(t.args[0])}"
    if t.op == "pow":
        yield t.args[0], f"without the power of {_shown(t.args[0])}"
        if t.args[1].op == "num" and t.args[1].args[0] > 2:
            yield power(t.args[0], t.args[1].args[0] - 1), f"with a smaller power of {_shown(t.args[0])}"
    if t.op == "mul":
        for k, a in enumerate(t.args):
            rest = (*t.args[:k], *t.args[k + 1 :])
            if is_scalar(a):
                yield mul(*rest), f"without the factor {_shown(a)}"
    if t.op in ("vec",) or (not is_scalar(t) and t.op in ("app", "sym", "add")):
        yield neg(t), "with the opposite sign"
        yield mul(2, t), f"with a factor 2 before {_shown(t)}"
        yield div(t, 2), f"with a factor 1/2 before {_shown(t)}"


def _letter(t: Term) -> Iterator[Edit]:
    """Another letter of the schedule at the same step."""
    for other in SWAPS.get(t.args[0], ()):
        said = f"with {pretty(other, t.args[1])} in place of {pretty(t.args[0], t.args[1])}"
        yield app(other, *t.args[1:], sort=t.sort), said


def _index(t: Term, at: tuple[Term, ...]) -> Iterator[Edit]:
    yield from (_moved(t, i) for i in at if i != t.args[1] and t.args[1] in at)
    parts = split_index(t.args[1]) if is_scalar(t.args[1]) else None
    if parts is not None and t.args[0] in STATES and not is_scalar(t):
        yield _moved(t, num(0) if t.args[1] != num(0) else sym("t"))
    if parts is None or parts[0] is None:
        return
    for shift in (-1, 1):
        yield _moved(t, join_index(parts[0], parts[1] + shift))


def _moved(t: Term, at: Term) -> Edit:
    """A name at another step."""
    said = f"with {pretty(t.args[0], at)} in place of {pretty(t.args[0], t.args[1])}"
    return app(t.args[0], at, sort=t.sort), said


def _shown(t: Term) -> str:
    from derivations.formats.plain import plain

    if t.op == "app" and len(t.args) == 2:
        return pretty(t.args[0], t.args[1])
    return plain(t)[:60]
