"""The pages on audits show figures with their denominators, and no pass where there was nothing to pass."""

import json

import pytest

from derivations.book import audits
from derivations.book.model import BookError


def shown(name, folder=audits.FOLDER):
    return audits.audit(name, None, None, folder)


@pytest.mark.parametrize("name", ["exegesis_preface", "exegesis_readme", "principles_summary"])
def test_a_document_without_a_formula_is_no_pass(name):
    assert shown(name) == "<p>It has no formula: 0 of 0 equations are decided, and that is no pass.</p>"


@pytest.mark.parametrize("name", ["mutants", "chapters"])
def test_planted_mistakes_are_shown_with_denominators_and_survivors(name):
    data = json.loads((audits.FOLDER / f"{name}.json").read_text())
    text = shown(name)
    assert f"{data['mutants']} mistakes in {data['formulas']} proved formulas, {data['verdicts']['refuted']} refuted" in text
    assert len(data["survivors"]) == data["mutants"] - data["verdicts"]["refuted"]
    assert f"The {len(data['survivors'])} that are not refuted" in text
    assert sum(sum(kind.values()) for kind in data["kinds"].values()) == data["mutants"]


def test_the_originals_are_counted_beside_the_mistakes():
    data = json.loads((audits.FOLDER / "chapters.json").read_text())["originals"]
    assert sum(data["verdicts"].values()) == data["formulas"] and "refuted" not in data["verdicts"]
    assert f"{data['formulas']} formulas of {data['entries']} entries" in shown("chapters")


def test_what_is_not_kept_stops_the_build(tmp_path):
    (tmp_path / "mutants.json").write_text('{"mutants": 1}')
    for name in ("mutants", "absent"):
        with pytest.raises(BookError, match=f"the audit '{name}' cannot be shown"):
            shown(name, tmp_path)
