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
def test_the_audit_of_the_guide_is_what_is_kept():
    found = renew_audits.document(SHARED / "seeds/readable_guide.md")
    assert without_digits(found) == without_digits(kept("readable_guide"))
    assert found["counts"] == kept("readable_guide")["counts"]


def test_the_verdicts_on_printed_and_corrected_forms_are_what_is_kept():
    found = renew_audits.errata(kept("errata_cases"))
    short = [[(r["id"], form, r[form]["verdict"]) for form in ("printed", "corrected")] for r in found]
    assert short == [[(r["id"], form, r[form]["verdict"]) for form in ("printed", "corrected")] for r in kept("errata")]


def test_no_printed_fault_is_proved_and_no_correction_refuted():
    for row in kept("errata"):
        assert row["printed"]["verdict"] not in ("proved", "convention"), row["about"]
        assert row["corrected"]["verdict"] != "refuted", row["about"]


@here
@pytest.mark.slow
def test_at_least_nineteen_of_twenty_planted_mistakes_are_refuted():
    found = renew_audits.mutants([SHARED / "seeds/readable_guide.md"])
    assert found == kept("mutants")
    same = found["verdicts"].get("proved", 0)
    assert found["verdicts"]["refuted"] >= 0.95 * (found["mutants"] - same)
