"""What documents of other hands asked for: moments, letters above a name, guided scores, steps of a grid, their macros."""

import pytest

from derivations.reading import audit_text
from derivations.reading.text import thin

PATH = "$$x_t = (1-t)x_0 + t x_1$$\n\n"
DDPM = "$$q(x_t|x_0) = \\mathcal N(x_t; \\sqrt{\\bar\\alpha_t}x_0, (1-\\bar\\alpha_t)I)$$\n\n"


def verdicts(text, suffix=".md"):
    """The verdicts on the formulas of a text."""
    return [e.judgement.verdict for e in audit_text(text, suffix).equations]


def last(text):
    """The judgement on the last formula of a text."""
    return audit_text(text).equations[-1].judgement


@pytest.mark.parametrize(
    "moment",
    ["- At $t = 0$: $x_t = x_0$", "When $t=1$, $x_t = x_1$.", "当 $t=1$ 时，$x_t = x_1$", "Bei $t = 0$ gilt $x_t = x_0$."],
)
def test_what_is_said_of_one_moment_gives_no_name_its_meaning(moment):
    assert set(verdicts(f"{PATH}{moment}\n\nAgain $x_t = (1-t)x_0 + t x_1$.")) == {"definition"}
    assert set(verdicts(f"{moment}\n\nThe path is $x_t = (1-t)x_0 + t x_1$.")) == {"definition"}


def test_a_formula_at_a_moment_is_judged_with_the_value_put_in():
    step = "$$\\bar\\alpha_t = \\prod_{i=1}^t\\alpha_i$$\n\nFor $t=1$, "
    assert last(step + "$\\bar\\alpha_t = \\alpha_1$.").verdict == "proved"
    assert last(step + "$1 - \\bar\\alpha_t = 1 - 2\\alpha_1$.").verdict != "proved"
    assert last(PATH + "At $t = 1$: $x_t = x_0$").verdict == "undecided"
    assert last(PATH + "At $t = 0$ we have\n$$\\frac{dx_t}{dt} = x_1 - x_0$$").verdict == "proved"


@pytest.mark.parametrize(
    "formula, reading",
    [
        (r"\mathcal L(\theta) = \mathbb E\|s_t^\theta(x_t) + \epsilon\|^2", "s_theta(t, x(t))"),
        (r"L_t^{\mathbf v} = \|\mathbf v - \mathbf v_\theta(x_t, t)\|^2", "L_v(t) ="),
        (r"L_t^{x_0} = \|x_0 - x_\theta(x_t, t)\|^2", "L_x_{0}(t) ="),
        (r"L_t^\text{eps} = \|\epsilon - \epsilon_\theta(x_t, t)\|^2", "L_eps(t) ="),
    ],
)  # fmt: skip
def test_a_letter_above_a_name_that_can_be_no_power_is_part_of_the_name(formula, reading):
    found = last(f"{DDPM}$$L_t = KL(q(x_t|x_0)\\|p(x_t))$$\n\n$${formula}$$")
    assert (found.verdict, reading in found.reading) == ("definition", True), found


def test_powers_stay_powers():
    assert last(r"$$a^\theta a^\theta = a^{2\theta}$$").verdict == "proved"
    assert last(r"$$e^\theta = e^{\theta/2}$$").verdict != "proved"
    assert last(r"$$\mathbf x^\text{T}\mathbf x = \|\mathbf x\|^2$$").verdict == "proved"


@pytest.mark.parametrize(
    "right, expected",
    [
        (r"\nabla_x\log p(x_t) + \nabla_x\log p(c\mid x_t)", "proved"),
        (r"\nabla_x\log p(x_t) - \nabla_x\log p(c\mid x_t)", "refuted"),
        (r"\nabla_x\log p(x_t) + \lambda\nabla_x\log p(c\mid x_t)", "undecided"),
        (r"\nabla_x\log p(x_t) + \lambda(\nabla_x\log p(x_t\mid c) - \nabla_x\log p(x_t))", "undecided"),
        (r"\nabla_x\log p(x_t) + 2(\nabla_x\log p(x_t\mid c) - \nabla_x\log p(x_t))", "refuted"),
    ],
)  # fmt: skip
def test_a_gradient_in_x_of_what_has_only_x_t_is_in_x_t_and_a_guided_score_is_no_false_one(right, expected):
    assert last(rf"$$\nabla_x\log p(x_t\mid c) = {right}$$").verdict == expected


def test_a_difference_of_states_may_be_called_v_and_a_wrong_v_is_still_refuted():
    noisy = "$$x_t = \\sqrt{\\bar\\alpha_t}x_0 + \\sqrt{1-\\bar\\alpha_t}\\epsilon$$\n\n"
    assert last(noisy + "$$v_t = x_{t+1} - x_t$$").verdict == "undecided"
    assert last(noisy + r"$$v_t = \sqrt{\bar\alpha_t}x_0 - \sqrt{1-\bar\alpha_t}\epsilon$$").verdict == "refuted"


def test_a_step_is_the_difference_of_the_times_of_its_grid():
    step = "With $h = \\frac{T-t_0}{N}$\n$$\\int_{t_k}^{t_{k+1}} e^{-\\lambda(t_{k+1}-\\tau)}d\\tau = \\frac{1%se^{-h\\lambda}}{\\lambda}$$"
    assert [last(step % sign).verdict for sign in "-+"] == ["undecided", "refuted"]


