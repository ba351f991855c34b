"""Where a document says something, and whether what it said before is about the same example.

An author who has another example in mind says so: by a heading, or by a word. Where neither stands between two
statements, the second one speaks of what the first one said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from derivations.kernel.terms import Term
from derivations.reading.text.documents import Formula

ANEW = re.compile(
    r"\b(?:instead|another|others?|otherwise|alternativ\w*|choos\w+|choices?|chosen|differ\w*|suppose|assum\w+|if|when|"
    r"consider\w*|examples?|cases?|e\.g|for instance|redefin\w*|replac\w+|modif\w+|generali[sz]\w*|special\w*|let us|"
    r"variants?|versions?|rather|unlike|whereas|contrast|sometimes|some authors|convention\w*|approximat\w*|rescal\w*|"
    r"repara\w+|scheme|now (?:let|take|set|we (?:let|take|set))|from now on|set(?:ting)?|tak(?:e|ing)|discreti\w+|"
    r"beispiel|anderer?|stattdessen|wenn|falls|wähl\w+|exemple|autre|plutôt|choisi\w*|ejemplo|otr[ao]|en cambio|"
    r"elegi\w+|si)\b|例|若|如果|另|取|选|選|改|换|別|場合|设|設|考虑|代わり",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """A place in a document: how many headings stand before it, its line, and the text of the document."""

    headings: tuple[int, ...]
    line: int
    text: str


@dataclass
class Places:
    """Where the formula at hand stands, and where names were given their meanings."""

    here: Place | None = None
    said: dict[Term, Place] = field(default_factory=dict)

    def apart(self) -> Places:
        """The same places, in which further ones leave these as they are."""
        return Places(self.here, dict(self.said))

    def at(self, formula: Formula, text: str) -> None:
        """Go on to a formula of a text; of a notebook, whose lines are those of a cell, nothing is known."""
        self.here = None if formula.cell is not None else Place(formula.headings, formula.line, text)

    def note(self, name: Term) -> None:
        """Keep that a name is given its meaning here."""
        if self.here is not None:
            self.said[name] = self.here

    def one_example(self, name: Term) -> bool:
        """Whether a name was given its meaning in the example of the formula at hand."""
        return self.is_near(self.said.get(name))

    def is_near(self, earlier: Place | None) -> bool:
        """Whether a place is under the heading of the formula at hand, with no word between them that begins something
        else.
        """
        now = self.here
        if earlier is None or now is None or earlier.headings != now.headings or earlier.line > now.line:
            return False
        return not ANEW.search("\n".join(now.text.split("\n")[earlier.line - 1 : now.line]))


__all__ = ["Place", "Places"]
