"""The book itself, from the live corpus and with the pages of the API: built strictly, whole, and sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mkdocstrings import Inventory

from tests.book import checks
from tests.book.conftest import CHROMIUM, FLAGS, build_site


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(
        tmp_path_factory.mktemp("book"), "derivations.registry", api=("derivations", "diffusion")
    )


def test_every_link_and_anchor_resolves(book: Path) -> None:
    assert checks.broken_links(book) == []


def test_nothing_is_loaded_from_elsewhere(book: Path) -> None:
    assert checks.outside_requests(book) == []


def test_every_formula_is_rendered(book: Path) -> None:
    assert checks.unrendered(book) == []


def test_every_entry_can_be_cited(book: Path) -> None:
    from derivations.registry import entries

    with (book / "objects.inv").open("rb") as file:
        found = Inventory.parse_sphinx(file)
    assert [name for name in entries() if name not in found] == []
    assert [row["id"] for row in json.loads((book / "formulas.json").read_text("utf-8"))["formulas"]] == list(
        entries()
    )


def test_functions_show_the_formulas_that_they_compute(book: Path) -> None:
    page = (book / "api/diffusion.conventions.html").read_text(encoding="utf-8")
    assert "Computes <a" in page


def test_no_page_scrolls_sideways_on_a_telephone(book: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="this needs: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("this needs a Chromium of the system")
    wide = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 800})
        for path in sorted(
            [*book.glob("*.html"), *book.glob("chapters/*.html"), *book.glob("formulas/*.html")]
        ):
            page.goto(path.as_uri())
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wide.append(path.name)
        browser.close()
    assert wide == []
