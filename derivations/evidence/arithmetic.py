"""Numbers with a guarantee: exact rationals, balls, and first-order jets of them.

A value is an `fmpq` as long as it is rational and small; then an `arb`, a ball that contains the true number; or
a `Jet`, a number and its derivative, whose parts are values again. Every operation encloses the truth, or raises
`Undefined` (it is proved that there is no real value) or `TooWide` (the ball says too little: use more bits).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq, fmpz

MAX_EXACT_BITS = 4096
LARGE = 2**62  # FLINT takes no integer of this size as an exponent, nor as the degree of a root


class Undefined(ArithmeticError):
    """There is no real value at this point, as of 1/0, log(-1) and the square root of -1."""


class TooWide(ArithmeticError):
    """The balls are too wide to tell whether the value exists."""


@dataclass(frozen=True)
class Jet:
    """value + slope * h, for the variable that was numbered `level`."""

    level: int
    value: Value
    slope: Value


Number = fmpq | arb
Value = Number | Jet
ZERO, ONE = fmpq(0), fmpq(1)


def rational(q: Fraction | int) -> fmpq:
    """A Fraction as a flint rational."""
    return fmpq(q.numerator, q.denominator)


def to_fraction(q: fmpq) -> Fraction:
    """A flint rational as a Fraction."""
    return Fraction(int(q.p), int(q.q))


def ball(v: Number) -> arb:
    """A number as a ball at the precision in force."""
    return v if isinstance(v, arb) else arb(v)


def near(v: Value) -> float:
    """A floating-point number near a value: good enough to place points by, and to say how large it is."""
    while isinstance(v, Jet):
        v = v.value
    return float(ball(v))


def difference(a: Number, b: Number) -> Number:
    """a - b for numbers."""
    gap = add(a, neg(b))
    if isinstance(gap, Jet):
        raise TypeError("a number, not a jet")
    return gap


def _settle(v: Number) -> Number:
    """A rational that has grown too long becomes a ball; a ball that is not finite is refused."""
    if isinstance(v, fmpq):
        return v if v.height_bits() <= MAX_EXACT_BITS else arb(v)
    if not v.is_finite():
        raise TooWide("a ball without bounds")
    return v


def _parts(v: Value, level: int) -> tuple[Value, Value]:
    return (v.value, v.slope) if isinstance(v, Jet) and v.level == level else (v, ZERO)


def _level(*values: Value) -> int:
    """The innermost variable among the jets."""
    return max(v.level for v in values if isinstance(v, Jet))


def add(a: Value, b: Value) -> Value:
    """a + b."""
    if type(a) is fmpq and type(b) is fmpq:  # asked first: most numbers are exact
        exact = a + b
        return exact if exact.height_bits() <= MAX_EXACT_BITS else arb(exact)
    if isinstance(a, Jet) or isinstance(b, Jet):
        level = _level(a, b)
        (a, da), (b, db) = _parts(a, level), _parts(b, level)
        return Jet(level, add(a, b), add(da, db))
    return _settle(ball(a) + ball(b))


def neg(a: Value) -> Value:
    """-a."""
    return Jet(a.level, neg(a.value), neg(a.slope)) if isinstance(a, Jet) else -a


def mul(a: Value, b: Value) -> Value:
    """a b."""
    if type(a) is fmpq and type(b) is fmpq:
        exact = a * b
        return exact if exact.height_bits() <= MAX_EXACT_BITS else arb(exact)
    if isinstance(a, Jet) or isinstance(b, Jet):
        level = _level(a, b)
        (a, da), (b, db) = _parts(a, level), _parts(b, level)
        return Jet(level, mul(a, b), add(mul(da, b), mul(a, db)))
    return _settle(ball(a) * ball(b))


def inverse(a: Value) -> Value:
    """1/a."""
    if isinstance(a, Jet):
        r = inverse(a.value)
        return Jet(a.level, r, neg(mul(mul(r, r), a.slope)))
    if isinstance(a, fmpq):
        if a == 0:
            raise Undefined("a division by 0")
        return 1 / a
    if a.contains(0):
        raise Undefined("a division by 0") if a.is_zero() else TooWide("a denominator that may be 0")
    return _settle(1 / a)


def sign(a: Value) -> int:
    """1, 0 or -1, when it is certain."""
    while isinstance(a, Jet):
        a = a.value
    if a > 0:
        return 1
    if a < 0:
        return -1
    if isinstance(a, fmpq) or a.is_zero():
        return 0
    raise TooWide("a sign that is not certain")


def integer_power(a: Value, n: int) -> Value:
    """a**n; 0**0 is 1."""
    if n < 0:
        return integer_power(inverse(a), -n)
    if isinstance(a, Jet):
        slope = mul(mul(fmpq(n), integer_power(a.value, n - 1)), a.slope) if n else ZERO
        return Jet(a.level, integer_power(a.value, n), slope)
    if isinstance(a, fmpq) and n * max(a.height_bits(), 1) <= MAX_EXACT_BITS:
        return a**n
    return _settle(_ball_power(ball(a), n))


def _ball_power(a: arb, n: int) -> arb:
    """a**n for n >= 0; flint's own power gives up on a ball that contains 0."""
    if not a.contains(0):
        return a ** fmpz(n)
    out = arb(1)
    for bit in bin(n)[2:]:
        out = out * out * a if bit == "1" else out * out
    return out


