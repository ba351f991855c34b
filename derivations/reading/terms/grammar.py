"""The grammar: tokens to rows of items. It is flat on purpose: it knows scripts, brackets, fractions and accents, and
leaves sums, products and what applies to what to the elaboration, which knows the types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derivations.reading.terms import brackets, upright
from derivations.reading.terms.styles import CHOICES, accented, one, over, states, styled, styled_row, words
from derivations.reading.text import bars, layout
from derivations.reading.text.letters import (
    ACCENTS,
    BIG,
    CONSTANTS,
    ENDING,
    FONTS,
    FUNCTIONS,
    GREEK,
    NOTES,
    OPENING,
    OPERATORS,
    RELATIONS,
    SEPARATORS,
    SIZES,
    SWITCHES,
    VARIANTS,
    WIDE,
)
from derivations.reading.text.lexer import Token
from derivations.reading.text.syntax import Item, Row, UnreadError

MAX_DEPTH = 40
STACKED = (r"\overset", r"\stackrel", r"\underset")
ALIGNED = ("aligned", "align", "align*", "split", "gathered", "gather", "gather*", "equation", "equation*", "multline",
           "multline*", "eqnarray", "eqnarray*", "alignat", "alignat*", "array", "flalign", "flalign*", "alignedat",
           "displaymath", "math", "dmath", "dmath*", "subequations", "empheq")  # fmt: skip


def parse(tokens: list[Token]) -> Row:
    """The row of a whole formula; line ends are separators in it. Raises UnreadError."""
    parser = Parser(layout.plain(tokens))
    row = parser.row(lambda t: False)
    if parser.here is not None:
        raise parser.stuck("nothing opens what is closed here")
    return row


class Parser:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.k, self.depth = tokens, 0, 0
        self.notes: list[str] = []

    @property
    def here(self) -> Token | None:
        """The token at which the parser stands, or None at the end."""
        return self.tokens[self.k] if self.k < len(self.tokens) else None

    def text(self, ahead: int = 0) -> str:
        """The text of a token ahead, or nothing."""
        k = self.k + ahead
        return self.tokens[k].text if k < len(self.tokens) else ""

    def stuck(self, why: str) -> UnreadError:
        """The error at the present token."""
        t = self.here
        return UnreadError(why, t.text if t else "the end", t.at if t else -1)

    def take(self) -> Token:
        """The present token, and step over it."""
        t = self.here
        if t is None:
            raise self.stuck("the formula ends too early")
        self.k += 1
        return t

    # ---- rows

    def row(self, stop: Callable[[Token], bool]) -> Row:
        """Items until a token that stops the row, or the end."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.stuck("nested too deeply")
        out: list[Item] = []
        font = ""
        while (t := self.here) is not None and not stop(t) and (t.kind == "text" or t.text not in ENDING):
            name = t.text[1:] if t.kind == "command" else ""
            if name in SWITCHES:
                font = SWITCHES[name]
                self.k += 1
                continue
            items = self.items(out)
            out += [styled(i, font) for i in items] if font else items
        self.depth -= 1
        return over(tuple(words(out) if font == "word" else out))

    def items(self, before: list[Item]) -> list[Item]:
        """What stands here: one item with its scripts, several from a brace group, or none from layout."""
        t = self.here
        if t is None:
            raise self.stuck("the formula ends too early")
        if t.text == "{":
            return brackets.kept_together(before, self._group(), t.at)
        if t.kind == "command" and t.text[1:] in SIZES:
            self.k += 1
            if self.text() == "." and t.text[1:] in ("left", "right"):
                self.k += 1
            elif t.text[1:] in ("left", "right", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr"):
                self._delimiter("left" if t.text.endswith(("left", "l")) else "right")
            elif t.text[1:] in ("bigm", "Bigm", "biggm", "Biggm"):
                self._delimiter("middle")
            return []
        if t.kind == "command" and t.text == r"\middle":
            self.k += 1
            self._delimiter("middle")
            return []
        if t.kind == "command" and t.text[1:] in NOTES:
            self.k += 1
            self._skip_argument()
            if t.text == r"\color" and self.text() == "{":
                return self._group()
            if t.text in WIDE:
                return [Item("sep", "quad", t.at)]
            return []
        if t.text == r"\begin":
            return self._environment()
        if t.text in ("_", "^", "'") and not before:
            raise self.stuck("a script without a letter to carry it")
        if t.text in (r"\underbrace", r"\overbrace"):
            return self._brace(before)
        item = self.atom()
        if states(item):
            return list(item.cells[0])
        if t.text in STACKED and item.kind == "group" and self.text() not in ("_", "^"):
            return self._spanned(before, item.cells[0], t)
        return [self.scripts(item)] if item.kind not in ("sep", "rel", "op") else [item]

    def _delimiter(self, side: str) -> None:
        """Tell the delimiter after \\left, \\right or \\middle which side it is, when it could be either."""
        t = self.here
        if t is None or t.text not in ("|", r"\|", r"\vert", r"\Vert", "/"):
            return
        double = t.text in (r"\|", r"\Vert")
        spelled = {"left": (r"\lvert", r"\lVert"), "right": (r"\rvert", r"\rVert"), "middle": (r"\mid", r"\parallel")}
        if t.text != "/":
            self.tokens[self.k] = replace(t, kind="command", text=spelled[side][double])

    def _skip_argument(self) -> None:
        while self.text() == "[":
            while self.text() not in ("]", ""):
                self.k += 1
            self.k += 1
        if self.text() != "{":
            return
        depth = 0
        while (t := self.here) is not None:
            depth += (t.text == "{") - (t.text == "}")
            self.k += 1
            if depth == 0:
                return

    def _group(self) -> list[Item]:
        """{...}: its items; one item carries the scripts, several become a group when scripts follow."""
        at = self.take().at
        inside = self.row(lambda t: False)
        if self.text() != "}":
            raise self.stuck("a brace is not closed before")
        self.k += 1
        if self.text() not in ("_", "^", "'"):
            return list(inside)
        if (
            len(inside) == 1
            and not (inside[0].sub and self.text() == "_")
            and not (inside[0].sup and self.text() == "^")
        ):
            return [self.scripts(inside[0])]
        if not inside:
            return [self.scripts(Item("group", "", at))]
        return [self.scripts(Item("group", "{}", at, cells=(inside,)))]

    def _environment(self) -> list[Item]:
        at = self.take().at
        name = self._word_argument()
        if name in ("array", "alignat", "alignat*", "alignedat", "empheq") and self.text() == "{":
            self._skip_argument()
        if name[-2:] in ("ed", "ay") and self.text() == "[" and self.text(1) in "tbc" and self.text(2) == "]":
            self._skip_argument()
        inside = self.row(lambda t: False)
        if self.text() != r"\end":
            raise self.stuck(f"\\begin{{{name}}} is not ended before")
        self.k += 1
        self._word_argument()
        if name in ALIGNED:
            return list(inside)
        return [self.scripts(Item("cases" if "cases" in name else "matrix", name, at, cells=(inside,)))]

    def _word_argument(self) -> str:
        out = ""
        if self.text() == "{":
            self.k += 1
            while self.text() not in ("}", ""):
                out += self.take().text
            self.k += 1
        return out

    # ---- items

    def scripts(self, item: Item) -> Item:
        """The item with the scripts that follow it."""
        while self.text() in ("_", "^", "'") or self._limits():
            t = self.take()
            if t.text == "'":
                item = replace(item, primes=item.primes + 1)
            elif t.text in ("_", "^"):
                inside = self.argument()
                below = t.text == "_"
                if item.sub if below else item.sup:
                    raise UnreadError("a double script", t.text, t.at)
                if not below and inside and all(i.kind == "name" and i.text == "prime" for i in inside):
                    item = replace(item, primes=item.primes + len(inside))
                else:
                    item = replace(item, sub=inside) if below else replace(item, sup=inside)
        return item

    def _limits(self) -> bool:
        """Whether scripts stand below and above, as in \\mathop{E}\\limits_x."""
        return self.text() in (r"\limits", r"\nolimits") and self.text(1) in ("_", "^")

    def argument(self) -> Row:
        """The argument of a command or script: a brace group, or one token."""
        while self.here is not None and self.here.kind == "command" and self.here.text[1:] in SIZES:
            self.k += 1
        if self.text() == "{":
            self.k += 1
            inside = self.row(lambda t: False)
            if self.text() != "}":
                raise self.stuck("a brace is not closed before")
            self.k += 1
            return inside
        t = self.here
        if t is not None and t.kind == "number" and len(t.text) > 1 and "." not in t.text:  # \frac12 takes one digit
            self.tokens[self.k : self.k + 1] = [replace(t, text=c) for c in t.text]
        return (self.atom(),)

    def atom(self) -> Item:
        """One item without its scripts."""
        t = self.take()
        if t.kind == "number":
            return Item("number", t.text, t.at)
        if t.kind == "letter":
            return Item("name", t.text, t.at)
        if t.kind == "text" and t.text == "d":
            return Item("name", "d", t.at)
        if t.kind == "text" and t.text in ("...", "…"):
            return Item("dots", "...", t.at)
        if t.kind == "text" and t.text.replace(" ", "") in CHOICES:
            return Item("big", t.text.replace(" ", ""), t.at)
        if t.kind == "text":
            return Item("name" if upright.names(self, t.text) else "text", t.text, t.at)
        if t.text in OPENING:
            return brackets.bracket(self, t, OPENING[t.text])
        if t.text in SEPARATORS:
            return brackets.bar(self, t)
        if t.text in (r"\\", r"\newline", r"\cr"):
            return Item("sep", "line", t.at)
        if t.text == "&":
            return Item("sep", "&", t.at)
        if t.text in WIDE:
            return Item("sep", "quad", t.at)
        if t.kind == "command":
            return self._command(t)
        for table, kind in ((RELATIONS, "rel"), (OPERATORS, "op")):
            if t.text in table:
                if t.text == "-" and self.text() == ">":
                    self.k += 1
                    return Item("rel", "->", t.at)
                return Item(kind, table[t.text], t.at)
        if t.text == ".":
            return self._dot(t)
        if t.text in "!?":
            return Item("op" if t.text == "!" else "name", t.text, t.at)
        raise UnreadError("a symbol that has no meaning here", t.text, t.at)

    def _dot(self, t: Token) -> Item:
        if self.text() == "." and self.text(1) == ".":
            self.k += 2
            return Item("dots", "...", t.at)
        return Item("sep", ".", t.at)

    def _command(self, t: Token) -> Item:
        name = t.text[1:]
        if name in GREEK or name in VARIANTS:
            return Item("name", VARIANTS.get(name, name), t.at)
        if name in CONSTANTS:
            return Item("name", CONSTANTS[name], t.at)
        if name in ("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"):
            return Item("frac", "", t.at, cells=(self.argument(), self.argument()))
        if name == "sqrt":
            return self._root(t)
        if name in ACCENTS:
            return accented(self.argument(), ACCENTS[name], t)
        if name in FONTS or (name.startswith("math") and name[4:] in ("bf", "cal")):
            return styled_row(self.argument(), FONTS.get(name, ""), t)
        for table, kind in ((RELATIONS, "rel"), (OPERATORS, "op"), (BIG, "big"), (FUNCTIONS, "func")):
            if name in table:
                if name.startswith("x") and self.text() in ("{", "["):
                    self._skip_argument()
                return Item(kind, table[name], t.at)
        if name in ("nabla", "partial", "Delta"):
            return Item("nabla", name, t.at)
        if name in ("dots", "ldots", "cdots", "dotsc", "dotsb", "dotsi", "dotsm", "dotso", "vdots", "ddots"):
            return Item("dots", "...", t.at)
        if t.text in STACKED:
            return self._stacked()
        if name in ("textcolor", "colorbox", "htmlClass", "htmlId", "cssId", "class", "raisebox", "href"):
            self._skip_argument()
            return one(self.argument(), t)
        if name in ("binom", "tbinom", "dbinom"):
            return Item("binom", "", t.at, cells=(self.argument(), self.argument()))
        if name == "not":
            inner = self.atom()
            return Item("rel", "!=" if inner.text == "=" else "not " + inner.text, t.at)
        if name in ("forall", "exists", "because", "&"):
            return Item("text", "and" if name == "&" else name, t.at)
        if name == "_":
            return Item("name", "_", t.at)
        if t.text == bars.AT:
            return Item("at", "|", t.at)
        if name == "over":
            return Item("over", name, t.at)
        raise UnreadError("an unknown command", t.text, t.at)

    def _root(self, t: Token) -> Item:
        index: Row = ()
        if self.text() == "[":
            self.k += 1
            index = self.row(lambda t: t.text == "]")
            self.k += 1
        return Item("sqrt", "", t.at, cells=(self.argument(), index) if index else (self.argument(),))

    def _brace(self, before: list[Item]) -> list[Item]:
        """What a brace spans, as if the brace were not there; the words below or above it are a comment. What is
        multiplied keeps together.
        """
        t = self.take()
        inside = self.argument()
        while self.text() in ("_", "^"):
            self.k += 1
            self._comment()
        return self._spanned(before, inside, t)

    def _spanned(self, before: list[Item], inside: Row, t: Token) -> list[Item]:
        """What a brace or words span: as it stands at the beginning of a side, and as one item behind a factor."""
        first = not before or before[-1].kind in ("op", "rel", "sep")
        signed = bool(inside) and inside[0].kind == "op"
        stated = any(i.kind == "rel" for i in inside)
        return list(inside) if first or signed or stated else [one(inside, t)]

    def _comment(self) -> None:
        if self.text() == "{":
            self._skip_argument()
        else:
            self.k += 1

    def _stacked(self) -> Item:
        """A relation with a sign above it: "by definition" makes a definition of it."""
        above = self.k
        self._comment()
        spelled = "".join(t.text for t in self.tokens[above : self.k]).strip("{}")
        base = one(self.argument(), self.tokens[above])
        if base.kind == "rel" and base.text == "=" and ("def" in spelled or spelled in (r"\triangle", r"\Delta", ":")):
            return replace(base, text=":=")
        return base
