"""Questions made to hurt are answered: the campaign for some seconds, and that it notices what is no answer."""

import sys

from derivations import Verdict
from tests.decide import hostile


def test_whatever_is_asked_is_answered():
    count = hostile.campaign(600, seed=2)
    assert count["raised"] == 0
    assert count["refuted"] > 200 and count["undecided"] > 100 and count["proved"] > 0


def test_an_error_and_a_limit_are_counted(monkeypatch, capsys):
    def fails(*question, **options):
        raise OverflowError("Python int too large to convert to C long")

    monkeypatch.setattr(hostile, "decide", fails)
    monkeypatch.setattr(sys, "argv", ["hostile", "--questions", "5", "--keep"])
    monkeypatch.setattr(hostile.measured, "keep", lambda *row: fails())
    assert hostile.main() == 1
    assert "OverflowError: Python int too large" in capsys.readouterr().out
    monkeypatch.setattr(hostile, "decide", lambda *question, **options: Verdict("undecided", "took more than 5 s"))
    assert hostile.campaign(5, seed=1)["ended by a limit"] == 5
