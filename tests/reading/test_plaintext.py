"""Formulas in plain text: what is read and what is left alone, and that a false one in a docstring or comment is found."""

import pytest

from derivations.reading import audit_text
from derivations.reading.text.plaintext import NotAFormulaError, converted

READ = {
    "x_t = sqrt(alpha_bar_t) * x_0 + sqrt(1 - alpha_bar_t) * eps": r"x_{t} = \sqrt{\bar{\alpha}_{t}} * x_{0} + \sqrt{1 - \bar{\alpha}_{t}} * \epsilon",
    "x_t = √ᾱ_t · x₀ + √(1-ᾱ_t) · ε": r"x_{t} = \sqrt{\bar{\alpha}_{t}} · x_{0} + \sqrt{1-\bar{\alpha}_{t}} · \epsilon",
    "beta~_t = (1 - alphabar_{t-1}) / (1 - alphabar_t) * beta_t": r"\tilde{\beta}_{t} = (1 - \bar{\alpha}_{t-1}) / (1 - \bar{\alpha}_{t}) * \beta_{t}",
    "L = ||eps - eps_theta(x_t, t)||^2": r"L = \|\epsilon - \epsilon_{\theta}(x_{t}, t)\|^{2}",
    "p_theta(x_{t-1} | x_t) = N(x_{t-1}; mu_theta(x_t, t), sigma_t**2 * I)": r"p_{\theta}(x_{t-1} \mid  x_{t}) = \mathcal{N}(x_{t-1}; \mu_{\theta}(x_{t}, t), \sigma_{t}^{2} * I)",
    "dx = f(x, t) dt + g(t) dw": r"d x = f(x, t) d t + g(t) d w",
    "E_q[x_t] = alpha_t * x_0": r"\mathbb{E}_{q}[x_{t}] = \alpha_{t} * x_{0}",
}
READ["eps_pred = (x_t - x0_pred) / sigma_t"] = r"\epsilon_{\theta} = (x_{t} - \hat{x}_{0}) / \sigma_{t}"
LEFT = [
    "betas = torch.linspace(beta_start, beta_end, T)", "x_t = x_t + sigma_t * z", "a = b", "f(x_t=1) = 2", "x_t == x_0",
    "the mean x_t = alpha_t", "x_t-1 = alpha_t", "sigma_t = 1/2x_t", "sqrt = 2", "x_t = (alpha_t", "alpha_t", "x_t = y.z",
    "alpha_t <- 2", "= alpha_t", "alpha_t =", r"x_t = \alpha_t", "x_t = $alpha_t$", "lr = 1e-4 * eps_t",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_formula_in_plain_text_is_read(text):
    assert converted(text) == READ[text]


@pytest.mark.parametrize("text", LEFT)
def test_prose_and_code_are_left_alone(text):
    with pytest.raises(NotAFormulaError):
        converted(text)


MODULE = '''"""The posterior of a chain.

The mean of the posterior is

    mu~(x_t, x_0) = ( sqrt(alphabar_{t-1}) * beta_t / (1 - alphabar_t) ) * x_0
                  + ( sqrt(alpha_t) * (1 - alphabar_{t-1}) / (1 - alphabar_t) ) * x_t

and its variance: beta~_t = (1 - alphabar_{t-1}) / (1 - alphabar_t) * beta_t   (clipped)
"""
import torch

x = x + 1  # the next one

def step(x, eps):
    """A step ``x_prev = sqrt(alpha_bar_prev) * x0_pred + sqrt(1 - alpha_bar_prev) * eps_pred``, without noise."""
    # 2. mu_theta(x_t, t) = 1/sqrt(alpha_t) * (
    #        x_t - beta_t / sqrt(1 - alpha_bar_t) * eps_theta(x_t, t)
    #    )
    mean = x_t / alpha_t
    return "x_t = alpha_t * x_0"
'''


def verdicts(text):
    return [(e.formula.line, e.judgement.verdict) for e in audit_text(text, ".py").equations]


def test_docstrings_and_comments_of_a_program():
    assert verdicts(MODULE) == [(5, "proved"), (8, "proved"), (15, "proved"), (16, "proved")]
    assert audit_text(MODULE, ".py").equations[0].repairs[0].startswith("in plain text: mu~(x_t, x_0) = ( sqrt")


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [("* (1 - alphabar_{t-1}) / (1 - alphabar_t) ) * x_t", "* (1 - alphabar_t) / (1 - alphabar_t) ) * x_t", 5),
     ("(1 - alphabar_t) * beta_t", "(1 - alphabar_t) * alpha_t", 8), ("sqrt(1 - alpha_bar_prev) * eps", "sqrt(1 - alpha_bar_t) * eps", 15),
     ("beta_t / sqrt(1 - alpha_bar_t)", "beta_t / sqrt(1 - alpha_t)", 16)],
)  # fmt: skip
def test_a_planted_mistake_in_them_is_found(right, wrong, line):
    assert MODULE.count(right) == 1
    assert (line, "refuted") in verdicts(MODULE.replace(right, wrong))