def root(a: Value, n: int) -> Value:
    """The n-th root of a number that is not negative."""
    s = sign(a)
    if s < 0:
        raise Undefined(f"a root (of order {n}) of a negative number")
    if isinstance(a, Jet):
        if s == 0:
            raise Undefined("the derivative of a root at 0")
        r = root(a.value, n)
        return Jet(a.level, r, mul(mul(a.slope, r), inverse(mul(fmpq(n), a.value))))
    if isinstance(a, fmpq):
        p, q = a.p.root(n), a.q.root(n)
        if p**n == a.p and q**n == a.q:
            return fmpq(p, q)
    return _settle(ball(a).root(n))


def power(a: Value, e: Value) -> Value:
    """a**e: by arithmetic for an integer e, by roots for a rational e, else exp(e log a)."""
    if isinstance(e, fmpq):
        p, q = int(e.p), int(e.q)
        if max(abs(p), q) >= LARGE:
            if sign(a) <= 0:
                raise TooWide("a large power of a number that is not positive")
            return exp(mul(e, log(a)))
        return integer_power(a if q == 1 else root(a, q), p)
    if isinstance(e, arb) and ((s := sign(a)) == 0 or (s < 0 and e.contains_integer())):
        raise TooWide("an exponent that may be an integer, or a fraction where the base is 0")
    return exp(mul(e, log(a)))


def exp(a: Value) -> Value:
    """The exponential."""
    if isinstance(a, Jet):
        e = exp(a.value)
        return Jet(a.level, e, mul(e, a.slope))
    return ONE if isinstance(a, fmpq) and a == 0 else _settle(ball(a).exp())


def log(a: Value) -> Value:
    """The natural logarithm of a positive number."""
    if sign(a) <= 0:
        raise Undefined("the logarithm of a number that is not positive")
    if isinstance(a, Jet):
        return Jet(a.level, log(a.value), mul(a.slope, inverse(a.value)))
    return ZERO if isinstance(a, fmpq) and a == 1 else _settle(ball(a).log())


def sin(a: Value) -> Value:
    """The sine."""
    if isinstance(a, Jet):
        return Jet(a.level, sin(a.value), mul(cos(a.value), a.slope))
    return ZERO if isinstance(a, fmpq) and a == 0 else _settle(ball(a).sin())


def cos(a: Value) -> Value:
    """The cosine."""
    if isinstance(a, Jet):
        return Jet(a.level, cos(a.value), neg(mul(sin(a.value), a.slope)))
    return ONE if isinstance(a, fmpq) and a == 0 else _settle(ball(a).cos())


def atan(a: Value) -> Value:
    """The arc tangent."""
    if isinstance(a, Jet):
        return Jet(a.level, atan(a.value), mul(a.slope, inverse(add(ONE, mul(a.value, a.value)))))
    return ZERO if isinstance(a, fmpq) and a == 0 else _settle(ball(a).atan())
