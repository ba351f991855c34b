"""What documents of other hands asked for: moments, letters above a name, guided scores, steps of a grid, their macros."""

import pytest

from derivations.reading import audit_text
from derivations.reading.terms import continued
from derivations.reading.text import thin
from tests.reading.asked import last, meets, verdict

PATH = "$$x_t = (1-t)x_0 + t x_1$$\n\n"
DDPM = "$$q(x_t|x_0) = \\mathcal N(x_t; \\sqrt{\\bar\\alpha_t}x_0, (1-\\bar\\alpha_t)I)$$\n\n"


def verdicts(text, suffix=".md"):
    """The verdicts on the formulas of a text."""
    return [e.judgement.verdict for e in audit_text(text, suffix).equations]


@pytest.mark.parametrize(
    "moment",
    [
        "- At $t = 0$: $x_t = x_0$",
        "When $t=1$, $x_t = x_1$.",
        "当 $t=1$ 时，$x_t = x_1$",
        "Bei $t = 0$ gilt $x_t = x_0$.",
    ],
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
        (r"\mathcal L(\theta) = \mathbb E\|s_t^\theta(x_t) + \epsilon\|^2", "s_theta(x(t), t)"),
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
        (r"\nabla_x\log p(x_t) + 2(\nabla_x\log p(x_t\mid c) - \nabla_x\log p(x_t))", "undecided"),
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
    assert last(step % "-").verdict == "undecided"
    assert meets(last(step % "+"), "false")


def test_the_network_may_stand_for_the_denoiser_where_the_true_score_stands_beside_it():
    given = "$$D_\\theta(x,\\sigma) = c_\\text{skip}(\\sigma)x + c_\\text{out}(\\sigma)F_\\theta(c_\\text{in}(\\sigma)x)$$\n\n"
    right, wrong = (
        rf"$$\nabla_x\log p(x;\sigma) = ({d})/\sigma^2$$" for d in (r"D_\theta(x,\sigma)-x", r"x-D_\theta(x,\sigma)")
    )
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


def test_v_at_the_start_is_left_open_by_the_letter_alone():
    noisy = "$$x_t = \\sqrt{\\bar\\alpha_t}x_0 + \\sqrt{1-\\bar\\alpha_t}\\epsilon$$\n\n"
    assert last(noisy + "With $\\bar\\alpha_0 = 1$,\n$$v_0 = -x_0$$").verdict == "undecided"


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


@pytest.mark.parametrize(
    "formula", ["i = 1,\\dots,T", "a=b,c=d", "x_t = f(x,t),t\\in[0,1]", "t=T,T-1,\\ldots,1", "x = a,b"]
)
def test_other_commas_stay(formula):
    assert thin.restored(formula) == formula


SDE = r"dX_t = u_t(X_t)dt + \tfrac{\sigma_t^2}{2}\nabla\log p_t(X_t)dt + \sigma_t dW_t = \left(u_t(X_t) + %s\nabla\log p_t(X_t)\right)dt + %s"


@pytest.mark.parametrize(
    "drift, noise, expected",
    [
        (r"\tfrac{\sigma_t^2}{2}", r"\sigma_t dW_t", False),
        (r"\sigma_t^2", r"\sigma_t dW_t", True),
        (r"\tfrac{\sigma_t^2}{2}", r"2\sigma_t dW_t", True),
    ],
)
def test_a_stochastic_equation_in_two_forms(drift, noise, expected):
    assert (last(f"$${SDE % (drift, noise)}$$").verdict == "refuted") == expected


def test_split_noises_are_left_undecided():
    forms = r"dx_\tau = s(x_\tau,t)d\tau + \sqrt2 dW_\tau = \tfrac12x_\tau d\tau + dW^{(1)}_\tau + (s(x_\tau,t) - \tfrac12x_\tau)d\tau + dW^{(2)}_\tau"
    got = last(f"$${forms}$$")
    assert got.verdict not in ("refuted", "unread")


def test_a_formula_in_a_line_does_not_go_on_from_one_that_words_part_from_it():
    alone = audit_text("The sum $a + b$ is there, and if $a = 2b$ then the second term of it $= 3b - b$ is gone.")
    assert not [e for e in alone.equations if "3b" in e.formula.tex and e.judgement.verdict == "proved"]
    assert continued.apart("$a = b$ the second term $") and continued.apart("<td>$x$</td>\n<td>$")
    assert not continued.apart("$a = b$ and $") and not continued.apart("$a = b$, $")


@pytest.mark.parametrize("sign", ["+", "-"])
def test_a_score_beside_an_unknown_drift_is_neither_langevin_nor_false(sign):
    drift = rf"$$dX_t = \left(u_t(X_t) {sign} \tfrac{{\sigma_t^2}}{{2}}\nabla\log p_t(X_t)\right)dt + \sigma_t dW_t$$"
    got = last(drift)
    assert got.verdict != "refuted" and "the density is stationary" not in got.message
    assert last(r"$$dX_t = \tfrac{\sigma_t^2}{2}\nabla\log p(X_t)dt + \sigma_t dW_t$$").verdict == "proved"


def test_x_may_be_the_name_of_the_data():
    state = "$$x_t = \\alpha_t x + \\sigma_t\\epsilon$$\n\n"
    assert last(state).verdict == "convention"
    assert (
        last("Let $\\alpha_t^2+\\sigma_t^2=1$.\n\n" + state + "$$v_t = \\alpha_t\\epsilon - \\sigma_t x$$").verdict
        == "convention"
    )
    assert (
        last(
            "$$q(x_t|x_0) = \\mathcal N(x_t;\\alpha_t x_0,\\sigma_t^2I)$$\n\n$$x_t = \\sigma_t x + \\alpha_t\\epsilon$$"
        ).verdict
        != "proved"
    )


def test_the_mean_of_the_data_is_the_denoiser():
    edm = "$$D(x;\\sigma) = x + \\sigma^2\\nabla_x\\log p(x;\\sigma)$$ $$c_{skip}(\\sigma) = \\frac{\\sigma_d^2}{\\sigma^2+\\sigma_d^2}$$\n\n"
    assert last(edm + r"$$\mathbb E[y|x] = x + \sigma^2\nabla_x\log p(x;\sigma)$$").verdict == "proved"
    assert last(edm + r"$$\mathbb E[y|x] = x - \sigma^2\nabla_x\log p(x;\sigma)$$").verdict == "refuted"


def test_a_transposed_letter_is_no_power():
    assert last(r"$$\nabla_x (x^TAx) = (A+A^T)x$$").verdict != "refuted"
    assert last(r"$$\nabla_x (x^TAx) = 3Ax$$").verdict != "proved"


def test_weights_add_up_to_one_by_choice():
    assert last(r"$$\sum_{k=1}^K\pi_k = 1$$").verdict == "definition"
    assert last(r"$$\sum_{k=1}^K 1 = K+1$$").verdict == "refuted"


@pytest.mark.parametrize(
    "before, after, expected",
    [
        ("For small steps we neglect terms of the second order:", "", "undecided"),
        ("To first order in $h$,", "", "undecided"),
        ("Up to an additive constant,", "", "undecided"),
        ("Beachte: bis auf Terme höherer Ordnung gilt", "", "undecided"),
        ("忽略高阶项,", "", "undecided"),
        ("One has", "but this is wrong, for a root is no line.", "undecided"),
        ("The paper says", "The last sign should be a minus.", "undecided"),
        ("One has", "which is the step that we need.", "refuted"),
        ("Neglect the rest. We have", "", "refuted"),
    ],
)
def test_words_that_loosen_an_equation_take_it_back(before, after, expected):
    said = audit_text(f"{before}\n$$\\sqrt{{1-2\\Delta t}} = 1-\\Delta t$$\n{after}").equations
    assert next(e.judgement.verdict for e in said if e.formula.kind == "display") == expected


@pytest.mark.parametrize("alpha, expected", [("2-\\sqrt{1-\\beta_t}", "proved"), ("1-\\sqrt{1-\\beta_t}", "refuted")])
def test_the_step_of_the_reverse_diffusion_sampler(alpha, expected):
    kernel = "$$q(x_t|x_{t-1}) = \\mathcal N(x_t;\\sqrt{1-\\beta_t}x_{t-1},\\beta_tI)$$\n\n"
    step = rf"$$x_{{t-1}} = ({alpha})x_t + \beta_ts_\theta(x_t,t) + \sqrt{{\beta_t}}z$$"
    assert last(kernel + step).verdict == expected


def test_an_abbreviated_law_averages_nothing_of_what_is_given():
    joint = r"\mathbb E_q\left[\log\frac{p(x,z)}{p(z|x)}\right]"
    assert last(rf"$$\log p(x) = \mathbb E_q[\log p(x)] = {joint}$$").verdict == "proved"
    assert last(rf"$$\log p(x) = \mathbb E_q[2\log p(x)] = {joint}$$").verdict != "proved"


def test_a_velocity_along_the_path_is_no_false_one():
    path = "$$p_t(x|x_1) = \\mathcal N(x; tx_1, (1-t)^2I)$$\n\n$$x_t = tx_1 + (1-t)x_0$$\n\n"
    assert last(path + r"$$\frac{x_1-x}{1-t} = x_1-x_0$$").verdict != "refuted"


def test_a_schedule_may_be_chosen_at_its_end():
    assert last(DDPM + r"$$\sqrt{\bar\alpha_T} = 0$$").verdict != "refuted"
    assert (
        last(
            r"Let $\alpha(t) = \int_0^t\beta(s)ds$. $$x_t = e^{-\alpha(t)/2}x_0 + \sqrt{1-e^{-\alpha(t)}}\epsilon$$"
        ).verdict
        != "refuted"
    )


@pytest.mark.parametrize(
    "formula, expected",
    [
        (r"\sigma_q^2 t = (\sigma_q (t)^{1/2})^2", "proved"),
        (r"\sigma_q t = (\sigma_q (t)^{1/2})^2", "refuted"),
        (r"\sigma_q(t) = (\sigma_q(t)^{1/2})^2", "proved"),  # here it is a function, of which the root is taken
    ],
)
def test_a_power_of_a_time_behind_a_constant_is_that_of_the_time(formula, expected):
    assert verdict(formula, "" if "q(t)" in formula else "With $\\sigma_t := \\sigma_q\\sqrt{t}$\n\n") == expected
