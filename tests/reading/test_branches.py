r"""Cases: a branch holds under its condition, a system holds as a whole, and no branch is taken for a definition."""

import pytest

from derivations.reading import audit_text

RATIO, UPSIDE_DOWN = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}", r"\frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}"
STATE = r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"
BRANCHES = r"\tilde\beta_t = \begin{cases} %s\beta_t & \text{%s } t %s \\ \beta_1 & \text{otherwise}\end{cases}"
SYSTEM = r"\begin{cases} %s \\ \alpha_t = 1-\beta_t \end{cases}"


def judged(*formulas):
    text = "\n\n".join(f"$$\n{tex}\n$$" for tex in formulas)
    return [e.judgement for e in audit_text(text).equations]


@pytest.mark.parametrize("condition", [("if", "> 1"), ("for", r"\ge 2"), ("when", "> 1")])
def test_a_branch_is_judged_under_its_condition(condition):
    (right,), (wrong,) = judged(BRANCHES % (RATIO, *condition)), judged(BRANCHES % (UPSIDE_DOWN, *condition))
    assert right.verdict == "undecided" and right.formula == "posterior.variance"  # the other branch stays open
    assert wrong.verdict == "refuted" and "upside down" in wrong.message


def test_a_branch_under_a_condition_that_is_no_inequality_accuses_nobody():
    (j,) = judged(BRANCHES % (RATIO, "if", "= 1"))
    assert j.verdict == "undecided"


def test_a_system_says_each_of_its_equations():
    (right,), (wrong,) = judged(SYSTEM % STATE), judged(SYSTEM % STATE.replace(r"\sqrt{\bar\alpha_t}", r"\bar\alpha_t"))
    assert right.verdict == "proved" and right.formula == "forward.marginal"
    assert wrong.verdict == "refuted" and "a root over" in wrong.message


def test_what_a_branch_defines_is_no_definition_for_what_follows():
    piecewise = r"f(s) = \begin{cases} 1 & s>0 \\ 0 & s\le 0\end{cases}"
    first, second = judged(piecewise, "f(s) = 0")
    assert first.verdict == "definition" and second.verdict != "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"x_0 \begin{cases} a & b \end{cases} = 1",
        r"y = \begin{cases} a & b & c \\ d \end{cases}",
        r"y = \begin{cases}\end{cases}",
    ],
)
def test_another_form_is_not_guessed(tex):
    assert all(j.verdict in ("unread", "undecided") for j in judged(tex))


def test_a_third_backslash_ends_a_row_too():
    tex = r"\begin{aligned} \tilde\beta_t &= %s\beta_t \\" "\\\n" r"&= %s(1-\alpha_t) \end{aligned}"
    (e,) = audit_text(f"$$\n{tex % (RATIO, RATIO)}\n$$").equations
    assert e.judgement.verdict == "proved" and e.repairs == ("a third backslash at the end of a row removed",)


def test_what_was_defined_before_is_known_in_every_branch_and_no_branch_defines_for_the_others():
    before = r"$$x_t = (1-t)x_0 + t x_1$$" + "\n\n" + r"$$a = b + c$$" + "\n\n"
    cases = r"$$h(s) = \begin{cases} \frac{1}{b} & \text{if } b > 0 \\ 0 & \text{otherwise} \end{cases}$$"
    found = audit_text(f"{before}{cases}\n\n$$a^2 = b^2 + 2bc + c^2$$").equations
    assert [e.judgement.verdict for e in found][-1] == "proved"
    assert "unread" not in {e.judgement.verdict for e in found}
