"""Markdown and its dialects: CommonMark, kramdown, MyST, GitHub, HTML-wrapped; and reStructuredText.

What is code, comment, style or script is blanked out first, so that places stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ENVIRONMENTS = (
    "equation|align|alignat|gather|multline|eqnarray|flalign|displaymath|dmath|split|aligned|gathered|subequations"
)


@dataclass(frozen=True)
class Found:
    """A formula in a text: where its delimiters begin and end, where its inside begins, its text, its kind."""

    start: int
    end: int
    inside: int
    tex: str
    kind: str
    repairs: tuple[str, ...] = ()


def blank(text: str) -> str:
    """Spaces of the same length; line ends stay."""
    return re.sub(r"[^\n]", " ", text)


_FENCE = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>[^\n`]*)\n(?P<body>.*?)"
    r"(?:^[ \t>]*(?P=fence)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
# fences around prose: MyST's directives
_PROSE = re.compile(
    r"\s*\{(?:note|tip|warning|important|caution|danger|hint|attention|seealso|admonition|topic|sidebar|margin|aside|dropdown"
    r"|details|toggle|tab(?:-\w+)*|grid(?:-\w+)*|card|panels|div|container|quote|epigraph|(?:prf:)?(?:proof|theorem|lemma|definition"
    r"|remark|example|corollary|proposition|algorithm|axiom|property|observation|assumption|conjecture)|exercise|solution)(?:-\w+)*\}"
)
_HIDDEN = re.compile(
    r"<!--.*?-->|<style\b.*?</style>|<script\b(?![^>]*math/tex).*?</script>|<pre\b.*?</pre>|<code\b.*?</code>|<svg\b.*?</svg>",
    re.DOTALL | re.IGNORECASE,
)  # fmt: skip
_CODE = re.compile(r"(?<![`$\\}])(?P<ticks>`+)(?!`)(?P<body>[^\n]*?(?:\n(?!\s*\n)[^\n]*?)?)(?<!`)(?P=ticks)(?!`)")
_FORMULA = re.compile(
    r"(?P<script><script[^>]*math/tex(?P<mode>[^>]*)>(?P<s>.*?)</script>)"
    r"|(?P<ed>\\\$\$(?P<j>[^$\n]+)\$\$)"  # kramdown's inline formula at the beginning of a paragraph
    r"|(?P<dd>(?<!\\)\$\$(?P<a>.+?)\$\$)"
    r"|(?P<kb>\\\\\[(?P<b>.+?)\\\\\])|(?P<br>(?<!\\)\\\[(?P<c>.+?)(?<!\\)\\\])"
    r"|(?P<env>(?P<tex>\\begin\{(?P<name>(?:" + ENVIRONMENTS + r")\*?)\}.+?\\end\{(?P=name)\}))"
    r"|(?P<kp>\\\\\((?P<e>.+?)\\\\\))|(?P<pa>(?<!\\)\\\((?P<f>.+?)(?<!\\)\\\))"
    r"|(?P<tick>\$`(?P<g>[^`]+)`\$)|(?P<role>\{math\}`(?P<h>[^`]+)`)|(?P<rst>:math:`(?P<k>[^`]+)`)"
    r"|(?P<d>(?<![\\$A-Za-z0-9_])\$(?!\$)(?P<i>(?:[^$\\\n]|\\.|\n(?!\s*\n))+?)\$(?![\d$]))",
    re.DOTALL,
)  # fmt: skip
_INSIDE = ("s", "j", "a", "b", "c", "tex", "e", "f", "g", "h", "k", "i")


def markdown(text: str) -> Iterator[Found]:
    """The formulas of a Markdown text."""
    fenced, text = _fences(text)
    yield from fenced
    text = _HIDDEN.sub(lambda m: blank(m[0]), text)
    text = re.sub(r"^[ \t]*(?:>[ \t]?)+", lambda m: blank(m[0]), text, flags=re.MULTILINE)
    text = _CODE.sub(lambda m: m[0] if m["body"].startswith("$") and m["body"].endswith("$") else blank(m[0]), text)
    rest = list(text)
    for f in _delimited(text):
        rest[f.start : f.end] = blank(text[f.start : f.end])
        yield f
    yield from _undelimited("".join(rest))


def _fences(text: str) -> tuple[list[Found], str]:
    """The formulas in math fences, and the text with every fence blanked out; of one around prose, like a note or a
    proof, its first and its last line.
    """
    found: list[Found] = []

    def visit(m: re.Match[str]) -> str:
        info = m["info"].strip().strip("{}").split()[:1]
        if info in (["math"], ["latex math"]):
            body = re.sub(r"^[ \t>]*:\w+:[^\n]*$|^[ \t]*>", lambda k: blank(k[0]), m["body"], flags=re.MULTILINE)
            found.append(Found(m.start(), m.end(), m.start("body"), body, "display"))
        elif m["fence"][0] == ":" or _PROSE.match(m["info"]):
            start, end = (m.start("body") - m.start(), m.end("body") - m.start())
            return blank(m[0][:start]) + m["body"] + blank(m[0][end:])
        return blank(m[0])

    before = ""
    while before != text:  # one fence may stand in another
        before, text = text, _FENCE.sub(visit, text)
    return found, text


def _delimited(text: str) -> Iterator[Found]:
    position = 0
    while (m := _FORMULA.search(text, position)) is not None:
        name = next(n for n in _INSIDE if m[n] is not None)
        tex = m[name]
        if re.search(r"\n[ \t]*\n[ \t]*\n", tex) or (name == "i" and not _plausible(tex)):
            position = m.start() + 1  # an opening sign without its partner
            continue
        display = (
            name in ("b", "c", "tex")
            or (name == "s" and "display" in (m["mode"] or ""))
            or (name == "a" and _alone(text, m.start(), m.end()))
        )
        yield Found(m.start(), m.end(), m.start(name), tex, "display" if display else "inline")
        position = m.end()


def _plausible(tex: str) -> bool:
    """Whether what stands between two dollars is mathematics, and not prose between two prices."""
    if tex[0].isspace() or tex[-1].isspace():
        return bool(re.search(r"[\\_^=]", tex)) and not re.search(
            r"[a-z]{4,} [a-z]{3,} ", re.sub(r"\\text\{[^}]*\}", "", tex)
        )
    return not re.fullmatch(r"\d[\d.,]*[kKMB]?(?:\s.*)?", tex, re.DOTALL) or not re.search(r"[a-zA-Z]{3,}", tex)


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a formula has its lines for itself, up to list markers and punctuation."""
    left = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    right = text[end : len(text) if stop < 0 else stop]
    if "\n" in text[start:end].strip("$ "):
        return True
    return not re.search(
        r"[A-Za-z0-9]{2,}",
        re.sub(r"<[^>]*>|^\s*(?:[-*+]|\d+[.)])\s", "", left) + re.sub(r"<[^>]*>|\{[^}]*\}|\(\d+[a-z]?\)", "", right),
    )


