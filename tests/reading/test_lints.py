"""Lints point at what scales wrongly, and at a noise on one side; of what is right they say nothing."""

import json

import pytest

from derivations.reading import audit_text

ADDED = r"\tilde x = x + \sigma\epsilon"
FORWARD = r"dx = f(x,t)dt + g(t)dw"
SCALE, BESIDE, TIME, FREE = "measured like it", "formulas before", "time is measured", "one side only"


def last(*formulas, notation=""):
    return audit_text("\n\n".join(f"$$\n{f}\n$$" for f in formulas), notation=notation).equations[-1]


@pytest.mark.parametrize(
    ("formulas", "said"),
    [
        ([r"dx = -\frac12\beta(t)x\,dt + \beta(t)\,dw"], TIME),
        ([FORWARD, r"x_{t+\Delta t} = x_t + f(x_t,t)\Delta t + g(t)\Delta t\epsilon"], TIME),
        ([r"x_{k+1} = x_k + \eta s_\theta(x_k) + 2\eta z_k"], SCALE),
        ([ADDED, r"\nabla_{\tilde x}\log q_\sigma(\tilde x|x) = -\frac{\tilde x - x}{\sigma}"], BESIDE),
        ([ADDED, r"\mathbb{E}[x|\tilde x] = \tilde x + \sigma\nabla_{\tilde x}\log p(\tilde x)"], BESIDE),
        ([r"\nabla_{x_t}\log p_t(x_t) = -\frac{\epsilon}{\sigma_t}"], FREE),
    ],
)
def test_what_scales_wrongly_is_pointed_at(formulas, said):
    found = last(*formulas)
    assert [said in lint for lint in found.lints] == [True]
    assert json.loads(json.dumps(found.data()))["lints"] == list(found.lints)


@pytest.mark.parametrize(
    "formulas",
    [
        [r"dx = -\frac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw"],
        [r"dx = \nabla_x\log p(x)dt + \sqrt2 dw"],
        [r"dx = \sqrt{\frac{d\sigma^2(t)}{dt}}dw"],
        [r"dX_t = [-\beta X_t - \sigma^2 s_\theta(X_t,t)]dt + \sigma dW_t"],
        [FORWARD, r"x_{t+\Delta t} = x_t + f(x_t,t)\Delta t + g(t)\sqrt{\Delta t}\epsilon"],
        [r"x_{k+1} = x_k + \eta s_\theta(x_k) + \sqrt{2\eta}z_k"],
        [ADDED, r"\nabla_{\tilde x}\log q_\sigma(\tilde x|x) = -\frac{\tilde x - x}{\sigma^2}"],
        [ADDED, r"\mathbb{E}[x|\tilde x] = \tilde x + \sigma^2\nabla_{\tilde x}\log p(\tilde x)"],
        [r"x_t = (1-t)x_0 + t x_1", r"p(x_1) = \mathcal{N}(x_1; 0, I)"],
        [
            r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon",
            r"s_\theta(x_t,t) = -\frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}}",
        ],
        [r"\alpha_t^2 + \sigma_t^2 = 1", r"x_t = \alpha_t x_0 + \sigma_t\epsilon"],
        [r"L = \mathbb{E}\|\epsilon - \epsilon_\theta(x_t,t)\|^2"],
    ],
)
def test_nothing_is_said_of_what_scales_alike(formulas):
    text = "\n\n".join(f"$$\n{f}\n$$" for f in formulas)
    assert [e.lints for e in audit_text(text).equations] == [()] * len(formulas)


def test_a_lint_alone_refutes_nothing():
    found = last(r"dx = -\frac12\beta(t)x\,dt + \beta(t)\,dw")
    assert found.lints and found.judgement.verdict != "refuted"
    assert "lints" not in last(r"dx = -\frac12\beta(t)x\,dt + \sqrt{\beta(t)}\,dw").data()
