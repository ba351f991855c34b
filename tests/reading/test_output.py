"""Formats for other programs: what their consumers demand of a log, an annotation and a page."""

import json
import re

import pytest

from derivations.reading import audit_text
from derivations.reading.output import LEVELS, as_github, as_sarif
from derivations.reading.verdict import Judgement

FALSE = "$$\\tilde\\beta_t = \\frac{1-\\bar\\alpha_t}{1-\\bar\\alpha_{t-1}}\\beta_t$$\n"
TEXT = f"{FALSE}\n$$\\foo{{x}} = \\bar\\alpha_t$$\n\n$$a^2+b^2=c^2$$\n\n$$\\beta_t = 1-\\alpha_t$$\n"


def log(name):
    return json.loads(as_sarif([audit_text(TEXT, name=name)]))


def check_log(data):
    """What the SARIF 2.1.0 schema requires of the parts that a log of ours has."""
    assert set(data) <= {"$schema", "version", "runs", "inlineExternalProperties", "properties"}
    assert data["version"] == "2.1.0" and isinstance(data["runs"], list) and data["runs"]
    assert data["$schema"].startswith("https://") and "sarif" in data["$schema"] and "2.1.0" in data["$schema"]
    for run in data["runs"]:
        assert set(run) <= {"tool", "results", "artifacts", "columnKind", "invocations"}
        driver = run["tool"]["driver"]
        assert isinstance(driver["name"], str) and driver["name"]
        if "informationUri" in driver:
            assert re.fullmatch(r"https?://\S+", driver["informationUri"])
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(ids) == len(set(ids)) and all(rule["shortDescription"]["text"] for rule in driver["rules"])
        for result in run["results"]:
            check_result(result, ids)


def check_result(result, ids):
    assert isinstance(result["message"]["text"], str) and result["message"]["text"]
    assert result["ruleId"] in ids and result["level"] in ("none", "note", "warning", "error")
    for place in result["locations"]:
        physical = place["physicalLocation"]
        assert physical["region"]["startLine"] >= 1
        uri = physical["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*", uri), (
            uri
        )  # a URI reference: no space, no backslash
        assert not re.search(r"%(?![0-9A-Fa-f]{2})", uri)


@pytest.mark.parametrize("name", ["notes.md", "my notes/50% done.md", "naïve/β.md"])
def test_a_log_keeps_the_rules_of_the_schema(name):
    data = log(name)
    check_log(data)
    assert [r["level"] for r in data["runs"][0]["results"]] == ["error", "warning", "note"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(version="2.0"), lambda d: d["runs"][0]["results"][0].pop("message"),
        lambda d: d["runs"][0]["results"][0].update(level="fatal"), lambda d: d["runs"][0]["results"][0].update(ruleId="none of these"),
        lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda d: d["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].update(uri="my notes.md"),
    ],
    ids=range(6),
)  # fmt: skip
def test_the_rules_can_be_broken(spoil):
    data = log("notes.md")
    spoil(data)
    with pytest.raises((AssertionError, KeyError)):
        check_log(data)


def test_every_level_has_its_rule():
    assert {r["id"] for r in log("a.md")["runs"][0]["tool"]["driver"]["rules"]} == set(LEVELS)


def test_annotations_escape_what_a_workflow_would_read():
    name = "a,b:c%\n::error::x.md"
    lines = as_github([audit_text("$$\\alpha_t =\n\\bar\\alpha_t\\beta_t 100\\%$$\n\n" + FALSE, name=name)]).split("\n")
    assert all(re.fullmatch(r"::(error|warning|notice) [^\n:]*(?:%3A[^\n:]*)*::.*", line) for line in lines), lines
    assert all("file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.md" in line for line in lines)


def test_a_witness_is_told_once():
    message = "the left side is 1/2, the right side is 2; it is true with x = 1"
    j = Judgement("refuted", message=message, witness={"x": "2"}, values=("1/2", "2"))
    assert (j.why, j.place) == ("it is true with x = 1", "at x = 2: left 1/2, right 2")
    constant = Judgement("refuted", message="the left side is 1, the right side is 2", values=("1", "2"))
    assert (constant.why, constant.place) == ("the left side is 1, the right side is 2", "")
    model = Judgement("refuted", message=f"for Gaussians: {message}", witness={"x": "2"}, values=("1/2", "2"))
    assert model.why == "for Gaussians; it is true with x = 1"
