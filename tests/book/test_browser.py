"""The built site in a real browser, from the file system: no request leaves, no error, both themes, print.

Skipped where Playwright or a system Chromium is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.book.conftest import CHROMIUM, FLAGS

sync_api = pytest.importorskip("playwright.sync_api", reason="looking at pages needs: pip install playwright")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="looking at pages needs a Chromium of the system")

PAGES = [
    "index.html",
    "chapters/posterior.html",
    "formulas/posterior.mean.html",
    "formulas/index.html",
    "graph.html",
    "notation.html",
    "rules.html",
    "trust.html",
    "coverage.html",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, site: Path) -> Iterator[Any]:
    """Open a page from the file system; fails at the end if anything went wrong or left the machine."""
    contexts, faults = [], []

    def opened(name: str, width: int = 1400, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: faults.append(f"{name}: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: faults.append(f"{name}: {error}"))
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith(("file:", "data:", "blob:"))
                else faults.append(f"{name}: asks for {r.url}")
            ),
        )
        page.on("requestfailed", lambda r: faults.append(f"{name}: {r.url} failed"))
        page.goto((site / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_without_a_fault(open_page: Any, name: str) -> None:
    for width in (1400, 400):
        page = open_page(name, width)
        page.evaluate("document.fonts.ready.then(() => true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"


def test_mathematics_is_set_in_its_own_fonts(open_page: Any) -> None:
    page = open_page("chapters/posterior.html")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert {"KaTeX_Main", "KaTeX_Math"} <= set(loaded)
    assert any("Source Serif" in name for name in loaded)


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_system_theme(open_page: Any, scheme: str, dark: bool) -> None:
    page = open_page("chapters/posterior.html", color_scheme=scheme)
    assert _luminance(page, "background-color") < 60 if dark else _luminance(page, "background-color") > 200
    assert _luminance(page, "color") > 180 if dark else _luminance(page, "color") < 60


def test_without_javascript_everything_is_there_and_follows_the_theme(open_page: Any) -> None:
    page = open_page("chapters/posterior.html", java_script_enabled=False, color_scheme="dark")
    assert _luminance(page, "background-color") < 60
    question = page.locator("details.ask").first
    assert not question.locator("div").first.is_visible()
    question.locator("summary").click()
    assert question.locator("div").first.is_visible()
    formats = page.locator("details.formats").first
    formats.locator("summary").click()
    assert formats.locator("pre").first.is_visible()
    assert page.locator(".step .katex").first.is_visible()


def test_search_works_from_the_file_system(open_page: Any) -> None:
    page = open_page("index.html")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially("interpolates", delay=10)
    page.wait_for_selector(".md-search-result__link", timeout=15_000)
    hrefs = page.eval_on_selector_all(".md-search-result__link", "links => links.map(link => link.href)")
    assert any("chapters/posterior.html" in href and "posterior.mean" in href for href in hrefs)


def test_a_button_copies_a_formula(open_page: Any) -> None:
    page = open_page("formulas/posterior.mean.html", permissions=["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy as Python")
    button.click()
    page.wait_for_function("document.querySelector('.copy-bar').textContent.includes('copied')")
    assert page.evaluate("navigator.clipboard.readText()") == "mu = alpha_bar**0.5"


def test_paper_shows_what_is_folded(open_page: Any) -> None:
    page = open_page("chapters/posterior.html")
    page.emulate_media(media="print")
    answer = page.locator("details.ask > div").first
    assert answer.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    assert answer.bounding_box()["height"] > 10
    assert not page.locator("details.formats").first.is_visible()


def _luminance(page: Any, what: str) -> float:
    colour = page.evaluate(f"getComputedStyle(document.body).getPropertyValue('{what}')")
    numbers = [float(n) for n in colour[colour.index("(") + 1 :].rstrip(")").split(",")[:3]]
    return sum(numbers) / 3
