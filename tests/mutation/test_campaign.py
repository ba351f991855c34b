"""A campaign on threads, on processes and on a Dask cluster gives the same; killed, it goes on; its figures add up."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from derivations.cli import main
from derivations.errors import RequestError
from derivations.kernel import equality
from derivations.mutation import campaign as module
from derivations.mutation.campaign import STATEMENT, Job, campaign, jobs, run
from derivations.mutation.cluster import executor
from derivations.mutation.results import Results
from derivations.mutation.summary import passes, stopped, summary
from derivations.registry import find

FILE = str(Path(__file__).resolve().parents[2] / "docs" / "examples" / "shrinking.py")
SMALL = [Job("conv.ddim", 0, n) for n in (0, 1, 2, STATEMENT)] + [Job("posterior.degenerate_t1", 0, STATEMENT)]
MINE = Job("my.variance", 0, 1, FILE)


def plain(rows):
    """Results without the time that they took, in a fixed order."""
    return sorted(json.dumps({**row, "seconds": 0}, sort_keys=True) for row in rows)


@pytest.fixture(scope="module")
def alone():
    """The results of the jobs, one after the other in this process."""
    return [run(job) for job in SMALL]


def test_the_jobs_are_every_line_and_every_statement():
    assert jobs([find("conv.ddim")]) == [Job("conv.ddim", 0, n) for n in (0, 1, 2, STATEMENT)]
    one_line = jobs([find("forward.step")])
    assert one_line == [Job("forward.step", k, STATEMENT) for k in range(len(find("forward.step").parts))]


def test_a_result_says_what_was_tried():
    row = run(MINE)
    assert {name: row[name] for name in ("entry", "part", "line", "file")} == {
        "entry": "my.variance", "part": 0, "line": 1, "file": FILE}  # fmt: skip
    assert row["original"] == "1 - beta[t] + beta[t]"
    assert ("dropped", "1 - beta[t]") in {(m["edit"], m["mutant"]) for m in row["mutants"]}
    assert {m["outcome"] for m in row["mutants"]} == {"refuted"}
    assert all(m["why"].startswith("at ") for m in row["mutants"])


def test_threads_and_processes_give_the_same(alone):
    with ThreadPoolExecutor(2) as pool:
        assert plain(campaign(SMALL, pool)) == plain(alone)
    with executor(2) as pool:
        assert plain(campaign(SMALL, pool)) == plain(alone)


def test_a_dask_cluster_of_two_workers_gives_the_same(alone, capsys):
    from distributed import LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, executor(scheduler=cluster.scheduler_address) as pool:
        assert len(cluster.workers) == 2
        assert plain(campaign(SMALL, pool)) == plain(alone)
        assert main(["mutate", "conv.ddim", "--scheduler", cluster.scheduler_address]) == 0
        assert "68 of 68 mutants are refuted or refused" in capsys.readouterr().out


def test_no_scheduler_is_one_clear_message(monkeypatch):
    monkeypatch.setattr("derivations.mutation.cluster.PATIENCE", "200ms")
    with (
        pytest.raises(RequestError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 .*`dask scheduler`"),
        executor(scheduler="tcp://127.0.0.1:9"),
    ):
        pass


def test_without_dask_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with (
        pytest.raises(RequestError, match=r"not installed; try: pip install 'exegesis\[cluster\]'"),
        executor(scheduler="tcp://127.0.0.1:9"),
    ):
        pass


def test_a_campaign_that_is_left_early_gives_up_the_rest(monkeypatch):
    tried, go_on = [], Event()

    def run(job):
        tried.append(job)
        if len(tried) > 1:
            go_on.wait(60)
        return {"entry": job.entry}

    monkeypatch.setattr(module, "run", run)
    with ThreadPoolExecutor(1) as pool:
        rows = campaign([Job(f"j.{k}", 0, 0) for k in range(500)], pool)
        assert next(rows) == {"entry": "j.0"}
        rows.close()
        go_on.set()
    assert len(tried) <= 2


# ---- the file of results


HEADER = {"format": "test 1", "sources": "abc"}


def test_results_are_read_back(tmp_path, alone):
    first = Results(tmp_path / "out.jsonl", HEADER)
    for row in alone[:2]:
        first.add(row)
    again = Results(tmp_path / "out.jsonl", HEADER)
    assert again.rows == alone[:2]
    again.add(alone[2])
    assert Results(tmp_path / "out.jsonl", HEADER).rows == alone[:3]


def test_a_line_that_was_cut_off_is_done_again(tmp_path, alone):
    file = tmp_path / "out.jsonl"
    first = Results(file, HEADER)
    for row in alone[:2]:
        first.add(row)
    content = file.read_bytes()
    for cut in (1, 20, len(json.dumps(alone[1], ensure_ascii=False).encode())):
        file.write_bytes(content[:-cut])
        again = Results(file, HEADER)
        assert again.rows == alone[:1]
        again.add(alone[1])
        assert file.read_bytes() == content
    file.write_bytes(b'{"form')
    assert Results(file, HEADER).rows == [] and json.loads(file.read_text()) == HEADER


@pytest.mark.parametrize(("content", "text"), [
    ('{"format": "test 1", "sources": "xyz"}\n', r"out.jsonl holds results of something else \(sources differs\)"),
    ('{"cells": []}\n', r"\(format, sources differs\); name another file, or delete it"),
    ("[1]\n", "holds results of something else"),
    ("no JSON\n", "is not a file of results; name another file"),
])  # fmt: skip
def test_another_file_is_left_alone(tmp_path, content, text):
    file = tmp_path / "out.jsonl"
    file.write_text(content)
    with pytest.raises(RequestError, match=text):
        Results(file, HEADER)
    assert file.read_text() == content


def test_a_file_that_cannot_be_written_is_one_message(tmp_path):
    with pytest.raises(RequestError, match="cannot be written"):
        Results(tmp_path / "absent" / "out.jsonl", HEADER)
    with pytest.raises(RequestError, match="cannot be read"):
        Results(tmp_path, HEADER)


# ---- the figures


def test_the_figures_add_up(alone):
    figures = summary(alone)
    total = figures["mutants"]
    assert total == sum(len(row["mutants"]) for row in alone) > 60
    for table in (figures["edits"], figures["by_entry"]):
        assert sum(sum(row.values()) for row in table.values()) == total
    assert sum(figures["outcomes"].values()) == total
    assert (figures["entries"], figures["lines"], figures["statements"]) == (2, 3, 2)
    assert stopped(figures) == total and passes(figures)
    assert summary(reversed(alone)) == figures


def figures_of(**outcomes):
    mutants = [{"edit": "sign", "mutant": "m", "outcome": o, "why": "w"} for o, n in outcomes.items() for _ in range(n)]
    return summary([{"entry": "e.e", "part": 0, "line": 1, "file": "", "original": "o", "seconds": 1, "mutants": mutants}])


def test_a_part_of_the_book_may_have_more_equivalents():
    assert passes(figures_of(refused=1, equivalent=9), demanded=0)
    assert not passes(figures_of(), demanded=0) and not passes(figures_of(refused=9, survived=1), demanded=0)


@pytest.mark.parametrize(("outcomes", "good"), [
    ({"refuted": 60, "refused": 39, "equivalent": 1}, True),
    ({"refuted": 60, "refused": 38, "equivalent": 2}, False),
    ({"refused": 1}, True),
    ({"refused": 9999, "survived": 1}, False),
    ({"refused": 9999, "crashed": 1}, False),
    ({}, False),
])  # fmt: skip
def test_what_passes(outcomes, good):
    assert passes(figures_of(**outcomes)) is good


def test_a_kernel_with_a_hole_does_not_pass(monkeypatch):
    monkeypatch.setattr(equality, "residual", lambda n, a, b: (True, ""))
    row = run(MINE)
    assert {m["outcome"] for m in row["mutants"]} == {"survived"}
    assert not passes(summary([row]))


def test_a_kernel_that_falls_over_does_not_pass(monkeypatch):
    def fall(n, a, b):
        raise ZeroDivisionError("over")

    monkeypatch.setattr(equality, "residual", fall)
    row = run(MINE)
    assert {m["outcome"] for m in row["mutants"]} == {"crashed"} and not passes(summary([row]))
    assert row["mutants"][0]["why"] == "ZeroDivisionError: over"


def test_an_index_that_brings_new_bounds_is_refused_and_no_crash():
    """Here the kernel once fell over: a bound of one generator had brought others."""
    row = run(Job("vae.kl_closed", 0, 1))
    assert {m["outcome"] for m in row["mutants"]} <= {"refused", "refuted", "equivalent"}
    assert sum(m["edit"] == "index" for m in row["mutants"]) > 4
