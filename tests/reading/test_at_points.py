"""Functions without their arguments, derivatives of higher order, and macros of one letter: read, and beside each a slip."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import displayed, judged, last, meets, verdict


@pytest.mark.parametrize(
    ("before", "true", "false"),
    [
        (r"\sigma(t) = t^2", r"(\sigma^2)'(t) = 4t^3", r"(\sigma^2)'(t) = 2t"),
        (r"\sigma(t) = t^2", r"\ddot\sigma(t) = 2", r"\ddot\sigma(t) = 2t"),
        (r"\sigma(t) = t^2", r"\sigma''(t) = 2", r"\sigma''(t) = t"),
        (r"\sigma(t) = t^2", r"\left.\frac{d}{dt}\right|_{t=3}\sigma(t) = 6", r"\left.\frac{d}{dt}\right|_{t=3}\sigma(t) = 9"),
        ("", r"\partial_x^2 x^3 = 6x", r"\partial_x^2 x^3 = 3x"),
        ("", r"\exp\s{a} \exp\s{b} = \exp\s{a + b}", r"\exp\s{a} \exp\s{b} = \exp\s{a - b}"),
        ("", r"\p{a + b} c = a c + b c", r"\p{a + b} c = a c - b c"),
        ("", r"\n{x - y}_2^2 = \n{x}^2 - 2 x\cdot y + \n{y}^2", r"\n{x - y}_2^2 = \n{x}^2 + 2 x\cdot y + \n{y}^2"),
    ],
)  # fmt: skip
def test_what_is_true_is_proved_and_a_slip_is_refuted(before, true, false):
    text = f"$${before}$$\n\n" if before else ""
    assert verdict(true, text) == "proved"
    assert meets(displayed(false, text), "false")


@pytest.mark.parametrize(
    "tex",
    [
        r"\psi_{t+h} = \psi_h\circ\psi_t",  # a flow that does not depend on the time; of which nothing is known
        r"\partial_x^2[b(x,t)^2 p(x,t)] = \sum_{n=1}^{\infty}\frac{(-1)^n}{n!}\partial_x^n[a_n(x,t) p(x,t)]",
        r"\left|\det\frac{\partial g_t}{\partial x}\right| = \exp(t)",
        r"\sup_{f} F(f) = \inf\{G(g);\ g > 0\}",
        r"\int_0^1 c(t)\,dt = \sum_{n=0}^{\infty} a^n",  # a series is no finite sum
        r"\E[s(x)s(x)^\top] = \E[\nabla\log p(x)\nabla\log p(x)^\top]",
        r"J\,d\rho(x) + \rho(x)\,dJ = 0",
    ],
)
def test_what_is_read_and_of_which_nothing_is_known_is_open(tex):
    assert verdict(tex) == "undecided"


def test_a_series_is_not_taken_for_a_finite_sum():
    assert verdict(r"\sum_{n=0}^{\infty} a^n = \frac{1}{1-a}") == "undecided"
    assert verdict(r"\sum_{n=1}^{N} 1 = N") == "proved"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\Phi_{t,t+h} := \psi_{t+h}\circ\psi_t^{-1}", "definition"),
        (r"p_Y(y) = p_X(f^{-1}(y))\left|\det\frac{\partial f^{-1}}{\partial y}\right|", "definition"),
        (r"x\sim\normal{0}{I}", "definition"), (r"x\sim\mathcal(m, \sigma^2 I)", "definition"),
        (r"\psi(x_t,t)=:x'_0", "definition"), (r"\kappa(t) = \|\ddot x(t)\|", "definition"),
        (r"v^{\perp} = v - \frac{v\cdot w}{\|w\|^2}w", "definition"),
        (r"W(\mu,\nu) = \sup_{f\in F}\left(\int f d\mu - \int f d\nu\right)", "definition"),
    ],
)  # fmt: skip
def test_a_name_gets_its_meaning(tex, wanted):
    assert verdict(tex) == wanted


def test_a_flow_of_a_flow_is_put_in():
    flow = r"\psi_t(x) = e^t x"
    assert judged(flow, r"(\psi_s\circ\psi_t)(x) = e^{s+t} x").verdict == "proved"
    assert judged(flow, r"(\psi_s\circ\psi_t)(x) = e^{s-t} x").verdict not in ("proved", "definition")


def test_a_state_that_moves_is_not_put_in_where_it_starts():
    assert judged(r"\frac{d}{dt} x_t \Big|_{t=0} = v").verdict == "definition"
    assert judged(r"\frac{d}{dt} x_t \Big|_{t=0} = \frac{d}{dt} x_0").verdict not in ("proved", "refuted")


def test_what_stands_under_a_divergence_is_a_function_of_the_state():
    assert verdict(r"\nabla^2 p = \nabla\cdot(\nabla p) = \nabla\cdot(p\nabla\log p)") == "proved"
    assert verdict(r"\nabla\cdot(p_t u_t) = p_t\nabla\cdot u_t + u_t\cdot\nabla p_t") == "proved"
    assert verdict(r"\nabla\cdot(p_t u_t) = p_t\nabla\cdot u_t - u_t\cdot\nabla p_t") == "refuted"
    split = r"\nabla\cdot(fp) - \frac12 g^2\nabla\cdot(p\nabla\log p) = \nabla\cdot([f - \frac12 g^2\nabla\log p]p)"
    assert verdict(split) == "proved"
    assert verdict(split.replace("[f -", "[f +")) not in ("proved", "definition")
    assert verdict(r"\nabla^2 p = \nabla\cdot(p\nabla p)") not in ("proved", "definition")


def test_a_dollar_that_markdown_escapes_begins_a_formula():
    text = "1.  \\$$x \\sim q$$\n\nthen\n\\begin{equation}\n a - a = 0\n\\end{equation}\nand $$b$$ is\n"
    found = audit_text(text).equations
    assert [(e.formula.kind, e.judgement.verdict) for e in found] == [("inline", "definition"), ("display", "proved")]


def test_a_continuity_equation_with_its_rate_at_a_point():
    rate = r"\frac{\partial\rho_t}{\partial t}(x) = -\nabla\cdot(v_t(x)\cdot\rho_t(x))"
    assert last(f"$${rate}$$").verdict == "definition"
    assert last(f"$${rate.replace('= -', '= ')}$$").verdict != "definition"
