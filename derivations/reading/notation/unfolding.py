"""Definitions as rewriting: a known name is replaced by what it stands for, until only free quantities are left.

A rule has a left side, a name with indices and arguments, and a right side. Its index letters match any index
(t matches s-1, and then t-1 is s-2), its states match any vector. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, REAL, Term, TermError, add, app, is_scalar, num, power, sym
from derivations.reading.notation.cancelling import cancelled
from derivations.reading.text.syntax import UnreadError

MAX_ROUNDS, MAX_SIZE = 60, 6_000
CIRCLE = "definitions that go round in a circle"


@dataclass(frozen=True)
class Rule:
    """left = right, under an ID; kind is "definition" or "theorem"."""

    left: Term
    right: Term
    id: str
    kind: str = "theorem"

    @property
    def recursive(self) -> bool:
        """Whether the right side mentions the function that the left side defines."""
        return self.left.op == "app" and _mentions(self.right, self.left.args[0])

    @property
    def between(self) -> bool:
        """Whether the rule names a quantity between two times of its own, like h = lambda_t - lambda_s."""
        return self.left.op == "sym" and {"t", "s"} <= {str(p.args[0]) for p in self.right.free}

    @property
    def head(self) -> tuple[str, int]:
        """What a term must begin with to be matched."""
        return head(self.left)


def _mentions(t: Term, name: str) -> bool:
    return (t.op == "app" and t.args[0] == name) or any(_mentions(a, name) for a in t.args if isinstance(a, Term))


def head(t: Term) -> tuple[str, int]:
    """The name of a symbol or function and the number of its arguments."""
    return (t.args[0], len(t.args) - 1) if t.op in ("app", "sym") else (t.op, len(t.args))


# ---- indices


def split_index(t: Term) -> tuple[Term | None, Fraction] | None:
    """An index as a base and an offset: t-1 is (t, -1), 3 is (None, 3); None for anything else."""
    if t.op == "num":
        return None, t.args[0]
    if t.op in ("sym", "app"):
        return (sym(t.args[0], REAL) if t.op == "sym" else t), Fraction(0)
    if t.op == "neg":
        inside = split_index(t.args[0])
        return None if inside is None or inside[0] is not None else (None, -inside[1])
    if t.op != "add":
        return None
    base, offset = None, Fraction(0)
    for a in t.args:
        part = split_index(a)
        if part is None or (part[0] is not None and base is not None):
            return None
        base, offset = base if part[0] is None else part[0], offset + part[1]
    return base, offset


def join_index(base: Term | None, offset: Fraction) -> Term:
    """The canonical index of a base and an offset."""
    if base is None:
        return num(offset)
    return base if offset == 0 else add(base, num(offset))


@lru_cache(maxsize=1 << 14)  # formulas differ little from one another, and their parts less
def canonical(t: Term) -> Term:
    """The term with every index of an opaque function in canonical form, and functions of their inverses cancelled."""
    args = tuple(canonical(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app":
        args = tuple(_canonical_index(a) if isinstance(a, Term) and is_scalar(a) else a for a in args)
    return cancelled(t if args == t.args else rebuild(t, args))


def _canonical_index(t: Term) -> Term:
    if t.sort == INT and t.op == "sym":
        return t
    parts = split_index(t)
    return t if parts is None else join_index(*parts)


def replaced(t: Term, old: Term, new: Term) -> Term:
    """The term with every occurrence of a part replaced."""
    if t == old:
        return new
    return rebuild(t, tuple(replaced(a, old, new) if isinstance(a, Term) else a for a in t.args))


# ---- matching


def match(pattern: Term, t: Term, table: dict[Term, Term]) -> bool:
    """Extend the table so that the pattern becomes the term; False when it cannot."""
    if is_scalar(pattern) and pattern.op in ("sym", "add", "num"):
        wanted = split_index(pattern)
        if wanted is not None:
            return _match_index(wanted, t, table)
    if not is_scalar(pattern) and (pattern.op == "sym" or (pattern.op == "app" and len(pattern.args) == 2)):
        if is_scalar(t) and not is_scalar(pattern):
            return False
        if _is_noise(pattern) != _is_noise(t):
            return False  # mu(x_t, eps) is no instance of mu(x_t, x_0)
        return table.setdefault(pattern, t) == t
    if pattern.op != t.op or len(pattern.args) != len(t.args):
        return False
    return all(
        match(p, a, table) if isinstance(p, Term) and isinstance(a, Term) else p == a
        for p, a in zip(pattern.args, t.args, strict=True)
    )


def _is_noise(t: Term) -> bool:
    """Whether a vector is a noise by its name, and no state."""
    return t.op in ("sym", "app") and (t.op == "sym" or len(t.args) == 2) and str(t.args[0]).split("_")[0] in NOISES


NOISES = frozenset({"eps", "xi"})


def _match_index(wanted: tuple[Term | None, Fraction], t: Term, table: dict[Term, Term]) -> bool:
    if not is_scalar(t) or (t.op == "app" and t.args[0] in ("x", "y", "z")):
        return False  # sigma_t(x_1) is no sigma_{t,s}
    got = split_index(t)
    if wanted[0] is not None and wanted[0].args[0] in STATES and got is not None and _is_time(got[0]):
        return False  # sigma_t is no instance of sigma(x)
    if wanted[0] is None:
        return got == wanted
    if got is None:
        if wanted[1]:
            return False
        return table.setdefault(wanted[0], t) == t
    value = join_index(got[0], got[1] - wanted[1])
    return table.setdefault(wanted[0], value) == value


STATES, TIMES = frozenset({"x", "y", "z"}), frozenset({"t", "s", "tau", "u", "r", "i", "k", "n"})


def _is_time(base: Term | None) -> bool:
    """Whether the base of an index is a time or a step, or one of a grid of times, like t_i."""
    return base is not None and base.op in ("sym", "app") and base.args[0] in TIMES


def match_arguments(rule: Rule, t: Term) -> dict[Term, Term] | None:
    """The table under which the rule's left side is this term."""
    table: dict[Term, Term] = {}
    if rule.left.op == "sym":
        return table
    if rule.left.args[0] == "E|":
        return (
            table if all(_literal(p, a, table) for p, a in zip(rule.left.args[1:], t.args[1:], strict=True)) else None
        )
    pairs = zip(rule.left.args[1:], t.args[1:], strict=True)
    return table if all(match(p, a, table) for p, a in pairs) else None


