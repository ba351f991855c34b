"""Identities in letters of their own: a slip anywhere in one is refuted, and an equation that asks for something is not."""

import pytest

from derivations.kernel.terms import add, app, diff, mul, num, power, sqrt, sym
from derivations.reading import audit_text
from derivations.reading.equations.samples import Samples
from tests.reading.asked import judged, verdict

BOUND = (
    r"\tfrac12\left(\frac{\alpha_r^2}{\sigma_r^2} - \frac{\alpha_s^2}{\sigma_s^2}\right)e_s + "
    r"\tfrac12\left(\frac{\alpha_s^2}{\sigma_s^2} - \frac{\alpha_t^2}{\sigma_t^2}\right)e_t - "
    r"\tfrac12\left(\frac{\alpha_r^2}{\sigma_r^2} - \frac{\alpha_t^2}{\sigma_t^2}\right)e_t = "
    r"\tfrac12\left(\frac{\alpha_r^2}{\sigma_r^2} - \frac{\alpha_s^2}{\sigma_s^2}\right)(e_s - e_t)"
)
ERRORS = (
    r"a x_0 + b\frac{x_t - \alpha x_0}{\sigma} - \left(a \hat x_0 + b\frac{x_t - \alpha\hat x_0}{\sigma}\right) = "
    r"-\frac{\alpha b - \sigma a}{\sigma}(x_0 - \hat x_0)"
)
SQUARE = r"(1-c)^2 s^2 + c^2 k^2 = (k^2 + s^2)\left(c - \frac{s^2}{k^2 + s^2}\right)^2 + \frac{\left(k s\right)^2}{k^2 + s^2}"
RATES = (
    r"\frac{d}{d\tau}\left(a(\tau)\,\mathbf{x}_0 + b(\tau)\,\epsilon\right) = "
    r"\left(\frac{d}{d\tau}(a(\tau) + b(\tau))\right)\frac{a(\tau)\mathbf{x}_0 + b(\tau)\epsilon}{a(\tau) + b(\tau)} + "
    r"(a(\tau) + b(\tau))\left(\frac{d}{d\tau}\frac{b(\tau)}{a(\tau) + b(\tau)}\right)(\epsilon - \mathbf{x}_0)"
)
SLIPS = [
    (BOUND, r"\alpha_t^2", r"\alpha_t"), (BOUND, r"(e_s - e_t)", r"(e_s + e_t)"), (BOUND, r"\sigma_r^2} - \frac{\alpha_t", r"\sigma_r} - \frac{\alpha_t"),
    (ERRORS, r"- \left(", r"+ \left("), (ERRORS, r"\alpha x_0}", r"\alpha x_t}"), (ERRORS, r"(x_0 -", r"(x_t -"),
    (SQUARE, r"\left(k s\right)^2", r"\left(k s\right)"), (SQUARE, r"\frac{s^2}", r"\frac{s}"), (SQUARE, r"c^2 k^2 =", r"c^2 k ="),
    (RATES, r"(a(\tau) + b(\tau))\right)", r"(a(\tau) - b(\tau))\right)"), (RATES, r"(\epsilon - ", r"(\epsilon + "),
]  # fmt: skip


@pytest.mark.parametrize("tex", [BOUND, ERRORS, SQUARE, RATES])
def test_the_identities_are_proved(tex):
    assert verdict(tex) == "proved"


@pytest.mark.parametrize("tex, old, new", SLIPS)
def test_a_slip_anywhere_in_an_identity_is_refuted(tex, old, new):
    assert old in tex
    j = judged(tex.replace(old, new, 1))
    assert j.verdict == "refuted" and "it is true" in j.message, j


@pytest.mark.parametrize(
    "tex",
    [
        r"a x^2 + b x + c = 0", r"a^2 + b^2 = c^2", r"a + b = a b", r"\frac{1}{a} + \frac{1}{b} = \frac{1}{c}", r"(1-p)^2 = p^2",
        r"(1-p)^2 + p^2 = \frac{1}{2}", r"g(1-g) = g^2", r"e^{-g} = 1 - g", r"a(b + c) = a b", r"(a+b)^2 = 2ab", r"\frac{a+b}{2} = \sqrt{ab}",
        r"\frac{c^2}{c^2 + g^2} = \frac{1}{2}", r"a\log a = b\log b", r"\log a = a - 1", r"a_1 b_2 = a_2 b_1", r"a p = b (1 - p)",
        r"\dot\alpha\sigma = \alpha\dot\sigma", r"\alpha^2 + \sigma^2 = c^2", r"\frac{a}{b} = \frac{c}{e}", r"\pi_i P_{ij} = \pi_j P_{ji}",
        r"(a-1)(b-1) = 1", r"a^2 - 2a = 3", r"w_1 + w_2 = w_3", r"w_1 a + w_2 b = c", r"\frac{d a}{d\tau} = -g a", r"g^2 = -2 w c^2 + 2 c b",
        r"\sum_{i=1}^n w_i = 1", r"\sum_{i=1}^n w_i a_i = 0", r"2 a g + b = 0", r"c_1 g^2 + c_2 = c_3 g",
        r"\frac{\alpha_t}{\sigma_t} = \frac{\alpha_s}{\sigma_s}", r"\alpha_t \sigma_s = \alpha_s \sigma_t", r"\alpha_t^2 + \sigma_t^2 = \alpha_s^2 + \sigma_s^2",
    ],
)  # fmt: skip
def test_an_equation_that_asks_for_something_is_no_slip(tex):
    assert verdict(tex) != "refuted"


def test_a_function_at_a_computed_point_is_what_it_was_defined_as():
    defined = r"$$\mathbf{v}(\mathbf{x}_0, \epsilon) = a\,\epsilon - b\,\mathbf{x}_0$$" + "\n\nThen\n\n$$%s$$"
    right = r"\mathbf{v}\left(\frac{\mathbf{x}_t - b\,\epsilon}{a}, \epsilon\right) = \frac{(a^2 + b^2)\,\epsilon - b\,\mathbf{x}_t}{a}"

    def last(tex):
        return audit_text(defined % tex).equations[-1].judgement.verdict

    assert last(right) == "proved"
    assert last(right.replace("a^2 + b^2", "a^2 - b^2")) == "refuted"
    assert last(right.replace(r"a^2 + b^2", r"a + b^2")) == "refuted"
    assert last(r"\mathbf{v}(\mathbf{y}, \mathbf{z}) = \mathbf{y} + \mathbf{z}") != "refuted"  # another example
    assert last(r"\mathbf{v}(\mathbf{x}_t, t) = a\,\mathbf{x}_t") != "refuted"


def test_samples_are_a_sieve():
    a, b, t = sym("a"), sym("b"), sym("t")
    seen = Samples()
    assert seen.agree(power(add(a, b), 2), add(power(a, 2), mul(2, a, b), power(b, 2)))
    assert not seen.agree(power(add(a, b), 2), add(power(a, 2), power(b, 2)))
    f, g = app("f", t), app("g", t)
    product = diff(t, mul(f, g), t)
    assert seen.agree(product, add(mul(diff(t, f, t), g), mul(f, diff(t, g, t))))
    assert not seen.agree(product, mul(diff(t, f, t), diff(t, g, t)))
    assert not seen.agree(app("f", t), app("f", add(t, num(-1))))
    assert not seen.agree(mul(a, power(num(0), num(-1))), sqrt(a))  # without a value
