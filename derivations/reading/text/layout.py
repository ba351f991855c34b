"""Tokens without their layout: colours whose braces group nothing, letters that spell a function, stacked lines.

What stays is mathematics alone; no token of it is dropped, and none is added but the separator of a stacked line.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.reading.text import bars, braces, overlays
from derivations.reading.text.letters import FUNCTIONS, SIZES, SPACES, WIDE
from derivations.reading.text.lexer import Token

COLOURED = {r"\color", r"\textcolor", r"\colorbox"}
SPELLED = {
    **{f: Token("command", "\\" + f, 0) for f in FUNCTIONS if len(f) > 2},
    "Log": Token("command", r"\log", 0), "KL": Token("text", "KL", 0), "SNR": Token("text", "SNR", 0),
    "const": Token("text", "const", 0), "argmin": Token("command", r"\argmin", 0),
    "argmax": Token("command", r"\argmax", 0),
}  # fmt: skip
EMPTY = (r"\mathop", r"\mathord", r"\mathopen", r"\mathclose", r"\mathrel", r"\mathbin")
APART = ("log", "exp")  # these need no bracket behind them, only a space
OPERANDS = (r"\int", r"\sum", r"\prod", r"\frac", r"\dfrac", r"\mathbb", r"\mathbf", r"\det")  # or one of these
PROSE = frozenset(
    "where with for and if when or so then hence thus therefore since because otherwise else "
    "avec wobei mit und falls sonst donde dove onde".split()
)
LOGARITHM = re.compile(r"log[pq]")
# a word of four letters and more, but no differentials and no function
NAMED = re.compile(rf"(?!(?:d[a-z])+$|(?:{'|'.join(sorted(SPELLED))}))[A-Za-z][a-z]{{3,}}")
ROMAN = (r"\mathrm", r"\operatorname", r"\operatorname*", r"\rm", r"\mathit", r"\mathsf")
UPRIGHT = ("log", "ln", "exp")  # these are functions in \text{...} too, unless a sign or the end of a row follows
BEHIND_WORDS = ("=", "+", "-", ",", ".", ")", "]", "&", "}", r"\\", r"\quad", r"\qquad", r"\end", r"\label", r"\tag")
CONSTANT = ("const", "constant")
LIST = re.compile(r"[0-9A-Za-z](?:\s*,\s*[0-9A-Za-z])+")
TITLES = frozenset("target data ref cond uncond true pred init model clean real noise".split())
OPENED = re.compile(r"\((?=[^()]*[^\W\d_]{2})[^()]*$")  # words in a bracket that they do not close
ARROWS = (r"\downarrow", r"\to", r"\rightarrow", r"\longrightarrow")
BOLD = (r"\mathbf", r"\boldsymbol", r"\bm")
BY_LETTER = {w[0]: sorted((v for v in SPELLED if v[0] == w[0]), key=len, reverse=True) for w in SPELLED}


def plain(tokens: list[Token]) -> list[Token]:
    """The tokens of a formula for the grammar."""
    shown = overlays.settled(listed(titled(inferring(remarked(upright(worded(unspaced(tokens))))))))
    return spelled(bars.marked(stacked(unpaired(bars.braced(braces.uncrossed(uncoloured(shown)))))))


def unspaced(tokens: list[Token]) -> list[Token]:
    r"""The tokens without spaces, and without what makes one, \mathop{}."""
    out: list[Token] = []
    for t in tokens:
        if t.text == "}" and len(out) > 1 and out[-1].text == "{" and out[-2].text in EMPTY:
            del out[-2:]
        elif t.text not in SPACES:
            out.append(t)
    return out


def inferring(tokens: list[Token]) -> list[Token]:
    r"""The tokens with an arrow that has a line for itself as one of inference: a = b \\ \downarrow \\ c = d."""
    out = list(tokens)
    bare = [k for k, t in enumerate(tokens) if t.text != "&"]
    for before, k, after in zip(bare, bare[1:], bare[2:], strict=False):
        if tokens[k].text in ARROWS and tokens[before].text == tokens[after].text == r"\\":
            out[k] = replace(tokens[k], text=r"\Downarrow")
    return out


def titled(tokens: list[Token]) -> list[Token]:
    """The tokens with u^{target} as a name with a title, and no power of six letters."""
    out = list(tokens)
    for k in range(len(tokens) - 1, 0, -1):
        end = closing(out, k) if (out[k - 1].text, out[k].text) == ("^", "{") else None
        inside = out[k + 1 : end] if end is not None else []
        word = "".join(u.text for u in inside)
        if word in TITLES and all(u.kind == "letter" for u in inside):
            out[k + 1 : end] = [replace(inside[0], kind="text", text=word)]
    return out


def listed(tokens: list[Token]) -> list[Token]:
    r"""The tokens with a list in one style, as N(\textbf{0, I}) and N(\mathbf{0, I}), item by item."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        t = tokens[k]
        if t.kind == "text" and LIST.fullmatch(t.text) and out and out[-1].text == "(":
            parts = [c for c in t.text if c != " "]
            kinds = ["symbol" if c == "," else "number" if c.isdigit() else "letter" for c in parts]
            out += [Token(kind, c, t.at + j) for j, (kind, c) in enumerate(zip(kinds, parts, strict=True))]
            k += 1
            continue
        end = closing(tokens, k + 1) if t.text in BOLD and tokens[k + 1 : k + 2] and tokens[k + 1].text == "{" else None
        inside = [u.text for u in tokens[k + 2 : end]]
        if end is not None and "," in inside and "(" not in inside:
            for u in tokens[k + 1 : end + 1]:
                out += [replace(u, text="}"), u, t, replace(u, text="{")] if u.text == "," else [u]
            out.insert(len(out) - (end - k) - 3 * inside.count(",") - 1, t)
            k = end + 1
            continue
        out.append(t)
        k += 1
    return out


