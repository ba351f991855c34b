"""Documents that change their notation from one chapter to the next, and notations that are told by a definition."""

import json

import pytest

from derivations.reading import audit_text
from derivations.reading.text.headings import counts

STEPS = r"""
# Steps

$$q(x_t|x_{t-1}) = N(x_t;\sqrt{1-\beta_t}x_{t-1},\beta_t I)$$

$$x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon$$
"""
LEVELS = r"""
# Levels

$$q(x_t|x_0) = N(x_t;\alpha_t x_0,\sigma_t^2 I)$$

$$x_0 = \frac{x_t - \sigma_t\epsilon}{\alpha_t}$$

$$q(x_t|x_s) = N(x_t;\frac{\alpha_t}{\alpha_s}x_s,(\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2)I)$$
"""
FACTORS = r"""
# Factors

$$\alpha_t := \sqrt{1-\beta_t^2}$$

$$p(x_t|x_{t-1}) := N(x_t;\alpha_t x_{t-1},\beta_t^2 I)$$

$$p(x_t|x_0) = N(x_t;\bar\alpha_t x_0,(1-\bar\alpha_t^2)I),\quad \bar\alpha_t := \prod_{s=1}^t\sqrt{1-\beta_s^2} = \prod_{s=1}^t\alpha_s$$

"""


def verdicts(text):
    """The verdicts on a text, in order."""
    return [e.judgement.verdict for e in audit_text(text).equations]


IMPLICIT = r"""
# Implicit

$$x_t = \sqrt{\alpha_t}x_0 + \sqrt{1-\alpha_t}\epsilon$$
"""
MORE = r"""
$$x_0 = \frac{x_t - \sqrt{1-\alpha_t}\epsilon}{\sqrt{\alpha_t}}$$

$$x_{t-1} = \sqrt{\alpha_{t-1}}\frac{x_t - \sqrt{1-\alpha_t}\epsilon_\theta(x_t,t)}{\sqrt{\alpha_t}} + \sqrt{1-\alpha_{t-1}}\epsilon_\theta(x_t,t)$$
"""


def test_a_chapter_is_read_in_the_notation_that_fits_it():
    a = audit_text(STEPS + IMPLICIT + MORE)
    assert a.notation == "ddpm"
    assert [e.notation for e in a.equations] == ["", "", "ddim", "ddim", "ddim"]
    assert [e.judgement.verdict for e in a.equations] == [
        "definition",
        "proved",
        "convention",
        "convention",
        "convention",
    ]
    assert [e["notation"] for e in json.loads(json.dumps(a.data()))["equations"] if "notation" in e] == ["ddim"] * 3


def test_one_formula_that_is_true_in_another_notation_is_open():
    found = audit_text(STEPS + IMPLICIT).equations[-1].judgement
    assert found.verdict == "undecided"
    assert found.message.startswith("it fails in the notation of the document, and is true in another one: DDIM")


def test_one_bar_less_is_a_mistake_and_no_other_notation():
    found = audit_text(STEPS + IMPLICIT.replace(r"1-\alpha", r"1-\bar\alpha")).equations[-1].judgement
    assert found.verdict == "refuted"
    assert found.message.endswith("it is true with ᾱ_t in place of α_t")


def test_what_is_false_in_either_notation_makes_no_chapter():
    assert verdicts(STEPS + IMPLICIT + MORE.replace("x_t - ", "x_t + "))[2:] == ["undecided", "refuted", "undecided"]


def test_levels_beside_a_chain_of_steps_are_levels():
    assert "refuted" not in verdicts(FACTORS + LEVELS)


def test_headings_are_counted_by_level_and_not_in_code():
    text = "# A\n\n## B\n\n```\n# no heading\n```\nx\n## C\ny\n"
    assert counts(text, [text.index("x\n"), text.index("y\n")]) == [(1, 2, 2, 2, 2, 2), (1, 3, 3, 3, 3, 3)]
    tex = "\\chapter{A}\n% \\chapter{no}\n\\section*{B}\nx"
    assert counts(tex, [len(tex)], (1,) * 6) == [(1, 2, 3, 3, 3, 3)]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (r"x_{t-1} \gets \frac{1}{\alpha_t}(x_t-\frac{1-\alpha_t^2}{\sqrt{1-\bar\alpha_t^2}}\epsilon_\theta(x_t,t)) + \sigma_t z", "convention"),
        (r"x_{t-1} \gets \frac{1}{\alpha_t}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t^2}}\epsilon_\theta(x_t,t)) + \sigma_t z", "refuted"),
        (r"x_{t-1} = \frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t^2}{\sqrt{1-\bar\alpha_t^2}}\epsilon_\theta(x_t,t)) + \sigma_t z", "refuted"),
    ],
)  # fmt: skip
def test_the_step_of_a_sampler_in_the_notation_of_factors(step, expected):
    assert verdicts(f"{FACTORS}$${step}$$")[-1] == expected


DRIFT = r"\frac{\alpha_s}{\alpha_t}(x_t - \frac{\sigma_t^2 - \frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2}{\sigma_t}\epsilon_\theta(x_t,t))"
SPREAD = r"\sqrt{\sigma_t^2 - \frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2}"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (rf"x_s = {DRIFT} + \frac{{\sigma_s}}{{\sigma_t}}{SPREAD} z", "proved"),
        (rf"x_s = {DRIFT} + {SPREAD} z", "proved"),
        (rf"x_s = {DRIFT} + \frac{{\sigma_t}}{{\sigma_s}}{SPREAD} z", "refuted"),
        (r"x_s = \frac{\alpha_s}{\alpha_t}x_t + (\sigma_s - \frac{\alpha_s}{\alpha_t}\sigma_t)\epsilon_\theta(x_t,t)", "proved"),
    ],
)  # fmt: skip
def test_the_step_of_a_sampler_between_two_levels(step, expected):
    assert verdicts(f"$$x_t = \\alpha_t x_0 + \\sigma_t\\epsilon$$\n\n$${step}$$")[-1] == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\gamma_t = (1-\beta_t)\gamma_{t-1}", "definition"),
        (r"\gamma_t = \beta_t\gamma_{t-1}", "refuted"),
        (r"\frac{\gamma_t}{\gamma_{t-1}} = 1-\beta_t", "proved"),
        (r"\frac{\gamma_t}{\gamma_{t-1}} = 1+\beta_t", "refuted"),
    ],
)
def test_a_product_of_a_name_of_its_own_is_the_products_of_the_book(tex, expected):
    before = (
        r"$$q(x_t|x_{t-1}) = N(x_t;\sqrt{1-\beta_t}x_{t-1},\beta_t I)$$"
        + "\n\n"
        + r"$$\gamma_t := \prod_{k=1}^t (1-\beta_k)$$"
    )
    assert verdicts(f"{before}\n\n$${tex}$$")[-1] == expected


@pytest.mark.parametrize(("sign", "expected"), [("-", "convention"), ("+", "refuted")])
def test_a_step_to_a_time_a_little_before(sign, expected):
    before = r"\sqrt{\frac{1-\alpha_{t-\Delta t}}{\alpha_{t-\Delta t}}}"
    now = rf"\frac{{x_t}}{{\sqrt{{\alpha_t}}}} + ({before} {sign} \sqrt{{\frac{{1-\alpha_t}}{{\alpha_t}}}})\epsilon_\theta(x_t,t)"
    found = audit_text(rf"$$\frac{{x_{{t-\Delta t}}}}{{\sqrt{{\alpha_{{t-\Delta t}}}}}} = {now}$$", notation="ddim")
    assert found.equations[0].judgement.verdict == expected
