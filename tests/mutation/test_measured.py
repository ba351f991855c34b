"""The figures on the trust page are those of the campaign: a sample of the book is mutated again and compared."""

import pytest

from derivations.mutation.campaign import jobs, run
from derivations.mutation.summary import passes, stopped, summary
from derivations.registry import entries
from tests import measured
from tests.mutation import measure

SAMPLE = ("conv.ddim", "posterior.mean", "gauss.complete_square")
KEPT = measure.kept()


@pytest.mark.parametrize("name", SAMPLE)
def test_an_entry_mutated_again_gives_the_figures_that_are_kept(name):
    again = summary(map(run, jobs([entries()[name]])))["by_entry"][name]
    old = KEPT["by_entry"][name]
    assert sum(again.values()) == sum(old.values()) > 0
    for word in ("equivalent", "survived", "crashed"):
        assert again[word] == old[word], word
    assert again["refuted"] + again["refused"] == old["refuted"] + old["refused"]


def test_the_kept_figures_pass_and_add_up():
    assert passes(KEPT)
    for table in (KEPT["edits"], KEPT["by_entry"]):
        assert sum(sum(row.values()) for row in table.values()) == KEPT["mutants"]
    assert len(KEPT["equivalent"]) == KEPT["outcomes"]["equivalent"] and KEPT["survived"] == KEPT["crashed"] == []
    assert len(KEPT["by_entry"]) == KEPT["entries"] and set(KEPT["by_entry"]) <= set(entries())


def test_every_equivalent_mutant_is_listed_with_what_proves_it():
    for row in KEPT["equivalent"]:
        assert row["why"].startswith("proved equal by ") and row["original"] != row["mutant"], row


def test_the_trust_page_says_the_same():
    row = measured.rows()["mutation"]
    assert {name: row[name] for name in ("what", "figure", "command")} == measure.headline(KEPT)
    assert f"{stopped(KEPT):,} of {KEPT['mutants']:,}" in row["figure"]
