r"""Other readings: a variance that is preserved, v of Salimans and Ho, integrals over lambda, a step whose ends come after."""

import pytest

from tests.reading.asked import displayed, meets, verdict

LEVELS = r"Let $q(x_t|x_0)=\mathcal N(x_t;\alpha_t x_0,\sigma_t^2 I)$ and $\lambda_t=\log(\alpha_t/\sigma_t)$." + "\n\n"
NOISE = r"x_t=\frac{\alpha_t}{\alpha_s}x_s-\alpha_t\int_{\lambda_s}^{\lambda_t}e^{-\lambda}\hat\epsilon_\theta(\hat x_\lambda,\lambda)d\lambda"
DATA = r"x_t=\frac{\sigma_t}{\sigma_s}x_s+\sigma_t\int_{\lambda_s}^{\lambda_t}e^{\lambda}\hat x_\theta(\hat x_\lambda,\lambda)d\lambda"
STEP = r"x_{t_i}=\frac{\alpha_{t_i}}{\alpha_{t_{i-1}}}x_{t_{i-1}}-\sigma_{t_i}(e^{h_i}-1)\epsilon_\theta(x_{t_{i-1}},t_{i-1})"
ENDS = r",\quad h_i=\lambda_{t_i}-\lambda_{t_{i-1}}"


def test_what_holds_where_the_variance_is_preserved_is_no_mistake():
    true = r"\sigma_t^2 - \frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2 = 1-\frac{\alpha_t^2}{\alpha_s^2}"
    assert verdict(true, LEVELS) == "convention"
    assert verdict(true.replace("= 1-", "= 1+"), LEVELS) not in ("convention", "proved")
    chosen = LEVELS + r"Here $\sigma_t^2 = 2 - \alpha_t^2$." + "\n\n"
    assert verdict(true, chosen) not in ("convention", "proved")


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"x_0=\alpha_tx_t-\sigma_tv", r"x_0=\alpha_tx_t+\sigma_tv"),
        (r"\epsilon=\sigma_tx_t+\alpha_tv", r"\epsilon=\alpha_tx_t+\sigma_tv"),
        (r"\hat x_\theta(x_t)=\alpha_tx_t-\sigma_t\hat v_\theta(x_t)", r"\hat x_\theta(x_t)=\sigma_tx_t-\alpha_t\hat v_\theta(x_t)"),
    ],
)  # fmt: skip
def test_v_of_salimans_and_ho(true, false):
    assert verdict(true, LEVELS) == "convention"
    assert verdict(false, LEVELS) == "undecided"  # v may be another one
    other = LEVELS + r"Let $v = x_0 + \epsilon$." + "\n\n"
    assert meets(displayed(true.replace(r"\hat v_\theta(x_t)", "v"), other), "false")


@pytest.mark.parametrize("tex", [NOISE, DATA])
def test_the_solution_as_an_integral_over_lambda(tex):
    assert verdict(tex, LEVELS) == "proved"
    for old, new in (("e^{", "e^{2"), ("e^{-", "e^{"), (r"-\alpha_t\int", r"+\alpha_t\int"), (r"\sigma_t\int", r"\alpha_t\int"), (r"_{\lambda_s}^{\lambda_t}", r"_{\lambda_t}^{\lambda_s}")):  # fmt: skip
        if old in tex:
            assert verdict(tex.replace(old, new, 1), LEVELS) not in ("proved", "convention"), (old, new)


def test_a_step_whose_ends_are_said_behind_it():
    assert verdict(STEP + ENDS, LEVELS) in ("proved", "definition")
    assert verdict(STEP.replace(r"\sigma_{t_i}(", r"\alpha_{t_i}(") + ENDS, LEVELS) == "refuted"


def test_a_step_whose_ends_are_not_said_is_not_accused():
    tex = r"\int_{\lambda_s}^{\lambda_t}e^{-\lambda}d\lambda = \frac{\sigma_t}{\alpha_t}(e^{h}-1)"
    assert verdict(tex, LEVELS) == "undecided"
    said = LEVELS + r"Let $h = \lambda_t-\lambda_s$." + "\n\n"
    assert verdict(tex, said) == "proved"
    assert verdict(tex.replace(r"\frac{\sigma_t}{\alpha_t}", r"\frac{\alpha_t}{\sigma_t}"), said) == "refuted"
