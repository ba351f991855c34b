"""Flows, the fields that move them, velocities given an end, steps along a field, and the flow of a denoiser."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, last, meets, verdict

FLOW = r"\frac{d}{dt}\psi_t(x) = u_t(\psi_t(x))"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (FLOW, "definition"),
        (r"\frac{d}{dt}\psi_t(x) = u_t(x)", "refuted"),
        (r"\partial_t p_t(x) + \nabla\cdot(p_t(x)u_t(x)) = 0", "definition"),
        (r"\partial_t p_t(x) - \nabla\cdot(p_t(x)u_t(x)) = 0", "refuted"),
        (r"\partial_t p_t(x) + \nabla\cdot u_t(x) = 0", "refuted"),
        (r"\frac{d}{dt}\log p_t(\psi_t(x)) = -\nabla\cdot u_t(\psi_t(x))", "proved"),
        (r"\frac{d}{dt}\log p_t(\psi_t(x)) = \nabla\cdot u_t(\psi_t(x))", "refuted"),
    ],
)
def test_what_a_field_moves(tex, wanted):
    assert verdict(tex) == wanted


def test_a_field_against_which_the_state_moves_refutes_nothing():
    back = r"\frac{dx}{dt} = -v(x,t)"
    assert judged(back, r"\partial_t p_t(x) = \nabla\cdot(p_t(x)v(x,t))").verdict != "refuted"


LAW = r"p_t(x\mid x_1) = \mathcal N(x\mid \mu_t(x_1), \sigma_t(x_1)^2 I)"
U = r"u_t(x\mid x_1) = "


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{\sigma_t'(x_1)}{\sigma_t(x_1)}(x-\mu_t(x_1)) + \mu_t'(x_1)", "proved"),
        (r"\frac{\sigma_t(x_1)}{\sigma_t'(x_1)}(x-\mu_t(x_1)) + \mu_t'(x_1)", "refuted"),
        (r"\frac{\sigma_t'(x_1)}{\sigma_t(x_1)}(x+\mu_t(x_1)) + \mu_t'(x_1)", "refuted"),
        (r"\frac{\sigma_t'(x_1)}{\sigma_t(x_1)}(x-\mu_t(x_1)) - \mu_t'(x_1)", "refuted"),
        (r"\frac{x_1-x}{1-t}", "definition"),  # of another example
    ],
)
def test_the_velocity_that_makes_a_gaussian_path(tex, wanted):
    assert judged(LAW, U + tex).verdict == wanted


PATH = r"x_t = (1-t)x_0 + t\,x_1"
NOISE = r"where $x_0\sim\mathcal N(0,I)$. "


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{1-t}", "proved"),
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{t}", "refuted"),
        (r"u_t(x_t\mid x_1) = \frac{x_t-x_1}{1-t}", "refuted"),
        (r"u_t(x_t\mid x_0) = \frac{x_t-x_0}{t}", "proved"),
        (r"u_t(x_t\mid x_0) = \frac{x_t-x_0}{1-t}", "refuted"),
        (r"u_t(x_t\mid x_1) = x_1-x_0", "proved"),
        (r"u_t(x_t\mid x_1) = \cos(t)x_1-\sin(t)x_0", "definition"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t; tx_1, (1-t)^2I)", "proved"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t; (1-t)x_1, t^2I)", "false"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t; tx_1, (1-(1-\sigma_{\min})t)^2I)", "definition"),
        (r"\nabla_x\log p_t(x) = \frac{t\,u_t(x)-x}{1-t}", "proved"),
        (r"\nabla_x\log p_t(x) = \frac{t\,u_t(x)+x}{1-t}", "refuted"),
        (r"\nabla_x\log p_t(x) = \frac{u_t(x)-tx}{1-t}", "false"),
        (r"x_{t+h} = x_t + h\,v_\theta(x_t,t)", "definition"),
        (r"x_{t+h} = x_t - h\,v_\theta(x_t,t)", "definition"),  # where v may point against the time
        (r"x_{t-h} = x_t - h\,v_\theta(x_t,t)", "definition"),
    ],
)
def test_what_follows_from_a_path(tex, wanted):
    assert meets(last(f"$${PATH}$$\n\n{NOISE}\n\n$${tex}$$"), wanted)


@pytest.mark.parametrize(("sign", "wanted"), [("+", "proved"), ("-", "refuted")])
def test_a_path_with_other_levels_moves_by_their_rates(sign, wanted):
    found = judged(LAW, PATH, r"x_t = \alpha_t x_1 + \sigma_t x_0", rf"\dot x_t = \dot\alpha_t x_1 {sign} \dot\sigma_t x_0")
    assert found.verdict == wanted


DENOISER = r"\nabla_x\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}"
SLOPE = r"d_i = \frac{x_i - D(x_i;t_i)}{t_i}"
DATAWARD = r"d_i = \frac{D(x_i;t_i)-x_i}{t_i}"
SECOND = r"d_i' = \frac{x_{i+1} - D(x_{i+1};t_{i+1})}{t_{i+1}}"
KNOWN = (r"c_{skip}(\sigma) = \frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}", DENOISER)


@pytest.mark.parametrize(
    ("before", "tex", "wanted"),
    [
        ((), r"\frac{dx}{dt} = -\dot\sigma(t)\sigma(t)\nabla_x\log p(x;\sigma(t))", "proved"),
        ((), r"\frac{dx}{dt} = -\dot\sigma(t)\sigma(t)^2\nabla_x\log p(x;\sigma(t))", "refuted"),
        ((), r"\frac{dx}{dt} = -\frac12\dot\sigma(t)\sigma(t)\nabla_x\log p(x;\sigma(t))", "refuted"),
        ((), r"\frac{dx}{dt} = \frac{\dot\sigma(t)}{\sigma(t)}(x-D(x;\sigma(t)))", "proved"),
        ((r"\sigma(t)=t",), r"\frac{dx}{dt} = \frac{x-D(x;t)}{t}", "proved"),
        ((r"\sigma(t)=t",), r"\frac{dx}{dt} = \frac{D(x;t)-x}{t}", "refuted"),
        ((r"\sigma(t)=t",), r"\frac{dx}{dt} = \frac{x-D(x;t)}{t^2}", "refuted"),
        ((), SLOPE, "definition"),
        ((), DATAWARD, "definition"),
        ((DATAWARD,), r"x_{i+1} = x_i + (t_i-t_{i+1})d_i", "definition"),
        ((DATAWARD,), r"x_{i+1} = x_i + (t_{i+1}-t_i)d_i", "refuted"),
        ((), r"d_i = \frac{x_i-D(x_i;t_i)}{t_{i+1}}", "false"),
        ((SLOPE,), r"x_{i+1} = x_i + (t_{i+1}-t_i)d_i", "definition"),
        ((SLOPE,), r"x_{i+1} = x_i + (t_i-t_{i+1})d_i", "refuted"),
        ((SLOPE, SECOND), r"x_{i+1} = x_i + (t_{i+1}-t_i)(\frac12 d_i + \frac12 d_i')", "definition"),
        ((SLOPE, SECOND), r"x_{i+1} = x_i + (t_{i+1}-t_i)(d_i + d_i')", "refuted"),
        ((SLOPE, SECOND), r"x_{i+1} = x_i + (t_{i+1}-t_i)(\frac12 d_i - \frac12 d_i')", "refuted"),
    ],
)
def test_the_flow_of_a_denoiser(before, tex, wanted):
    shown = "\n\n".join(f"$${t}$$" for t in (*KNOWN, *before, tex))
    assert meets(audit_text(shown).equations[-1].judgement, wanted)


def test_a_document_may_call_the_opposite_of_the_rate_its_velocity():
    named = f"$${PATH}$$\n\n{NOISE}\n\n$$v = x_0 - x_1$$\n\n"
    assert last(named + r"$$x_{t-\Delta t} = x_t + \Delta t\,v_\theta(x_t,t)$$").verdict != "refuted"
    assert last(named + r"$$L = \mathbb E\|v_\theta(x_t,t) - (x_0-x_1)\|^2$$").verdict != "refuted"


FORTH = r"L = \mathbb E\|v_\theta(x_t,t) - (x_1-x_0)\|^2"
BACK = r"L = \mathbb E\|v_\theta(x_t,t) - (x_0-x_1)\|^2"
MOVES = r"\frac{dx_t}{dt} = v_\theta(x_t,t)"


@pytest.mark.parametrize(
    ("before", "tex", "wanted"),
    [
        ((FORTH,), r"x_{t+h} = x_t + h\,v_\theta(x_t,t)", "definition"),
        ((FORTH,), r"x_{t+h} = x_t - h\,v_\theta(x_t,t)", "refuted"),
        ((BACK,), r"x_{t+h} = x_t - h\,v_\theta(x_t,t)", "definition"),
        ((BACK,), r"\partial_t p_t(x) = \nabla\cdot(p_t(x)v_t(x))", "undecided"),
        ((r"x_{t-h} = x_t + h\,v_\theta(x_t,t)",), BACK, "definition"),
        ((MOVES,), r"x_{t+h} = x_t - h\,v_\theta(x_t,t)", "refuted"),
        ((MOVES,), BACK, "refuted"),
        ((MOVES,), FORTH, "definition"),
    ],
)
def test_which_way_a_velocity_points_is_told_by_the_document(before, tex, wanted):
    assert judged(PATH, *before, tex).verdict == wanted


def test_a_continuity_equation_in_another_time_may_run_back():
    assert verdict(r"\partial_\tau p_\tau(x) = \nabla\cdot(p_\tau(x)u_\tau(x))") != "refuted"
