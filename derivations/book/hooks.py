"""MkDocs' side of the book: each hook fetches what `site` made and hands it over. Named in `mkdocs.yml`.

Settings in `extra.book`: `corpus`, a module to read instead of `derivations.registry`; `api`, the packages
whose modules get a page each, and `api_without`, what to leave out of them; `tests`, whether the tests that the trust
page names get a page each; `cache`, the folder for rendered formulas.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from derivations.book import references, shown, site
from derivations.book.mathmark import expand
from derivations.book.model import Book, BookError, load
from derivations.book.tex import Katex, TexError


@cache
def _book(corpus: str) -> Book:
    return load(corpus)


@cache
def _katex(folder: str) -> Katex:
    return Katex(Path(folder))


def _settings(config: MkDocsConfig) -> dict[str, Any]:
    return dict(config.extra.get("book", {}))


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).resolve().parent


def _corpus(config: MkDocsConfig) -> Book:
    try:
        return _book(_settings(config).get("corpus", "derivations.registry"))
    except BookError as error:
        raise PluginError(f"The book cannot be built: {error}") from error


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and the manifest, and put the pages into the navigation."""
    book = _corpus(config)
    try:
        made = site.pages(book)
        sources = shown.pages(bool(_settings(config).get("tests")))
    except BookError as error:
        raise PluginError(f"The book cannot be built: {error}") from error
    references.STATEMENTS = {entry.id: entry.statement["tex"] for entry in book.entries.values()}
    settings = _settings(config)
    api = site.api_pages(_root(config), settings.get("api", []), settings.get("api_without", []))
    for address, text in made.items():
        # A formula's own page is reached by links and by search engines; sixty of them would drown the
        # navigation.
        level = InclusionLevel.NOT_IN_NAV if address.startswith("formulas/") else InclusionLevel.INCLUDED
        files.append(File.generated(config, address, content=text, inclusion=level))
    files.append(File.generated(config, "formulas.json", content=site.manifest(book)))
    for address, text in api.items():
        files.append(File.generated(config, address, content=text))
    for address, text in sources.items():
        files.append(File.generated(config, address, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    config.nav = site.navigation(config.nav, book, api)
    return files


@event_priority(100)
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill the generated parts of a hand-written page."""
    if page.file.src_uri.removesuffix(".md") in shown.pages_made:
        return markdown
    try:
        return site.fill(markdown, _corpus(config), page.file.dest_uri)
    except BookError as error:
        raise PluginError(f"The book cannot be built: {error}") from error


@event_priority(100)
def on_env(env: Any, config: MkDocsConfig, files: Files) -> None:
    """Enter formulas and steps in objects.inv and as targets of links, before either is written."""
    autorefs: Any = config.plugins["autorefs"]
    mkdocstrings: Any = config.plugins["mkdocstrings"]
    inventory = mkdocstrings.handlers.inventory
    pages = {file.dest_uri: file.page for file in files.documentation_pages()}
    for name, role, address, title in site.inventory(_corpus(config)):
        # Labels of the standard domain are what both Sphinx and MkDocs can refer to.
        inventory.register(name=name, domain="std", role="label", uri=address, dispname=title)
        if role == "step":
            autorefs.register_anchor(pages[address.partition("#")[0]], name, title=title)


@event_priority(-50)
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Render the formulas, last of all: until here the page, and the search index, hold the LaTeX source."""
    folder = _root(config) / _settings(config).get("cache", ".cache/katex")
    try:
        return expand(output, _katex(str(folder)))
    except TexError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error


def on_build_error(error: Exception) -> None:
    """Forget the corpus, so that `mkdocs serve` reads it again after a repair."""
    _book.cache_clear()
