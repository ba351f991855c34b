"""Limits of quotients, inverses, densities along flows and at points, and what is written beside mathematics."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, verdict

ALONG, FIELD = r"\frac{d}{dt}\log p_t(\psi_t(x))", r"(\nabla\cdot u_t)(\psi_t(x))"
CHANGE = r"\log p_1(\psi_1(x)) = \log p_0(\psi_0(x)) - \int_0^1 (\nabla\cdot u_t)(\psi_t(x))\,dt"
QUOTIENT = r"\dot\psi_t(y) = \lim_{h\to 0}\frac{\psi_{t+h}(y)-\psi_t(y)}{h}"
PROPAGATED = (r"\Phi_{t,t+h} := \psi_{t+h}\circ\psi_t^{-1}", r"u_t(x) = \dot\psi_t(\psi_t^{-1}(x))")


def test_the_limit_of_a_difference_quotient_is_a_derivative():
    assert verdict(QUOTIENT) == "proved"
    for wrong in (r"\psi_{t-h}", r"\psi_{t+2h}", r"\psi_{t+h}(2y) - 2"):
        assert verdict(QUOTIENT.replace(r"\psi_{t+h}", wrong)) not in ("proved", "definition")
    assert verdict(QUOTIENT.replace("{h}", "{2h}")) not in ("proved", "definition")
    assert verdict(QUOTIENT.replace(r"h\to 0", r"h\to 1")) not in ("proved", "definition")


def test_a_function_of_its_inverse_is_the_point():
    told = r"u_t(x) = \lim_{h\to0}\frac{\Phi_{t,t+h}(x)-x}{h}"
    assert judged(*PROPAGATED, told).verdict in ("proved", "definition")
    assert judged(*PROPAGATED, r"\dot\psi_t(\psi_t^{-1}(x)) = \lim_{h\to0}\frac{\Phi_{t,t+h}(x)-x}{h}").verdict == "proved"
    wrong = r"\dot\psi_t(\psi_t^{-1}(x)) = \lim_{h\to0}\frac{\Phi_{t,t+h}(x)+x}{h}"
    assert judged(*PROPAGATED, wrong).verdict not in ("proved", "definition")
    assert judged(*PROPAGATED, r"\psi_t(\psi_t^{-1}(x)) + x = 2x").verdict == "proved"
    assert judged(*PROPAGATED, r"\psi_t(\psi_s^{-1}(x)) + x = 2x").verdict not in ("proved", "definition")


def test_the_rate_of_what_moves_is_not_that_of_the_function():
    """psi_t at psi_t^{-1}(x) does not move, and yet its velocity there is no zero."""
    assert verdict(r"\dot\psi_t(\psi_t^{-1}(x)) = 0") not in ("proved", "definition")


def test_a_divergence_is_taken_where_the_state_is():
    assert verdict(f"{ALONG} = -{FIELD}") == "proved"
    assert verdict(f"{ALONG} = {FIELD}") == "refuted"
    for elsewhere in (r"\nabla\cdot u_t(x)", r"(\nabla\cdot u_t)(x)", r"(\nabla\cdot u_t)(\psi_0(x))"):
        assert verdict(f"{ALONG} = -{elsewhere}") == "undecided"
    assert verdict(CHANGE) == "proved" and verdict(CHANGE.replace(" - ", " + ")) == "refuted"
    assert verdict(CHANGE.replace(r"u_t)(\psi_t(x))", "u_t)(x)")) == "undecided"


def test_a_continuity_equation_that_is_divided_by_the_density():
    log = r"\partial_t\log p_t = -\nabla\cdot u_t - u_t\cdot\nabla\log p_t"
    assert verdict(log) == "definition"
    for old, new in (("= -", "= "), ("u_t - u", "u_t + u")):
        assert verdict(log.replace(old, new, 1)) not in ("proved", "definition")
    chain = r"\partial_t p_t = -\nabla\cdot(p_t u_t) = -p_t\nabla\cdot u_t - u_t\cdot\nabla p_t"
    assert verdict(chain) == "proved" and verdict(chain.replace("u_t - u", "u_t + u")) == "refuted"


def test_a_line_that_begins_with_u_is_no_nu():
    lines = "\\begin{aligned}\nu(t)\n&= t^2 + t\n\\end{aligned}"
    found = audit_text(f"$$\n{lines}\n$$\n\nand\n\n$$\\nu(t) = 1$$\n\n$$u(t) - t = t^2$$").equations
    assert "nu" not in found[0].judgement.reading and found[2].judgement.verdict == "proved"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"a - a = \ldots", "undecided"), (r"b\cdot(\cdots) = c", "undecided"),
        (r"x = (1, 2)^T", "definition"), (r"J(t) = 2t \quad \text{(for all } v \text{)}", "definition"),
        (r"d x = [f(x,t) - GG^T\nabla_x\log p_t(x)]dt + G\,d\bar w", "undecided"),
        (r"X_t|X_0\sim\mathcal N(m + (X_0 - m)e^{-t}, \sigma^2(1 - e^{-2t}))", "definition"),
    ],
)  # fmt: skip
def test_what_is_left_out_or_written_beside_is_read(tex, wanted):
    assert verdict(tex) == wanted


def test_the_numbers_of_an_example_are_not_put_in():
    assert judged("x_0 = (0, 0)^T", r"x_t = (1-t)x_0 + t x_1", r"\frac{d}{dt}x_t = x_1 - x_0").verdict == "proved"
    assert judged("x_0 = (0, 0)^T", r"x_t = (1-t)x_0 + t x_1", r"\frac{d}{dt}x_t = x_1").verdict != "proved"


def test_what_holds_of_any_density_holds_of_one_that_an_integral_normalises():
    energy = r"p(x) = \frac{e^{-E(x;\theta)}}{C(\theta)}$$ with $C(\theta) = \int e^{-E(x;\theta)}dx$ and $$c = 1"
    right = (
        r"\E_{p(x)}[\|s(x) - \nabla\log p(x)\|^2] = \E_{p(x)}[\|s(x)\|^2]"
        r" - 2\E_{p(x)}[s(x)\cdot\nabla\log p(x)] + \E_{p(x)}[\|\nabla\log p(x)\|^2]"
    )
    assert judged(energy, right).verdict == "proved"
    assert judged(energy, right.replace("- 2", "- ")).verdict not in ("proved", "definition")


def test_a_squared_strength_is_a_number():
    reverse = r"dx = [f(x,t) - g^2(x,t)\nabla_x\log p(x)]dt + g(x,t)\,dW"
    assert verdict(reverse) in ("proved", "undecided")
    assert verdict(reverse.replace("g^2(x,t)", "2g^2(x,t)")) != "proved"


def test_a_gradient_at_x_is_of_the_state_of_which_the_density_is():
    posterior = r"\E_{x_0\sim p(x_0|x_t)}\nabla_x\log p_t(x_t|x_0) = \nabla_x\log p_t(x_t)"
    assert verdict(posterior) == "proved"
    assert verdict(posterior.replace(r"= \nabla", r"= 2\nabla")) == "refuted"
    slope = r"\nabla_x\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t}"
    level = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$ "
    assert verdict(slope, level) == "proved" and verdict(slope.replace("= -", "= "), level) == "refuted"


def test_a_state_its_law_and_the_density_of_that_at_once():
    chain = r"x_t = a_t z + b_t x_0 \sim\mathcal N(a_t z, b_t^2 I) = p_t(\cdot|z)"
    assert verdict(chain) in ("definition", "proved")
    assert verdict(chain, "$$p_t(x|z) = \\mathcal N(x; a_t z, b_t^2 I)$$\n\n") in ("definition", "proved")
    assert verdict(chain.replace(r"b_t x_0 \sim", r"b_t x_0 = a_t z - b_t x_0 \sim")) not in ("definition", "proved")


def test_a_drift_towards_a_mean_is_one():
    assert verdict(r"dX_t = -\theta(X_t - \mu)dt + \sigma dW_t") == "definition"
    assert verdict(r"dx = [-\frac12\beta(t) - \beta(t)\nabla\log p_t(x)]dt + \sqrt{\beta(t)}d\bar w") not in ("proved", "definition")


@pytest.mark.parametrize("moves", [r"\frac{dx_t}{dt} = v(x_t, t)", r"dx_t = v(x_t, t)dt"])
def test_the_limits_of_an_integral_along_a_flow(moves):
    integral = r"x_1 = x_0 + \int_0^1 v(x_t, t)dt"
    assert judged(moves, integral).verdict == "proved"
    assert judged(moves, integral.replace(r"\int_0^1", r"\int_1^0")).verdict == "refuted"
    assert judged(moves, integral.replace("x_0 +", "x_0 -")).verdict == "refuted"
    assert judged(moves, r"x_0 = x_1 - \int_0^1 v(x_t, t)dt").verdict == "proved"
    assert judged(moves, r"x_0 = x_T + \int_0^T v(x_t, t)dt").verdict == "refuted"
    assert judged(moves, r"x_0 = x_T + \int_T^0 v(x_t, t)dt").verdict == "proved"
    assert judged(moves, r"x_0 = x_T + \int_0^T h(x_t, t)dt").verdict not in ("proved", "refuted")  # another field
    assert judged("a = 1", r"x_0 = x_T + \int_0^T v(x_t, t)dt").verdict == "definition"
    assert judged(moves, r"x_1 = x_0 + \int_0^2 v(x_t, t)dt").verdict not in ("proved", "refuted")


def test_a_bound_on_average_over_the_data():
    bound = r"\E_{x_0\sim q}[\log p(x_0)] \ge \E_{x_{0:T}\sim q}[\log p(x_{0:T}) - \log q(x_{1:T}|x_0)]"
    assert verdict(bound) == "proved" and verdict(bound.replace(r"\ge", r"\le")) == "refuted"
    assert verdict(bound.replace("[\\log p(x_{0:T}) -", "[\\log p(x_{0:T}) +")) not in ("proved", "refuted")
    other = bound.replace(r"x_{0:T}\sim q", r"x_{0:T}\sim r")
    assert verdict(other) == "undecided" and verdict(other.replace(r"\ge", r"\le")) == "undecided"
