"""The normaliser: LaTeX text to tokens. Every repair of a damaged text is reported; nothing is dropped in silence.

A token is a command (with its backslash), a letter, a number, a symbol, or words from \\text{...}.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from derivations.reading.text import thin
from derivations.reading.text.braces import without_stray
from derivations.reading.text.letters import ABOVE, BELOW, COMBINING, UNICODE
from derivations.reading.text.syntax import UnreadError

MAX_LENGTH = 20_000


@dataclass(frozen=True)
class Token:
    """One token: its kind ("command", "letter", "number", "symbol", "text"), its text, its position in the source."""

    kind: str
    text: str
    at: int


# A control character that an unescaped backslash left behind, and the beginnings of commands that it ate.
EATEN = {
    "\t": ("t", r"ilde|ext|heta|imes|au\b|o\b|op\b|riangleq|frac|an\b|anh|r\b"),
    "\f": ("f", r"rac|orall"),
    "\b": ("b", r"eta|ar\b|ar\{|igl|igr|ig\b|oldsymbol|m\b|egin|eginn"),
    "\v": ("v", r"arepsilon|ec\b|ert|arphi|arnothing"),
    "\a": ("a", r"lpha|pprox"),
    "\r": ("r", r"ho\b|ight|angle|m\b"),
    "\n": ("n", r"abla|eq\b|u\b|otag|onumber"),
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+(?:\*(?=\s*\{))?)|(?P<escaped>\\(?:\\\[[^\]]*\]|\\|.|\n))|(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<letter>[A-Za-z])|(?P<space>\s+|~)|(?P<comment>%[^\n]*)|(?P<symbol>.)",
    re.DOTALL,
)
# the number of an equation, written as a superscript at its end
NUMBER = re.compile(r"(?:([.,;。，]|\\end\{\w+\*?\})\s*|\s+(?=\^\s*\{\s))\^\s*\{\s*\(\d+(?:\.\d+)*\)\s*\}\s*$")
# the number of an equation at the end of a row, behind some space, dots, or the sign of an exporter
_NUMBER_BEHIND = (
    r"(?:\s{2,}|[\t\n]|(?:\\q?quad\s*)?&+\s*|"
    r"(?:\\[ ,;:!]\s*|~\s*){2,}|\\hspace\*?\{[^{}]*\}\s*|(?:\\[cl]?dots\s*|\u2026\s*)+|\\?\#\s*)"
    r"[(\uff08]\d{1,3}(?:[.-]\d{1,3})*[a-z]?"
)
# what is damaged, what it becomes, and what is said of it; a root of a name may have the index that is the name's
MENDED: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str], str], ...] = (
    (re.compile(r"\\\\\\(?=\s*(?:\n|\\end|$))"), r"\\\\ ", "a third backslash at the end of a row removed"),
    (re.compile(r"\\mathcal\s*(?=\([^()]*,[^()]*I)"), r"\\mathcal{N}", "the lost letter of a Gaussian restored"),
    (re.compile(r"=(\s+)=(?!=)"), r"=\1 ", "a second sign of equality removed"),
    (
        re.compile(
            r"(\\sqrt\s*\{\s*\\(?:[a-z]+\s*\{\s*\\?[a-zA-Z]+\s*\}|[a-z]+(?:\s*\\[a-z]+)?))"
            r"\s*\}\s*_\s*(\{[^{}]*\}|[A-Za-z0-9])"
        ),
        r"\1_\2}", "the index of a root given to the name below it",
    ),
    (re.compile(r"(\\(?:left|right|[bB]igg?[lr]?))\\\\(?=[{}])"), r"\1\\",
     "Markdown's backslash before a brace removed"),
    (re.compile(r"\\\\(?=(?:l|r)?[vV]ert\b)"), r"\\", "Markdown's backslash before a bar removed"),
    (re.compile(r"\\\\\{([^{}\\\n]*)\\\\\}"), r"\\{\1\\}", "Markdown's backslash before a brace removed"),
    (re.compile(r"\\~(?=\s|\\math)"), r"\\sim ", "Markdown's backslash before ~ removed"),
    (re.compile(r"\\tag\s*(\(?\d+(?:\.\d+)*\)?)"), r"\\tag{\1}", r"braces put around the number behind \tag"),
    (
        re.compile(
            rf"(?:{_NUMBER_BEHIND}|\s[(\uff08]\d+[.\d]\d*)[)\uff09](?=\s*(?:$|\\\\|\\end\b))"
        ),
        " ", "the number of the equation at its end removed",
    ),
    (re.compile(r"\\\\[()\[\]](?=\s*$)|^\s*\\\\[(\[]"), lambda m: " " * len(m[0]), r"a stray \\( or \\) removed"),
)  # fmt: skip
# the names of the letters of Unicode's mathematical alphabets, and the fonts that they are of
ALPHABETS = re.compile(r"\b(?:MATHEMATICAL|SCRIPT|DOUBLE-STRUCK|BLACK-LETTER)\b")
FONTS_OF = {"DOUBLE": "mathbb", "SCRIPT": "mathcal", "FRAKTUR": "mathfrak", "BLACK": "mathfrak", "BOLD": "mathbf"}
# words in which an underscore is a letter
_NAMED = r"\\(?:text[a-z]*|mathrm|mathtt|mathit|mathsf|operatorname\*?|mbox)\s*\{[^{}]*\}"
WORDS = set("text textrm textnormal textit textbf mbox hbox intertext shortintertext textsf emph".split())

UPRIGHT = ("textnormal", "textrm", "textup")


def repair(tex: str) -> tuple[str, list[str]]:
    """The text with its damage mended, and what was mended."""
    notes: list[str] = []
    for character, (letter, beginnings) in EATEN.items():
        lead = r"(?<![A-Za-z\\])" if character in "\n\r" else ""
        pattern = re.compile(lead + re.escape(character) + rf"(?={beginnings})")
        if character == "\n" and len(tex.strip().split("\n")) > 2:
            continue  # in a formula of many lines one may begin with u
        tex, count = pattern.subn(lambda m, letter=letter: "\\" + letter, tex)  # type: ignore[misc]
        if count:
            name = {"\t": "TAB", "\n": "line break", "\r": "carriage return"}.get(character, repr(character))
            notes.append(f"a {name} stands where \\{letter} was eaten: restored")
    if any(c in tex for c in INVISIBLE):
        tex = tex.translate({ord(c): None for c in INVISIBLE})
        notes.append("invisible characters removed")
    if re.search(r"&(?:lt|gt|amp|nbsp|#\d+);", tex):
        tex = unescape(tex)
        notes.append("HTML entities decoded")
    if re.search(r"^\s*\$\$|\$\$\s*$", tex):
        tex = re.sub(r"^\s*\$\$|\$\$\s*$", lambda m: " " * len(m[0]), tex)
        notes.append("dollars inside a formula removed")
    escaped = re.sub(_NAMED + r"|(?<!\\)\\([_*])", lambda m: m[1] or m[0], tex)
    if escaped != tex:
        tex = escaped
        notes.append("Markdown's backslash before _ or * removed")
    numbered = NUMBER.sub(lambda m: m[1] or "", tex)
    if numbered != tex:
        tex = numbered
        notes.append("the number of the equation, written as a superscript, removed")
    spaced = thin.restored(tex)
    if spaced != tex:
        tex = spaced
        notes.append("the lost backslash of a thin space restored")
    tex = re.sub(r"(?<![:=])=\s?:(?![=\s])", r"\\eqqcolon ", _scripts(tex))
    for pattern, mended, note in MENDED:
        whole = pattern.sub(mended, tex)
        if whole != tex:
            tex = whole
            notes.append(note)
    closed = without_stray(tex)
    if closed != tex:
        tex = closed
        notes.append("a closing brace that nothing opens removed")
    return tex, notes


def _scripts(tex: str) -> str:
    """Unicode scripts, combining accents, primes in braces and << as LaTeX."""
    tex = re.sub(r"\^\s*\{\s*('+)\s*\}", r"\1", tex.replace("\u3000", r"\quad "))
    tex = re.sub(r"(?<![<>])(<<|>>)(?![<>])", lambda m: r"\ll " if m[1] == "<<" else r"\gg ", tex)
    for table, mark in ((BELOW, "_"), (ABOVE, "^")):
        characters = "[" + re.escape("".join(table)) + "]+"
        tex = re.sub(characters, lambda m, t=table, k=mark: k + "{" + "".join(t[c] for c in m[0]) + "}", tex)  # type: ignore[misc]
    return re.sub(f"(.)([{''.join(COMBINING)}])", lambda m: rf"\\{COMBINING[m[2]]}{{{m[1]}}}", tex)


def tokenize(tex: str) -> list[Token]:
    """The tokens of a text. Raises UnreadError when it is too long."""
    if len(tex) > MAX_LENGTH:
        raise UnreadError(f"a formula of more than {MAX_LENGTH} characters")
    out: list[Token] = []
    position = 0
    while position < len(tex):
        m = TOKEN.match(tex, position)
        if m is None:
            raise UnreadError("an unknown character", tex[position], position)
        at, position = position, m.end()
        if m["command"] in WORDS and tex[position:].lstrip(" ")[:1] == "{":
            position += len(tex[position:]) - len(tex[position:].lstrip(" "))
            end = _closing(tex, position)
            words = tex[position + 1 : end].strip()
            if m["command"] == "textbf" and len(words) == 1 and words.isalnum():  # a bold letter, as \mathbf is
                out.append(Token("command", r"\mathbf", at))
                continue
            alone = len(words) == end - position - 1 == 1 and words.isalpha() and words not in "ads"
            if alone and m["command"] in UPRIGHT:
                out.append(Token("letter", words, at))  # an upright letter, as \mathrm sets it
            else:
                out.append(Token("text", words.replace(r"\_", "_"), at))
            position = end + 1
        elif m["command"]:
            out.append(Token("command", "\\" + m["command"], at))
        elif m["escaped"] == "\\\n":
            pass  # a space at the end of a line
        elif m["escaped"]:
            out.append(Token("command", r"\\" if m["escaped"][1] == "\\" else m["escaped"], at))
        elif m["symbol"]:
            out += _unicode(m["symbol"], at)
        elif m["number"]:
            out.append(Token("number", m["number"], at))
        elif m["letter"]:
            out.append(Token("letter", m["letter"], at))
    return out


def _closing(tex: str, start: int) -> int:
    depth = 0
    for k in range(start, len(tex)):
        if tex[k] in "{}" and tex[k - 1] != "\\":
            depth += 1 if tex[k] == "{" else -1
            if depth == 0:
                return k
    raise UnreadError("a brace is not closed", tex[start : start + 20], start)


def _letter(character: str) -> str:
    """A letter of one of Unicode's mathematical alphabets as LaTeX; nothing for another character."""
    name, plain = unicodedata.name(character, ""), unicodedata.normalize("NFKC", character)
    if len(plain) != 1 or plain == character or not ALPHABETS.search(name):
        return ""
    font = next((font for word, font in FONTS_OF.items() if word in name), "")
    return f"\\{font}{{{UNICODE.get(plain, plain)}}}" if font else UNICODE.get(plain, plain)


def _unicode(character: str, at: int) -> list[Token]:
    spelled = UNICODE.get(character) or _letter(character)
    if not spelled:
        return [Token("text" if character.isalpha() else "symbol", character, at)]
    return [Token(t.kind, t.text, at) for t in tokenize(spelled)]
