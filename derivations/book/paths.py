"""Where every page of the book lies. An address, once published, stays: change nothing here lightly.

`formulas/ID.html` is the permanent address of a formula, `formulas/ID.html#ID.3` that of its third step;
chapters may be cut differently one day, these addresses may not.
"""

from __future__ import annotations

from derivations.book.model import Book


class Paths:
    """Addresses relative to one page.

    Args:
        book: the corpus.
        page: the page's own address from the root of the site, such as `chapters/posterior.html`.
    """

    def __init__(self, book: Book, page: str) -> None:
        self._chapters = {entry.id: chapter.key for chapter in book.chapters for entry in chapter.entries}
        self.page = page
        self.root = "../" * page.count("/")

    def to(self, address: str) -> str:
        """From this page to an address that counts from the root of the site."""
        page, _, anchor = address.partition("#")
        if page == self.page and anchor:
            return f"#{anchor}"
        return self.root + address

    def formula(self, entry_id: str) -> str:
        """The formula's own, permanent page."""
        return self.to(formula_page(entry_id))

    def reading(self, entry_id: str) -> str:
        """The formula in its chapter."""
        return self.to(f"{chapter_page(self._chapters[entry_id])}#{entry_id}")

    def entry(self, entry_id: str) -> str:
        """Where a link to a formula leads: from a chapter to a chapter, else to the formula's page."""
        return self.reading(entry_id) if self.page.startswith("chapters/") else self.formula(entry_id)

    def rule(self, name: str) -> str:
        """The rule on the page of rules."""
        return self.to(f"rules.html#rule.{name}")

    def axiom(self, name: str) -> str:
        """The axiom in the ledger on the trust page."""
        return self.to(f"trust.html#axiom.{name}")


def chapter_page(key: str) -> str:
    """The address of a chapter, from the root of the site."""
    return f"chapters/{key}.html"


def formula_page(entry_id: str) -> str:
    """The permanent address of a formula, from the root of the site."""
    return f"formulas/{entry_id}.html"


def step_anchor(entry_id: str, n: int) -> str:
    """The anchor of one step, the same on every page that shows it."""
    return f"{entry_id}.{n}"
