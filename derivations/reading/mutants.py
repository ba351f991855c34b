"""Single-token mistakes in LaTeX: each is one that authors make, planted in a formula that was proved.

A mutant that says the same as the original is no mistake: the author of a mistake changes the meaning. Which mutants
are equivalent is not decided here; what is proved of a mutant is counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from derivations.reading.audit import Reading
from derivations.reading.notation.candidates import Read
from derivations.reading.rows import read
from derivations.reading.text.macros import common
from derivations.reading.verdict import Judgement

# one half as a factor: what stands behind it is no sign, and a dot between the two goes with it
HALF = r"\\(?:tfrac|frac)(?:\{1\}\{2\}|12)(?!\s*(?:\\,\s*)?(?:[-+=})\]]|\\right|$))(?:(?:\\,|\s)*\\cdot(?![a-zA-Z]))?"
# what is found, what takes its place, the kind of mistake
SLIPS: tuple[tuple[str, str, str], ...] = (
    (r"(?<![\w\\])t\s*-\s*1(?!\w)", "t", "index"), (r"(\\(?:bar\{\\alpha\}|bar\\alpha|tilde\\beta|alpha|beta|sigma))_(?:t(?!\w)|\{t\})", r"\1_{t-1}", "index"),
    (r"\\bar\{\\alpha\}", r"\\alpha", "bar"), (r"\\bar\\alpha", r"\\alpha", "bar"), (r"(?<!\\bar\{)(?<!\\bar)\\alpha_", r"\\bar{\\alpha}_", "bar"),
    (r"\\sqrt\{((?:[^{}]|\{[^{}]*\})*)\}", r"{(\1)}", "root"), (r"(?<=[\s(\{=,])1\s?-\s?(?=\\)", "1+", "sign"), (r"(?<=[\s}\]I)\w])\s\+\s(?=\\)", " - ", "sign"),
    (r"(?<=[}\]I)])\s-\s(?=\\)", " + ", "sign"), (r"=\s*-\s*\\", r"= \\", "sign"),
    (r"(?<!\\bar)(?<!\\bar\{)\\alpha_(?:t(?!\w)|\{t\})", r"\\beta_t", "letter"), (r"(?<!\\tilde)(?<!\\tilde\{)\\beta_(?:t(?!\w)|\{t\})", r"\\alpha_t", "letter"),
    (r"(x\}?)_(?:0|\{0\})", r"\1_t", "state"), (r"(?<![\w\\])(t|i|s)=2(?=\})", r"\1=1", "limits"), (r"(?<![\w\\])(t|i|s)=1(?=\}\^)", r"\1=2", "limits"),
    (HALF, "", "factor"), (r"\^(?:2|\{2\})", "", "square"), (r"\\sqrt\{2", r"\\sqrt{", "factor"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed formula: the kind of mistake, the verdict on it, and why."""

    tex: str
    kind: str
    verdict: str = ""
    message: str = ""


def mutants(tex: str) -> Iterator[Mutant]:
    """Every single slip in a formula, each once."""
    seen = {_bare(tex)}
    for pattern, instead, kind in SLIPS:
        for m in re.finditer(pattern, tex):
            changed = tex[: m.start()] + m.expand(instead) + tex[m.end() :]
            if _bare(changed) not in seen:
                seen.add(_bare(changed))
                yield Mutant(changed, kind)


def _bare(tex: str) -> str:
    """The formula without spaces and needless braces, so that no mistake is counted twice."""
    return re.sub(r"_\{(\w)\}", r"_\1", "".join(tex.split()))


def judged(reading: Reading) -> Iterator[tuple[Read, list[Mutant]]]:
    """Every proved formula of a document with its mutants, each judged in its place, as if it stood there."""
    macros = {**common(), **reading.doc.macros}
    for r in reading.reads:
        kept = list(reading.judge.notation.own), dict(reading.judge.notation.stated), reading.last
        e = reading.equation(r)
        if e is None or e.judgement.verdict not in ("proved", "convention"):
            continue
        after = list(reading.judge.notation.own), dict(reading.judge.notation.stated), reading.last
        out = []
        for mutant in mutants(r.formula.tex):
            _restore(reading, kept)
            changed = copy(r.formula)
            object.__setattr__(changed, "tex", mutant.tex)
            found = reading.equation(read(changed, macros))
            judgement = found.judgement if found else Judgement("unread", message="it is no equation")
            out.append(Mutant(mutant.tex, mutant.kind, judgement.verdict, judgement.message))
        _restore(reading, after)
        yield r, out


def _restore(reading: Reading, state: tuple[list, dict, str]) -> None:
    reading.judge.notation.own, reading.judge.notation.stated = list(state[0]), dict(state[1])
    reading.last = state[2]
