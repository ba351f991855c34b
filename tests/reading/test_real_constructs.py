"""Ways of writing that real tutorials use: for each a true formula that is not accused, and a false one that is found.

Each document is the smallest that shows the construct. The last verdict counts, the formulas before set the stage.
"""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, last

SCHEDULE = r"$$\bar\alpha_t = \prod_{s=1}^t \alpha_s$$" + "\n\n"
GOOD = ("proved", "definition", "convention")


def shown(*formulas):
    """Displays under one another."""
    return SCHEDULE + "\n\n".join(f"$$\n{f}\n$$" for f in formulas)


POSTERIOR = r"\frac{\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2}{2\beta_t}"
PRIOR = r"\frac{\|x_{t-1}-\sqrt{\bar\alpha_{t-1}}x_0\|^2}{2(1-\bar\alpha_{t-1})}"
CASES = {
    "a colour that begins in a bracket and ends outside it": (
        shown(r"\hat x_0 = \color{red}{\Big( \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t,t)}{1} } \Big) \frac{1}{\sqrt{\bar\alpha_t}}"),
        shown(r"\hat x_0 = \color{red}{\Big( \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t,t)}{1} } \Big) \frac{1}{\bar\alpha_t}"),
    ),
    "a coloured term with its sign": (
        shown(r"-\log p(x) = \log\frac{q(x)}{p(x)} \textcolor{blue}{- \log q(x)}"),
        shown(r"-\log p(x) = \log\frac{q(x)}{p(x)} \textcolor{blue}{+ \log q(x)}"),
    ),
    "the same sum under a brace": (
        shown(r"\log\frac{q(x)p(z)}{p(x)} = \log p(z) + \underbrace{\log q(x) - \log p(x)}_{\text{a gap}}"),
        shown(r"\log\frac{q(x)p(z)}{p(x)} = \log p(z) + \underbrace{\log q(x) + \log p(x)}_{\text{a gap}}"),
    ),
    "functions without their backslash": (
        shown("log(exp(2t)) = 2t"), shown("log(exp(2t)) = t")
    ),
    "Markdown's backslash before an underscore": (
        SCHEDULE + r"so $\mathbf{x}\_t = \sqrt{\bar\alpha\_t}\mathbf{x}\_0 + \sqrt{1-\bar\alpha\_t}\boldsymbol{\epsilon}$.",
        SCHEDULE + r"so $\mathbf{x}\_t = \sqrt{\bar\alpha\_t}\mathbf{x}\_0 + (1-\bar\alpha\_t)\boldsymbol{\epsilon}$.",
    ),
    "dollars inside a fence": (
        SCHEDULE + "```math\n$$\n\\alpha_t := 1 - \\beta_t, \\quad \\bar\\alpha_t = \\prod_{s=1}^t \\alpha_s\n$$\n```",
        SCHEDULE + "```math\n$$\n\\alpha_t := 1 - \\beta_t, \\quad \\bar\\alpha_t = \\prod_{s=2}^t \\alpha_s\n$$\n```",
    ),
    "full-width signs": (
        SCHEDULE + r"其中 $\beta_t = 1-\alpha_t，其中\bar\alpha_t = \alpha_t\bar\alpha_{t-1}$。",
        SCHEDULE + r"其中 $\beta_t = 1-\alpha_t，其中\bar\alpha_t = \alpha_t\bar\alpha_{t+1}$。",
    ),
    "a product with dots": (
        shown(r"\bar\alpha_t = \alpha_t \alpha_{t-1} \cdots \alpha_1"), shown(r"\bar\alpha_t = \alpha_t \alpha_{t-1} \cdots \alpha_2")
    ),
    "a chain with dots for its middle": (
        shown(r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_t = \dots = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"),
        shown(r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_t = \dots = \sqrt{\bar\alpha_t}x_0 + (1-\bar\alpha_t)\epsilon"),
    ),
    "noises that are named anew in every line": (
        shown(r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_{t-1} = \sqrt{\alpha_t}(\sqrt{\bar\alpha_{t-1}}x_0 + \sqrt{1-\bar\alpha_{t-1}}\epsilon_0) + \sqrt{1-\alpha_t}\epsilon_{t-1}"),
        shown(r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_{t-1} = \sqrt{\alpha_t}(\sqrt{\bar\alpha_{t-1}}x_0 + \sqrt{1-\bar\alpha_t}\epsilon_0) + \sqrt{1-\alpha_t}\epsilon_{t-1}"),
    ),
    "a display that goes on with the one before": (
        shown(r"x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\sqrt{\bar\alpha_t}}", r"= \frac{x_t}{\sqrt{\bar\alpha_t}} - \frac{\sqrt{1-\bar\alpha_t}}{\sqrt{\bar\alpha_t}}\epsilon"),
        shown(r"x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\sqrt{\bar\alpha_t}}", r"= \frac{x_t}{\sqrt{\bar\alpha_t}} - \frac{\sqrt{1-\bar\alpha_t}}{\bar\alpha_t}\epsilon"),
    ),
    "a mean that is named inside a Gaussian": (
        shown(r"q(x_t|x_{t-1}) = \mathcal{N}(x_t; \mu_t = \sqrt{1-\beta_t}x_{t-1}, \Sigma_t = \beta_t I)"),
        shown(r"q(x_t|x_0) = \mathcal{N}(x_t; \mu_t = \bar\alpha_t x_0, \Sigma_t = (1-\bar\alpha_t) I)"),
    ),
    "a Gaussian by its name and what it is a density of": (
        shown(r"q(x_t|x_0) = \text{Norm}_{x_t}\Big[\sqrt{\bar\alpha_t}\cdot x_0, (1-\bar\alpha_t)\mathbf{I}\Big]"),
        shown(r"q(x_t|x_0) = \text{Norm}_{x_t}\Big[\bar\alpha_t\cdot x_0, (1-\bar\alpha_t)\mathbf{I}\Big]"),
    ),
    "the posterior mean in terms of the noise": (
        shown(r"\tilde\mu_t(x_t,\epsilon) = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon\right)"),
        shown(r"\tilde\mu_t(x_t,\epsilon) = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{\beta_t}{\sqrt{1-\alpha_t}}\epsilon\right)"),
    ),
    "a network without its arguments": (
        shown(r"\hat x_0 = \sqrt{\bar\alpha_t}x_t - \sqrt{1-\bar\alpha_t}v_\theta"), shown(r"\hat x_0 = \sqrt{\bar\alpha_t}x_t + \sqrt{1-\bar\alpha_t}v_\theta")
    ),
    "the sigmoid": (
        r"where $\sigma$ is the sigmoid: $$\log(1-\sigma(\ell)) = -\ell - \log(1+e^{-\ell})$$",
        r"where $\sigma$ is the sigmoid: $$\log(1-\sigma(\ell)) = \ell - \log(1+e^{-\ell})$$",
    ),
    "the joint bound of a chain": (
        shown(r"\log p(x_0) \ge \mathbb{E}_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}\right]"),
        shown(r"\log p(x_0) \le \mathbb{E}_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}\right]"),
    ),
    "an expectation under a law that is named in short": (
        shown(r"D_{KL}(q(z|x)\|p(z|x)) = \mathbb{E}_q\left[\log\frac{q(z|x)}{p(z|x)}\right]"),
        shown(r"D_{KL}(q(z|x)\|p(z|x)) = \mathbb{E}_q\left[\log\frac{p(z|x)}{q(z|x)}\right]"),
    ),
    "a telescope of marginals": (
        shown(r"\sum_{t=2}^T \log\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)} = \log\frac{q(x_T|x_0)}{q(x_1|x_0)}"),
        shown(r"\sum_{t=2}^T \log\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)} = \log\frac{q(x_T|x_0)}{q(x_0|x_1)}"),
    ),
    "a sum that goes on behind a sign": (
        shown(r"\sum_{i=1}^t \log q(x_{i-1}|x_0) - \log q(x_i|x_0) = -\log q(x_t|x_0)"),
        shown(r"\sum_{i=1}^t \log q(x_{i-1}|x_0) - \log q(x_i|x_0) = \log q(x_t|x_0)"),
    ),
    "a law with its variable left open": (
        shown(r"\text{KL}(q(z|x), p(z)) = \mathbb{E}_{z\sim q(\cdot|x)}\left[\log\frac{q(z|x)}{p(z)}\right]"),
        shown(r"\text{KL}(q(z|x), p(z)) = \mathbb{E}_{z\sim q(\cdot|x)}\left[\log\frac{p(z)}{q(z|x)}\right]"),
    ),
    "laws on several lines below an expectation": (
        shown(r"L = \mathbb{E}_{\substack{x_0\sim q(x_0)\\ \epsilon\sim\mathcal{N}(0,I)}}[\|\epsilon - \epsilon_\theta(x_t,t)\|^2]"),
        None,
    ),
    "proportional by Bayes' rule": (
        shown(rf"q(x_{{t-1}}|x_t,x_0) \propto \exp\left(-{POSTERIOR} - {PRIOR}\right)"),
        shown(rf"q(x_{{t-1}}|x_t,x_0) \propto \exp\left(-{POSTERIOR} + {PRIOR}\right)"),
    ),
    "a completed square with a constant that collects the rest": (
        shown(rf"q(x_{{t-1}}|x_t,x_0) \propto \exp\left(-{POSTERIOR} - {PRIOR}\right) = \exp\left(-\frac12\left((\frac{{\alpha_t}}{{\beta_t}}+\frac{{1}}{{1-\bar\alpha_{{t-1}}}})\|x_{{t-1}}\|^2 - 2\langle\frac{{\sqrt{{\alpha_t}}}}{{\beta_t}}x_t + \frac{{\sqrt{{\bar\alpha_{{t-1}}}}}}{{1-\bar\alpha_{{t-1}}}}x_0, x_{{t-1}}\rangle + C(x_t,x_0)\right)\right)"),
        None,
    ),
    "a log-density up to a constant": (
        shown(r"-\log q(x_t|x_{t-1}) \propto \frac{1}{2\beta_t}\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2"),
        shown(r"-\log q(x_t|x_{t-1}) \propto \frac{1}{\beta_t}\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_true_is_read_and_decided(name):
    found = last(CASES[name][0])
    assert found.verdict in GOOD, found


@pytest.mark.parametrize("name", [n for n, (_, false) in CASES.items() if false])
def test_what_is_false_beside_it_is_refuted_with_a_witness(name):
    found = last(CASES[name][1])
    assert found.verdict == "refuted" and found.witness, found


NOT_ACCUSED = {
    "a constant that is dropped, and '=' kept": shown(rf"q(x_{{t-1}}|x_t,x_0) = \exp\left(-{POSTERIOR} - {PRIOR}\right)"),
    "a condition on a schedule": shown(r"\alpha_t^2 + \beta_t^2 = 1"),
    "a variance that is called v": shown(r"p(x_t|x_0) \sim N(\mu_t, v_t * I)", r"v_{t+1} = \beta_t + (1-\beta_t) * v_t"),
    "values that are put in for names": shown(r"\Sigma_{Y|X} = \Sigma_Y - \Sigma_{YX}\Sigma_X^{-1}\Sigma_{XY} = (1-\bar\alpha_{t-1}) - \frac{\alpha_t(1-\bar\alpha_{t-1})^2}{1-\bar\alpha_t}"),
    "a function that is written again for other arguments": r"$$F(x,p) = x\log p + 2$$ and $$F(x,\ell) = x\ell + \log(1+e^\ell)$$",
    "a vector beside its coordinates": r"Let $x, \mu \in \mathbb{R}^D$. $$-\frac{1}{2s}\sum_{i=1}^D (x_i-\mu_i)^2 = -\frac{\|x-\mu\|^2}{2s}$$",
    "a letter that is used anew": SCHEDULE + r"A Gaussian has $A = 1/\sigma^2$. With $A_1 = \frac{\alpha_t}{1-\alpha_t}$ and $A_2 = 2$ we get $A = A_1 + A_2$.",
    "limits": shown(r"\lim_{t\to\infty}\bar\alpha_t = \lim_{t\to\infty}\prod_{i=1}^t(1-\beta_i) = 0"),
    "parts of a range of states": shown(r"p(a_c|a_{c+1:k}) = \frac{p(a_{c:k})}{p(a_{c+1:k})}", r"p(a_c|a_{c+1:k-1}) = \frac{p(a_{c:k-1})}{p(a_{c+1:k-1})} = p(a_c|a_{c+1:k-1})"),
    "latent variables that are the chain": shown(r"\log\frac{p(x_0,z)}{q(z|x_0)} = \log\frac{p(x_T)\prod_{i=1}^T p(x_{i-1}|x_i)}{q(z|x_0)}"),
    "what holds under what stands before an arrow": shown(r"\alpha_t = 2 \implies \bar\alpha_t = 2\bar\alpha_{t-1}"),
    "a continuation of a formula further up": shown(r"x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\sqrt{\bar\alpha_t}}") + "\n\nand then, from the first display,\n\n$$= \\bar\\alpha_t$$",
    "entry by entry": shown(r"z = \mu + \sigma\odot\epsilon"),
    "an exponent on a probability": shown(r"p(x_i|p_i) = p_i^{x_i}(1-p_i)^{1-x_i}"),
    "the smaller of two": shown(r"w_t = \min(\text{SNR}(t), \gamma)"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_ACCUSED)
def test_nobody_is_accused_and_everything_is_read(name):
    verdicts = [e.judgement.verdict for e in audit_text(NOT_ACCUSED[name]).equations]
    assert not {"refuted", "unread"} & set(verdicts), verdicts


WRONG_CONSTANTS = [
    r"\mathcal{N}(x; \mu, \sigma^2) = \frac{1}{\sqrt{2\pi}\sigma^2}\exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)",
    r"\log\mathcal{N}(x; \mu, \sigma^2) = -\frac12\log(2\pi\sigma) - \frac{(x-\mu)^2}{2\sigma^2}",
]


@pytest.mark.parametrize("tex", WRONG_CONSTANTS)
def test_a_constant_that_is_written_and_wrong_is_refuted(tex):
    assert last(f"$$\n{tex}\n$$").verdict == "refuted"


def test_equal_up_to_a_constant_is_said_and_neither_proved_nor_refuted():
    found = last(NOT_ACCUSED["a constant that is dropped, and '=' kept"])
    assert found.verdict == "undecided" and "up to a factor free of x_{t-1}" in found.message, found


def test_a_remark_whose_bracket_is_opened_in_words_and_closed_behind_them():
    remarked = r"1-\bar\alpha_t &= 1-\alpha_t\bar\alpha_{t-1} && \text{(as }\bar\alpha_t=\alpha_t\bar\alpha_{t-1})"
    assert (
        judged(rf"\begin{{aligned}}{remarked}\\ &= \alpha_t(1-\bar\alpha_{{t-1}})+\beta_t\end{{aligned}}").verdict
        == "proved"
    )
    assert (
        judged(rf"\begin{{aligned}}{remarked}\\ &= \alpha_t(1-\bar\alpha_t)+\beta_t\end{{aligned}}").verdict
        == "refuted"
    )
    assert judged(r"\sqrt{\alpha_t\text{(as })").verdict == "unread"


def test_prose_in_the_fences_of_directives():
    text = (
        "`````{tab} Superiore\nUn testo con $\\beta_t > 0$:\n\n$$\n\\alpha_t = 1-\\beta_t\n$$\n\n"
        "```{math}\n\\bar\\alpha_t = \\prod_{s=1}^t\\alpha_s\n```\n\n```python\nx = 'a $y = z$'\n```\n`````\n"
        "```{code-cell}\ny = '$z = w$'\n```\n:::{note}\n$\\alpha_1 = 1-\\beta_1$\n```{r}\nz = '$u = v$'\n```\n:::\n"
    )
    found = [(e.formula.line, e.formula.tex.strip()) for e in audit_text(text).equations]
    assert [line for line, _ in found] == [2, 5, 9, 20]
    assert not any(c in tex for _, tex in found for c in "zuwy")