def unpaired(tokens: list[Token]) -> list[Token]:
    r"""The tokens without a brace on the left of rows that nothing closes: \left\{ ... \right."""
    out = list(tokens)
    for start, k in bars.pairs(tokens):
        if [u.text for u in (*tokens[start + 1 : start + 2], *tokens[k + 1 : k + 2])] == [r"\{", "."]:
            out[start : start + 2] = out[k : k + 2] = [replace(tokens[k], text="")] * 2
    return [t for t in out if t.text]


def upright(tokens: list[Token]) -> list[Token]:
    r"""The tokens with \mathrm{log} and \operatorname{exp} as the functions."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        end = closing(tokens, k + 1) if tokens[k].text in ROMAN and k + 1 < len(tokens) else None
        word = "".join(t.text for t in tokens[k + 2 : end]) if end is not None else ""
        if end is not None and tokens[k + 1].text == "{" and word in UPRIGHT:
            out.append(replace(SPELLED[word], at=tokens[k].at))
            k = end + 1
        else:
            out.append(tokens[k])
            k += 1
    return out


def worded(tokens: list[Token]) -> list[Token]:
    """The tokens with plain letters side by side as what they spell: "so" and "where" between spaces as words, logp as
    log p, and a long word as the name of something, which no product of so many letters is.
    """
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        group = closing(tokens, k + 1) if tokens[k].text in ROMAN and k + 1 < len(tokens) else None
        if group is not None:  # where letters are what the font makes them
            out += tokens[k : group + 1]
            k = group + 1
            continue
        end = _run(tokens, k)
        letters, end = tokens[k:end], max(end, k + 1)
        grouped = k > 0 and tokens[k - 1].text == "{"  # as the name of an environment, or of a colour
        word = "" if grouped else "".join(t.text for t in letters)
        if word in CONSTANT or (word in PROSE and _stands_alone(tokens, k, end)):
            out.append(replace(tokens[k], kind="text", text=word))
        elif LOGARITHM.fullmatch(word) and tokens[end : end + 1] and tokens[end].text in ("_", "(", r"\left"):
            out += [replace(SPELLED["log"], at=tokens[k].at), tokens[end - 1]]
        elif NAMED.fullmatch(word):
            brace = [replace(tokens[k], kind="symbol", text=c) for c in "{}"]
            out += [replace(tokens[k], kind="command", text=r"\mathrm"), brace[0], *letters, brace[1]]
        else:
            out += tokens[k:end]
        k = end
    return out


def _run(tokens: list[Token], start: int) -> int:
    """Where plain letters side by side end that begin at `start`; the letter of a script stands alone."""
    if start and tokens[start - 1].text in ("_", "^"):
        return start + (tokens[start].kind == "letter")
    end = start
    while end < len(tokens) and tokens[end].kind == "letter" and tokens[end].at == tokens[start].at + end - start:
        end += 1
    return end


def _stands_alone(tokens: list[Token], start: int, end: int) -> bool:
    """Whether spaces, or the edges of the formula, are around some tokens."""
    before, after = tokens[max(start - 1, 0) : start], tokens[end : end + 1]
    apart = all(t.at + len(t.text) < tokens[start].at or t.text in WIDE for t in before)
    return apart and all(t.at > tokens[end - 1].at + 1 or t.text in WIDE for t in after)


def remarked(tokens: list[Token]) -> list[Token]:
    r"""The tokens with a remark as one whose bracket is opened in words and closed behind them: \text{(as }a = b)."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        opened = tokens[k].kind == "text" and OPENED.match(tokens[k].text)
        end = _end_of_remark(tokens, k + 1) if opened else None
        last = k if end is None else end
        out.append(replace(tokens[k], text=" ".join(t.text for t in tokens[k : last + 1])))
        k = last + 1
    return out


