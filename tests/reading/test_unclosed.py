"""A bracket that is never closed: closed at the end where it can end nowhere else, and never a reason to accuse."""

import pytest

from derivations.reading import audit_text
from derivations.reading.text.unclosed import CLOSED, closed


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"a = b(c + d(e)", r"a = b(c + d(e))"),
        (r"a = b [c + d(e).", r"a = b [c + d(e)]."),
        (r"\begin{aligned}a &= b\\ &= c(d+e \end{aligned}", r"\begin{aligned}a &= b\\ &= c(d+e) \end{aligned}"),
        (r"a = \sum_{s=1}^t (b_s + c", r"a = \sum_{s=1}^t (b_s + c)"),
        (r"a = (b = c", None),
        (r"a = (b \\ = c", None),
        (r"\frac{(a}{b}", None),
        (r"a = ((b + c", None),
        (r"a = b) + (c", None),
        (r"a = (b) + c", None),
    ],
)
def test_where_a_bracket_is_closed(tex, wanted):
    assert closed(tex) == wanted


def equation(tex, notation="ddpm"):
    return audit_text(f"$$\n{tex}\n$$", notation=notation).equations[-1]


def test_what_is_closed_is_read_and_reported():
    e = equation(r"q(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)I")
    assert e.judgement.verdict in ("proved", "definition") and CLOSED in e.repairs


def test_what_fails_so_is_open():
    e = equation(r"q(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}x_0, \sqrt{1-\bar\alpha_t}I")
    assert e.judgement.verdict == "undecided" and "bracket" in e.judgement.message
    whole = equation(r"q(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}x_0, \sqrt{1-\bar\alpha_t}I)")
    assert whole.judgement.verdict == "refuted"


def test_what_may_end_elsewhere_stays_unread():
    assert equation(r"a = (b + c \\ d = e").judgement.verdict == "unread"
