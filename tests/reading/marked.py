"""Notes with marks: a formula right behind a comment `false` is a planted mistake, every other one is true."""

import json
import re
from functools import cache
from pathlib import Path

from derivations.reading import audit_file

NOTES = Path(__file__).parent / "notes"
ADVERSARIAL = Path(__file__).parent / "adversarial"
MARK = re.compile(r"(<!--|%) false")
OPENING = re.compile(r"\s*(\$\$|\\begin\{(equation|align)\*?\}|\\\[)?\s*")


def lines_of(path, equation):
    """The lines in which an equation stands: of the file, or of its cell."""
    text = path.read_text()
    if equation.formula.cell is None:
        return text.split("\n")
    return "".join(json.loads(text)["cells"][equation.formula.cell - 1]["source"]).split("\n")


def planted(path, equation):
    """Whether the line before a displayed equation marks it as false."""
    for line in reversed(lines_of(path, equation)[: equation.formula.line - 1]):
        if MARK.search(line):
            return True
        if not OPENING.fullmatch(line):
            return False
    return False


def waits(equation):
    """Whether a verdict waits for a chapter: it would be proved if the book proved the ID that it names."""
    return "which the book does not prove yet" in equation.judgement.message


@cache
def audited(path):
    """The audit of a note, and its equations as (planted, verdict, equation)."""
    audit = audit_file(path)
    return audit, [(planted(path, e), e.judgement.verdict, e) for e in audit.equations]
