"""The judge: one statement in one notation, and its verdict.

Each kind of statement has its own way: an equation is a closed identity once what is known is unfolded; a sum with
noise is compared as a law; a name that nothing is known of is defined by its equation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, app, is_scalar, normal, num
from derivations.reading import guidance, laws, sde, updates
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
STEP_NOISES = frozenset({"z"})


@dataclass
class Judge:
    """Judges the formulas of one document in their order, in one notation."""

    notation: Notation
    signature: Signature = field(default_factory=Signature)
    noises: set[str] = field(default_factory=lambda: set(NOISES))
    context: str = ""

    def formula(self, row: Row, display: bool = True, context: str = "") -> Judgement:
        """The verdict on a whole formula; `context` is the prose before it."""
        self.context = context
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
            return self._sampled(s, names)
        return Judgement("undecided", message=f"a relation that is not decided: {' '.join(sorted(kinds))}", reading=s.text)

    def _read(self, row: Row, names: frozenset[str]) -> Term:
        """A side as a term."""
        el = Elaborator(self.signature, names)
        t = el.expr(row)
        el.settle(row)
        return canonical(self.notation.renamed(t))

    def _sides(self, s: Statement, names: frozenset[str]) -> list[Term]:
        """The sides as terms: vectors as vectors, or all as numbers when that is the only way to read them."""
        try:
            return [self._read(side, names) for side in s.sides]
        except UnreadError as reason:
            if self.signature.scalar_world or "kinds" not in reason.reason and "vector" not in reason.reason:
                raise
            flat = Judge(Notation(self.notation.world, scalar_world=True), replace(self.signature, scalar_world=True))
            try:
                return [flat._read(side, names) for side in s.sides]
            except UnreadError:
                raise reason from None

    def _chain(self, s: Statement, names: frozenset[str]) -> Judgement:
        """A chain of equations, link by link."""
        if len(s.sides) == 2 and sde.is_sde(*s.sides):
            el = Elaborator(self.signature, names)
            equation = sde.read(el, *s.sides)
            el.settle((*s.sides[0], *s.sides[1]))
            return replace(sde.judge(equation, self.context), reading=s.text)
        terms = self._sides(s, names)
        reading = " = ".join(plain(t) for t in terms)
        links = [self.link(a, b, r == ":=") for a, b, r in zip(terms, terms[1:], s.relations, strict=False)]
        bad = next((k for k, j in enumerate(links) if j.verdict == "refuted"), None)
        out = summed(links)
        where = f"step {bad + 1} of {len(links)}: " if bad is not None and len(links) > 1 else ""
        return Judgement(out.verdict, out.formula, where + out.message, reading, out.witness, out.values)

    def link(self, lhs: Term, rhs: Term, defining: bool) -> Judgement:
        """One equation."""
        if not is_scalar(lhs):
            found = guidance.judge(lhs, rhs)
            if found is not None:
                return found
        if rhs.op == "app" and rhs.args[0] == "law N" and lhs.op == "app" and "(" in lhs.args[0]:
            rhs = normal(lhs.args[1], *rhs.args[1:])
        named = lhs.op in ("app", "sym")
        if named and not self.notation.knows(lhs) and lhs.args[0] not in {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}:
            return self._defined(lhs, rhs)
        current = current_index((lhs, rhs))
        unfold = self.notation.unfolder(current)
        a, b = self._unfolded(unfold, current, lhs, rhs)
        step = updates.step(lhs, b, self.noises | STEP_NOISES)
        if step is not None:
            answer, id_ = updates.judge(self.notation, step)
        else:
            answer = self._compare(a, b)
            id_ = next(iter(unfold.used), "")
        if answer.status == "proved":
            kind = "definition" if defining or id_ in DEFINITIONS else "proved"
            return Judgement(kind, id_, answer.reason)
        if answer.status == "refuted":
            return Judgement("refuted", id_, "the two sides differ", witness=dict(answer.witness or {}), values=answer.values)
        return Judgement("undecided", id_, answer.reason)

    def _sampled(self, s: Statement, names: frozenset[str]) -> Judgement:
        """x ~ law: a law that is known is compared, any other one is the meaning of the name."""
        if len(s.sides) != 2:
            return Judgement("undecided", message="a chain of laws", reading=s.text)
        left, right = s.sides
        bar = next((k for k, i in enumerate(left) if i.kind == "sep"), len(left))
        density = right[0].kind == "name" and right[0].text in ("p", "q", "cal U", "U") if right else True
        if density and not (right and right[0].text in ("p", "q") and show(left).startswith("q ")):
            return Judgement("definition", message="the law of a name", reading=s.text)
        law = self._read(right, names)
        if law.op != "app" or law.args[0] != "law N":
            return Judgement("definition", message="the law of a name", reading=s.text)
        el = Elaborator(self.signature, names)
        value = self._read(left[:bar], names)
        el.use_all(left)
        if value.op == "app" and "(" in value.args[0]:
            return replace(self.link(value, law, False), reading=s.text)
        given = next((p for p in walk(law) if p.op == "app" and p.args[0] == value.args[0] and len(p.args) == 2), None)
        if value.op != "app" or value.args[0] != "x" or len(value.args) != 2 or given is None:
            return Judgement("definition", message="the law of a name", reading=s.text)
        density_ = app("q(x|x)", value, value.args[1], given, given.args[1])
        return replace(self.link(density_, law, False), reading=s.text)

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
