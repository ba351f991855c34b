"""The book itself, from the live corpus and with the pages of the API: built strictly, whole, and sound."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from mkdocstrings import Inventory

from derivations.book import shown
from tests.book import checks
from tests.book.conftest import CHROMIUM, FLAGS, build_site


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(
        tmp_path_factory.mktemp("book"), "derivations.registry", api=("derivations", "diffusion"), tests=True
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


def test_the_trust_page_links_the_tests_and_the_book_shows_them_whole(book: Path) -> None:
    trust = (book / "trust.html").read_text(encoding="utf-8")
    names = shown.names()
    assert len(names) > 120 and {"tests/kernel/test_rules.py", "tests/decide/fuzz.py"} <= set(names)
    for name in names:
        assert f'href="{name}.html"' in trust, f"the trust page does not link {name}"
        page = (book / f"{name}.html").read_text(encoding="utf-8")
        (code,) = re.findall(r"<code>((?:(?!</code>).)*)</code></pre></div>", page, re.DOTALL)
        text = html.unescape(re.sub(r"<[^>]*>", "", code))
        assert text.strip("\n") == (shown.ROOT / name).read_text(encoding="utf-8").strip("\n"), name
        assert len(page) < 25_000 + 12 * len(text), f"{name}: the page weighs more than what it shows"
    index = (book / "search/search_index.json").read_text(encoding="utf-8")
    assert "tests/kernel/test_rules.py" not in {row["location"] for row in json.loads(index)["docs"]}


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
