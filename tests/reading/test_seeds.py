"""The user's own documents: every displayed equation of the readable guide as the catalogue expects."""

import json
from pathlib import Path

import pytest

from derivations.reading import audit_file
from tests.reading.marked import waits

SHARED = Path(__file__).resolve().parents[3] / "shared"
here = pytest.mark.skipif(
    not (SHARED / "seeds/readable_guide.md").is_file(), reason="the shared documents are not beside this checkout"
)


@pytest.fixture(scope="module")
def guide():
    return audit_file(SHARED / "seeds/readable_guide.md")


def wanted(expected):
    """The verdict in the catalogue's words."""
    text = expected.lower()
    if text.startswith(("definition", "claim", "lint", "instance")):
        return {"definition"} if not text.startswith("instance") else {"proved"}
    if "refuted" in text:
        return {"refuted"}
    if "consistent with s-convention" in text:
        return {"convention"}
    return {"proved"}


@here
def test_every_displayed_equation_of_the_readable_guide(guide):
    rows = json.loads((SHARED / "catalogue/readable_guide_expected.json").read_text())
    found = {e.formula.line: e for e in guide.equations if e.formula.kind == "display"}
    wrong = []
    numbered = [row for row in rows if row["display"] != "—"]
    assert len(numbered) == 29
    for row in numbered:
        e = found.get(row["line"]) or found.get(row["line"] + 0)
        if e is not None and waits(e) and wanted(row["expected"]) == {"proved"}:
            continue
        if e is None or not {e.judgement.verdict} & (
            wanted(row["expected"]) | ({"proved"} if "duplicate of 6" in row["expected"] else set())
        ):
            wrong.append(
                (row["display"], row["line"], row["expected"], e and e.judgement.verdict, e and e.judgement.message)
            )
    assert wrong == []


@here
def test_the_damaged_formulas_are_repaired_and_told(guide):
    repaired = {e.formula.line: e for e in guide.equations if any("TAB" in note for note in e.repairs)}
    assert sorted(repaired) == [127, 133, 280]
    assert [repaired[n].judgement.verdict for n in sorted(repaired)] == ["proved", "proved", "convention"]


@here
def test_the_undelimited_formula_is_found(guide):
    (e,) = [e for e in guide.equations if e.formula.line == 46]
    assert e.repairs == ("mathematics outside any delimiter",)


@here
def test_sigma_zero_does_not_make_ddim_of_ddpm(guide):
    """Said of the DDPM update it is refuted; said of the DDIM update it is true, and no claim of equality."""
    said = {e.formula.line: e.judgement for e in guide.equations if e.formula.tex == r"\sigma_t=0"}
    assert (said[180].verdict, said[180].formula) == ("refuted", "ddpm.sigma_zero_not_ddim")
    assert said[180].witness and said[180].values
    assert said[259].verdict == "definition"


@here
def test_nothing_else_in_the_guide_is_accused_or_unread(guide):
    assert [e.formula.line for e in guide.equations if e.judgement.verdict == "refuted"] == [180]
    assert guide.counts["unread"] == 0
