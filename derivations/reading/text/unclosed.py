r"""A bracket that is never closed: where only one is, and it stands in the last side, it is closed where that ends."""

from __future__ import annotations

import re

CLOSED = "a bracket that is never closed is closed at the end"
CLOSING = {"(": ")", "[": "]"}
# what may stand behind the end of the last side
BEHIND = re.compile(
    r"(?:\s|[.,;。，]|\\(?:end|label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag|quad|qquad|[,;!])|\$)*$"
)
RELATIONS = r"sim|approx|le|leq|ge|geq|propto|to|equiv|coloneqq|triangleq|Rightarrow|quad|qquad"
SIDES = re.compile(rf"\\\\|[=<>&~]|\\(?:{RELATIONS})\b")


def closed(tex: str) -> str | None:
    """The text with its one open bracket closed; None where it has none, or more, or where it may end elsewhere."""
    end = BEHIND.search(tex)
    stop = end.start() if end else len(tex)
    opened: list[int] = []
    for k, c in enumerate(tex[:stop]):
        if c in "([" and tex[k - 1 : k] != "\\":
            opened.append(k)
        elif c in ")]" and tex[k - 1 : k] != "\\":
            if not opened:
                return None
            opened.pop()
    if len(opened) != 1 or not _reaches(tex, opened[0], stop):
        return None
    return tex[:stop] + CLOSING[tex[opened[0]]] + tex[stop:]


def _reaches(tex: str, start: int, stop: int) -> bool:
    """Whether what begins here ends there: the braces between are paired, and outside them no other side begins."""
    depth, outside = 0, []
    for k in range(start + 1, stop):
        c = tex[k]
        escaped = tex[k - 1] == "\\"
        depth += (c == "{" and not escaped) - (c == "}" and not escaped)
        if depth < 0:
            return False
        outside.append(c if not depth else " ")
    return depth == 0 and not SIDES.search("".join(outside))


__all__ = ["CLOSED", "closed"]
