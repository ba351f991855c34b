"""What the book shows of audits is what the checker says today."""

import json
from pathlib import Path

import pytest

from scripts import renew_audits
from tests.reading.test_seeds import SHARED, here

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "audits"


def kept(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def without_digits(data):
    """The result without the witnesses, whose digits may differ between versions of FLINT."""
    return [(e["line"], e["tex"], e["kind"], e["verdict"], e["formula"]) for e in data["equations"]]


@here
@pytest.mark.parametrize("name", ["readable_guide", "exegesis_preface", "exegesis_readme", "principles_summary"])
def test_the_audit_of_a_document_is_what_is_kept(name):
    found = renew_audits.document(SHARED / f"seeds/{name}.md")
    assert without_digits(found) == without_digits(kept(name))
    assert found["counts"] == kept(name)["counts"]


def test_the_verdicts_on_printed_and_corrected_forms_are_what_is_kept():
    found = renew_audits.errata(kept("errata_cases"))
    short = [[(r["id"], form, r[form]["verdict"]) for form in ("printed", "corrected")] for r in found]
    assert short == [[(r["id"], form, r[form]["verdict"]) for form in ("printed", "corrected")] for r in kept("errata")]


def test_no_printed_fault_is_proved_and_no_correction_refuted():
    for row in kept("errata"):
        assert row["printed"]["verdict"] not in ("proved", "convention"), row["about"]
        assert row["corrected"]["verdict"] != "refuted", row["about"]


def test_at_least_fifteen_faults_of_the_booklet_are_refuted_and_corrected():
    mine = [r for r in kept("errata") if r["id"].startswith("BK")]
    faults = {(r["id"], r["line"], r["about"]) for r in mine}
    assert len(faults) == len(mine) and len({r["id"] for r in mine}) == 13
    assert sum(r["printed"]["verdict"] == "refuted" for r in mine) >= 15
    assert sum(r["corrected"]["verdict"] in ("proved", "definition") for r in mine) >= 15


def figures(found):
    """The figures of planted mistakes, without the reasons, whose digits may differ between versions of FLINT."""
    survivors = [(m["in"], m["line"], m["tex"], m["kind"], m["verdict"]) for m in found["survivors"]]
    return {k: v for k, v in found.items() if k != "survivors"}, survivors


def refuted_of_what_is_not_true(found):
    same = found["verdicts"].get("proved", 0) + found["verdicts"].get("convention", 0)
    return found["verdicts"]["refuted"] / (found["mutants"] - same)


@here
@pytest.mark.slow
def test_at_least_nineteen_of_twenty_mistakes_planted_in_the_guide_are_refuted():
    found = renew_audits.mutants([SHARED / "seeds/readable_guide.md"])
    assert figures(found) == figures(kept("mutants"))
    assert refuted_of_what_is_not_true(found) >= 0.95


@pytest.mark.slow
def test_no_formula_of_the_chapters_is_refuted_and_the_figures_are_what_is_kept():
    """All formulas, and the mistakes planted in those of every sixth entry; all of them take a quarter of an hour."""
    found, whole = renew_audits.chapters(every=6), kept("chapters")
    assert found["originals"] == whole["originals"]
    assert "refuted" not in found["originals"]["verdicts"]
    survivors, (_, expected) = figures(found)[1], figures(whole)
    assert found["formulas"] >= 12 and found["mutants"] >= 120
    names = set(renew_audits.proved()[::6])
    assert survivors == [m for m in expected if m[0] in names]
    assert found["verdicts"]["refuted"] == found["mutants"] - len(survivors)


def test_nineteen_of_twenty_mistakes_planted_in_the_chapters_are_refuted():
    assert refuted_of_what_is_not_true(kept("chapters")) >= 0.95
