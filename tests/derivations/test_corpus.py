"""The corpus: every entry has the verdict it declares, IDs are unique, and dependencies are read from the proofs."""

import json
import re
import subprocess
import sys

import pytest

from derivations.chapters import CONTENTS, load
from derivations.kernel import RULES
from derivations.registry import (
    DuplicateID,
    UnknownID,
    corpus,
    entries,
    find,
    judge,
    ledger,
    notation,
    report,
)
from derivations.registry.corpus import index
from derivations.registry.dependencies import all_ancestors, graph, users
from derivations.registry.rules import SENTENCES, sentence
from derivations.registry.verdicts import VERDICTS

from .conftest import square

IDS = list(entries())


def test_there_is_a_corpus():
    assert len(IDS) >= 30
    assert [chapter.key for chapter in corpus()] == [listing.module for listing in CONTENTS]


@pytest.mark.parametrize("entry_id", IDS)
def test_every_entry_has_the_verdict_it_declares(entry_id):
    outcome = judge(entries()[entry_id])
    assert outcome.verdict == entries()[entry_id].declared, outcome.reason


@pytest.mark.parametrize("entry_id", IDS)
def test_every_entry_says_what_it_is(entry_id):
    entry = entries()[entry_id]
    assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", entry.id)
    assert entry.title and not entry.title.endswith(".")
    assert len(entry.aim.split()) >= 5, "an aim is a sentence"
    assert entry.declared in VERDICTS and entry.revision >= 1


@pytest.mark.parametrize("entry_id", IDS)
def test_every_report_is_json_with_numbered_steps(entry_id):
    made = report(entries()[entry_id], second_opinion=False)
    assert json.loads(json.dumps(made)) == made
    assert [step["n"] for step in made["steps"]] == list(range(len(made["steps"])))
    assert made["statement"]["tex"] and made["statement"]["plain"]
    for step in made["steps"]:
        assert step["tex"] and step["plain"]
        assert not step["answer"] or step["asks"], f"step {step['n']} answers a question that nobody asked"
        assert not step["rule"] or step["rule_text"], f"the rule {step['rule']} has no sentence"
        assert set(step["uses"]) <= set(IDS)


def test_the_sentences_are_about_rules_that_exist():
    assert set(SENTENCES) - {"rewriting"} <= set(RULES)
    assert sentence("algebra") == SENTENCES["algebra"]
    assert sentence("no such rule") == ""


def test_dependencies_are_acyclic_and_follow_the_reading_order():
    place = {name: k for k, name in enumerate(IDS)}
    for name, used in graph().items():
        assert name not in used
        late = [other for other in used if place[other] > place[name]]
        assert late == [], f"{name} rests on {late}, which the reader has not met yet"


def test_used_by_is_the_other_side_of_uses():
    pairs = {(name, other) for name, used in graph().items() for other in used}
    assert pairs == {(name, other) for other, using in users().items() for name in using}
    direct = {"a": [], "b": ["a"], "c": ["b"], "d": []}
    assert all_ancestors("c", direct) == ["a", "b"] and all_ancestors("d", direct) == []


def test_the_families_of_the_contents_lead_to_the_right_chapter():
    for listing in CONTENTS:
        for entry in load(listing).entries:
            covering = [
                (len(family), other.module)
                for other in CONTENTS
                for family in other.families
                if f"{entry.id}.".startswith(family + ".")
            ]
            assert max(covering, default=(0, ""))[1] == listing.module, f"{entry.id} is looked for elsewhere first"


def test_an_entry_alone_says_the_same_as_in_the_corpus():
    """Proving one entry in a fresh process must not change what it rests on."""
    chosen = IDS[len(IDS) // 2]
    program = f"from derivations.registry import find, report\nprint(report(find({chosen!r}), False, False)['uses'])"
    alone = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert alone.stdout.strip() == str(graph()[chosen])


def test_find_and_unknown_ids():
    assert find(IDS[-1]) is entries()[IDS[-1]]
    with pytest.raises(UnknownID, match=r"no formula has the ID 'conv.ddmp'; did you mean conv.ddpm"):
        find("conv.ddmp")
    with pytest.raises(UnknownID, match=r"'zzzzzz'; `derive list` prints every ID"):
        find("zzzzzz")


def test_an_id_used_twice_raises():
    with pytest.raises(DuplicateID, match=r"the ID demo.square is used twice: in the chapters demo and demo"):
        index([square(), square()])


def test_notation_rows_are_complete():
    rows = notation()
    assert {row["ascii"] for row in rows} >= {"alpha_bar_t", "beta_t", "x_t", "eps"}
    for row in rows:
        assert row["tex"] and row["meaning"] and row["domain"]
        assert row["first_used"] in {*IDS, ""}
    assert next(row for row in rows if row["ascii"] == "beta_t")["first_used"] == "conv.ddpm"


def test_the_ledger_holds_every_axiom_that_is_used():
    named = {name for entry in entries().values() for name in report(entry, False, False)["axioms"]}
    assert {row["name"] for row in ledger()} == named
