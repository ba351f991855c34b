"""The nearest true formula: what a slip of the pen is told to write instead, and that nothing far off gets a hint."""

import pytest

from derivations.reading import audit_text

BETA = r"\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
MEAN = (
    r"\tilde\mu_t = \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0"
    r" + \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t"
)
STATE = r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"
SLIPS = [
    (BETA, r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}", r"\frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}", "upside down"),
    (BETA, r"1-\bar\alpha_{t-1}}", r"1-\alpha_{t-1}}", "with ᾱ_{t-1} in place of α_{t-1}"),
    (
        BETA,
        r"\beta_t = \frac{1-\bar\alpha_{t-1}}",
        r"\beta_t = \frac{1-\bar\alpha_{t}}",
        "with ᾱ_{t-1} in place of ᾱ_t",
    ),
    (BETA, r"\frac{1-\bar\alpha_{t-1}}", r"\frac{1+\bar\alpha_{t-1}}", "with the opposite sign of one term"),
    (MEAN, r"\sqrt{\bar\alpha_{t-1}}\beta_t", r"\bar\alpha_{t-1}\beta_t", "with a root over ᾱ_{t-1}"),
    (MEAN, r"\sqrt{\alpha_t}", r"\sqrt{\bar\alpha_t}", "with α_t in place of ᾱ_t"),
    (STATE, r"\sqrt{1-\bar\alpha_t}\epsilon", r"(1-\bar\alpha_t)\epsilon", "with a root over 1 - alpha_bar(t)"),
    (STATE, r"\sqrt{\bar\alpha_t}x_0", r"\bar\alpha_tx_0", "with a root over ᾱ_t"),
]


def judged(tex):
    (e,) = audit_text(f"$${tex}$$\n").equations
    return e.judgement


@pytest.mark.parametrize("right", [BETA, MEAN, STATE])
def test_what_is_right_needs_no_hint(right):
    assert judged(right).verdict in ("proved", "definition")


@pytest.mark.parametrize(("right", "was", "slip", "hint"), SLIPS, ids=[row[3] for row in SLIPS])
def test_a_slip_is_told_what_to_write(right, was, slip, hint):
    assert right.count(was) == 1
    j = judged(right.replace(was, slip))
    assert j.verdict == "refuted" and j.message.endswith(hint), j


def test_what_is_far_off_gets_no_hint():
    j = judged(r"\tilde\beta_t = \bar\alpha_{t-1}\bar\alpha_t^3\beta_t + 7")
    assert j.verdict == "refuted" and "it is true" not in j.message
