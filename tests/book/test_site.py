"""The built site: every link resolves, nothing is loaded from elsewhere, every formula is rendered."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from mkdocstrings import Inventory

from tests.book import checks
from tests.book.fixture import corpus

ENTRIES = [
    block.values for chapter in corpus.corpus() for block in chapter.blocks if hasattr(block, "values")
]


def read(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def test_every_link_and_anchor_resolves(site: Path) -> None:
    assert checks.broken_links(site) == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    assert checks.outside_requests(site) == []


def test_every_formula_is_rendered(site: Path) -> None:
    assert checks.unrendered(site) == []


@pytest.mark.parametrize(
    ("planted", "check", "said"),
    [
        ('<a href="gone.html">x</a>', checks.broken_links, "gone.html leads nowhere"),
        ('<a href="trust.html#gone">x</a>', checks.broken_links, "trust.html#gone has no such anchor"),
        ('<img src="https://example.org/x.png">', checks.outside_requests, "loads https://example.org/x.png"),
        ('<span class="katex-error">x</span>', checks.unrendered, "katex-error"),
        ('<p>a <span class="tex">x</span></p>', checks.unrendered, "a placeholder is left"),
        ("<p>costs $x_t$ dollars</p>", checks.unrendered, "unread formula $x_t$"),
    ],
)
def test_the_checks_can_fail(site: Path, tmp_path: Path, planted: str, check: Any, said: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    page = copy / "coverage.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("</article>", planted + "</article>"), encoding="utf-8"
    )
    assert [said in fault for fault in check(copy)] == [True]


def test_a_style_sheet_with_a_dead_url_is_found(site: Path, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p { background: url(gone.png) }", encoding="utf-8")
    assert checks.broken_urls(tmp_path) == ["a.css: url(gone.png) leads nowhere"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_formula_and_its_steps_have_addresses(site: Path, entry: dict) -> None:
    own = checks.Page(site / f"formulas/{entry['id']}.html")
    chapters = [
        c.key for c in corpus.corpus() if entry in [getattr(block, "values", None) for block in c.blocks]
    ]
    in_chapter = checks.Page(site / f"chapters/{chapters[0]}.html")
    steps = [f"{entry['id']}.{step['n']}" for step in entry["steps"]]
    assert set(steps) <= set(own.ids)
    assert {entry["id"], *steps} <= set(in_chapter.ids)


def test_objects_inv_holds_formulas_and_steps(site: Path) -> None:
    with (site / "objects.inv").open("rb") as file:
        found = Inventory.parse_sphinx(file)
    assert (found["posterior.mean"].domain, found["posterior.mean"].role) == ("std", "label")
    assert found["posterior.mean"].uri == "formulas/posterior.mean.html"
    assert found["posterior.mean.3"].uri == "formulas/posterior.mean.html#posterior.mean.3"
    assert {entry["id"] for entry in ENTRIES} <= set(found)


def test_the_manifest_holds_every_report(site: Path) -> None:
    data = json.loads(read(site, "formulas.json"))
    assert [row["id"] for row in data["formulas"]] == [entry["id"] for entry in ENTRIES]
    for row in data["formulas"]:
        assert (site / row["page"]).is_file()
        assert (site / row["in_chapter"].split("#")[0]).is_file()


def test_a_page_says_everything_without_javascript(site: Path) -> None:
    page = read(site, "formulas/posterior.mean.html")
    text = re.sub(r"<[^>]+>", "", page)
    for said in [
        "Each of the 3 steps was re-checked exactly",
        "No axiom is used.",
        "the noise added at step",
        "the chain is Markov",
        "Why may the first factor forget",
        "is independent of",
        "every hypothesis holds at alpha_t = 1/2",
        "DDPM (7); Luo (84)",
        "diffusion.posterior.mean",
        "mu = alpha_bar**0.5",
        "revision 2",
    ]:
        assert said in text, said
    assert "<math" in page
    assert 'href="../rules.html#rule.bayes"' in page


def test_verdicts_are_said_in_words(site: Path) -> None:
    def said(entry_id: str) -> str:
        found = re.search(r'<p class="badge">(.*?)</p>', read(site, f"formulas/{entry_id}.html"), re.DOTALL)
        assert found is not None
        return re.sub(r"<[^>]+>", "", found[1])

    assert said("conv.ddpm") == "Defined A choice of notation. There is nothing to prove."
    assert "What the axioms below say is taken on trust." in said("elbo.jensen")
    assert "the two sides certainly differ" in said("ddpm.sigma_zero_not_ddim")
    assert "this page and the author disagree.the sign of mu_1*w_1*w_2 - mu_2 &lt;= 0 is owed,\n" in said(
        "gauss.mixture_entropy"
    )
    assert "The author declared it proved: this page and the author disagree." in said(
        "gauss.mixture_entropy"
    )


def test_undecided_comes_first_in_the_totals(site: Path) -> None:
    totals = re.search(r'<ul class="totals">(.*?)</ul>', read(site, "index.html"), re.DOTALL)
    assert totals is not None
    assert re.findall(r"(\d+)</span> <span[^>]*>(\w+)", totals[1]) == [
        ("1", "undecided"),
        ("1", "refuted"),
        ("1", "assumed"),
        ("2", "proved"),
        ("1", "defined"),
    ]


def test_search_finds_the_source_of_a_formula_once(site: Path) -> None:
    index = json.loads(read(site, "search/search_index.json"))
    found = [doc["location"] for doc in index["docs"] if "tilde\\mu" in doc["text"]]
    assert "chapters/posterior.html#posterior.mean" in found
    assert not any(address.startswith("formulas/posterior") for address in found)


def test_the_picture_of_ancestors_has_links(site: Path) -> None:
    page = read(site, "formulas/posterior.mean.html")
    picture = page[page.index("<svg viewBox", page.index('id="ancestors"')) :]
    nodes = re.findall(r'href="([^"]+)" class="node', picture[: picture.index("</svg>")])
    assert nodes == [
        f"../formulas/{name}.html" for name in ("conv.ddpm", "forward.marginal", "posterior.mean")
    ]
