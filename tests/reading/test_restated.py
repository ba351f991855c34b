"""Documents whose parts have laws of their own, in the same letters: no part is accused by the laws of another one."""

import itertools

import pytest

from derivations.reading import audit_text
from derivations.reading.restated import laws
from derivations.reading.rows import read
from derivations.reading.text.documents import document
from tests.reading.asked import meets

FORWARD = r"""Here $x_0\sim\mathcal N(0,I)$ is noise and $x_1$ is data.

$$x_t = t x_1 + (1-t) x_0$$

$$v(x,t) = \mathbb E[x_1 - x_0\mid x_t = x]$$

$$\nabla\log p_t(x) = \frac{t\,v(x,t) - x}{1-t}$$
"""
BACKWARD = r"""Now $x_0$ is data and $\epsilon\sim\mathcal N(0,I)$ is noise.

$$x_t = (1-t) x_0 + t\epsilon$$

$$v(x,t) = \mathbb E[\epsilon - x_0\mid x_t = x]$$

$$\mathbb E[x_0\mid x_t = x] = x - t\,v(x,t)$$

$$\nabla\log p_t(x) = -\frac{x + (1-t) v(x,t)}{t}$$
"""
LEVELS = r"""Let $q(z_t\mid x) = \mathcal N(\alpha_t x, \sigma_t^2 I)$ with $\alpha_t^2 + \sigma_t^2 = 1$.

$$z_t = \alpha_t x + \sigma_t\epsilon$$

$$x = \alpha_t z_t - \sigma_t v_t \quad\text{with}\quad v_t = \alpha_t\epsilon - \sigma_t x$$
"""
SLIPS = {  # a law, and the same with a mistake that is refuted when its part stands alone
    r"\frac{t\,v(x,t) - x}{1-t}": r"\frac{t\,v(x,t) + x}{1-t}",
    r"-\frac{x + (1-t) v(x,t)}{t}": r"-\frac{x - (1-t) v(x,t)}{t}",
}
CHAPTERS = {"Flows": FORWARD, "Diffusions": BACKWARD, "Levels": LEVELS}


def document_of(order, headed=True):
    return "\n".join((f"## {name}\n\n" if headed else "") + CHAPTERS[name] for name in order)


def verdicts(text):
    return [(e.formula.tex, e.judgement.verdict) for e in audit_text(text).equations]


@pytest.mark.parametrize("order", list(itertools.permutations(CHAPTERS)))
@pytest.mark.parametrize("headed", [True, False])
def test_no_part_is_accused_by_the_law_of_another(order, headed):
    found = verdicts(document_of(order, headed))
    assert len(found) > 8
    assert [tex for tex, verdict in found if verdict == "refuted"] == []


@pytest.mark.parametrize("order", [("Flows", "Diffusions"), ("Diffusions", "Flows")])
@pytest.mark.parametrize("true, false", SLIPS.items())
def test_a_slip_is_refuted_by_the_law_of_its_own_part(order, true, false):
    text = document_of(order)
    assert true in text
    found = audit_text(text.replace(true, false)).equations
    wrong = [e.formula.tex for e in found if meets(e.judgement, "false")]
    assert len(wrong) == 1 and false in wrong[0]


@pytest.mark.parametrize(
    "tex, kinds",
    [
        (r"x_t = (1-t)x_0 + t x_1", ["state"]),
        (r"x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon", ["step"]),
        (r"x_{t-1} = x_t + \eta s_\theta(x_t)", []),  # what a sampler does
        (r"q(x_t\mid x_0) = \mathcal N(\alpha_t x_0, \sigma_t^2 I)", ["marginal"]),
        (r"q(x_t\mid x_{t-1}) = \mathcal N(\sqrt{\alpha_t}x_{t-1}, \beta_t I)", ["step"]),
        (r"p_\theta(x_{t-1}\mid x_t) = \mathcal N(\mu_\theta, \beta_t I)", []),
        (r"dx = f(x,t)dt + g(t)dw", ["equation"]),
        (r"dx = [f(x,t) - g(t)^2\nabla\log p_t(x)]dt + g(t)d\bar w", []),
        (r"\sigma_t = t", ["sigma_{t}"]),
        (r"\hat x_0 = x_t - \sigma\epsilon", []),
    ],
)
def test_what_states_a_law(tex, kinds):
    (formula,) = document(f"$${tex}$$").formulas
    assert [kind for kind, _ in laws(read(formula, {}).row)] == kinds
