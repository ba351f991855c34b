"""The audit of a document: every formula that claims something, judged in order, in the notation that fits it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from derivations.errors import RequestError
from derivations.reading import branches, prose, sections
from derivations.reading.dynamics import drifts
from derivations.reading.equations import allowance, lints
from derivations.reading.equations.choosing import CHOSEN_HERE
from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.equations.scales import UNITS, Scales
from derivations.reading.judge import Judge
from derivations.reading.notation import angles, functions, numbered, ranges
from derivations.reading.notation.candidates import OF_STEPS, Read, candidates, mixed, names_of
from derivations.reading.notation.declaration import Declaration, declaration
from derivations.reading.notation.designs import conventional, defines_levels, defines_path, title
from derivations.reading.notation.inferred import inferred
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import TRUE
from derivations.reading.notation.worlds import CHAINS, WORLDS, World
from derivations.reading.restated import Restated
from derivations.reading.rows import read
from derivations.reading.sections import WHOLE, Sections
from derivations.reading.terms import continued, moments
from derivations.reading.terms.signature import DENSITIES, Signature, key_of
from derivations.reading.terms.statements import claims, statements
from derivations.reading.text import documents
from derivations.reading.text.documents import Document, Formula
from derivations.reading.text.macros import common
from derivations.reading.text.syntax import Row, leaves, show
from derivations.reading.text.unclosed import CLOSED
from derivations.reading.verdict import VERDICTS, Judgement

MAX_FORMULAS = 4_000
BEHIND = 3  # how many formulas behind one may explain its names
SCHEDULED = frozenset({"alpha", "beta"})


@dataclass(frozen=True)
class Equation:
    """A formula of a document, the verdict on it, and the notation of its chapter where that is not the document's."""

    formula: Formula
    judgement: Judgement
    repairs: tuple[str, ...] = ()
    lints: tuple[str, ...] = ()
    notation: str = ""

    def data(self) -> dict[str, Any]:
        """The equation as plain data; see the page on `derive audit` for what each key means."""
        j = self.judgement
        left, right = j.values or ("", "")
        out: dict[str, Any] = {
            "line": self.formula.line, "tex": self.formula.tex, "kind": self.formula.kind, "verdict": j.verdict,
            "formula": j.formula, "message": j.message, "reading": j.reading,
            "witness": None if not j.witness else {"at": dict(j.witness), "left": left, "right": right},
        }  # fmt: skip
        if self.repairs:
            out["repairs"] = list(self.repairs)
        if self.lints:
            out["lints"] = list(self.lints)
        if self.notation:
            out["notation"] = self.notation
        if self.formula.cell is not None:
            out["cell"] = self.formula.cell
        return out


