"""Equations behind "if": what they make equal is put in, the only solution or not; nothing is proved by its own conclusion."""

from fractions import Fraction

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict

CIRCLE = r" \quad\text{if } \alpha^2 + \sigma^2 = 1"
VELOCITY = r"\frac{x_0 - \frac{\alpha}{\alpha^2 + \sigma^2}(\alpha x_0 + \sigma\epsilon)}{\frac{\sigma}{\sqrt{\alpha^2 + \sigma^2}}} = -(\alpha\epsilon - \sigma x_0)"
RATIO = r"a = \frac{\alpha_t}{\alpha_s} \quad\text{if } a\,\alpha_s = \alpha_t"
VARIANCE = r"v = \sigma_t^2 - \left(\frac{\alpha_t}{\alpha_s}\right)^2\sigma_s^2 \quad\text{if } a\,\alpha_s = \alpha_t,\; v + a^2\sigma_s^2 = \sigma_t^2"
IDENTITY = r"C = \mathbf{I} \quad\text{if } \bar\alpha_t\,C + (1-\bar\alpha_t)\mathbf{I} = \mathbf{I}"
TRUE = [
    (VELOCITY + CIRCLE, r"-(\alpha\epsilon", r"-(\alpha^2\epsilon"),
    (RATIO, r"a\,\alpha_s", r"a\,\beta_s"),
    (RATIO, r"\frac{\alpha_t}", r"\frac{\alpha_{t-1}}"),
    (VARIANCE, r"\right)^2", r"\right)"),
    (VARIANCE, r"v + a^2", r"v - a^2"),
    (IDENTITY, r"(1-\bar\alpha_t)", r"(1-\bar\alpha_{t-1})"),
    (r"\bar\alpha_t C + (1-\bar\alpha_t)\mathbf{I} = \mathbf{I} \quad\text{if } C = \mathbf{I}", r"\bar\alpha_t C", r"\alpha_t C"),
    (r"p + q = 2q \quad\text{when } p = q", "2q", "3q"),
    (r"a = 2 \quad\text{if } 3a = 6", "= 2", "= 3"),
    (r"\frac{a-b}{a} = \frac{r}{1+r} \quad\text{provided } a = (1+r)b,\; r > 0,\; b > 0", r"\frac{r}", r"\frac{1}"),
]  # fmt: skip


@pytest.mark.parametrize("tex, old, new", TRUE)
def test_what_follows_from_an_equation_is_proved_and_a_slip_refuted(tex, old, new):
    before = "With\n\n$$x_t = \\alpha_t x_0 + \\sigma_t\\epsilon.$$\n\nThen\n\n" if r"\sigma_t" in tex else ""
    assert old in tex
    assert verdict(tex, before) == "proved"
    assert verdict(tex.replace(old, new, 1), before) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"b = c \quad\text{if } a b = a c",  # a may be 0
        r"a = 2 \quad\text{if } a^2 = 4",  # or -2
        r"a + b = 0 \quad\text{if } a^2 = b^2",
        r"a = b \quad\text{if } 2a + c = 2b + e",
        r"\bar\alpha_t = \alpha \quad\text{if } \alpha_t = \alpha",
        r"a^2 = b^2 \quad\text{if and only if } a = b",
        r"e_t + e_s = 2 c \quad\text{if } e_t = c",  # at every step, or at one
        r"\sum_{t=1}^T e_t = T e_s \quad\text{if } e_t = e_s",
        r"u = w \quad\text{if } \|u\| = \|w\|",
        r"p(x) = q(x) \quad\text{if } \mathbb{E}_p[x] = \mathbb{E}_q[x]",
    ],
)
def test_nothing_is_proved_by_what_follows_from_it_nor_by_one_solution_of_several(tex):
    assert verdict(tex) != "proved"


@pytest.mark.parametrize(
    "tex",
    [
        r"\sqrt{a^2} = a \quad\text{if } a = b - c",  # with a taken to be positive, as usual
        r"a = \sqrt{1 - b^2} \quad\text{if } a^2 + b^2 = 1",
        r"\bar\alpha_t = \alpha^t \quad\text{if } \alpha_s = \alpha \text{ for all } s",
        r"\bar\alpha_t = (1-\beta)^t \quad\text{if } \beta_t = \beta",
        r"\sigma_t^2 - \sigma_s^2 = 0 \quad\text{if } \sigma_t = \sigma",
        r"h = 0 \quad\text{if } a = b",
        r"a b = 0 \quad\text{if } a^2 + b^2 = a + b",  # not solved for a name
        r"x_t = x_0 \quad\text{if } \sigma_t = 0",
        r"\frac{a}{b} = \frac{b}{a} \quad\text{if } a^3 = b^3",
    ],
)
def test_a_formula_under_a_condition_accuses_nobody(tex):
    assert verdict(tex) != "refuted"


