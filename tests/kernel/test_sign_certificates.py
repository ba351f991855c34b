"""Signs and their certificates: what the kernel finds is followed on SymPy's ring, and a wrong sign is not."""

from fractions import Fraction

import pytest

from derivations.evidence.ring_check import Witness
from derivations.evidence.ring_signs import SignDisagreement
from derivations.kernel.normal import Normalizer
from derivations.kernel.signs import Bounds, Sign, Signs
from derivations.kernel.terms import INT, exp, forall, le, log, lt, num, prod_, sqrt, sym
from derivations.kernel.terms import app as function  # an opaque one
from derivations.kernel.terms import function as apply

a, b, x, y, s = (sym(name) for name in ("a", "b", "x", "y", "s"))
i, n = sym("i", INT), sym("n", INT)
UNIT = (lt(0, a), lt(a, 1), lt(0, b), lt(b, 1))
PI = sym("pi")


def sin(t):
    return apply("sin", t)


def cos(t):
    return apply("cos", t)


RATIO = forall(i, lt(0, function("f", i)))

# a name: hypotheses, a scalar, its sign, whether it is strict
SIGNED = {
    "a product of unit symbols": (UNIT, a * b, 1, True),
    "one minus a product": (UNIT, 1 - a * b, 1, True),
    "the posterior variance": (UNIT, (1 - a) * (1 - b) / (1 - a * b), 1, True),
    "a root": (UNIT, 1 - sqrt(a), 1, True),
    "a root and its atom": (UNIT, sqrt(a) - a, 1, True),
    "nested roots": (UNIT, 1 - sqrt(1 - sqrt(a)), 1, True),
    "the root of a number": ((), num(3) - 2 * sqrt(num(2)), 1, True),
    "an exponential": ((), exp(x) + x**2, 1, True),
    "an exponential that falls": ((lt(0, x),), 1 - exp(-x), 1, True),
    "a logarithm": ((lt(1, x),), log(x), 1, True),
    "a square": ((), x**2 * y**4 + 1, 1, True),
    "a square may vanish": ((), x**2, 1, False),
    "one fact": ((lt(x, y),), y - x, 1, True),
    "one fact, doubled": ((le(x, y),), 3 * y - 3 * x, 1, False),
    "two facts": ((lt(x, y), lt(0, x)), y * y, 1, True),
    "an eliminated letter": ((lt(x, y), lt(0, x)), y**2 + y - x**2, 1, True),
    "between two letters": ((lt(x, s), lt(s, y)), y - x, 1, True),
    "a negative one": (UNIT, a * b - 1, -1, True),
    "a closed interval": ((le(2, x), le(x, 3)), x - 1, 1, False),
    "half open": ((lt(0, x), le(x, 1)), 2 * x - x**2, 1, True),
    "pi": ((), PI - 3, 1, True),
    "a sine in its first turn": ((lt(0, x), lt(x, PI)), sin(x), 1, True),
    "a cosine in its first turn": ((lt(0, x), lt(x, PI / 2)), cos(x), 1, True),
    "an integer": ((lt(0, n),), n, 1, True),
    "an integer beyond one": ((lt(1, n),), n - 1, 1, True),
    "a product of positive factors": ((RATIO,), prod_(i, 1, n, function("f", i)), 1, True),
}


def watched(hypotheses, term):
    w = Witness(hypotheses, [])
    return w, w.sign_of(w.scalar(term))


@pytest.mark.parametrize("name", SIGNED)
def test_a_certificate_is_followed(name):
    hypotheses, term, value, strict = SIGNED[name]
    w, sign = watched(hypotheses, term)
    assert (sign.value, sign.strict) == (value, strict)
    assert w.signs.confirmed


@pytest.mark.parametrize("hypotheses, term", [
    ((), x), (UNIT, a - b), ((), x * y), (UNIT, 1 - 2 * a), ((lt(x, y),), x), ((lt(0, n),), n - 2), ((), sin(x)),
    ((lt(0, x),), log(x)), ((), x**3),
])  # fmt: skip
def test_an_open_sign_stays_open(hypotheses, term):
    assert watched(hypotheses, term)[1] is None


# ---- a kernel that finds signs where there are none


def certificate_of_anything(self, p):
    return COEFFICIENTS(self, p) or (True, ("coefficients", {}, {k: self.bounds(k) for k in self.field.places_in(p)}))


def always_strict(self, p):
    found = COEFFICIENTS(self, p)
    return found and (True, found[1])


def everything_in_the_unit_interval(self, place):
    return Bounds(Fraction(0), Fraction(1), True, True)


def roots_below_one(self, place):
    return Bounds(Fraction(0), Fraction(1), True, True)


def exponentials_above_one(self, place):
    return Bounds(Fraction(1), None, True)


def logs_are_positive(self, place):
    return Bounds(Fraction(0), None, True)


def always_in_the_first_turn(self, place):
    return True


def fact_of_either_sign(self, poly):
    found = STATED(self, poly)
    return found and Sign(-found.value, found.strict, found.certificate)


def every_fact_is_strict(self, poly):
    found = STATED(self, poly)
    return found and Sign(found.value, True, found.certificate)


def odd_powers_pass(self, p, place, b):
    return SHIFT(self, p**2, place, b) if b.lo is None and b.hi is None else SHIFT(self, p, place, b)


COEFFICIENTS, STATED, SHIFT = Signs._coefficients, Signs._stated, Signs._shift
BROKEN = {
    "no look at the coefficients": ("_coefficients", certificate_of_anything, UNIT, a - b),
    "what may vanish is taken for positive": ("_coefficients", always_strict, (), x**2),
    "bounds from nowhere": ("_find_bounds", everything_in_the_unit_interval, (), x),
    "a root below one": ("_root_bounds", roots_below_one, (lt(0, x),), 1 - sqrt(x)),
    "an exponential above one": ("_exp_bounds", exponentials_above_one, (), exp(x) - 1),
    "a positive logarithm": ("_log_bounds", logs_are_positive, (lt(0, x),), log(x)),
    "a sine of any angle": ("_first_turn", always_in_the_first_turn, (), sin(x)),
    "a fact turned around": ("_stated", fact_of_either_sign, (lt(x, y), lt(x**2, y)), y - x),
    "a weak fact": ("_stated", every_fact_is_strict, (le(x**2, y),), y - x**2),
    "odd powers of a free letter": ("_shift", odd_powers_pass, (), x),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_kernel_that_finds_wrong_signs_is_contradicted(fault, monkeypatch):
    name, broken, hypotheses, term = BROKEN[fault]
    monkeypatch.setattr(Signs, name, broken)
    with pytest.raises(SignDisagreement, match=r"no certificate that -?1 \* \(.*\) >=? 0"):
        watched(hypotheses, term)


@pytest.mark.parametrize("others", range(16))
def test_a_search_may_bring_generators(others):
    """However full the field is: the search goes on in the larger ring when a fact brings its slack into it."""
    n = Normalizer((*UNIT, lt(x, y), lt(y, s), lt(a * x, b)))
    for k in range(others):
        n.scalar(sym(f"other_{k}"))
    assert n.sign_of(n.scalar(sqrt(a) - a + x - y * b - s)) is None
    assert n.sign_of(n.scalar((s - x) * (sqrt(a) - a + sqrt(b)))).value > 0
