"""The corpus is sane: every statement has a witness, every hypothesis is needed, every edit of a conclusion is refuted."""

import contextlib
import io
import json

import pytest

from derivations.cli import main
from derivations.records import store
from derivations.registry import entries


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """What `derive check --strict --json` says of the corpus: the exit code and the data."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setattr(store, "FOLDER", tmp_path_factory.mktemp("cache"))
        code = main(["check", "--strict", "--json"])
    return code, json.loads(out.getvalue())


@pytest.mark.slow
def test_the_corpus_is_sane(strict):
    code, data = strict
    assert data["problems"] == []
    assert code == 0 and data["ok"]
    assert {r["id"] for r in data["sanity"]["entries"]} == set(entries())


@pytest.mark.slow
def test_the_figures_have_their_denominators(strict):
    n = strict[1]["sanity"]["totals"]
    assert n["witnessed"] == n["statements"] > 80 and n["not_checked"] == 0
    assert n["failed"] == 0 and n["held"] > 300 and n["finite"] >= 45
    assert n["needed"] == n["hypotheses"] > 190 and n["counterexamples"] > 40
    assert n["survived"] == 0 and n["refuted"] > 250


@pytest.mark.slow
def test_every_statement_holds_somewhere(strict):
    for report in strict[1]["sanity"]["entries"]:
        for part in report["parts"]:
            words = {model["word"] for model in part["models"]}
            assert part["word"] == "by definition" or "holds" in words, report["id"]


@pytest.mark.slow
def test_chains_are_tried_with_one_two_and_three_steps(strict):
    reports = {r["id"]: r for r in strict[1]["sanity"]["entries"]}
    (part,) = reports["elbo.ddpm.decomposition"]["parts"]
    names = " / ".join(m["model"] for m in part["models"] if m["kind"] == "finite" and m["word"] == "holds")
    assert all(said in names for said in ("1 step,", "2 steps,", "3 steps,"))
    assert any(m["kind"] == "linear-Gaussian" and m["word"] == "holds" for m in part["models"])


@pytest.mark.slow
def test_matrices_are_tried_at_one_two_and_three_dimensions(strict):
    reports = {r["id"]: r for r in strict[1]["sanity"]["entries"]}
    for name in ("gauss.product", "gauss.linear_bayes", "gauss.kl", "gauss.moments", "gauss.score"):
        for part in reports[name]["parts"]:
            said = " / ".join(m["model"] for m in part["models"] if m["word"] == "holds")
            assert all(f"d = {d}" in said for d in (1, 2, 3)), name
