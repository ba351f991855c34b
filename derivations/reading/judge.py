"""The judge: one statement in one notation, and its verdict.

Each kind of statement has its own way: an equation is a closed identity once what is known is unfolded; a sum with
noise is compared as a law; a name that nothing is known of is defined by its equation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading import laws
from derivations.reading.compare import Answer, equal
from derivations.reading.coordinates import walk
from derivations.reading.elaborate import Elaborator
from derivations.reading.notation import Notation, current_index, with_noise
from derivations.reading.signature import Signature
from derivations.reading.statements import Statement, integers, statements
from derivations.reading.syntax import Row, UnreadError, show
from derivations.reading.unfolding import Unfolder, canonical
from derivations.reading.verdict import Judgement, summed

SETTINGS = {"in", "<<", ">>", "->", "perp", "not in"}
NOISES = frozenset({"eps", "xi"})


@dataclass
class Judge:
    """Judges the formulas of one document in their order, in one notation."""

    notation: Notation
    signature: Signature = field(default_factory=Signature)
    noises: set[str] = field(default_factory=lambda: set(NOISES))

    def formula(self, row: Row, display: bool = True) -> Judgement:
        """The verdict on a whole formula."""
        found = statements(row)
        names = integers(row)
        for s in found:
            self._declare_noise(s)
        return summed([self.statement(s, names, display) for s in found if s.relations or len(found) == 1])

    def _declare_noise(self, s: Statement) -> None:
        """eps ~ N(0, I) makes a noise of its name."""
        if s.relations == ("~",) and len(s.sides[0]) == 1 and show(s.sides[1]).replace(" ", "") in ("calN(0,I)", "calN(0,1)"):
            self.noises.add({"epsilon": "eps"}.get(s.sides[0][0].text, s.sides[0][0].text))

    def statement(self, s: Statement, names: frozenset[str], display: bool) -> Judgement:
        """The verdict on one statement."""
        try:
            return self._statement(s, names, display)
        except UnreadError as reason:
            return Judgement("unread", message=str(reason), reading=s.text)
        except RecursionError:
            return Judgement("undecided", message="nested too deeply", reading=s.text)

    def _statement(self, s: Statement, names: frozenset[str], display: bool) -> Judgement:
        kinds = set(s.relations)
        if not kinds:
            self._read(s.sides[0], names)
            return Judgement("undecided", message="it states nothing: there is no relation", reading=s.text)
        if kinds & SETTINGS or not display and kinds <= {"<", "<=", ">", ">=", "!="}:
            return Judgement("definition", message="a setting", reading=s.text)
        if kinds <= {"=", ":=", "<-"}:
            return self._chain(s, names)
        if kinds == {"~"}:
            return Judgement("definition", message="the law of a name", reading=s.text)
        return Judgement("undecided", message=f"a relation that is not decided: {' '.join(sorted(kinds))}", reading=s.text)

    def _read(self, row: Row, names: frozenset[str]) -> Term:
        """A side as a term: vectors as vectors, or in one dimension when that is the only way to read it."""
        el = Elaborator(self.signature, names)
        t = el.expr(row)
        el.settle(row)
        return canonical(self.notation.renamed(t))

    def _chain(self, s: Statement, names: frozenset[str]) -> Judgement:
        """A chain of equations, link by link."""
        terms = [self._read(side, names) for side in s.sides]
        reading = " = ".join(plain(t) for t in terms)
        links = [self.link(a, b, r == ":=") for a, b, r in zip(terms, terms[1:], s.relations, strict=False)]
        bad = next((k for k, j in enumerate(links) if j.verdict == "refuted"), None)
        out = summed(links)
        where = f"step {bad + 1} of {len(links)}: " if bad is not None and len(links) > 1 else ""
        return Judgement(out.verdict, out.formula, where + out.message, reading, out.witness, out.values)

    def link(self, lhs: Term, rhs: Term, defining: bool) -> Judgement:
        """One equation."""
        named = lhs.op in ("app", "sym")
        if named and not self.notation.knows(lhs) and lhs.args[0] not in {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}:
            return self._defined(lhs, rhs)
        current = current_index((lhs, rhs))
        unfold = self.notation.unfolder(current)
        a, b = self._unfolded(unfold, current, lhs, rhs)
        answer = self._compare(a, b)
        id_ = next(iter(unfold.used), "")
        if answer.status == "proved":
            kind = "definition" if defining or id_ in DEFINITIONS else "proved"
            return Judgement(kind, id_, answer.reason)
        if answer.status == "refuted":
            return Judgement("refuted", id_, "the two sides differ", witness=dict(answer.witness or {}), values=answer.values)
        return Judgement("undecided", id_, answer.reason)

    def _defined(self, lhs: Term, rhs: Term) -> Judgement:
        self.notation.define(lhs, rhs, "")
        return Judgement("definition", message=f"{plain(lhs)} is given its meaning here")

    def _unfolded(self, unfold: Unfolder, current: Term, *terms: Term) -> tuple[Term, ...]:
        once = tuple(canonical(unfold(t)) for t in terms)
        noisy = with_noise(self.notation, once, current)
        return tuple(canonical(unfold(t)) for t in noisy)

    def _compare(self, a: Term, b: Term) -> Answer:
        domains = self.notation.world.domains
        if a.op == "normal" and b.op == "normal":
            for what, x, y in zip(("variable", "mean", "covariance"), a.args, b.args, strict=True):
                answer = equal(x, y, domains)
                if answer.status != "proved":
                    return Answer(answer.status, f"the {what}: {answer.reason}", answer.witness, answer.values)
            return Answer("proved", "equal means and covariances")
        if not is_scalar(a) and a.sort[0] == "vec":
            law = self._law(a, b)
            if law is not None:
                return law
        return equal(a, b, domains)

    def _law(self, a: Term, b: Term) -> Answer | None:
        """The answer for a state and a sum with noise; None when it is not about laws."""
        try:
            wanted = laws.forward(self.notation, a, b, self.noises)
            if wanted is None:
                return None
            mean, variance, _ = laws.mean_and_variance(b, self.noises)
        except UnreadError:
            return None
        domains = self.notation.world.domains
        for what, x, y in (("mean", wanted[0], mean), ("variance", wanted[1], variance)):
            answer = equal(x, y, domains)
            if answer.status != "proved":
                return Answer(answer.status, f"the {what}: {answer.reason}", answer.witness, answer.values)
        return Answer("proved", "equal in law")


DEFINITIONS = frozenset({"conv.ddpm", "forward.step"})
Run = Callable[[], Judgement]


__all__ = ["Judge", "num"]
