"""A hundred short passages whose letters mean what they mean there: true by some usual reading, so none is called false."""

from pathlib import Path

import pytest

from derivations.reading import audit_text

PASSAGES = (Path(__file__).parent / "overloaded.md").read_text(encoding="utf-8").split("\n---\n")


@pytest.mark.slow
@pytest.mark.parametrize("passage", PASSAGES, ids=range(len(PASSAGES)))
def test_no_passage_is_accused(passage):
    false = [
        (e.formula.tex, e.judgement.message) for e in audit_text(passage).equations if e.judgement.verdict == "refuted"
    ]
    assert not false
