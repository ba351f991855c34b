"""What documents that were not at hand asked for: steps of schemes, families of reverse equations, names that are drawn."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last

FORWARD = "The data is corrupted by\n$$dx = f(x,t)\\,dt + g(t)\\,dw$$\n\nand $z\\sim\\mathcal N(0,I)$.\n\n"


@pytest.mark.parametrize(
    "step, expected",
    [
        (r"x_{t-\Delta t} = x_t - [f(x_t,t) - g(t)^2 s_\theta(x_t,t)]\Delta t + g(t)\sqrt{\Delta t}\,z", "proved"),
        (r"x_{t-\Delta t} = x_t + [f(x_t,t) - g(t)^2 s_\theta(x_t,t)]\Delta t + g(t)\sqrt{\Delta t}\,z", "refuted"),
        (r"x_{t-\Delta t} = x_t - [f(x_t,t) - \frac12 g(t)^2 s_\theta(x_t,t)]\Delta t + g(t)\sqrt{\Delta t}\,z", "refuted"),
        (r"x_{t-\Delta t} = x_t - [f(x_t,t) - g(t)^2 s_\theta(x_t,t)]\Delta t + g(t)\Delta t\,z", "refuted"),
        (r"x_{t-\Delta t} = x_t - [f(x_t,t) - \frac12 g(t)^2 s_\theta(x_t,t)]\Delta t", "proved"),
        (r"x_{t+\Delta t} = x_t + f(x_t,t)\Delta t + g(t)\sqrt{\Delta t}\,z", "definition"),
    ],
)  # fmt: skip
def test_a_step_of_euler_and_maruyama_is_judged_as_the_equation_that_it_discretises(step, expected):
    assert last(f"{FORWARD}$${step}$$").verdict == expected


def test_a_wrong_step_is_not_refuted_where_no_forward_equation_says_what_its_drift_is():
    step = r"$$x_{t-\Delta t} = x_t + [f(x_t,t) - g(t)^2 s_\theta(x_t,t)]\Delta t + g(t)\sqrt{\Delta t}\,z$$"
    assert last(step).verdict != "refuted"


def test_a_step_of_a_scheme_is_no_identity_of_the_path_that_it_follows():
    path = "$$x_t = (1-t)x_0 + t x_1$$\n\n$$\\frac{dx}{dt} = v_\\theta(x,t)$$\n\n"
    assert last(path + r"$$x_{t+\Delta t} = x_t + \Delta t\, v_\theta(x_t,t)$$").verdict == "definition"
    assert last(path + r"$$x_{t+h} = x_t + h(x_1-x_0)$$").verdict != "definition"


@pytest.mark.parametrize(
    "equation, expected",
    [
        (r"dx = [f(x,t) - \frac{1+\eta^2}{2} g(t)^2\nabla\log p_t(x)]dt + \eta g(t)\,dw", "proved"),
        (r"dx = [f(x,t) - \frac{1+\eta}{2} g(t)^2\nabla\log p_t(x)]dt + \eta g(t)\,dw", "refuted"),
        (r"dx = -\frac12\beta(t)[x + (1+\eta^2)\nabla\log p_t(x)]dt + \eta\sqrt{\beta(t)}\,dw", "proved"),
        (r"dx = -\frac12\beta(t)[x + (1-\eta^2)\nabla\log p_t(x)]dt + \eta\sqrt{\beta(t)}\,dw", "refuted"),
    ],
)  # fmt: skip
def test_the_reverse_equations_with_noise_of_any_strength_are_known(equation, expected):
    found = last(f"{FORWARD}$${equation}$$")
    assert (found.verdict, found.formula) == (expected, "sde.reverse_family")


def test_the_two_parts_of_a_conditional_score_count_as_one():
    reverse = r"$$dx = [f(x,t) - %s g(t)^2(\nabla_x\log p_t(x) + %s\nabla_x\log p_t(y\mid x))]dt + g(t)\,d\bar w$$"
    verdicts = [last(FORWARD + reverse % put).verdict for put in (("", ""), ("", r"\gamma"), (r"\frac12", ""))]
    assert verdicts == ["proved", "undecided", "refuted"]


def test_g_in_a_table_of_formulas_is_the_g_of_its_time():
    assert last(FORWARD + r"| flow | $\frac{dx}{dt} = f - \frac12 g^2\nabla_x\log p_t$ |").verdict == "proved"
    assert last(FORWARD + r"| flow | $\frac{dx}{dt} = f - g^2\nabla_x\log p_t$ |").verdict == "refuted"


def test_conditional_expectations_are_linear_and_what_is_known_comes_out():
    made = r"Let $y = a x_0 + b\epsilon$ with $b>0$." + "\n\n"
    assert (
        last(made + r"$$\mathbb E[-\tfrac{y-a x_0}{b^2}\mid y] = -\frac{y-a\,\mathbb E[x_0\mid y]}{b^2}$$").verdict
        == "proved"
    )
    wrong = last(made + r"$$\mathbb E[x_0-y\mid y] = \mathbb E[x_0\mid y]+y$$")
    assert wrong.verdict == "refuted" and not any("given" in name for name in wrong.witness)


def test_what_a_condition_is_made_of_is_not_put_in():
    made = r"Let $\tilde x = \alpha x_0 + \sigma\epsilon$ with $\sigma>0$." + "\n\n"
    assert (
        last(
            made + r"$$\tilde x = \alpha\,\mathbb E[x_0\mid\tilde x] + \sigma\,\mathbb E[\epsilon\mid\tilde x]$$"
        ).verdict
        != "refuted"
    )


def test_a_conditional_mean_that_another_law_gives_is_not_refuted():
    law = r"With $\beta_t=1-\alpha_t$: $$\mathbb E[%s\mid x_0] = %s\sqrt{\bar\alpha_t}\,x_0$$"
    assert all(
        last(law % c).verdict != "refuted"
        for c in (("x_t", ""), ("2x_t", "2"), ("x_t+x_0", "(1+1/\\sqrt{\\bar\\alpha_t})"))
    )


def test_p_and_q_may_be_names_of_one_law_in_bayes_rule():
    assert last(r"With $\bar\alpha_t$: $$p(x_0|x_t) = \frac{q(x_t|x_0)p_0(x_0)}{p_t(x_t)}$$").verdict != "refuted"
    assert last(r"With $\bar\alpha_t$: $$p(x_0|x_t) = \frac{q(x_t|x_0)p_0(x_t)}{p_t(x_0)}$$").verdict == "undecided"


def test_a_notation_that_is_only_mentioned_is_not_the_one_of_the_document():
    step = r"$$x_{t-1} = \sqrt{\alpha_{t-1}}\frac{x_t-\sqrt{1-\alpha_t}\epsilon_\theta(x_t,t)}{\sqrt{\alpha_t}}+\sqrt{1-\alpha_{t-1}}\epsilon_\theta(x_t,t)$$"
    found = audit_text(step + "\n\nThe letter of this paper is the $\\bar\\alpha_t$ of that one.")
    assert (found.notation, found.counts["refuted"]) == ("ddim", 0)


def test_a_dimension_and_a_divergence_are_no_denoiser():
    text = r"Data $x\in\mathbb R^D$, noise $\sigma>0$. $$D_{KL}(q(z|x)\|p(z)) = \mathbb E_{q(z|x)}[\log\frac{q(z|x)}{p(z)}]$$"
    assert audit_text(text).notation == "plain"
    assert audit_text(r"$$\nabla\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}$$").notation == "edm"


def test_what_a_name_was_is_not_put_in_where_it_is_drawn():
    text = "The code is $$z = f_\\phi(x)$$\n\n$$\\log p_\\theta(x) = \\mathbb E_{q_\\phi(z|x)}[\\log p_\\theta(x,z) - \\log %s]$$"
    assert last(text % r"p_\theta(z|x)").verdict == "proved"
    assert last(text % r"p_\theta(x|z)").verdict == "refuted"


def test_a_reverse_equation_of_an_unknown_forward_one_is_left_open():
    forward = r"$$dx = -\tfrac12\beta(t)x\,dt + \sqrt{\xi(t)}\,dw$$" + "\n\n"
    family = (
        forward + r"$$dx = -(\tfrac12\beta(t)x + \frac{1+a(t)}{2}\xi(t)\nabla\log p_t(x))dt + \sqrt{a(t)\xi(t)}\,dw$$"
    )
    assert last(family).verdict == "undecided"
    half = forward + r"$$dx = -(\tfrac12\beta(t)x + \frac12\xi(t)\nabla\log p_t(x))dt + \sqrt{\xi(t)}\,dw$$"
    assert last(half).verdict == "refuted"


def test_a_product_that_begins_at_step_0_is_a_way_of_counting():
    chain = r"$\beta_t = 1-\alpha_t$ and $$\bar\alpha_t %s \prod_{i=%s}^{%s}\alpha_i$$"
    cases = (("=", "0", "t"), (":=", "0", "t"), ("=", "0", "t-1"), ("=", "1", "t"), ("=", "1", "t-1"))
    assert [last(chain % c).verdict for c in cases] == ["convention", "convention", "convention", "proved", "refuted"]


def test_the_density_of_a_model_is_not_proved_to_be_the_true_one():
    assert last(r"$$p_\phi(y|x_t) \approx p(y|x_t)$$").verdict == "definition"
    assert last(r"$$\nabla_x\log p_\phi(y|x) = \nabla_x\log p(y|x)$$").verdict == "undecided"
    assert last(r"$$p_\theta(x,z) = p_\theta(x|z)p(z)$$").verdict in ("proved", "definition")


def test_log_and_exp_in_plain_letters_need_no_bracket_but_a_space():
    rule = r"$$\nabla_x log\ p(y|x) = \nabla_x log\ p(x|y) %s \nabla_x log\ p(x)$$"
    assert (last(rule % "-").verdict, last(rule % "+").verdict) == ("proved", "refuted")


def test_a_score_may_be_written_as_its_network():
    rule = r"With $\bar\alpha_t$: $$\nabla_{x_t}\log q(x_t) = -\frac{1}{%s}\epsilon_\theta(x_t,t)$$"
    assert last(rule % r"\sqrt{1-\bar\alpha_t}").verdict == "proved"
    assert last(rule % r"1-\bar\alpha_t").verdict == "refuted"


def test_a_variance_in_the_place_of_its_root_is_not_accepted():
    mean = r"With $\beta_t=1-\alpha_t$: $$x_{t-1} = \frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)) + %s z_t, \quad z_t\in\mathcal N(0,I)$$"
    assert last(mean % r"\sqrt{\beta_t}").verdict in ("proved", "convention")
    wrong = last(mean % r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t")
    assert wrong.verdict in ("refuted", "undecided")


def test_what_a_program_assigns_is_no_identity():
    assert last(r"$$x_s \gets x_t + (s-t)\,z(x_t)$$").verdict == "definition"
    assert last(r"With $\beta_t=1-\alpha_t$: $$\bar\alpha_t \gets 1-\alpha_t\bar\alpha_{t-1}$$").verdict != "proved"


def test_a_name_under_a_root_and_one_between_limits_are_numbers():
    assert last("$$dx = -\\tfrac12\\beta(t)x\\,dt + \\sqrt{\\xi(t)}\\,dw$$").verdict == "definition"
    assert last(r"$$\int_t^s u^2\,du = \frac{s^3-t^3}{3}$$").verdict == "proved"


def test_a_formula_that_goes_over_several_comments_is_read_without_their_marks():
    text = "# The noise level is\n# $$\\bar\\alpha_t =\n# \\prod_{s=1}^t\n# \\alpha_s$$\nalpha_bar = alpha.cumprod(0)\n"
    assert last(text, suffix=".py").verdict == "proved"


def test_a_flow_against_its_forward_equation_runs_back_in_time_or_is_wrong():
    forward = r"$$dx = -\tfrac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw$$" + "\n\n"
    flow = r"$$\frac{dx}{dt} = %s\frac12\beta(t)[x + s_\theta(x,t)]$$"
    assert last(f"{forward}The flow is {flow % '-'}").verdict == "proved"
    assert last(f"{forward}The flow is {flow % ''}").verdict == "refuted"
    assert last(f"{forward}Run backwards, the flow is {flow % ''}").verdict == "convention"


def test_that_a_side_is_free_of_a_variable_does_not_soften_a_mistake():
    chain = r"With $\beta_t=1-\alpha_t$: $$p(x|x_0) = q(x_t|x_0) = \mathcal N(\sqrt{\bar\alpha_t}x_0, (1-%s)I)$$"
    assert (last(chain % r"\bar\alpha_t").verdict, last(chain % r"\alpha_t").verdict) == ("proved", "refuted")


def test_a_schedule_that_is_the_product_of_itself_has_lost_its_bar():
    assert last(r"With $\beta_t=1-\alpha_t$: $$\alpha_t = \prod_{i=1}^t\alpha_i$$").verdict == "refuted"


def test_an_argument_may_be_given_by_name():
    guided = (
        r"$$\hat\epsilon_\theta(x_t,t,y) = (1+w)\epsilon_\theta(x_t,t,y) %s w\,\epsilon_\theta(x_t,t,y=\varnothing)$$"
    )
    assert (last(guided % "-").verdict, last(guided % "+").verdict) == ("convention", "refuted")


def test_a_deviation_that_depends_on_the_data_is_squared_as_a_number():
    assert last(r"$$p_t(x|x_1) = \mathcal N(x \mid \mu_t(x_1), \sigma_t(x_1)^2 I)$$").verdict == "definition"


@pytest.mark.parametrize(
    "tex, said",
    [
        (r"L = E[||\epsilon - \epsilon_\theta(x_t, t||^2]", "1 bracket never closed"),
        (r"x_t = (1-t) x_0) + t x_1", "1 bracket closed and never opened"),
    ],
)
def test_a_bracket_without_its_other_half_is_named(tex, said):
    found = last(f"$${tex}$$")
    assert (found.verdict, found.message) == ("unread", said)


def test_every_example_has_a_function_of_its_own():
    found = audit_text("$$f(x) = a x + b$$\n\n$$f(x) = \\frac{x}{1+c}$$\n\n$$f(x) = \\exp(d)\\,x$$").equations
    assert [e.judgement.verdict for e in found] == ["definition"] * 3