def test_a_witness_satisfies_the_condition_and_the_message_says_what_was_put_in():
    (e,) = audit_text(r"$$(a + b)^2 = a + 3b^2 \quad\text{if } a = 2b,\; b > 1$$").equations
    assert e.judgement.verdict == "refuted" and "with a = 2*b by its condition" in e.judgement.message
    assert Fraction(e.judgement.witness["b"]) > 1


def test_what_is_not_zero_is_granted():
    tex = r"\frac{\frac{x_t - \sigma\epsilon}{\alpha}}{c} = \frac{x_t - \sigma\epsilon}{\alpha c} \quad\text{if } \alpha \neq 0,\; c \ne 0"
    assert verdict(tex) == "proved"
    assert verdict(r"\frac{(c - 1)^2}{c - 1} = c - 1 \quad\text{if } c \neq 1") == "proved"
    assert verdict(r"\frac{(c - 1)^2}{c - 1} = 1 \quad\text{if } c \neq 1") != "proved"


def test_what_holds_under_a_condition_is_no_definition_for_what_follows():
    text = r"$$r = a + b \quad\text{if } a = 2b$$" + "\n\n" + r"$$\sqrt{r} = \sqrt{3b}$$"
    assert [e.judgement.verdict for e in audit_text(text).equations][1] not in ("proved", "refuted")


def test_a_condition_that_is_not_read_leaves_its_formula_unread():
    assert verdict(r"a = 2 \quad\text{if } \mathfrak{B}[a \circledast 1] = 3") in ("unread", "undecided", "definition")


LEVELS = "With\n\n$$x_t = \\alpha_t x_0 + \\sigma_t\\epsilon.$$\n\n"


@pytest.mark.parametrize(
    "words, tex, wrong",
    [
        ("If $a = b$, then", "(a+b)^2 = 4a^2", "(a+b)^2 = 3a^2"),
        ("When $a = 2b$ and $b > 1$ we have", "a^2 - b = 4b^2 - b", "a^2 - b = 3b^2"),
        (
            LEVELS + r"If $\alpha_t^2 + \sigma_t^2 = 1$, then",
            r"\frac{1}{1 + \sigma_t^2/\alpha_t^2} = \alpha_t^2",
            r"\frac{1}{1 + \sigma_t^2/\alpha_t^2} = \alpha_t",
        ),
    ],
)
def test_a_condition_that_is_all_its_sentence_says_is_read(words, tex, wrong):
    assert verdict(tex, f"{words}\n\n") in ("proved", "convention")
    assert verdict(wrong, f"{words}\n\n") == "refuted"


@pytest.mark.parametrize(
    "words",
    [
        "If $a = b$ and the noise is small, then",
        "If $f$ is linear and $a = b$, then",
        "If $a = b$ were true, then we would wrongly find",
        "Suppose $c = 0$. If $a = b$ as before, then",
        "If $a = c$, then",  # of another name
    ],
)
def test_a_condition_with_more_in_words_accuses_nobody(words):
    assert verdict("(a+b)^2 = 3a^2 + e", f"{words}\n\n") != "refuted"


def test_words_beside_a_condition_are_no_part_of_it():
    assert verdict(r"(a+b)^2 = 3a^2 \quad\text{if } a = b \text{ and } f \text{ is linear}") != "refuted"
    assert verdict(r"(a+b)^2 = 3a^2 \quad\text{if } a > b \text{ is small}") != "refuted"


def test_what_stands_in_the_lines_below_a_condition_is_judged_too():
    step = r"x_{t-1} = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right) + \sigma_t z"
    lines = r"\begin{aligned} & z \sim \mathcal{N}(0,I) \text{ if } t > 1, \text{ else } z = 0 \\ & %s \end{aligned}"
    assert verdict(lines % step) == "proved"
