"""Checks of a built site that need no browser: links, requests, formulas. Each lists what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID_OF_TEXT = {"script", "style", "code", "pre", "annotation"}


@dataclass
class Page(HTMLParser):
    """What a check wants to know of one page: its ids, its links, what it loads, its visible text."""

    path: Path
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    hidden: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.source = self.path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "link" and given.get("href") and given.get("rel") not in ("prev", "next", "canonical"):
            self.loads.append(given["href"])
        if given.get("src"):
            self.loads.append(given["src"])
        self.hidden += tag in VOID_OF_TEXT

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in VOID_OF_TEXT

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def pages(site: Path) -> dict[Path, Page]:
    """Every page of the site but the one for lost readers, whose links are absolute by nature."""
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}


def broken_links(site: Path) -> list[str]:
    """Links and loaded files that lead nowhere, anchors that do not exist, and ids that a page has twice."""
    found, all_pages = [], pages(site)
    for path, page in all_pages.items():
        where = path.relative_to(site)
        found += [f"{where}: the id {name!r} is there twice" for name in page.ids if page.ids.count(name) > 1]
        for href in [*page.links, *page.loads]:
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                found.append(f"{where}: {href} leads nowhere")
            elif (
                parts.fragment
                and target in all_pages
                and unquote(parts.fragment) not in all_pages[target].ids
            ):
                found.append(f"{where}: {href} has no such anchor")
    return found + broken_urls(site)


def broken_urls(site: Path) -> list[str]:
    """`url(...)` of a style sheet that leads nowhere."""
    found = []
    for path in site.rglob("*.css"):
        for url in re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8")):
            address = url.strip("\"'")
            if (
                not address.startswith("data:")
                and not (path.parent / address.split("?")[0].split("#")[0]).is_file()
            ):
                found.append(f"{path.relative_to(site)}: url({url}) leads nowhere")
    return found


def outside_requests(site: Path) -> list[str]:
    """Anything that a page or a style sheet would load from another host. Links to papers are no requests."""
    found = []
    for path, page in pages(site).items():
        found += [
            f"{path.relative_to(site)}: loads {url}" for url in page.loads if re.match(r"(https?:)?//", url)
        ]
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        for url in re.findall(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", text):
            found.append(f"{path.relative_to(site)}: loads {url}")
    return found


def unrendered(site: Path) -> list[str]:
    """Formulas that a reader would see as source: placeholders, errors of KaTeX, dollar signs in the text.

    Tags count; what a page shows as code does not, even where that is about such tags.
    """
    found = []
    for path, page in pages(site).items():
        where = path.relative_to(site)
        if re.search(r'<\w+ [^<>]*class="[^"]*katex-error', page.source):
            found.append(f"{where}: katex-error")
        if re.search(r'<\w+ [^<>]*class="tex', page.source):
            found.append(f"{where}: a placeholder is left")
        if match := re.search(r"\$[^\s$][^$]{0,200}\$", "".join(page.text)):
            found.append(f"{where}: unread formula {match[0]}")
        if "<autoref" in page.source:
            found.append(f"{where}: a reference is left unresolved")
    return found
