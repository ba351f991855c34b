"""Planted mistakes: every single slip once, in either way of writing, and each judged in its place."""

import pytest

from derivations.reading.audit import prepared
from derivations.reading.mutants import judged, mutants
from derivations.reading.notation.declaration import declaration
from derivations.reading.text import documents

BETA = r"\tilde\beta_{t} = \frac{1 - \bar\alpha_{t - 1}}{1 - \bar\alpha_{t}}\,\beta_{t}"


@pytest.mark.parametrize("tex", [BETA, BETA.replace("{t}", "t").replace("t - 1", "t-1").replace("1 - ", "1-")])
def test_the_slips_of_the_posterior_variance(tex):
    found = list(mutants(tex))
    assert sorted({m.kind for m in found}) == ["bar", "index", "letter", "sign"]
    assert len(found) == len({m.tex for m in found}) == 9


def test_no_slip_is_counted_twice_for_its_braces():
    assert len(list(mutants(r"a_{t-1}"))) == 1


@pytest.mark.parametrize(
    "tex, changed",
    [
        (r"\tfrac{1}{2}\,x", r"\,x"), (r"\sqrt{\alpha_t}\,x", r"{(\alpha_t)}\,x"), (r"x_{0} + y", r"x_t + y"), (r"g^{2} x", "g x"),
        (r"\sum_{t=2}^{T} a", r"\sum_{t=1}^{T} a"), (r"= -\beta", r"= \beta"), (r"(a) - \beta", r"(a) + \beta"),
    ],
)  # fmt: skip
def test_one_slip(tex, changed):
    assert changed in {m.tex for m in mutants(tex)}


def test_a_slip_is_judged_in_its_place_and_leaves_no_trace():
    text = f"$$\n{BETA}\n$$\n\n$$\\bar\\alpha_t = \\alpha_t\\bar\\alpha_{{t-1}}$$\n"
    doc = documents.document(text)
    reading = prepared(doc, declaration(""))
    (first, found), (second, others) = judged(reading)
    assert (first.formula.line, second.formula.line) == (2, 5)
    assert {m.verdict for m in found} == {"refuted"} and all(m.message for m in found)
    assert [e.judgement.verdict for e in prepared(doc, declaration("")).audit().equations] == ["proved", "proved"]
    assert others and reading.judge.explain