def _literal(pattern: Term, t: Term, table: dict[Term, Term]) -> bool:
    """A match in which the states keep their letters and indices."""
    if pattern.op != t.op or pattern.args[0] != t.args[0] or len(pattern.args) != len(t.args):
        return False
    return all(match(p, a, table) for p, a in zip(pattern.args[1:], t.args[1:], strict=True))


def instance(t: Term, table: Mapping[Term, Term]) -> Term:
    """The right side of a rule under a table of indices and vectors."""
    key = sym(t.args[0], REAL) if t.op == "sym" and t.sort == INT else t
    if key in table:
        return table[key]
    if t.op in BOUND and t.args[0].op == "sym":
        bound = sym(t.args[0].args[0], REAL)
        inner = {k: v for k, v in table.items() if k != bound}
        body = INSIDE.get(t.op, 0)  # limits, and the point of a derivative, stand outside
        tables = [inner if not body or k == body % len(t.args) else table for k in range(len(t.args))]
        parts = zip(t.args[1:], tables[1:], strict=True)
        return rebuild(t, (t.args[0], *(instance(a, own) if isinstance(a, Term) else a for a, own in parts)))
    return rebuild(t, tuple(instance(a, table) if isinstance(a, Term) else a for a in t.args))


class Unfolder:
    """Applies rules everywhere in a term, and notes the IDs of those that it used."""

    def __init__(self, rules: Iterable[Rule], scores: bool = True) -> None:
        self.scores = scores  # whether gradients of log-densities of the state become scores
        self.constants: set[Term] = set()  # names like sigma_0 that are no instances of sigma_t
        self.rules: dict[tuple[str, int], list[Rule]] = {}
        for rule in rules:
            self.add(rule)
        self.used: dict[str, None] = {}
        self.theorems: dict[str, None] = {}  # of these, those that say what a density, a score or a mean is
        self.rounds = 0
        self.current: dict[Term, Term] = {}  # what an index of a right side stands for that its left side does not bind

    def add(self, rule: Rule) -> None:
        """One more rule; an older one of the same left side keeps its place before it."""
        self.rules.setdefault(rule.head, []).append(rule)
        if rule.left.op == "app" and not rule.id:
            self.constants |= _constants(rule.right, rule.left.args[0])

    def find(self, t: Term) -> tuple[Rule, dict[Term, Term]] | None:
        """The first rule whose left side is this term."""
        if t.op in ("app", "sym"):
            for rule in self.rules.get(head(t), ()):
                if is_scalar(rule.left) != is_scalar(t):
                    continue  # a variance v_t is no velocity v_t
                fixed = t.op == "app" and len(t.args) == 2 and t.args[1].op == "num"
                if fixed and (rule.recursive or (t in self.constants and rule.left != t)):
                    continue  # x_0 and x_1 are no instances of x_t = (1-t) x_0 + t x_1
                table = match_arguments(rule, t)
                if table is not None:
                    return rule, table
        return None

    def __call__(self, t: Term, depth: int = 0) -> Term:
        """The term unfolded. Raises UnreadError when that does not end, or grows too large."""
        t = score(t) if self.scores else t
        found = self.find(t)
        if found is not None:
            rule, table = found
            self.rounds += 1
            if depth > MAX_ROUNDS or self.rounds > 4_000:
                raise UnreadError(CIRCLE, rule.id)
            self.used.setdefault(rule.id)
            if rule.kind == "theorem" and rule.left.op == "app" and _says_something(rule.left):
                self.theorems.setdefault(rule.id)
            try:
                current = {} if rule.between else self.current
                return self(canonical(instance(rule.right, {**current, **table})), depth + 1)
            except TermError as reason:
                raise UnreadError(f"a definition does not fit here: {reason}", rule.id) from None
        args = tuple(
            self(a, depth) if isinstance(a, Term) and not (k == 0 and t.op in BOUND) else a
            for k, a in enumerate(t.args)
        )
        if args == t.args:
            return t
        try:
            return rebuild(t, args)
        except TermError as reason:
            raise UnreadError(f"a definition does not fit here: {reason}") from None