def test_the_network_may_stand_for_the_denoiser_where_the_true_score_stands_beside_it():
    given = "$$D_\\theta(x,\\sigma) = c_\\text{skip}(\\sigma)x + c_\\text{out}(\\sigma)F_\\theta(c_\\text{in}(\\sigma)x)$$\n\n"
    right, wrong = (rf"$$\nabla_x\log p(x;\sigma) = ({d})/\sigma^2$$" for d in (r"D_\theta(x,\sigma)-x", r"x-D_\theta(x,\sigma)"))
    assert last(given + right).verdict == "proved"
    assert last(given + wrong).verdict == "refuted"


def test_x_beside_x_0_may_be_the_data_too():
    kl = r"$$\left(1 - \frac{\sigma_s^2}{\sigma_t^2}\right)\|x - x_\theta\|^2 = \frac{\sigma_t^2 %s \sigma_s^2}{\sigma_t^2}\|x_0 - x_\theta\|^2$$"
    assert last(kl % "-").verdict == "undecided"
    assert last(kl % "+").verdict != "proved"


@pytest.mark.parametrize(
    "formula, expected",
    [
        (r"\nabla\log p_t(x) = \frac{\nabla p_t(x)}{p_t(x)}. ^{ (38) }", "proved"),
        (r"\nabla\log p_t(x) = \frac{2\nabla p_t(x)}{p_t(x)}. ^{ (38) }", "refuted"),
        (r"\kl{q(x_t|x_0)}{p(x_t)} = \EX_{q(x_t|x_0)}\left[\log\frac{q(x_t|x_0)}{p(x_t)}\right]", "proved"),
        (r"\kl{q(x_t|x_0)}{p(x_t)} = \EX_{q(x_t|x_0)}\left[\log\frac{p(x_t)}{q(x_t|x_0)}\right]", "refuted"),
        (r"q(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}\bold{x}_0, (1-\bar\alpha_t)\bold{I})", "definition"),
        (r"q(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}\bold{x}_0, (1-\alpha_t)\bold{I})", "refuted"),
        (r"\frac{\parallel a - b\parallel^2}{2} = \frac12\left|\left|a - b\right|\right|^2", "proved"),
        (r"\log q(x) = log\int q(x, z)dz", "definition"),
        (r"\text{log}\left(\text{exp}(a)\right) = a", "proved"),
        (r"\text{log}\left(\text{exp}(a)\right) = 2a", "refuted"),
    ],
)  # fmt: skip
def test_more_ways_of_setting_a_formula_are_read(formula, expected):
    got = last(f"$${formula}$$").verdict
    assert got == expected or (expected == "definition" and got == "proved")


def test_v_is_no_velocity_where_it_is_made_of_the_data_alone():
    noisy = "$$x_t = \\sqrt{\\bar\\alpha_t}x_0 + \\sqrt{1-\\bar\\alpha_t}\\epsilon$$\n\n"
    assert last(noisy + "With $\\bar\\alpha_0 = 1$,\n$$v_0 = -x_0$$").verdict == "refuted"


@pytest.mark.parametrize(
    "formula, expected",
    [
        (r"D_{KL}(q(x_t|x_0),|,p(x_t)) = \mathbb E_{q(x_t|x_0)}\left[\log\frac{q(x_t|x_0)}{p(x_t)}\right]", "proved"),
        (r"D_{KL}(q(x_t|x_0),|,p(x_t)) = \mathbb E_{q(x_t|x_0)}\left[\log\frac{p(x_t)}{q(x_t|x_0)}\right]", "refuted"),
        (r"p(x,z) = p(z),p(x\mid z)", "definition"),
        (r"q(x_t|x_0) = \mathcal N(x_t;; \sqrt{\bar\alpha_t},x_0,; (1-\bar\alpha_t)I)", "proved"),
        (r"q(x_t|x_0) = \mathcal N(x_t;; \sqrt{\bar\alpha_t},x_0,; (1-\alpha_t)I)", "refuted"),
        (r"x_t = \sqrt{\bar\alpha_t},x_0 + \sqrt{1-\bar\alpha_t},\epsilon,\qquad \epsilon\sim\mathcal N(0,I)", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t},x_0 + \sqrt{1-\alpha_t},\epsilon,\qquad \epsilon\sim\mathcal N(0,I)", "refuted"),
        (r"\nabla_{x}!\log p(x) = \frac{\nabla_x p(x)}{p(x)}", "proved"),
    ],
)  # fmt: skip
def test_a_comma_that_was_a_thin_space_separates_nothing(formula, expected):
    given = "Let $\\bar\\alpha_t = \\prod_{s=1}^t\\alpha_s$.\n\n"
    got = audit_text(f"{given}$${formula}$$").equations[-1]
    assert got.judgement.verdict == expected, got.judgement
    assert any("thin space" in note for note in got.repairs)


@pytest.mark.parametrize("formula", ["i = 1,\\dots,T", "a=b,c=d", "x_t = f(x,t),t\\in[0,1]", "t=T,T-1,\\ldots,1", "x = a,b"])
def test_other_commas_stay(formula):
    assert thin.restored(formula) == formula
