"""Ten notes in ten dialects, written before the reader was tuned: nobody is accused falsely, mistakes are found."""

from collections import Counter

import pytest

from derivations.reading import audit_text
from derivations.reading.notation import standing
from tests.reading.asked import meets
from tests.reading.marked import NOTES, audited, waits

FILES = sorted(NOTES.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_true_formula_is_refuted(path):
    _, found = audited(path)
    assert [e.formula.tex for false, verdict, e in found if verdict == "refuted" and not false] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_planted_mistake_is_proved(path):
    _, found = audited(path)
    assert [e.formula.tex for false, verdict, e in found if false and verdict in ("proved", "convention")] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_judgement_names_an_unknown_id_as_proved(path):
    named = [
        (e.formula.line, e.judgement.formula)
        for _, verdict, e in audited(path)[1]
        if verdict in ("proved", "convention")
    ]
    assert [(line, id_) for line, id_ in named if not standing.holds(id_)] == []


def test_most_is_read_and_decided_and_most_mistakes_are_found():
    """The floors are what the reader reaches; they may only rise."""
    true, false, fails = Counter(), Counter(), 0
    for path in FILES:
        for planted, verdict, e in audited(path)[1]:
            (false if planted else true)["waits" if waits(e) else verdict] += 1
            fails += planted and meets(e.judgement, "false")
    total = true.total() + false.total()
    assert total >= 130
    assert (true + false)["unread"] <= 2
    assert true["undecided"] <= 7
    assert false["refuted"] >= 36 and fails >= 39, (fails, false)


def test_a_refutation_carries_its_witness_and_both_values():
    for path in FILES:
        for _, verdict, e in audited(path)[1]:
            if verdict == "refuted":
                assert e.judgement.witness and e.judgement.values, e.formula.tex


MIXED = r"""
$$\bar\alpha_t = \prod_{s=1}^t \alpha_s, \qquad q(x_t|x_0) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)I)$$

$$x_t = (1-t)x_0 + t\epsilon$$

$$x_0 = x_t - t(\epsilon - x_0)$$

$$x_0 = x_t - (1-t)(\epsilon - x_0)$$

$$x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\bar\alpha_t}$$
"""


def test_a_survey_may_have_a_schedule_and_a_path():
    verdicts = [e.judgement.verdict for e in audit_text(MIXED).equations]
    assert verdicts == ["proved", "definition", "proved", "refuted", "refuted"]


@pytest.mark.parametrize(
    "tex",
    [
        r"\bar\alpha_t = \frac{f(t)}{f(0)}", r"\beta_t = \beta_1 + \frac{t-1}{T-1}(\beta_T-\beta_1)", r"\bar\alpha_{1000} = 0",
        r"a^2+b^2=c^2", r"E = mc^2", r"x_{t+h} = x_t + h v_\theta(x_t,t)", r"\sigma_t^2 = \beta_t", r"dX_t = -\nabla U(X_t)dt + \sqrt{2}dB_t",
        r"x_0 = \alpha_t x_t - \sigma_t v_t \quad\text{if } \alpha_t^2+\sigma_t^2=1", r"p_\theta(x) = \frac{1}{Z_\theta}e^{-f_\theta(x)}",
    ],
)  # fmt: skip
def test_definitions_choices_and_conditions_are_nobodys_mistake(tex):
    assert [e.judgement.verdict for e in audit_text(f"$$\n{tex}\n$$").equations] != ["refuted"]


VARIANCE_PRESERVING = r"""
Let $z_t=\alpha_t x+\sigma_t\epsilon$ with $\alpha_t=\sqrt{1-\sigma_t^2}$.

$$z_s = \alpha_s\hat x_\theta(z_t) + \sigma_s\frac{z_t-\alpha_t\hat x_\theta(z_t)}{\sigma_t}$$

$$z_s = \alpha_s\hat x_\theta(z_t) + \sigma_s\frac{z_t-\alpha_s\hat x_\theta(z_t)}{\sigma_t}$$
"""


def test_what_a_document_says_of_its_schedule_is_used_in_its_steps():
    verdicts = [e.judgement.verdict for e in audit_text(VARIANCE_PRESERVING).equations]
    assert verdicts == ["proved", "definition", "proved", "refuted"] or verdicts == [
        "definition",
        "definition",
        "proved",
        "refuted",
    ]
