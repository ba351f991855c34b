"""What a document declares of its notation: a few lines of front matter, or a file beside it.

    notation: ddim
    vectors: [a, b]
    scalars: [x]
    functions: [h]

A tiny strict reader: keys with a word or a list of words. Front matter of other tools is left alone: only these keys
under `derive:` or `exegesis:` count there. A file may hold the keys alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from derivations.errors import RequestError
from derivations.reading.notation.worlds import WORLDS
from derivations.reading.terms.signature import Signature

KEYS = ("notation", "vectors", "scalars", "functions")
_LINE = re.compile(r"(?P<indent>\s*)(?P<key>[A-Za-z_-]+)\s*:\s*(?P<value>[^#]*?)\s*(?:#.*)?")


@dataclass(frozen=True)
class Declaration:
    """The name of a notation ("" to infer it), and what names are."""

    notation: str = ""
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def applied(self, signature: Signature) -> Signature:
        """The signature with what is declared."""
        return replace(
            signature,
            vectors=signature.vectors - set(self.names.get("scalars", ())) | set(self.names.get("vectors", ())),
            scalars=signature.scalars | set(self.names.get("scalars", ())),
            functions=signature.functions | set(self.names.get("functions", ())),
        )


def declaration(front: str) -> Declaration:
    """What the front matter of a document declares under `derive:` or `exegesis:`."""
    inside, lines = False, []
    for line in front.split("\n"):
        if re.match(r"(derive|exegesis)\s*:\s*(#.*)?$", line):
            inside = True
        elif inside and line.strip() and not line[0].isspace():
            inside = False
        elif inside:
            lines.append(line)
    return parsed("\n".join(lines), "the front matter")


def parsed(text: str, where: str) -> Declaration:
    """The keys of a declaration. Raises RequestError for anything else."""
    notation, names = "", {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        m = _LINE.fullmatch(line)
        if m is None or m["key"] not in KEYS:
            raise RequestError(f"{where}, line {number}: expected one of {', '.join(KEYS)}, got {line.strip()!r}")
        values = tuple(v.strip().strip("\"'").lstrip("\\") for v in m["value"].strip("[]").split(",") if v.strip())
        if m["key"] == "notation":
            notation = values[0] if values else ""
        else:
            names[m["key"]] = values
    return Declaration(notation, names)


def notation_of(argument: str) -> str | Declaration:
    """What `--notation` names: a notation, or a file that declares one. Raises RequestError."""
    if not argument or argument in WORLDS:
        return argument
    path = Path(argument)
    try:
        return parsed(path.read_text(encoding="utf-8"), argument)
    except (OSError, UnicodeDecodeError):
        known = ", ".join(WORLDS)
        raise RequestError(f"there is no notation {argument!r}, nor a file of that name; there are {known}") from None
