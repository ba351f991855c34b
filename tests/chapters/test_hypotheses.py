"""What is asked of every entry of these chapters: its verdict, and that its proof needs each of its hypotheses."""

import pytest

from derivations.chapters import continuous, ddim, guidance, levels, parameterizations, preconditioning
from tests.chapters.checks import as_declared, hypotheses, needs

CHAPTERS = [m.chapter for m in (levels, parameterizations, preconditioning, continuous, ddim, guidance)]


@pytest.mark.parametrize("entry, k", [case for chapter in CHAPTERS for case in hypotheses(chapter)])
def test_no_hypothesis_can_be_left_out(entry, k):
    needs(entry, k)


@pytest.mark.parametrize("entry", [e for chapter in CHAPTERS for e in chapter.entries], ids=lambda e: e.id)
def test_verdicts_are_what_the_chapter_declares(entry):
    as_declared(entry)
