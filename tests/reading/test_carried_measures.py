"""Measures that are carried, Fokker-Planck equations of equations with braces and gradients, and Langevin's steps."""

import pytest

from tests.reading.asked import verdicts

GENERAL = r"dx_t = f(x_t,t)dt+g(x_t,t)dw_t"
LANGEVIN = r"dX_t=-\nabla V(X_t)dt+\sqrt{2}dB_t"


@pytest.mark.parametrize("letter", [r"\mu", r"\nu", r"\rho", "p"])
@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\partial_t M_t=-\mathrm{div}(f(x,t)M_t)+\frac{1}{2}\Delta[g^2(x,t)M_t]", "proved"),
        (r"\partial_t M_t+\nabla\cdot(f(x,t)M_t)=\frac{1}{2}\Delta[g^2(x,t)M_t]", "proved"),
        (r"\partial_t M_t=-\mathrm{div}(f(x,t)M_t)+\Delta[g^2(x,t)M_t]", "refuted"),
        (r"\partial_t M_t=\mathrm{div}(f(x,t)M_t)+\frac{1}{2}\Delta[g^2(x,t)M_t]", "refuted"),
        (r"\partial_t M_t=-\mathrm{div}(f(x,t)M_t)+\frac{1}{2}g^2(x,t)\Delta M_t", "undecided"),  # g depends on x
    ],
)
def test_a_noise_that_depends_on_the_state(letter, tex, wanted):
    assert verdicts(GENERAL, tex.replace("M", letter))[-1] == wanted


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\partial_t\rho_t=\Delta\rho_t+\mathrm{div}(\rho_t\nabla V)", "proved"),
        (r"\partial_t\rho_t=\Delta\rho_t-\mathrm{div}(\rho_t\nabla V)", "refuted"),
        (r"\partial_t\rho_t=\frac12\Delta\rho_t+\mathrm{div}(\rho_t\nabla V)", "refuted"),
        (
            r"\frac{\partial p(x,t)}{\partial t} = \frac{\partial}{\partial x}\left[\frac{\partial V(x)}{\partial x}p(x,t)"
            r"\right] + \frac{\partial^2p(x,t)}{\partial x^2}",
            "proved",
        ),
        (
            r"\frac{\partial p(x,t)}{\partial t} = -\frac{\partial}{\partial x}\left[\frac{\partial V(x)}{\partial x}p(x,t)"
            r"\right] + \frac{\partial^2p(x,t)}{\partial x^2}",
            "refuted",
        ),
    ],
)
def test_a_drift_down_a_potential(tex, wanted):
    assert verdicts(LANGEVIN, tex)[-1] == wanted


def test_the_equation_that_fits_is_the_one_that_is_meant():
    other = r"dX_t=-\nabla V(X_t)dt+dB_t"
    tex = r"\partial_t\rho_t=\Delta\rho_t+\mathrm{div}(\rho_t\nabla V)"
    assert verdicts(other, LANGEVIN, tex)[-1] == verdicts(LANGEVIN, other, tex)[-1] == "proved"
    assert verdicts(other, tex)[-1] == "refuted"


@pytest.mark.parametrize("state", ["x", "X_t"])
@pytest.mark.parametrize(
    ("noise", "wanted"),
    [
        (r"\sqrt{2h}\,\xi", "proved"),
        (r"\sqrt{4h}\,\xi", "refuted"),
        (r"\sqrt{h}\,\xi", "undecided"),  # of another equation, run back, it is a step
        (r"\sqrt{2}(B_{t+h}-B_t)", "proved"),
        (r"2(B_{t+h}-B_t)", "refuted"),
    ],
)
def test_a_step_of_langevins_equation_behind_it(state, noise, wanted):
    assert verdicts(LANGEVIN, rf"X_{{t+h}} = X_t + h\nabla\log\pi({state}) + {noise}")[-1] == wanted
    assert verdicts(LANGEVIN, rf"X_{{t+h}} - X_t = h\nabla\log\pi({state}) + {noise}")[-1] == wanted


def test_a_sum_of_two_values_of_the_noise_is_no_increment():
    assert verdicts(LANGEVIN, r"X_{t+h} - X_t = h\nabla\log\pi(X_t) + \sqrt{2}(B_{t+h}+B_t)")[-1] == "undecided"


@pytest.mark.parametrize("noise", [r"\sqrt{2h\tau}z", r"\sigma\sqrt{h}z"])
def test_a_step_with_a_temperature_of_its_own_accuses_nobody(noise):
    assert verdicts(r"dx = g(t)dw", rf"x_{{t+h}} = x_t + hs_\theta(x_t,t) + {noise}")[-1] == "undecided"
