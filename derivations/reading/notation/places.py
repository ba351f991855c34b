"""Where a document says something, and whether what it said before is about the same example.

An author who has another example in mind says so: by a heading, or by a word. Where neither stands between two
statements, the second one speaks of what the first one said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.text.documents import Formula
from derivations.reading.verdict import Judgement

ANEW = re.compile(
    r"\b(?:instead|another|others?|otherwise|alternativ\w*|choos\w+|choices?|chosen|differ\w*|suppose|assum\w+|if|when|"
    r"consider\w*|examples?|cases?|e\.g|for instance|redefin\w*|replac\w+|modif\w+|generali[sz]\w*|special\w*|let us|"
    r"variants?|versions?|rather|unlike|whereas|contrast|sometimes|some authors|convention\w*|approximat\w*|rescal\w*|"
    r"repara\w+|scheme|now (?:let|take|set|we (?:let|take|set))|from now on|set(?:ting)?|tak(?:e|ing)|discreti\w+|"
    r"beispiel|anderer?|stattdessen|wenn|falls|wähl\w+|exemple|autre|plutôt|choisi\w*|ejemplo|otr[ao]|en cambio|"
    r"elegi\w+|si)\b|例|若|如果|另|取|选|選|改|换|別|場合|设|設|考虑|代わり",
    re.IGNORECASE,
)


# what an author says who writes a known thing in another form
REWRITTEN = re.compile(
    r"\b(?:re-?writ\w+|re-?express\w*|in other words|simplif\w+|expand\w*|rearrang\w+|"
    r"can (?:also )?be (?:re)?written|umschreib\w*|réécri\w+|reescrib\w+)\b|改写|化简|整理|書き換え|言い換え",
    re.IGNORECASE,
)

# what an author says who draws a conclusion
CONCLUDED = re.compile(
    r"\b(?:so that|so|hence|thus|therefore|giv(?:es|ing)|yield(?:s|ing)|satisf(?:ies|ying)|we (?:have|see)|note that|"
    r"implies|indeed|clearly|consequently|sodass|daher|also gilt|donc|ainsi|por lo tanto)\b|"
    r"因此|所以|于是|故|よって|したがって",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """A place in a document: how many headings stand before it, the words right before it, its line and formula, and
    the text of the document.
    """

    headings: tuple[int, ...]
    before: str
    line: int
    tex: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """An equation of the document, as it was read, and where it stands."""

    left: Term
    right: Term
    place: Place


@dataclass
class Places:
    """Where the formula at hand stands, where names were given their meanings, and what was said of states."""

    here: Place | None = None
    said: dict[Term, Place] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    spreads: dict[Term, Term] = field(default_factory=dict)  # the variances of noises that are not 1

    def apart(self) -> Places:
        """The same places, in which further ones leave these as they are."""
        return Places(self.here, dict(self.said), list(self.heard), dict(self.spreads))

    def at(self, formula: Formula, text: str) -> None:
        """Go on to a formula of a text; of a notebook, whose lines are those of a cell, nothing is known."""
        place = Place(formula.headings, formula.before[-120:], formula.line, formula.tex, text)
        self.here = None if formula.cell is not None else place

    def note(self, name: Term) -> None:
        """Keep that a name is given its meaning here."""
        if self.here is not None:
            self.said[name] = self.here

    def hear(self, left: Term, right: Term, found: Judgement) -> Judgement:
        """Keep what is said of a vector or of a Gaussian density, where it is not refuted; the verdict as it is."""
        stated = right.op == "normal" or (left.op in ("app", "sym") and not is_scalar(left))
        if stated and found.verdict != "refuted" and self.here is not None:
            self.heard.append(Heard(left, right, self.here))
        return found

    def near(self) -> Iterator[Heard]:
        """What was said in the example of the formula at hand, the latest first."""
        return (h for h in reversed(self.heard) if h.place != self.here and self.is_near(h.place))

    def one_example(self, name: Term) -> bool:
        """Whether a name was given its meaning in the example of the formula at hand."""
        return self.is_near(self.said.get(name))

    def rewritten(self, name: Term) -> bool:
        """Whether the words right before the formula at hand say that it is another form of what a name means, which
        got its meaning under the same heading.
        """
        earlier, now = self.said.get(name), self.here
        if earlier is None or now is None or earlier.headings != now.headings or earlier == now:
            return False
        return bool(REWRITTEN.search(_sentence(now)))

    def concludes(self) -> bool:
        """Whether the words right before the formula at hand draw a conclusion."""
        return self.here is not None and bool(CONCLUDED.search(_sentence(self.here)))

    def is_near(self, earlier: Place | None) -> bool:
        """Whether a place is under the heading of the formula at hand, with no word between them that begins something
        else.
        """
        now = self.here
        if earlier is None or now is None or earlier.headings != now.headings or earlier.line > now.line:
            return False
        between = "\n".join(_lines(now.text)[earlier.line - 1 : now.line])
        start, end = (between.find(p.tex.split("\n")[0]) for p in (earlier, now))
        return not ANEW.search(between[max(start, 0) : end if end > start else len(between)])


def _sentence(place: Place) -> str:
    """The beginning of the sentence in which a formula stands."""
    return re.split(r"[.!?]\s|\n\s*\n", place.before.rstrip(" $\n"))[-1]


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return text.split("\n")


__all__ = ["Heard", "Place", "Places"]