def _end_of_remark(tokens: list[Token], start: int) -> int | None:
    """Where a bracket is closed that was opened before `start`; None when it is not, on this line."""
    depth = 1
    for k in range(start, len(tokens)):
        t = tokens[k]
        if t.text in (r"\\", "&"):
            return None
        depth += t.text.count("(") - t.text.count(")") if t.kind in ("text", "symbol") else 0
        if depth <= 0:
            return k
    return None


def closing(tokens: list[Token], start: int) -> int | None:
    """Where the brace that opens at `start` is closed; None when it never is."""
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k].text == "{") - (tokens[k].text == "}")
        if depth == 0:
            return k
    return None


def uncoloured(tokens: list[Token]) -> list[Token]:
    """The tokens without colours, and without the braces of what is coloured, unless a script stands on them: a colour
    may begin inside a bracket and end outside it.
    """
    out = list(tokens)
    k = 0
    while k < len(out):
        end = closing(out, k + 1) if out[k].text in COLOURED and k + 1 < len(out) and out[k + 1].text == "{" else None
        if end is None:
            k += 1
            continue
        last = closing(out, end + 1) if end + 1 < len(out) and out[end + 1].text == "{" else None
        carried = k > 0 and out[k - 1].text in ("_", "^")
        if last is not None and not carried and (last + 1 == len(out) or out[last + 1].text not in ("_", "^", "'")):
            del out[last], out[end + 1]
        del out[k : end + 1]
    return out


def stacked(tokens: list[Token]) -> list[Token]:
    r"""The tokens with \substack{a \\ b} as a, b."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        end = closing(tokens, k + 1) if tokens[k].text == r"\substack" and k + 1 < len(tokens) else None
        if end is None:
            out.append(tokens[k])
            k += 1
            continue
        for t in tokens[k + 2 : end]:
            double = t.text == r"\\" and out and out[-1].text == ","
            if not double:
                out.append(replace(t, kind="symbol", text=",") if t.text == r"\\" else t)
        k = end + 1
    return out


def spelled(tokens: list[Token]) -> list[Token]:
    """The tokens with log(x) and exp(x), in plain letters side by side and before a bracket, as the functions."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        t = tokens[k]
        if t.kind == "text" and t.text.lower().rstrip(".") in CONSTANT:
            t = tokens[k] = replace(t, text=t.text.lower().rstrip("."))
        if t.kind == "text" and t.text in UPRIGHT and k + 1 < len(tokens) and tokens[k + 1].text not in BEHIND_WORDS:
            out.append(replace(SPELLED[t.text], at=t.at))
            k += 1
            continue
        word = next((w for w in BY_LETTER.get(t.text, ()) if _spells(tokens, k, w)), "") if t.kind == "letter" else ""
        before = tokens[k - 1] if k else None
        if word and not (before is not None and before.kind == "letter" and before.at == tokens[k].at - 1):
            out.append(replace(SPELLED[word], at=tokens[k].at))
            k += len(word)
        else:
            out.append(tokens[k])
            k += 1
    return out


def _spells(tokens: list[Token], k: int, word: str) -> bool:
    part = tokens[k : k + len(word)]
    end = k + len(word)
    while end < len(tokens) and tokens[end].text[1:] in SIZES:
        end += 1
    after = tokens[end].text if end < len(tokens) else ""
    side_by_side = all(t.kind == "letter" and t.at == tokens[k].at + j for j, t in enumerate(part))
    apart = word in APART and end < len(tokens) and tokens[end].kind == "letter" and tokens[end].at > part[-1].at + 1
    called = after in ("(", "[") or apart or (word in APART and after in OPERANDS)
    if word in ("argmin", "argmax"):
        called = after == "_"
    below = [t.text for t in tokens[max(k - 2, 0) : k]] == ["}", "{"]  # \\underset{a}{min}
    called = called or (below and after == "}")
    if word == "const":  # it is added, and nothing more is said of it
        called = k > 0 and tokens[k - 1].text in ("+", "-") and after in ("", ".", *BEHIND_WORDS)
    return len(part) == len(word) and side_by_side and "".join(t.text for t in part) == word and called
