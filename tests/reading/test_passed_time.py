"""Equations in the time that is left, drifts in bold beside numbers of the same letter, and fonts by their prefix."""

from __future__ import annotations

import pytest

from derivations.reading.audit import audit_text
from tests.reading.asked import last

SCORE = r"\nabla_{\bx} \log p_{1-\tau}(\bx)"
FLOW = r"$$d\bx = \left(-\bff(\bx, 1-\tau) + COEFFICIENT g^2(1-\tau) " + SCORE + r" \right) d\tau$$"
REVERSE = r"$$d\bx = \left(-\bff(\bx, 1-\tau) + COEFFICIENT " + SCORE + r" \right) d\tau + g(1-\tau) d\bw$$"
THEORY = r"$$dY_t = \left[\tfrac{1}{2}\beta(T-t) Y_t + COEFFICIENT \nabla\log p_{T-t}(Y_t)\right]dt + \sqrt{\beta(T-t)}\,dW_t$$"
LINEAR = r"""
For $d\bx = \bff(\bx,t)\,dt + g(t)\,d\bw$ with $\bff(\bx,t) = f(t)\bx$:
$$d\bx = \left[\bff(\bx,t) - COEFFICIENT\nabla_{\bx}\log p_t(\bx)\right] dt + g(t)\,d\bar{\bw}$$
"""
MOVED = (
    r"$$\frac{d}{d t}\tilde{\bx}(t) = \bff(\tilde{\bx}(t),t) COEFFICIENT g^2(t)\nabla_{\bx}\log p_t(\tilde{\bx}(t))$$"
)


@pytest.mark.parametrize(
    ("form", "true", "false"),
    [
        (FLOW, r"\frac{1}{2}", "2"),
        (REVERSE, r"g^2(1-\tau)", r"g(1-\tau)"),
        (THEORY, r"\beta(T-t)", r"2\beta(T-t)"),
        (LINEAR, "g^2(t)", "g(t)"),
        (MOVED, r"- \frac12", r"+ \frac12"),
    ],
)
def test_the_score_in_the_time_that_is_left(form: str, true: str, false: str) -> None:
    """The right coefficient is proved, a wrong one refuted."""
    assert last(form.replace("COEFFICIENT", true)).verdict == "proved"
    assert last(form.replace("COEFFICIENT", false)).verdict == "refuted"


def test_a_drift_in_bold_is_a_vector_where_the_plain_letter_is_a_number() -> None:
    """f(t) x is a choice of f(x, t), and nothing is added that cannot be."""
    found = audit_text(LINEAR.replace("COEFFICIENT", "g^2(t)"), ".md").equations
    assert [e.judgement.verdict for e in found] == ["definition", "definition", "proved"]


@pytest.mark.parametrize("tex", [r"\bbE[\btheta] = \bbE[\btheta]", r"\rmI \bphi = \rmI \bphi", r"\pd t p = \pd{t} p"])
def test_fonts_by_their_prefix(tex: str) -> None:
    """Commands that many classes define alike are read."""
    assert audit_text(f"$${tex}$$", ".md").equations[0].judgement.verdict != "unread"


def test_formulas_between_letters_of_a_script_without_spaces() -> None:
    """Dollars stand right beside Chinese letters, and each pair is one formula."""
    text = "时刻$t = 1$的分布$p = q$服从“方程”：\n\\begin{equation}a = b\\end{equation}\n记$u = v$，那么$w = z$。\n"
    assert [e.formula.tex.strip()[-11:] for e in audit_text(text, ".md").equations] == [
        "t = 1",
        "p = q",
        r"d{equation}",
        "u = v",
        "w = z",
    ]


def test_what_is_left_open_is_not_its_own_condition() -> None:
    """p_t(. | x_0 = x) is a density of x_t, and p(x | x) of nothing."""
    law = r"\mathcal{N}(x e^{-t}, (1 - e^{-2t}) I)"
    assert last(rf"$$p_t(\cdot | x_0 = x) = {law}$$").verdict == "definition"
    assert last(r"$$p(x | x) = \mathcal{N}(x; x, \sigma^2 I)$$").verdict == "refuted"


def test_an_arrow_down_and_a_brace_that_markdown_escaped() -> None:
    """Both are read, and the repair is told."""
    found = audit_text(r"$$y = \left\\{\frac{1}{2}\right\\} x \\ \Downarrow \\ 2y = x$$", ".md").equations[0]
    assert found.judgement.verdict != "unread" and any("brace" in r for r in found.repairs)
