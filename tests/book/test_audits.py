"""The pages on audits show figures with their denominators, and no pass where there was nothing to pass."""

import json

import pytest

from derivations.book import audits
from derivations.book.mathmark import expand, placeholder
from derivations.book.model import BookError
from derivations.book.tex import Katex, TexError


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


FAULTY = {
    "line": 3, "tex": r"\frac{1}{x}=x", "kind": "display", "verdict": "refuted", "formula": "", "repairs": [],
    "message": "the left side is 1/2, the right side is 2; it is true with x = 1",
    "witness": {"at": {"x": "2"}, "left": "1/2", "right": "2"},
}  # fmt: skip


def document(tmp_path, **changes):
    e = {**FAULTY, **changes}
    counts = {v: int(v == e["verdict"]) for v in audits.ORDER}
    (tmp_path / "one.json").write_text(json.dumps({"counts": {"equations": 1, **counts}, "equations": [e]}))
    return shown("one", tmp_path)


def test_a_formula_is_set_and_both_values_are_told_once(tmp_path):
    text = document(tmp_path)
    assert r'<span class="tex display loose">\frac{1}{x}=x</span>' in text
    assert "it is true with x = 1<br>at x = 2: left 1/2, right 2" in text and text.count("1/2") == 1


def test_a_damaged_formula_is_shown_as_it_is_written(tmp_path):
    text = document(tmp_path, tex=r"rac{1}{x}=x", repairs=["a form feed stands where \\f was eaten: restored"])
    assert r"<code>rac{1}{x}=x</code>" in text and "Repaired: a form feed" in text


def test_what_cannot_be_set_is_shown_as_it_is_written_when_it_comes_from_elsewhere():
    katex = Katex()
    page = placeholder(r"x \unheard", loose=True) + placeholder("y", loose=True)
    assert expand(page, katex).startswith(r"<code>x \unheard</code>") and "katex" in expand(page, katex)
    with pytest.raises(TexError, match="unheard"):
        expand(placeholder(r"x \unheard"), katex)
