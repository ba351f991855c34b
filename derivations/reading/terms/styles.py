"""Fonts and accents: marks on names, and letters that make a word."""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.lexer import Token
from derivations.reading.text.syntax import Item, Row, UnreadError

CHOICES = frozenset({"argmin", "argmax"})


def one(row: Row, t: Token) -> Item:
    """A row as one item."""
    return row[0] if len(row) == 1 else Item("group", "{}", t.at, cells=(row,))


def states(item: Item) -> bool:
    """Whether what stands in a frame, a colour or a font is a whole statement, as in \\boxed{a = b}."""
    return item.kind == "group" and any(i.kind == "rel" for i in item.cells[0])


def accented(row: Row, mark: str, t: Token) -> Item:
    """A name with an accent; a longer row under an accent has no meaning yet."""
    if len(row) == 1 and row[0].kind == "name":
        return replace(row[0], marks=(*row[0].marks, mark))
    if mark == "bold":
        return styled_row(row, "bold", t)
    return Item("accent", mark, t.at, cells=(row,))


def styled(item: Item, font: str) -> Item:
    """An item in a font: bold is a mark, calligraphic and blackboard letters are names of their own."""
    if item.kind == "name" and font == "bold" and "bold" not in item.marks:
        return replace(item, marks=("bold", *item.marks))
    if item.kind == "number" and font in ("bold", "bb"):
        return replace(item, marks=("bold",))
    if item.kind == "name" and font in ("cal", "bb", "frak") and len(item.text) == 1:
        return replace(item, text=f"{font} {item.text}")
    return item


EMPHASISED = frozenset({"rel", "frac", "sqrt", "big", "func", "nabla"})


def styled_row(row: Row, font: str, t: Token) -> Item:
    """A row in a font, as one item; letters in an upright font make a word."""
    if font == "word":
        joined = tuple(words(list(row)))
        chosen = len(joined) == 1 and joined[0].text in CHOICES
        return replace(joined[0], kind="big") if chosen else one(joined, t)
    if font == "bold" and any(i.kind in EMPHASISED for i in row):
        return one(row, t)  # a whole formula in bold is an emphasis, and says nothing of its letters
    return one(tuple(styled(i, font) for i in row), t)


def words(items: list[Item]) -> list[Item]:
    """Neighbouring plain letters joined to one name, the last of them with its scripts."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        plain = item.kind == "name" and len(item.text) == 1 and not item.marks
        if (
            plain
            and last is not None
            and last.kind == "name"
            and last.text.replace("_", "a").isalpha()
            and not (last.sub or last.sup or last.marks)
        ):
            out[-1] = replace(item, text=last.text + item.text, at=last.at)
        elif (
            item.kind == "number"
            and item.text.isdigit()
            and last is not None
            and last.kind == "name"
            and len(last.text) > 2
            and last.text.isalpha()
            and not (last.sub or last.sup)
        ):
            out[-1] = replace(last, text=last.text + item.text, sub=item.sub, sup=item.sup)
        else:
            out.append(item)
    return out


def over(row: Row) -> Row:
    """A row with TeX's infix fraction {a \\over b} as a fraction."""
    at = next((k for k, i in enumerate(row) if i.kind == "over"), None)
    if at is None:
        return row
    if not row[:at] or not row[at + 1 :] or any(i.kind == "over" for i in row[at + 1 :]):
        raise UnreadError("a fraction without its two parts", "\\over", row[at].at)
    return (Item("frac", "", row[at].at, cells=(row[:at], row[at + 1 :])),)
