"""What `derive check` is asked for: entries in order, by ID or in files, or the whole corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivations.cli.prover import Prover
from derivations.errors import RequestError
from derivations.records.record import Head
from derivations.records.store import Store, modules

if TYPE_CHECKING:
    from derivations.language.entry import Chapter, Entry


@dataclass(frozen=True)
class Item:
    """One entry that is to be checked: of a chapter of the book (its module), or of a file (its path).

    Where it is known already, `entry` is the entry itself, or `head` what is known of it.
    """

    id: str
    module: str = ""
    path: str = ""
    entry: Entry | None = field(default=None, compare=False)
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Section:
    """A chapter of the book, as far as a request needs it."""

    module: str
    chapter: str
    title: str
    items: list[Item]


@dataclass
class Request:
    """What is to be checked: entries in order, chapter titles, and which entries are the user's own."""

    items: list[Item] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    sections: list[Section] = field(default_factory=list)
    whole: bool = False
    unread: list[RequestError] = field(default_factory=list)  # files that cannot be checked, beside others that can


def resolve(what: list[str], prover: Prover, store: Store | None) -> Request:
    """The entries that were asked for, each once. Raises UnknownID, or UserFileError when no file can be read."""
    request = Request(whole=not what)
    if request.whole:
        request.sections = book(store)
        for section in request.sections:
            request.items += section.items
            request.titles[section.chapter] = section.title
    for name in what:
        if name.endswith(".py") or "/" in name:
            try:
                _add_file(request, name, prover)
            except RequestError as error:
                request.unread.append(error)
        else:
            from derivations.registry import find

            request.items.append(Item(name, entry=find(name)))
    if request.unread and not request.items:
        raise request.unread[0]
    request.items = list({item.id: item for item in reversed(request.items)}.values())[::-1]
    return request


def book(store: Store | None) -> list[Section]:
    """The chapters of the book; those whose sources are unchanged are not imported."""
    known = store.contents() if store is not None else {}
    return [_section(module, known.get(module)) for module in modules()]


def _section(module: str, row: tuple[str, str, list[str]] | None) -> Section:
    if row is not None:
        chapter, title, ids = row
        return Section(module, chapter, title, [Item(name, module) for name in ids])
    from derivations.registry.corpus import chapter_named

    return live(chapter_named(module), module)


def live(chapter: Chapter, module: str = "") -> Section:
    """The section of a chapter that is at hand; without a module nothing is kept of it."""
    return Section(module, chapter.key, chapter.title, [Item(e.id, module, entry=e) for e in chapter.entries])


def _add_file(request: Request, path: str, prover: Prover) -> None:
    """Ask for the entries of a file; a file of the corpus itself means its chapter."""
    opened = prover.open(path)
    here = {item.id for item in request.items if item.path not in ("", path)}
    items = [Item(head.id, path=path, head=head) for head in opened.heads]
    if opened.own:
        for item in items:
            if item.id in here:
                from derivations.registry.userfile import UserFileError, taken

                raise UserFileError(taken(path, item.id, "to another file of this command"))
        request.own |= {item.id for item in items}
    request.items += items
    request.titles[opened.chapter] = f"{opened.title} ({path})"
