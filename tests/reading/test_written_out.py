r"""Matrices entry by entry, bars of evaluation, laws that are added, energies: true ones, and one token changed."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import meets

STATE = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$"


def judged(formula, before=""):
    """The judgement on the last display behind some text."""
    return audit_text(f"{before}\n\n$${formula}$$").equations[-1].judgement


ROTATION = (
    r"\begin{pmatrix} x_t \\ v_t \end{pmatrix} = \begin{bmatrix} \sqrt{\bar\alpha_t} & \sqrt{1-\bar\alpha_t} \\"
    r" -\sqrt{1-\bar\alpha_t} & \sqrt{\bar\alpha_t} \end{bmatrix}\begin{pmatrix} x_0 \\ \epsilon \end{pmatrix}"
)
INVERSE = (
    r"\left[\begin{array}{c} x_0 \\ \epsilon \end{array}\right] = \left(\begin{array}{cc} \sqrt{\bar\alpha_t} &"
    r" \sqrt{1-\bar\alpha_t} \\ -\sqrt{1-\bar\alpha_t} & \sqrt{\bar\alpha_t} \end{array}\right)^{-1}"
    r"\left[\begin{array}{c} x_t \\ v_t \end{array}\right]"
)
PAIRS = {
    "a rotation": (ROTATION, ROTATION.replace(r" -\sqrt", r" \sqrt")),
    "a rotation of the other order": (ROTATION, ROTATION.replace(r"x_0 \\ \epsilon", r"\epsilon \\ x_0")),
    "an inverse of arrays": (INVERSE, INVERSE.replace("^{-1}", "")),
    "a transpose": (INVERSE.replace("^{-1}", r"^{\top}"), INVERSE.replace("^{-1}", "")),
    "a sum of matrices": (
        r"\begin{pmatrix} 2 \\ 3 \end{pmatrix} = \begin{pmatrix} 1 \\ 1 \end{pmatrix} + 2\begin{pmatrix} \frac12 \\ 1 \end{pmatrix}",
        r"\begin{pmatrix} 2 \\ 3 \end{pmatrix} = \begin{pmatrix} 1 \\ 1 \end{pmatrix} - 2\begin{pmatrix} \frac12 \\ 1 \end{pmatrix}",
    ),
    "a bar without its left side": (r"\frac{d}{ds} s^2 \Big|_{s=3} = 6", r"\frac{d}{ds} s^2 \Big|_{s=3} = 9"),
    "a bar between two values": (
        r"\int_0^t e^{-s} ds = \left.-e^{-s}\right|_{s=0}^{s=t} = 1-e^{-t}",
        r"\int_0^t e^{-s} ds = \left.-e^{-s}\right|_{s=0}^{s=t} = 1+e^{-t}",
    ),
    "brackets between two values": (
        r"\int_0^1 s^2 ds = \left[\frac{s^3}{3}\right]_0^1 = \frac13", r"\int_0^1 s^2 ds = \left[\frac{s^3}{2}\right]_0^1 = \frac12",
    ),
    "laws that add up": (
        r"\sqrt{\alpha_t}\epsilon_1 + \sqrt{1-\alpha_t}\epsilon_2 \sim \mathcal N(0, \alpha_t I) + \mathcal N(0, (1-\alpha_t)I) \sim \mathcal N(0, I)",
        r"\sqrt{\alpha_t}\epsilon_1 + \sqrt{1-\alpha_t}\epsilon_2 \sim \mathcal N(0, \alpha_t I) + \mathcal N(0, (1+\alpha_t)I) \sim \mathcal N(0, I)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    true, false = PAIRS[name]
    assert judged(true, STATE).verdict == "proved"
    assert judged(false, STATE).verdict == "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\begin{pmatrix} x_t \\ v_t \end{pmatrix} = \begin{pmatrix} x_0 & \epsilon \end{pmatrix}", "different shapes"),
        (r"\begin{pmatrix} x_t \\ v_t \end{pmatrix} = \begin{pmatrix} 1 & 0 \\ 0 & 1 \\ 1 & 1 \end{pmatrix}\begin{pmatrix} x_0 & \epsilon \end{pmatrix}", "fit"),
        (r"\begin{pmatrix} x_0 & \cdots & x_T \end{pmatrix} = A", ""),
        (r"\begin{pmatrix} x_0 \\ x_1 \end{pmatrix} = f\begin{pmatrix} x_1 \\ x_0 \end{pmatrix}^2", ""),
        (r"y = a s \Big|_0^1", "a variable that is not named"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_unread(tex, wanted):
    found = judged(tex, STATE)
    assert found.verdict == "unread" and wanted in found.message


def test_a_norm_is_no_bar_of_evaluation():
    assert judged(r"|x|^2 = x^2").verdict == "proved"
    assert judged(r"\big|x\big|_1 = 2").reading == "norm_1(x) = 2"


ENERGY = r"$$p_\theta(x) = \frac{e^{-f_\theta(x)}}{Z_\theta}, \quad Z_\theta = \int e^{-f_\theta(x)}dx$$"
SCORE = r"\nabla_x\log p_\theta(x) = -\nabla_x f_\theta(x) - \nabla_x\log Z_\theta = -\nabla_x f_\theta(x)"


def test_the_score_of_an_energy():
    assert judged(r"\nabla_x\log Z_\theta = 0", ENERGY).verdict == "proved"
    assert judged(SCORE, ENERGY).verdict == "proved"
    assert judged(SCORE.replace("= -", "= "), ENERGY).verdict == "refuted"
    assert judged(SCORE).verdict == "undecided"  # of a density that is not given


def test_a_constant_is_positive_only_where_it_makes_a_density():
    assert judged(r"\sqrt{Z^2} = Z").verdict != "proved"


SDE = "$$dx = f(x,t)dt + g(t)dw$$"
MOVES = r"\frac{\partial p_t}{\partial t} + \nabla\cdot(f p_t) = \frac12 g(t)^2\Delta p_t"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (MOVES, "proved"), (MOVES.replace(r"\frac12", ""), "refuted"), (MOVES.replace("+", "-"), "refuted"),
        (r"\partial_t p_t(x) = -\nabla\cdot[f(x,t)p_t(x) - \frac12 g(t)^2\nabla p_t(x)]", "proved"),
        (r"\partial_t p_t(x) = -\nabla\cdot[f(x,t)p_t(x) - g(t)^2\nabla p_t(x)]", "refuted"),
        (r"\partial_t p_t(x) = -\nabla\cdot[(f(x,t) - \frac12 g(t)^2\nabla\log p_t(x))p_t(x)]", "proved"),
        (r"\partial_t p_t(x) = -\nabla\cdot[(f(x,t) - g(t)^2\nabla\log p_t(x))p_t(x)]", "refuted"),
        (r"\frac{d}{dt}p_t(x) + \operatorname{div}(p_t(x)v_t(x)) = 0", "definition"),
        (r"\frac{d}{dt}p_t(x) - \operatorname{div}(p_t(x)v_t(x)) = 0", "false"),
        (r"\frac{\partial p}{\partial t} = -\nabla\cdot(fp) + \frac12\Delta(g(t)^2 p)", "proved"),
    ],
)  # fmt: skip
def test_how_a_density_moves(tex, wanted):
    assert meets(judged(tex, SDE), wanted)


@pytest.mark.parametrize(
    "tex",
    [
        r"z \sim q_\phi(z|x) = \mathcal N(z;\mu,\sigma^2 I)", r"x_0 \sim p_0 = \mathcal N(0, I)",
        r"u_t(x|z) = u_t(x|x_0,x_1) = x_1 - x_0", r"f(x,t) = 0",
    ],
)  # fmt: skip
def test_names_and_laws_are_definitions(tex):
    assert judged(tex).verdict == "definition"


def test_a_field_at_a_point_of_a_flow_is_no_product():
    flow = r"$$v_t(x) = x$$" "\n\n" r"$$\phi_0(x) = x$$"
    found = judged(r"\frac{d}{dt}\phi_t(x) = v_t(\phi_t(x))", flow)
    assert "v(t, phi(t, x))" in found.reading and found.verdict == "definition"
