"""`decide` against a second evaluator, on random pairs: it may be undecided, but never wrong. Bounded to a minute here.

`python -m tests.decide.fuzz --help` runs the same for as long as you like.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations import Alarm, Verdict, decide
from tests import measured
from tests.decide import fuzz
from tests.decide.questions import BASICS, INDEXED, Question, judge


@given(st.integers(0, 10**9))
@settings(max_examples=700, suppress_health_check=list(HealthCheck))
def test_random_pairs_are_never_decided_wrongly(seed):
    question = BASICS(seed)
    assert judge(question, decide(*question.asked)) == "", question


@given(st.integers(0, 10**9))
@settings(max_examples=250, suppress_health_check=list(HealthCheck))
def test_random_pairs_with_facts_integers_and_functions(seed):
    question = INDEXED(seed)
    assert judge(question, decide(*question.asked)) == "", question


@pytest.mark.slow
@pytest.mark.parametrize("batch", fuzz.batches(15_000, seed=77), ids=lambda batch: f"{batch.kind}-{batch.first}")
def test_a_campaign_of_a_minute(batch):
    assert fuzz.run(batch)["wrong"] == []


def test_a_zero_that_is_a_little_negative_in_floating_point_is_a_zero():
    """At s r = 1 the right side is the root of log(s r)^3, which is 0; the judge once called it undefined."""
    question = BASICS(1000105925)
    verdict = decide(*question.asked)
    assert verdict.status == "refuted" and judge(question, verdict) == ""


def test_a_decider_that_always_agrees_is_caught():
    wrong = [judge(BASICS(seed), Verdict("proved")) for seed in range(60)]
    assert sum("proved" in w for w in wrong) > 15


def test_a_decider_that_always_refutes_is_caught():
    def refuted(question: Question) -> Verdict:
        return Verdict("refuted", at=tuple((name, question.somewhere[name]) for name in question.somewhere))

    wrong = [judge(q, refuted(q)) for q in map(BASICS, range(60))]
    assert sum("refuted" in w for w in wrong) > 15


@pytest.mark.parametrize("seed", range(3))
def test_a_question_can_be_asked_again(seed):
    assert BASICS(seed) == BASICS(seed) and INDEXED(seed) == INDEXED(seed)


# ---- the campaign


def small(monkeypatch, size=20):
    monkeypatch.setattr(fuzz, "SIZE", size)
    monkeypatch.setattr(fuzz.Batch.__init__, "__defaults__", (size,))
    monkeypatch.setattr(fuzz, "executor", lambda workers, scheduler: ThreadPoolExecutor(1))


def test_the_figures_count_every_pair(monkeypatch, capsys):
    small(monkeypatch)
    assert fuzz.main(["--pairs", "100", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["pairs"] == 100 == sum(figures["answers"].values())
    assert figures["wrong"] == {"proved": 0, "refuted": 0, "alarm": 0}
    assert sum(figures["by_kind"]["indexed"].values()) == 20 and figures["seeds"] == [10**9, 10**9 + 99]


def test_a_campaign_goes_on_where_it_was_stopped(monkeypatch, capsys, tmp_path):
    small(monkeypatch)
    out = tmp_path / "fuzz.jsonl"
    assert fuzz.main(["--pairs", "40", "--out", str(out)]) == 0
    asked, real = [], fuzz.run
    monkeypatch.setattr(fuzz, "run", lambda batch: asked.append(batch.first - 10**9) or real(batch))
    assert fuzz.main(["--pairs", "100", "--out", str(out)]) == 0
    assert sorted(asked) == [40, 60, 80]
    assert capsys.readouterr().out.splitlines()[-1].startswith("100 pairs in")
    monkeypatch.setattr(fuzz, "sources", lambda: "other")
    assert fuzz.main(["--pairs", "40", "--out", str(out)]) == 2
    assert "holds results of something else (sources differs)" in capsys.readouterr().err


def test_wrong_answers_are_listed_and_fail(monkeypatch, capsys):
    small(monkeypatch)
    monkeypatch.setattr(fuzz, "decide", lambda *asked: Verdict("proved"))
    assert fuzz.main(["--pairs", "40"]) == 1
    out = capsys.readouterr().out
    assert "WRONG proved, seed 10000000" in out and ": proved, but the sides are" in out

    def alarm(*asked):
        raise Alarm("x = y", {}, "1", "2")

    monkeypatch.setattr(fuzz, "decide", alarm)
    assert fuzz.main(["--pairs", "20"]) == 1
    assert "0 wrong proved, 0 wrong refuted, 20 wrong alarm." in capsys.readouterr().out


def test_nothing_asked_is_no_success(capsys):
    assert fuzz.main(["--pairs", "0"]) == 1


def test_the_long_campaign_that_is_kept_found_nothing_wrong():
    figures = json.loads(fuzz.FILE.read_text())
    assert figures["pairs"] >= 100_000 and figures["pairs"] == sum(figures["answers"].values())
    assert figures["wrong"] == {"proved": 0, "refuted": 0, "alarm": 0} and figures["examples"] == []
    row = measured.rows()["fuzz"]
    assert (row["what"], row["figure"]) == fuzz.headline(figures)


def test_a_batch_of_the_long_campaign_asked_again_gives_no_wrong_answer():
    first = json.loads(fuzz.FILE.read_text())["seeds"][0]
    assert fuzz.run(fuzz.Batch("basics", first))["wrong"] == []
