"""Typed elaboration: rows of items to terms of the kernel, by what the names are declared to be.

Every item is used exactly once, or the formula is unread. What applies to what, and what multiplies what, is decided by
declaration, never by guess: a name that is a function takes its bracket, any other name multiplies it.

Beside the kernel's own operators these opaque functions stand for notions that the judgement unfolds:
    q(x|x) and the like   densities: the owner, the shape of its variables, then each variable with its time
    E, E|                 expectations: the body, then the laws or the conditions
    KL                    divergences between two densities
    law N                 the Gaussian law of a mean and a covariance
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derivations.kernel.terms import (
    INT,
    REAL,
    Term,
    TermError,
    add,
    app,
    div,
    inner,
    is_scalar,
    mul,
    neg,
    num,
    power,
    sqrt,
    sym,
    transpose,
    zero,
)
from derivations.reading.equations import inverses
from derivations.reading.terms import binders, deltas, evaluated, higher, listed, operators, owned
from derivations.reading.terms.calls import (
    IGNORED,
    ambiguous,
    as_state,
    cells_below,
    interpolates,
    is_call,
    is_d,
    is_density,
    label_above,
    label_below,
    of_time,
    summands,
    timed,
)
from derivations.reading.terms.signature import (
    DIMENSION,
    VECTOR,
    Signature,
    is_index,
    key_of,
)
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show, shown

MAX_EXPONENT, MAX_DIGITS = 64, 30


class Elaborator:
    """Reads the rows of one formula, and keeps the account of what was used."""

    def __init__(self, signature: Signature, integers: frozenset[str] = frozenset()) -> None:
        self.signature, self.integers = signature, integers
        self.used: dict[tuple[int, str, str], int] = {}
        self.undeclared: set[str] = set()
        self.coordinates: set[Term] = set()  # the indices that run over the coordinates of vectors

    # ---- the account
    def use(self, *items: Item) -> None:
        """Note that these items have been given a meaning."""
        for item in items:
            place = (item.at, item.kind, item.text)
            self.used[place] = self.used.get(place, 0) + 1

    def use_all(self, row: Row) -> None:
        """Note that a whole row has been given a meaning."""
        self.use(*leaves(row))

    def settle(self, row: Row, once: bool = True) -> None:
        """Refuse a row of which an item was left out, or given a meaning twice."""
        for item in leaves(row):
            count = self.used.get((item.at, item.kind, item.text), 0)
            if item.kind not in IGNORED and not count:
                raise UnreadError("this has been given no meaning", shown(item), item.at)
            if once and count > 1:
                raise UnreadError("this has been given a meaning twice", shown(item), item.at)

    def aside(self, row: Row) -> Term:
        """The term of a row that is given its meaning elsewhere: nothing of it is used here."""
        return Elaborator(self.signature, self.integers).expr(row)

    # ---- sums and products

    def expr(self, row: Row) -> Term:
        """A sum of products."""
        parts = summands(row)
        self.use(*(sign for sign, _ in parts if sign is not None))
        return self.total(listed.terms(self, parts))

    def signed(self, sign: Item | None, part: Row) -> Term:
        """A term of a sum with its sign."""
        if not part:
            raise UnreadError(
                "nothing stands beside an operator", sign.text if sign else show(part), sign.at if sign else -1
            )
        t = self.product(part)
        return neg(t) if sign is not None and sign.text == "-" else t

    def total(self, terms: list[Term]) -> Term:
        """The sum; a written 0 takes the sort of its neighbours."""
        sorts = [t.sort for t in terms if t != num(0)]
        if any(not is_scalar(t) for t in terms):
            wanted = next(s for s in sorts if s[0] in ("vec", "mat"))
            terms = [_zero_like(t, wanted) for t in terms]
        return fits(lambda: add(*terms))

    def product(self, row: Row) -> Term:
        """A product; prefix operators take the rest of it, and a bar of evaluation what stands before it."""
        bar = next((k for k in range(len(row) - 1, 0, -1) if evaluated.is_bar(row[k])), 0)
        if bar:
            before = evaluated.value(self, self.product(row[:bar]), row[bar])
            return self.multiplied([before, self.product(row[bar + 1 :])]) if row[bar + 1 :] else before
        factors: list[Term] = []
        k, divide = 0, False
        while k < len(row):
            item = row[k]
            if item.kind == "op":
                if item.text not in ("*", "/", "odot", "!"):
                    raise UnreadError("an operator that has no meaning here", item.text, item.at)
                self.use(item)
                if item.text == "!" and factors:
                    factors[-1] = app("factorial", factors[-1])
                    k += 1
                    continue
                if item.text == "odot" and factors and k + 1 < len(row):
                    right, k = self.factor(row, k + 1)
                    factors[-1] = operators.entrywise(factors[-1], right)
                    continue
                divide = item.text == "/"
                if not factors or k + 1 == len(row):
                    raise UnreadError("nothing stands beside an operator", item.text, item.at)
                k += 1
                continue
            if item.kind == "sep" and item.text in ("|", "||"):
                raise UnreadError("a bar where no condition is expected", show(row), item.at)
            if item.kind == "dots":
                factors, k = listed.product(self, factors, row, k)
                continue
            if item.kind in IGNORED:
                k += 1
                continue
            row = deltas.differences(self, row, k)
            item = row[k]
            rest = binders.prefix(self, row, k)
            if rest is not None:
                factors = self._times(factors, rest, divide)
                break
            if item.kind == "number" and k and row[k - 1].kind == "number" and not row[k - 1].sup:
                raise UnreadError("two numbers side by side", f"{row[k - 1].text} {item.text}", item.at)
            t, k = self.factor(row, k)
            factors, divide = self._times(factors, t, divide), False
        if not factors:
            raise UnreadError("an empty place", show(row), row[0].at if row else -1)
        return self.multiplied(factors)

    def _times(self, factors: list[Term], t: Term, divide: bool) -> list[Term]:
        return [*factors[:-1], fits(lambda: div(factors[-1], t))] if divide else [*factors, t]

    def multiplied(self, factors: list[Term]) -> Term:
        """The factors from left to right; a row vector times a vector is an inner product, so is a dot of two."""
        out = [factors[0]]
        for t in factors[1:]:
            last = out[-1]
            if last.op == "app" and last.args[0] == "row":
                if t.sort[0] == "mat":
                    turned = mul(transpose(t), last.args[1])
                    out[-1] = app("row", turned, sort=turned.sort)
                    continue
                if t.sort[0] != "vec":
                    raise UnreadError("a transposed vector must meet a vector", repr(t))
                out[-1] = inner(last.args[1], t)
            elif last.sort[0] == "vec" and t.sort[0] == "vec" and not (t.op == "app" and t.args[0] == "row"):
                raise UnreadError("a product of two vectors; write an inner product", f"{last!r} {t!r}"[:80])
            else:
                out.append(t)
        whole = operators.outer(out)
        return fits(lambda: mul(*whole))

    # ---- factors

    def factor(self, row: Row, k: int) -> tuple[Term, int]:
        """The factor that begins at k, and where the next one begins."""
        item = row[k]
        if item.kind == "number":
            return self.number(item, row[k + 1 : k + 2]), k + 1
        if item.kind == "name":
            return self.name(row, k)
        if item.kind == "frac":
            self.use(item)
            return self.raised(fits(lambda: div(self.expr(item.cells[0]), self.expr(item.cells[1]))), item), k + 1
        if item.kind == "sqrt":
            self.use(item)
            inside = self.expr(item.cells[0])
            if len(item.cells) == 2:
                return self.raised(fits(lambda: power(inside, div(1, self.expr(item.cells[1])))), item), k + 1
            return self.raised(fits(lambda: sqrt(inside)), item), k + 1
        if item.kind in ("bracket", "group"):
            return operators.bracket(self, item), k + 1
        if item.kind == "func":
            return operators.function_call(self, row, k)
        if item.kind == "big" and k + 1 < len(row) and item.text in ("min", "max"):
            return operators.extremum(self, item, row[k + 1]), k + 2
        raise UnreadError("this has no meaning here", shown(item), item.at)

    def number(self, item: Item, after: Row = ()) -> Term:
        """A number; decimals are exact. A bold zero is the zero vector, and a bold one before a name one of ones."""
        self.use(item)
        if len(item.text) > MAX_DIGITS:
            raise UnreadError("a number with too many digits", item.text[:20], item.at)
        if "bold" in item.marks and item.text == "0" and not self.signature.scalar_world:
            return zero(DIMENSION)
        ones = "bold" in item.marks and item.text == "1" and bool(after) and after[0].kind == "name"
        if item.sub or ones:
            raise UnreadError("a number with an index, or a vector of ones", shown(item), item.at)
        return self.raised(num(Fraction(item.text)), item)

    def raised(self, base: Term, item: Item) -> Term:
        """The base to the power that the item carries."""
        base = higher.primed(self, base, item) if item.primes else base
        if not item.sup:
            return base
        top = item.sup
        if len(top) == 1 and top[0].kind in ("name", "text") and top[0].text in ("top", "T") and not is_scalar(base):
            self.use_all(top)
            return app("row", base, sort=base.sort) if base.sort[0] == "vec" else transpose(base)
        if operators.is_turned(self, item):
            self.use_all(top)
            return base
        if base.sort[0] == "mat" and show(top) == "- 1":
            self.use_all(top)
            return fits(lambda: Term("inv", (base,), base.sort))
        exponent = self.expr(top)
        if exponent.op == "num" and abs(exponent.args[0]) > MAX_EXPONENT:
            raise UnreadError("an exponent beyond the cap", show(top), item.at)
        half = (exponent.op == "div" and exponent.args == (num(1), num(2))) or exponent == num(Fraction(1, 2))
        return fits(lambda: sqrt(base) if half else power(base, exponent))

    # ---- names

    def name(self, row: Row, k: int) -> tuple[Term, int]:
        """A name with its scripts, applied to the bracket that follows when it is a function."""
        item = row[k]
        if is_d(item) and not self.signature.dimension and k + 1 < len(row) and row[k + 1].kind == "name":
            if row[k + 1].text in ("t", "s", "tau") and not row[k + 1].sub:
                self.use(item, row[k + 1])  # a small step of time, as in N(f dt, g^2 dt)
                return self.raised(sym("d" + row[k + 1].text), row[k + 1]), k + 2
            self.use(item)
            t, end = self.factor(row, k + 1)
            return app("d[]", t, sort=t.sort), end
        following = row[k + 1] if k + 1 < len(row) and row[k + 1].kind == "bracket" else None
        special = operators.special(self, row, k)
        if special is not None:
            return special
        back = inverses.inverted(item, following)
        if back:
            self.use_all(item.sup)
            item = replace(item, sup=())
        indices, tag = self.scripts(item)
        key = key_of(item) + tag + (inverses.INVERSE if back else "")
        if following is not None and is_density(item, following):
            self.use(item)
            found = owned.density(self, key + "_prime" * item.primes, indices, following)
            return self.raised_after(found, item, following), k + 2
        labelled, bold = bool(tag), "bold" in item.marks
        called = (
            following is not None
            and following.text in ("()", "[]")
            and (back or is_call(self.signature, key, indices, following, tag, bold))
        )
        sort = self.signature.sort(key, bold, labelled, called and not (following and of_time(following)))
        sort = VECTOR if interpolates(item, following) and not self.signature.scalar_world else sort
        sort = REAL if indices and indices[-1] in self.coordinates and sort[0] == "vec" else sort
        times: tuple[Term, ...] = ()
        alone = self.signature.scalar_world and not called and following is not None
        if alone and following is not None and ambiguous(self.signature, following):
            raise UnreadError("a product or an application", f"{shown(item)}{shown(following)}", item.at)
        if called and following is not None:
            self.use(following)
            if timed(following) or (
                key in ("x", "y", "z", "w") and len(following.cells) == 1 and is_index(following.cells[0])
            ):
                times = (self.index(following.cells[0]),)
            else:
                times = tuple(self.argument(c, s) for c, s in zip(following.cells, (*following.seps, ""), strict=True))
        if key == "x" and len(indices) == 1 and len(times) == 2:
            times = ()  # x_t(x_0, eps) is the state as a function of what it is made of
        t = self.applied(key, (*indices, *times), sort, item)
        if called and following is not None:
            return self.raised_after(t, item, following), k + 2
        return self.raised(t, replace(item, sup=self.power_of(item), primes=0)), k + 1

    def raised_after(self, t: Term, item: Item, following: Item) -> Term:
        """g(t)^2 or g^2(t): the power stands on one of the two."""
        own = self.power_of(item)
        if own and following.sup:
            raise UnreadError("two powers on one name", shown(item), item.at)
        return self.raised(t, replace(following, sup=own or following.sup))

    def applied(self, key: str, arguments: tuple[Term, ...], sort: tuple, item: Item) -> Term:
        """The symbol, or the function of its arguments; a dot or a prime is its derivative in time."""
        self.use(item)
        if self.signature.latent:
            key, arguments = as_state(key, arguments, sort, self.signature.data_x)
        dots = sum(1 for m in item.marks if m == "dot") + item.primes
        twice = "ddot" in item.marks or (dots == 2 and bool(arguments))
        if dots > 2 or (dots > 1 and not twice and key not in ("t", "s", "tau", "u")):
            raise UnreadError("a derivative of a high order by dots", shown(item), item.at)
        if key in self.signature.sizes and not arguments:
            self.signature.doubts |= {"one"} if self.signature.scalar_world else set()
            return num(1) if self.signature.scalar_world else DIMENSION
        if not arguments and key in self.integers and sort == REAL:
            sort = INT
        t = app(key, *arguments, sort=sort) if arguments else sym(key, sort)
        if twice and (not arguments or is_scalar(arguments[0])):
            return higher.bent(self, t, binders.slope(key, arguments, sort) if arguments else None, item)
        if not dots:
            if not arguments and is_scalar(t):
                self.undeclared.add(key)
            return t
        if arguments and is_scalar(arguments[0]):
            return binders.slope(key, arguments, sort)
        if arguments:
            return app(key + "_prime", *arguments, sort=sort)  # another function, and no derivative
        if "dot" in item.marks:
            return app("rate", t, sort=sort)
        return sym(key + "'" * dots, sort)

    def power_of(self, item: Item) -> Row:
        """The superscript as a power; labels among superscripts are part of the name and not here."""
        return () if label_above(item) else item.sup

    def scripts(self, item: Item) -> tuple[tuple[Term, ...], str]:
        """The indices of a name, and the label that its scripts add to the key."""
        indices: list[Term] = []
        tag = ""
        above = label_above(item)
        if above:
            self.use_all(item.sup)
            tag += "_" + above
        for cell in cells_below(item):
            if is_index(cell):
                indices.append(self.index(cell))
            elif (
                len(cell) == 1
                and cell[0].kind == "name"
                and cell[0].sub
                and is_index(cell[0].sub)
                and key_of(cell[0]) in ("tau", "t", "s", "sigma")
            ):
                self.use(cell[0])
                indices.append(app(key_of(cell[0]), self.index(cell[0].sub)))
            else:
                self.use_all(cell)
                tag += label_below(item, cell)
        return tuple(indices), tag

    def index(self, row: Row) -> Term:
        """An index: an integer term."""
        return self.expr(row)

    def argument(self, row: Row, separator: str) -> Term:
        """One argument of a function: a term of any sort; an empty condition is the symbol `empty`."""
        if not row:
            raise UnreadError("an empty argument", separator)
        if len(row) > 2 and row[0].kind == "name" and row[1].kind == "rel" and row[1].text == "=":
            self.use_all(row[:2])  # an argument by name, as in eps(x, t, y = empty)
            row = row[2:]
        return self.expr(row)


def fits(make: Callable[[], Term]) -> Term:
    """What the constructor makes, or the reason why the sorts do not fit."""
    try:
        out: Term = make()
        return out
    except TermError as reason:
        raise UnreadError(f"the kinds do not fit: {reason}") from None


def _zero_like(t: Term, sort: tuple) -> Term:
    return zero(DIMENSION) if t == num(0) and sort[0] == "vec" else t
