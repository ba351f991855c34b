r"""Cases behind one brace by other names, norms by other signs, constants in brackets, a factor behind a derivative, and
the differential of time that runs backwards.
"""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import displayed, judged

RATIO = r"\frac{1-\bar\alpha_%s}{1-\bar\alpha_%s}"
CASES = r"\tilde\beta_t = \left\{\begin{%s} %s\beta_t, & \text{if } t > 1 \\ \beta_1, & \text{otherwise}\end{%s}\right."


@pytest.mark.parametrize(("begin", "end"), [("array}{ll", "array"), ("matrix", "matrix"), ("cases", "cases")])
def test_cases_by_other_names(begin, end):
    right, wrong = (displayed(CASES % (begin, RATIO % ends, end)) for ends in (("{t-1}", "t"), ("t", "{t-1}")))
    assert right.verdict == "undecided" and right.formula == "posterior.variance"  # the other branch stays open
    assert wrong.verdict == "refuted" and "upside down" in wrong.message


def test_a_matrix_without_a_brace_is_a_matrix():
    found = displayed(r"f(x) = \begin{matrix} 1 & \text{if } x > 0 \\ 2 & \text{if } x < 0\end{matrix}")
    assert found.verdict in ("unread", "undecided") and "= 2" not in found.reading


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\nabla_x (\mid x \mid^2) = 2x", r"\nabla_x (\mid x \mid^2) = x"),
        (r"\nabla_x (\vert\vert x \vert\vert^2) = 2x", r"\nabla_x (\vert\vert x \vert\vert^2) = x"),
        (r"\nabla_x(-\frac{\|x\|^2}{2} + \text{const}) = -x", r"\nabla_x(-\frac{\|x\|^2}{2} + \text{const}) = x"),
        (r"\nabla_x[-\frac{\|x\|^2}{2} + \text{Const.}] = -x", r"\nabla_x[-\frac{\|x\|^2}{2} + \text{Const.}] = x"),
        (r"\frac{d e^{2t}}{dt}\cdot 3 = 6e^{2t}", r"\frac{d e^{2t}}{dt}\cdot 3 = 2e^{2t}"),
    ],
)
def test_other_signs(true, false):
    assert displayed(true).verdict == "proved"
    assert displayed(false).verdict == "refuted"


def test_a_bar_between_what_is_drawn_and_what_it_is_given_is_no_norm():
    assert displayed(r"p(x \mid y)\,p(y) = p(y \mid x)\,p(x)").verdict == "proved"


REVERSE = r"dx_t = [f(x_t,t) - %s g^2(t)\nabla\log p_t(x_t)]\,d\bar t + g(t)\,d\bar w_t"


def test_the_differential_of_time_that_runs_backwards():
    assert judged(REVERSE % "").formula == "sde.reverse" and judged(REVERSE % "").verdict == "proved"
    halved = judged(REVERSE % r"\frac12")
    assert halved.verdict == "refuted" and "it is true without the 1/2" in halved.message
    assert audit_text(f"$${REVERSE % '2'}$$").equations[0].judgement.verdict == "refuted"
