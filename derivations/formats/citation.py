"""A BibTeX entry for one formula: its ID, its revision and its address in the book are permanent."""

from __future__ import annotations

import os
import re
import sys
from functools import cache

from derivations.language.entry import Entry

_SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#"}


def bibtex(entry: Entry) -> str:
    """The citation of a formula at its revision, in this version of the distribution."""
    key = f"exegesis:{entry.id}:{entry.revision}"
    formula, place = (f"\\texttt{{{_code(text)}}}" for text in (entry.id, address(entry.id)))
    fields = {
        "title": f"{{{_escaped(entry.title)}}}",
        "author": "{The Exegesis contributors}",
        "howpublished": "Exegesis: a literate derivation checker for the mathematics of diffusion models",
        "version": version(),
        "note": f"Formula {formula}, revision {entry.revision}; in the book, {place}",
    }
    rows = ",\n".join(f"  {name:<12} = {{{text}}}" for name, text in fields.items() if text)
    return f"@misc{{{key},\n{rows}\n}}"


def address(entry_id: str) -> str:
    """The permanent address of a formula, from the root of the book."""
    return f"formulas/{entry_id}.html"


@cache
def version() -> str:
    """The version of the installed distribution; empty when it is not installed.

    Read from the name of its folder: `importlib.metadata` takes longer to load than a formula takes to print.
    """
    for folder in sys.path:
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if name.startswith("exegesis-") and name.endswith(".dist-info"):
                    return name.removeprefix("exegesis-").removesuffix(".dist-info")
    return ""


def _code(text: str) -> str:
    return text.replace("_", r"\_")


def _escaped(text: str) -> str:
    """A title with BibTeX's special characters escaped, its formulas untouched."""
    pieces = re.split(r"(\$[^$]*\$)", text)
    return "".join(p if p.startswith("$") else "".join(_SPECIAL.get(c, c) for c in p) for p in pieces)