@lru_cache(maxsize=1 << 12)
def _constants(t: Term, made: str) -> frozenset[Term]:
    """The numbers by their names, like sigma_0 in g(t) = sigma_0 t, of which a function is made that is named so."""
    inside = frozenset(c for a in t.args if isinstance(a, Term) for c in _constants(a, made))
    numbered = t.op == "app" and len(t.args) == 2 and isinstance(t.args[1], Term) and t.args[1].op == "num"
    return inside | {t} if numbered and is_scalar(t) and t.args[0] != made else inside


def _says_something(left: Term) -> bool:
    """Whether a rule about this term is more than a name: it is a density, a score, or a conditional mean."""
    return "(" in left.args[0] or left.args[0] in ("score", "E|")


def squared(t: Term) -> Term:
    """The square of a coefficient, which has a value only where what stands under its roots is not negative."""
    if t.op in ("mul", "div"):
        return rebuild(t, tuple(map(squared, t.args)))
    return t.args[0] if t.op == "sqrt" else power(t, 2)


def squares(t: Term) -> Term:
    """The term with the square of a root as what stands under it: where the formula means anything, the two agree; and
    without first powers.
    """
    args = tuple(squares(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op == "pow" and t.args[1] == num(1):
        return t.args[0]
    return t.args[0].args[0] if t.op == "pow" and t.args[1] == num(2) and t.args[0].op == "sqrt" else t


def score(t: Term) -> Term:
    """The gradient of the logarithm of a marginal density of x_t as score(x_t, t); any other term as it is."""
    if t.op != "grad" or t.args[1].op != "log":
        return t
    density = t.args[1].args[0]
    if (
        density.op != "app"
        or density.args[0] not in MARGINALS
        or len(density.args) != 3
        or density.args[1] != t.args[0]
    ):
        return t
    return app("score", t.args[2], density.args[2], sort=t.sort)


MARGINALS = frozenset(
    f"{owner}({letter}{tail})"
    for owner in ("p", "q", "p_theta")
    for letter in "xz"
    for tail in ("", "@", ",sigma", ",t")
)
INSIDE = {"diff": 1, "grad": 1, "divg": 1, "int": -1, "sum": -1, "prod": -1}  # where the body of a binder stands
BOUND = frozenset("sum prod int diff grad divg diag comps all aeq integrable E KL".split())
