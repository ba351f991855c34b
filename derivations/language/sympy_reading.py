"""How SymPy expressions are read as terms: one function for each kind of expression.

The table in `sympy_bridge` says which class is read by which function. Nothing is evaluated or parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from derivations.kernel.polynomials import TooLarge
from derivations.kernel.substitution import fresh, substitute
from derivations.kernel.terms import (
    INT,
    LEBESGUE,
    REAL,
    Like,
    Term,
    TermError,
    add,
    app,
    diff,
    div,
    exp,
    integral,
    interval,
    mul,
    neg,
    num,
    power,
    sqrt,
    sym,
)

MAX_NODES, MAX_DEPTH, MAX_BITS, MAX_ORDER = 20_000, 120, 8_192, 12

Known = dict[int, tuple[Any, Term]]  # by identity: what was read where nothing is bound
Scope = Mapping[Any, Term]  # what is bound: by name, or a Dummy by itself
Read = Callable[["Reader", Any, Scope], Term]


class Unread(ValueError):
    """Something that has no meaning here; the message names it."""


class Reader:
    """Reads SymPy expressions by a table of classes, given which names stand for integers."""

    def __init__(
        self, table: Mapping[Any, Read], integers: Collection[str] = (), known: Known | None = None
    ) -> None:  # fmt: skip
        self.table = table
        self.integers = frozenset(integers)
        self.names: set[str] = set()
        self.known: Known = {} if known is None else known

    def term(self, expression: Any) -> Term:
        """The term of an expression, measured before anything else is done with it."""
        self.names = measure(expression)
        return self.read(expression, {})

    def read(self, e: Any, scope: Scope) -> Term:
        """The term of a part, where some names are bound."""
        if not scope and id(e) in self.known:
            return self.known[id(e)][1]
        rule = self.table.get(type(e)) or _made_at_run_time(e)
        if rule is None:
            raise Unread(f"{type(e).__name__} has no meaning here: {text(e)}")
        t = rule(self, e, scope)
        if not scope:
            self.known[id(e)] = e, t
        return t

    def all(self, parts: Any, scope: Scope) -> list[Term]:
        """The terms of several parts."""
        return [self.read(p, scope) for p in parts]

    def sort(self, name: str) -> tuple[str, ...]:
        """The sort of a name."""
        return INT if name in self.integers else REAL

    def bind(self, variable: Any, sort: tuple[str, ...], scope: Scope) -> tuple[Term, Scope]:
        """The term of a bound variable, and the scope inside. A Dummy gets a name that nothing else has."""
        import sympy

        if not isinstance(variable, sympy.Symbol):
            raise Unread(f"only a symbol can be bound: {text(variable)}")
        if isinstance(variable, sympy.Dummy):
            name = fresh(name_of(variable) + "'", self.names)
            self.names.add(name)
            return sym(name, sort), {**scope, variable: sym(name, sort)}
        x = sym(name_of(variable), sort)
        return x, {**scope, name_of(variable): x}


def measure(expression: Any) -> set[str]:
    """Refuse an expression that is too large, before it is read; a shared part counts every time.

    Returns the names of the symbols in it.
    """
    from sympy import Basic, Rational, Symbol

    level, depth, nodes, names = [expression], 0, 0, set()
    while level:
        depth += 1
        below: list[Any] = []
        for e in level:
            if not isinstance(e, Basic):
                raise Unread(f"{type(e).__name__} is not a SymPy expression: {text(e)}")
            parts = e.args
            if parts:
                below += parts
                if nodes + len(below) > MAX_NODES:
                    break
            elif isinstance(e, Symbol):
                names.add(e.name)
            elif isinstance(e, Rational) and max(int(e.p).bit_length(), int(e.q).bit_length()) > MAX_BITS:
                raise TooLarge(f"a number of more than {MAX_BITS} bits")
        nodes += len(level)
        if nodes + len(below) > MAX_NODES or depth > MAX_DEPTH:
            raise TooLarge(f"an expression of more than {MAX_NODES} parts or {MAX_DEPTH} levels")
        level = below
    return names


def text(e: Any) -> str:
    """The beginning of an expression as text, for messages; printing a deep one may itself fail."""
    try:
        return str(e)[:80]
    except (RecursionError, ValueError):
        return f"a {type(e).__name__}"


def float_message(written: str) -> str:
    """What to write instead of a floating-point number."""
    try:
        q = Fraction(written)
        instead = f"; write Rational({q.numerator}, {q.denominator}) if that is what you mean"
    except ValueError:
        instead = ""
    return f"{written} is a floating-point number, and such numbers are not exact{instead}"


def _made_at_run_time(e: Any) -> Read | None:
    """The rule for numbers, which have several classes, and for undefined functions, each a class of its own."""
    import sympy
    from sympy.core.function import AppliedUndef

    if isinstance(e, sympy.Rational):
        return number
    if isinstance(e, sympy.Float):
        raise ValueError(float_message(str(e)))
    if isinstance(e, AppliedUndef):
        return application
    return None


def number(r: Reader, e: Any, scope: Scope) -> Term:
    """A rational number."""
    return num(int(e.p) if e.q == 1 else fraction(e))


def fraction(q: Any) -> Fraction:
    """A SymPy rational as a Fraction."""
    return Fraction(int(q.p), int(q.q))


def name_of(s: Any) -> str:
    """The name of a symbol, which must not be reserved."""
    name = str(s.name)
    if name == "pi":
        raise ValueError("the name pi stands for the constant; rename the symbol, or write sympy.pi")
    if not name or name.startswith("#"):
        raise ValueError(f"the name {name!r} is reserved; a name must not be empty or begin with #")
    return name


def _refuse_words(e: Any) -> None:
    """Refuse what does not commute: the products of numbers do."""
    if e.is_commutative is False:
        raise Unread(f"{text(e)} does not commute, and only numbers have a meaning here")


def symbol(r: Reader, e: Any, scope: Scope) -> Term:
    """A symbol, bound or free."""
    _refuse_words(e)
    name = name_of(e)
    bound = scope.get(e, scope.get(name))
    return sym(name, r.sort(name)) if bound is None else bound


def application(r: Reader, e: Any, scope: Scope) -> Term:
    """An undefined function of its arguments."""
    _refuse_words(e)
    name = e.func.__name__
    return app(name, *r.all(e.args, scope), sort=r.sort(name))


def indexed(r: Reader, e: Any, scope: Scope) -> Term:
    """a[i] is a(i)."""
    name = str(e.base.label)
    return app(name, *r.all(e.indices, scope), sort=r.sort(name))


def product(r: Reader, e: Any, scope: Scope) -> Term:
    """A product, with negative powers as denominators and -1 as a sign, as an author would write it."""
    import sympy

    above: list[Term] = []
    below: list[Term] = []
    negative = False
    for a in e.args:
        if a is sympy.S.NegativeOne:
            negative = not negative
        elif isinstance(a, sympy.Pow) and isinstance(a.exp, sympy.Rational) and a.exp.p < 0:
            below.append(_raised(r.read(a.base, scope), -int(a.exp.p), int(a.exp.q)))
        else:
            above.append(r.read(a, scope))
    out = mul(*above) if above else num(1)
    out = div(out, mul(*below)) if below else out
    return neg(out) if negative else out


def _raised(base: Term, p: int, q: int) -> Term:
    """The power p/q, in lowest terms."""
    return base if p == q else sqrt(base) if (p, q) == (1, 2) else power(base, num(Fraction(p, q)))


def raised(r: Reader, e: Any, scope: Scope) -> Term:
    """A power; a negative rational exponent is a denominator, the exponent 1/2 a square root."""
    import sympy

    if e.base is sympy.E:
        return exp(r.read(e.exp, scope))
    base = r.read(e.base, scope)
    if isinstance(e.exp, sympy.Rational):
        p, q = int(e.exp.p), int(e.exp.q)
        return div(1, _raised(base, -p, q)) if p < 0 else _raised(base, p, q)
    return power(base, r.read(e.exp, scope))


def _limits(e: Any, k: int) -> tuple[Any, Any, Any]:
    if len(e.limits[k]) != 3:
        raise Unread(f"a sum, product or integral without two ends: {text(e)}")
    variable, lo, hi = e.limits[k]
    return variable, lo, hi


def over_range(make: Callable[[Term, Like, Like, Like], Term]) -> Read:
    """A sum or a product; of several ranges SymPy writes the innermost first."""

    def rule(r: Reader, e: Any, scope: Scope) -> Term:
        def nest(k: int, scope: Scope) -> Term:
            if k < 0:
                return r.read(e.function, scope)
            variable, lo, hi = _limits(e, k)
            index, inside = r.bind(variable, INT, scope)
            ends = r.read(lo, scope), r.read(hi, scope)
            try:
                return make(index, *ends, nest(k - 1, inside))
            except TermError as reason:
                raise Unread(f"{reason}; declare the ends 'integer' in {text(e)}") from None

        return nest(len(e.limits) - 1, scope)

    return rule


def over_line(r: Reader, e: Any, scope: Scope) -> Term:
    """An integral over the line, a half-line, or an interval with numbers as ends."""

    def nest(k: int, scope: Scope) -> Term:
        if k < 0:
            return r.read(e.function, scope)
        variable, lo, hi = _limits(e, k)
        x, inside = r.bind(variable, REAL, scope)
        return integral(x, nest(k - 1, inside), _interval(e, lo, hi))

    return nest(len(e.limits) - 1, scope)


def _interval(e: Any, lo: Any, hi: Any) -> Term:
    import sympy

    def end(value: Any, infinite: Any, written: str) -> Fraction | str:
        if value is infinite:
            return written
        if not isinstance(value, sympy.Rational):
            raise Unread(f"an integral whose ends are not numbers: {text(e)}")
        return fraction(value)

    a, b = end(lo, sympy.S.NegativeInfinity, "-oo"), end(hi, sympy.S.Infinity, "oo")
    if isinstance(a, Fraction) and isinstance(b, Fraction) and a >= b:
        raise Unread(f"an integral from {a} to {b}; write the ends in increasing order: {text(e)}")
    return LEBESGUE if (a, b) == ("-oo", "oo") else interval(a, b)


def derivative(r: Reader, e: Any, scope: Scope) -> Term:
    """A derivative in real symbols."""
    import sympy

    steps: list[Term] = []
    for variable, count in e.variable_count:
        x = symbol(r, variable, scope) if isinstance(variable, sympy.Symbol) else None
        times = int(count) if isinstance(count, sympy.Integer) else -1
        if x is None or x.sort != REAL or not 0 <= times <= MAX_ORDER:
            raise Unread(f"a derivative must be one in a real symbol, at most {MAX_ORDER} times: {text(e)}")
        steps += [x] * times
    body = r.read(e.expr, scope)
    for x in steps:
        body = diff(x, body)
    return body


def at_point(r: Reader, e: Any, scope: Scope) -> Term:
    """Subs(expression, variables, point): SymPy's way to write a derivative at a point."""
    point, variables = r.all(e.point, scope), []
    for v in e.variables:
        x, scope = r.bind(v, r.sort(v.name), scope)
        variables.append(x)
    body = r.read(e.expr, scope)
    try:
        return substitute(body, dict(zip(variables, point, strict=True)))
    except TermError as reason:
        raise Unread(f"{reason} in {text(e)}") from None


def simple(make: Callable[..., Term]) -> Read:
    """A function of the terms of the arguments."""
    return lambda r, e, scope: make(*r.all(e.args, scope))


def sinh(u: Term) -> Term:
    """The hyperbolic sine."""
    return div(add(exp(u), neg(exp(neg(u)))), 2)


def cosh(u: Term) -> Term:
    """The hyperbolic cosine."""
    return div(add(exp(u), exp(neg(u))), 2)


def tanh(u: Term) -> Term:
    """The hyperbolic tangent."""
    return div(add(exp(u), neg(exp(neg(u)))), add(exp(u), exp(neg(u))))