_COMMANDS = re.compile(
    r"\\(?:frac|prod|sum|int|theta|mathbf|mathcal|mathbb|sqrt|bar|alpha|beta|sigma|epsilon|nabla|log|mid|boldsymbol|hat|tilde|lambda|mu|phi|qquad)\b"
)


def _undelimited(text: str) -> Iterator[Found]:
    """Lines of LaTeX that no delimiter encloses."""
    for m in re.finditer(r"^[^\n]+$", text, re.MULTILINE):
        line = m[0]
        if (
            len(_COMMANDS.findall(line)) >= 2
            and "=" in line
            and "$" not in line
            and not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}", line)
        ):
            yield Found(m.start(), m.end(), m.start(), line, "display", ("mathematics outside any delimiter",))


_DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)\.\. math::[ \t]*(?P<first>[^\n]*)\n"
    r"(?P<body>(?:(?:(?P=indent)[ \t]+[^\n]*|[ \t]*)(?:\n|\Z))*)",
    re.MULTILINE,
)


def restructured(text: str) -> Iterator[Found]:
    """The formulas of reStructuredText and of docstrings: directives, roles, and Markdown's delimiters."""

    def visit(m: re.Match[str]) -> str:
        body = re.sub(r"^[ \t]*:\w+:[^\n]*$", lambda k: blank(k[0]), m["body"], flags=re.MULTILINE)
        at = m.start("first") if m["first"].strip() else m.start("body")
        whole = m["first"] + "\n" + body
        for part in re.split(r"\n[ \t]*\n", whole if m["first"].strip() else body):
            if part.strip():
                found.append(
                    Found(
                        m.start(),
                        m.end(),
                        at + max(0, text[at : m.end()].find(part.strip()[:40])),
                        part.strip(),
                        "display",
                    )
                )
        return blank(m[0])

    found: list[Found] = []
    rest = _DIRECTIVE.sub(visit, text)
    yield from found
    yield from _delimited(_HIDDEN.sub(lambda m: blank(m[0]), rest))