@dataclass
class Audit:
    """The audit of one document: its equations, the notation it was read in, and how many formulas only name things."""

    file: str
    notation: str
    equations: list[Equation] = field(default_factory=list)
    mentions: int = 0
    text: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many equations have each verdict, undecided and unread first."""
        count = Counter(e.judgement.verdict for e in self.equations)
        order = ("undecided", "unread", "refuted", "convention", "proved", "definition")
        return {v: count[v] for v in order}

    def data(self) -> dict[str, Any]:
        """The audit as plain data."""
        counts: dict[str, Any] = {**self.counts, "equations": len(self.equations), "mentions": self.mentions}
        return {
            "file": self.file,
            "notation": self.notation,
            "equations": [e.data() for e in self.equations],
            "counts": counts,
        }


def audit_file(path: Path, notation: str | Declaration = "") -> Audit:
    """The audit of a file. Raises RequestError when it cannot be read."""
    return audit(documents.load(path), notation)


def audit_text(text: str, suffix: str = ".md", notation: str | Declaration = "", name: str = "<text>") -> Audit:
    """The audit of a text."""
    return audit(documents.document(text, name, suffix), notation)


def audit(doc: Document, notation: str | Declaration = "") -> Audit:
    """The audit of a document in a notation by name, in the one that its front matter declares, or in the one that fits
    it best. Raises RequestError for a notation that does not exist.
    """
    settings = notation if isinstance(notation, Declaration) else declaration(doc.front)
    notation = notation if isinstance(notation, str) and notation else settings.notation
    if notation and notation not in WORLDS:
        raise RequestError(f"{doc.name}: there is no notation {notation!r}; there are {', '.join(WORLDS)}")
    return prepared(doc, settings, notation).audit()


def prepared(doc: Document, settings: Declaration, notation: str = "", trying: bool = True) -> Reading:
    """The formulas of a document, read, and the notation that fits it best; without trying, the likeliest one."""
    macros = {**common(), **doc.macros}
    reads = [read(f, macros) for f in doc.formulas[:MAX_FORMULAS]]
    letters = numbered.counted([r.row for r in reads])
    reads = [replace(r, row=numbered.relabelled(r.row, letters)) for r in reads] if letters else reads
    reads = [replace(r, row=row) for r, row in zip(reads, functions.written([r.row for r in reads]), strict=True)]
    if angles.is_angle([r.row for r in reads]):
        reads = [replace(r, row=angles.named(r.row)) for r in reads]
    signature = spoken(doc, reads, settings)
    worlds = [WORLDS[notation]] if notation else candidates(reads)

    def attempt(part: list[Read], world: World) -> list[Equation]:
        return Reading(doc, part, world, signature, hints=False).audit().equations

    best, chosen, whole = -math.inf, worlds[0], list[Equation]()
    for world in worlds if trying and (len(worlds) > 1 or sections.strange(reads, worlds[0])) else ():
        found = attempt(reads, world)
        if sections.score(found) > best:
            best, chosen, whole = sections.score(found), world, found
        if not sections.refuted(found):
            break
    apart = sections.apart(reads, chosen, whole, attempt) if whole else WHOLE
    out = Reading(doc, reads, chosen, signature, apart=apart)
    out.declared = out.judge.notation.settled = bool(notation)
    drawn = ranges.ends([r.row for r in reads])

    def alone(part: list[Read], world: World) -> Reading:
        own = "eps" in names_of(part)  # a noise by another name, beside which an end may be data
        return Reading(doc, part, world, replace(spoken(doc, part, settings), drawn=set() if own else drawn), False)

    out.restated = Restated(reads, alone)
    return out


def spoken(doc: Document, reads: Sequence[Read], settings: Declaration) -> Signature:
    """What is known of the names of some formulas of a document: by its way of writing, and as it declares."""
    rows = [r.row for r in reads]
    out = inferred(rows, doc.text)
    out.scalars |= drifts.numbers(rows)
    return settings.applied(out)


def beyond(doc: Document) -> list[Equation]:
    """The formulas of a document past the most that are read, each unread."""
    said = f"a document has at most {MAX_FORMULAS} formulas, and this is one more; split the document"
    return [Equation(f, Judgement("unread", message=said)) for f in doc.formulas[MAX_FORMULAS:]]


class Reading:
    """One passage through a document, formula by formula, in its notation; without hints it is quick and says less."""

    def __init__(
        self,
        doc: Document,
        reads: list[Read],
        world: World,
        signature: Signature,
        hints: bool = True,
        apart: Sections = WHOLE,
    ) -> None:
        self.doc, self.reads, self.world, self.apart = doc, reads, world, apart
        self.signature, self.chapters = signature, dict[tuple[str, bool], Reading]()
        self.judge = Judge(Notation(world, names=names_of(reads)), replace(signature), hints=hints)
        self.judge.alone = len(doc.formulas) == 1
        self.judge.notation.ranges.update(dict.fromkeys(signature.normalisers, "positive"))
        self.judge.noises = (self.judge.noises | signature.drawn) - signature.undrawn
        rows = [r.row for r in reads]
        self.two_times = any(map(drifts.in_continuous_time, rows)) and any(map(drifts.in_steps, rows))
        self.judge.notation.told = any(defines_levels(r.row) for r in reads)
        self.last = ""  # the ID of the last display that was judged
        self.asked = ""  # the last inline formula, where it is open: its sentence may ask for it
        self.tails = continued.Tails()
        self.path: Judge | None = None  # the judge of a path like x_t = (1-t) x_0 + t eps, once the document has one
        self.scales = {unit: Scales(unit) for unit in UNITS}
        self.restated: Restated | None = None  # of a document that is read as a whole
        self.said: dict[int, Equation] = {}  # what has been said of its formulas so far
        self.declared = False  # whether the document says in what notation it is, or its reader
        self.steps = False  # whether it says of what its steps are made, as its notation does
        self.levels: Judge | None = None  # and of a state alpha_t x_0 + sigma_t eps beside a chain of steps

    def _judge(self, row: Row) -> Judge:
        """Who judges a formula: of a document with a path or with levels beside a noise schedule, the formulas that do
        not mention the schedule are about those.
        """
        if self.world.state is None:
            return self.judge
        if self.path is None and defines_path(row):
            self.path = self._beside("plain")
        if self.levels is None and self.world.name in CHAINS and defines_levels(row):
            self.levels = self._beside("levels")
        names = {key_of(i) for i in leaves(row) if i.kind == "name"}
        if self.levels is not None and "sigma" in names and not names & {"alpha_bar", "beta"}:
            return self.levels
        return self.judge if self.path is None or any(n.split("_")[0] in SCHEDULED for n in names) else self.path

    def _beside(self, world: str) -> Judge:
        """A judge in another notation, who knows what the first one knows of the names."""
        notation = Notation(WORLDS[world], names=self.judge.notation.names)
        notation.told, notation.places = world == "levels", self.judge.notation.places
        out = Judge(notation, self.judge.signature, self.judge.noises, "", self.judge.seen, self.judge.hints)
        out.alone = self.judge.alone
        return out

    def audit(self) -> Audit:
        """Every formula in turn."""
        out = Audit(self.doc.name, self.world.name, text=self.doc.text)
        for r in self.reads:
            e = self.equation(r)
            if e is None:
                out.mentions += 1
            else:
                out.equations.append(e)
        out.equations += beyond(self.doc)
        return out

    def equation(self, r: Read) -> Equation | None:
        """The verdict on one formula; None for one that only names something."""
        with allowance.of_a_formula():
            e = self._equation(r)
        if e is None or self.restated is None or CLOSED in r.repairs:
            return e
        self.said[id(r.formula)] = e
        if e.judgement.verdict not in ("refuted", "undecided"):
            return e
        return replace(e, judgement=self.restated.judged(r, e.judgement, self.said))

    def _equation(self, r: Read) -> Equation | None:
        world = self.apart.world(r.formula)
        if world is not None:
            e = self._chapter(world).equation(r)
            return None if e is None else replace(e, notation=world.name)
        display = r.formula.kind == "display"
        if continued.goes_on(r.row):
            return self._continuation(r, display)
        self.tails.begin(r.row, display)
        if r.error is not None:
            if not display and not re.search(r"=|\\approx|\\sim|<|>|\\le|\\ge", r.formula.tex):
                return None
            return Equation(r.formula, Judgement("unread", message=str(r.error)), r.repairs)
        if not r.row or not claims(r.row):
            self.judge.mention(r.row)
            return None
        spoken = None if display else prose.judge(r.row, r.formula.before, r.formula.after, self.last)
        judge = self._judge(r.row)
        judge.notation.places.at(r.formula, self.doc.text)
        judgement = spoken or self._at_a_moment(r, judge) or branches.judged(judge, r.row, display, r.formula.before)
        if judgement.verdict == "undecided" and self._explained(r, judge):
            judgement = branches.judged(judge, r.row, display, r.formula.before)
        of_steps = not judgement.formula.startswith(("sde.", "pfode.", "langevin."))
        if judgement.verdict == "refuted" and of_steps and judge is self.judge and judge.hints:
            judgement = self._elsewhere(r, display) or judgement
        if judgement.verdict == "refuted" and judge is not self.judge:
            judgement = self._of_the_chain(r, judge, display) or judgement
        said = self._doubt(r, judgement, of_steps) if judgement.verdict == "refuted" else ""
        judgement = Judgement("undecided", judgement.formula, said, judgement.reading) if said else judgement
        stated = judge is self.judge and judgement.verdict in ("definition", "proved")
        self.steps |= stated and judgement.formula in OF_STEPS
        found = tuple(lints.lints(self.scales, judge.read, judgement.verdict)) if self.judge.hints else ()
        self.judge.mention(r.row)
        defined = judgement.verdict == "definition" and judgement.formula in DEFINITIONS
        if (judgement.verdict == "proved" or defined) and judge is self.judge and conventional(r.row, self.world):
            message = f"true in another notation: {title(self.world)}"
            judgement = replace(judgement, verdict="convention", message=message)
        if display and judgement.verdict != "definition":
            self.last = judgement.formula
        open_ = judgement.verdict == "undecided" or (CHOSEN_HERE in judgement.message and prose.is_value(r.formula.tex))
        self.asked = r.formula.tex if open_ and not display else ""
        return Equation(r.formula, judgement, r.repairs, found)

    def _doubt(self, r: Read, found: Judgement, of_steps: bool) -> str:
        """Why what stands around a formula that fails leaves it open; "" without a reason."""
        if prose.loosened(r.formula.before, r.formula.after):
            return "it fails as an equation, and its sentence says that it leaves something out or takes it back"
        if CLOSED in r.repairs:
            return f"it fails with its open bracket closed at the end, which may belong elsewhere: {found.message}"
        if of_steps and self.two_times and drifts.in_continuous_time(r.row):
            return "alpha(t) may be a function of continuous time, and another one than the alpha of the steps"
        return prose.UNDER if prose.stands_under(self.asked, r.formula.before) else ""

    def _chapter(self, world: World) -> Reading:
        """The passage through the chapters that are written in a notation of their own."""
        key = (world.name, world.deviation)
        if key not in self.chapters:
            part = [r for r in self.reads if self.apart.world(r.formula) == world]
            self.chapters[key] = Reading(self.doc, part, world, self.signature, self.judge.hints)
        return self.chapters[key]

    def _elsewhere(self, r: Read, display: bool) -> Judgement | None:
        """No accusation where a formula is true in another notation than the one in which the document is read, unless
        it was asked to be read so: many a document changes its notation on the way. One letter alone is a slip, and
        so is what fails by the document's own definitions, which another notation does not know.
        """
        for world in () if self.declared else mixed(self.world, r.row, self.steps):
            found = self._fresh(r, world.name, display)
            if found.verdict in TRUE or (found.verdict, found.formula) == ("definition", "conv.ddpm"):
                if self._fresh(r, self.world.name, display).verdict in TRUE:
                    return None
                said = f"it fails in the notation of the document, and is true in another one: {world.title}"
                return Judgement("undecided", found.formula, said, found.reading)
        return None

    def _fresh(self, r: Read, world: str, display: bool) -> Judgement:
        """The verdict on a formula in a notation, by nothing that the document has defined."""
        judge = self._beside(world)
        judge.hints = False
        return branches.judged(judge, r.row, display, r.formula.before)

    def _of_the_chain(self, r: Read, judge: Judge, display: bool) -> Judgement | None:
        """No accusation where what is false of a path or of levels beside the chain of steps is said of the chain."""
        other = branches.judged(self.judge.apart(), r.row, display, r.formula.before)
        known = ("proved", "convention", "definition") if judge is self.levels else ("proved", "convention")
        return other if other.verdict in known else None

    def _at_a_moment(self, r: Read, judge: Judge) -> Judgement | None:
        """The verdict on a formula that the words before it say of one moment, like t = 0; None for any other."""
        said = moments.condition(r.formula.before)
        value = moments.moment(read(replace(r.formula, tex=said), {}).row) if said else None
        return None if value is None else branches.at_a_moment(judge, r.row, value, r.formula.kind == "display")

    def _explained(self, r: Read, judge: Judge) -> bool:
        """Take in the definitions right behind a formula, "where h = ...", of names that stand in it."""
        open_ = {key_of(i) for i in leaves(r.row) if i.kind == "name"} - judge.seen
        at = next((k for k, other in enumerate(self.reads) if other is r), len(self.reads))
        fresh = _spelled(r.row) - {name for other in self.reads[:at] for name in _spelled(other.row)}
        taken = False
        for after in self.reads[at + 1 : at + 1 + BEHIND]:
            found = [s.sides[0] for s in statements(after.row) if s.relations in (("=",), (":=",))]
            new = any(key_of(left[0]) in open_ for left in found if len(left) == 1)
            called = [left for left in found if len(left) == 2 and left[1].kind == "bracket"]
            called = [left for left in called if left[0].text not in DENSITIES]  # a law is not put in for its density
            new = new or any(_spelled(left[:1]) & fresh for left in called)
            if after.formula.kind == "inline" and new and not moments.condition(after.formula.before):
                taken |= judge.formula(after.row, False, after.formula.before).verdict == "definition"
        return taken

    def _continuation(self, r: Read, display: bool) -> Equation | None:
        """The verdict on a formula that begins with a relation: with the side before it, and without it where that side
        may be another one.
        """
        before, alone = self.tails.sides.get(r.formula.kind, ()), continued.without_beginning(r.row)
        before = before if display or not continued.apart(r.formula.before) else ()
        behind = before if continued.is_state(before) else alone[:1]
        self.tails.note(continued.joined(behind, r.row), display)
        said = "it goes on from a formula that is not known"
        if before:
            whole = self._from(before, r)
            self.tails.note(continued.joined(behind, r.row), display)
            if whole is None or whole.judgement.verdict != "refuted" or continued.adjacent(r.formula.before):
                return whole
            said = f"it differs from the formula before, if it goes on from that: {whole.judgement.message}"
        if claims(alone):
            return self.equation(replace(r, row=alone))
        return Equation(r.formula, Judgement("undecided", message=said), r.repairs) if display else None

    def _from(self, before: Row, r: Read) -> Equation | None:
        """The verdict on a line with the side before it, or with the one before a line that does not follow."""
        sound = self.tails.sound
        whole = self.equation(replace(r, row=continued.joined(before, r.row)))
        if whole is not None and whole.judgement.verdict == "refuted":
            other = self.equation(replace(r, row=continued.joined(sound, r.row))) if sound else None
            sound = sound or before
            if other is not None and other.judgement.verdict in TRUE:
                whole = replace(other, judgement=replace(other.judgement, message=continued.RESUMED))
        self.tails.sound = sound
        return whole


def _spelled(row: Row) -> set[tuple[str, str]]:
    """The names of a formula with what stands below them."""
    return {(key_of(i), show(i.sub)) for i in leaves(row) if i.kind == "name"}


__all__ = ["VERDICTS", "Audit", "Equation", "audit", "audit_file", "audit_text"]
