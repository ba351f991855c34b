"""The judge: every kind of statement in its own way, in one notation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, TermError, is_scalar, neg
from derivations.reading import conditions, nearby, prose, rereadings, resorted, standard
from derivations.reading.averages import averages, draws, matching, mixtures, paths, posterior, scores, uptoconstants
from derivations.reading.conditions import ORDERS
from derivations.reading.dynamics import (
    denoising,
    directed,
    fields,
    forms,
    rates,
    scaled,
    schemes,
    sde,
    slips,
    solutions,
    transport,
    updates,
)
from derivations.reading.equations import choosing, kinds, naming, orders, shapes, sides, steps, variables, words
from derivations.reading.equations.certain import doubted
from derivations.reading.equations.equations import Equations
from derivations.reading.laws import bounds, densities, divergences, drawn, laws, lost, proportional, values
from derivations.reading.notation import dataless, equated, inferred, ranges
from derivations.reading.notation.cancelling import cancels
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.standing import matched, named
from derivations.reading.notation.unfolding import CIRCLE, canonical
from derivations.reading.terms import deltas, gradients, listed, operators
from derivations.reading.terms.calls import dimensional
from derivations.reading.terms.elaborate import Elaborator
from derivations.reading.terms.signature import Signature, key_of
from derivations.reading.terms.statements import Statement, infers, integers, statements, without_set
from derivations.reading.text.syntax import Row, UnreadError, leaves
from derivations.reading.verdict import Judgement, summed

OPEN = frozenset({CIRCLE, listed.OMITTED, laws.MATRIX})  # what is read, and of which no more is known
SETTINGS = frozenset({"in", "<<", ">>", "->", "perp", "not in"})


@dataclass
class Judge:
    """Judges the formulas of one document in their order, in one notation."""

    notation: Notation
    signature: Signature = field(default_factory=Signature)
    noises: set[str] = field(default_factory=lambda: {"eps", "xi"})
    context: str = ""
    seen: set[str] = field(default_factory=set)  # the names of the formulas before
    hints: bool = True  # whether to look for the nearest true formula
    read: list[list[Term] | sde.Equation] = field(default_factory=list)  # the sides of the formula at hand
    forward: list[sde.Equation] = field(default_factory=list)  # the stochastic equations before, without a score
    explain: bool = True  # whether to look for it where it changes the message alone
    alone: bool = False  # whether the document has one formula only

    def formula(self, row: Row, display: bool = True, context: str = "") -> Judgement:
        """The verdict on a whole formula; `context` is the prose before it."""
        under = conditions.judged(self, row, display, context)
        if under is not None:
            return under
        found = resorted.judged(self, self.as_read(row, display, context), row, display, context)
        doubts = self.signature.doubts
        if found.verdict == "proved" and (doubts & {"one", "measured"} or ("turned" in doubts and words.capital(row))):
            return replace(found, verdict="undecided", message="it holds in one dimension; whether in others is open")
        if found.verdict == "proved" and doubts >= {"summed", "integrated"}:
            return replace(found, verdict="undecided", message="it sums over what it integrates over elsewhere")
        found = rereadings.judged(self, found, row, display, context)
        unnamed = not found.formula and not naming.is_rate(self.read, [r.left for r in self.notation.own])
        if found.verdict == "refuted" and prose.doubted(row, context, unnamed, infers(row)):
            under = None if prose.denied(context) or infers(row) else conditions.in_words(self, row, context)
            return under or Judgement("undecided", found.formula, prose.why_doubted(context), found.reading)
        return found

    def as_read(self, row: Row, display: bool, context: str) -> Judgement:
        """The verdict on a formula as it is read first, its words apart."""
        self.context = context
        row = dataless.with_data(inferred.with_a_step(row))
        self.signature.step, self.signature.gradient = deltas.is_step(row), gradients.variable(row)
        self.signature.dimension = dimensional(row)
        self.read, self.signature.doubts = [], set()
        if shapes.is_sequence(row):
            return Judgement("definition", message="a condition on a sequence")
        found = statements(row)
        names = integers(row)
        for s in found:
            noises = ranges.noise(s)
            self.noises |= noises
            for rule in [r for r in self.notation.own if "z" in noises and (r.left.op, r.left.args[0]) == ("sym", "z")]:
                self.notation.forget(rule.left)  # a latent before, and now drawn
            self.signature.vectors |= noises if ranges.standard(s) else set()
        self._declare_ranges(found)
        stated = [s for s in found if s.relations or len(found) == 1]
        return summed(standard.in_turn(stated, lambda s: self.statement(s, names, display)))

    def apart(self) -> Judge:
        """A judge who knows what this one knows, and what one learns the other does not."""
        notation, signature = self.notation.apart(), self.signature.apart()
        out = replace(self, notation=notation, signature=signature, read=[], forward=list(self.forward))
        out.noises, out.seen = set(self.noises), set(self.seen)
        return out

    def mention(self, row: Row) -> None:
        """Note the names of a formula that has been read."""
        self.seen |= {key_of(i) for i in leaves(row) if i.kind == "name"}

    def _declare_ranges(self, found: list[Statement]) -> None:
        """Vectors, numbers and their ranges, as the document declares them; what the notation knows it knows better."""
        for name, word in ranges.declared(found):
            if word == "vector":
                self.signature.vectors.add(name)
            elif name not in self.signature.vectors and name not in naming.STATES:
                self.signature.scalars.add(name)
            if name not in self.notation.world.domains:
                self.notation.ranges[name] = word

    def statement(self, s: Statement, names: frozenset[str], display: bool) -> Judgement:
        """The verdict on one statement."""
        try:
            found = self._statement(s, names, display)
            return nearby.confirmed(self, found, s, names, display) if self.hints else found
        except UnreadError as reason:
            return Judgement("undecided" if reason.reason in OPEN else "unread", message=str(reason), reading=s.text)
        except RecursionError:
            return Judgement("undecided", message="nested too deeply", reading=s.text)
        except TermError as reason:
            return Judgement("undecided", message=f"the kinds do not fit: {reason}", reading=s.text)

    def _statement(self, s: Statement, names: frozenset[str], display: bool) -> Judgement:
        kinds = set((s := without_set(s)).relations)
        dotted = any(i.kind == "dots" for side in s.sides for i in side)
        counted = len(s.sides[0]) == 1 and (s.sides[0][0].kind == "dots" or s.sides[0][0].text in choosing.COUNTERS)
        if dotted and (counted or kinds & SETTINGS):
            return Judgement("definition", message="a range", reading=s.text)
        if not kinds:
            self.term(s.sides[0], names)
            return Judgement("undecided", message="it states nothing: there is no relation", reading=s.text)
        if not display and kinds <= ORDERS:
            self.grant(s, names)
        if kinds & SETTINGS or (not display and kinds <= ORDERS):
            return Judgement("definition", message="a setting", reading=s.text)
        shaped = shapes.judge(s)
        if shaped is not None:
            return shaped
        if kinds <= {"=", ":=", "=:", "<-", "~~", "<=", ">=", "<", ">", "prop"}:
            return self._chain(s, names, display)
        if "~" in kinds:
            return drawn.judge(self, s, names, display)
        said = f"a relation that is not decided: {' '.join(sorted(kinds))}"
        return Judgement("undecided", message=said, reading=s.text)

    def grant(self, s: Statement, names: frozenset[str]) -> bool:
        """Keep an inequality that the document grants; False where it is not read."""
        self._declare_ranges([s])
        try:
            return ranges.grant(self.notation, [self.term(side, names) for side in s.sides], s.relations)
        except (UnreadError, TermError):
            return False

    # ---- sides

    def term(self, row: Row, names: frozenset[str]) -> Term:
        """A side as a term."""
        el = Elaborator(self.signature, names)
        t = el.expr(row)
        el.settle(row)
        t = self.notation.renamed(t)
        out = canonical(t)
        self.signature.doubts |= {"cancelled"} if cancels(t, out) else set()
        return equated.put_in(self.notation, out)

    # ---- kinds of statements

    def _chain(self, s: Statement, names: frozenset[str], display: bool) -> Judgement:
        """A chain of equations, link by link."""
        if forms.is_chain(s):
            return forms.judge(self, s, names, display)
        if len(s.sides) == 2 and rates.is_sde(*s.sides):
            el = Elaborator(self.signature, names)
            equation = sde.read(el, *s.sides)
            el.settle((*s.sides[0], *s.sides[1]), once=False)
            self.read.append(equation)
            self.forward += [replace(equation, place=self.notation.places.here)] if equation.runs_forward else []
            if equation.diffusion is None:
                fields.note(self.notation, equation)
            return replace(matched(slips.judge(equation, self._directed)), reading=s.text)
        flow = rates.flow_variable(s.sides[0]) if len(s.sides) == 2 else None
        if flow is not None:
            judged = self._flow(s, flow, names)
            if judged is not None:
                return judged
        terms, notation = sides.read(self, s, names)
        if "~~" not in s.relations:
            self.read.append(terms)
        reading = " ".join(plain(t) + (f" {r}" if r else "") for t, r in zip(terms, (*s.relations, ""), strict=True))
        relations = tuple("=" if r == "=:" else r for r in s.relations)
        pairs = sides.bounded(notation, terms, relations)
        exact = [p for p in pairs if p[2] != "~~"] or pairs  # an approximation says nothing beside something exact
        equations = Equations(notation, self.noises)
        exact = [(terms[0], b, r) if r == "=" and equations.is_state(terms[0], b) else (a, b, r) for a, b, r in exact]
        links = [self._one(notation, terms, *p, display) for p in exact]
        near = [self.link(notation, a, b, r, display) for a, b, r in pairs if r == "~~" and exact != pairs]
        links += [j for j in near if j.verdict == "refuted"]
        bad = next((k for k, j in enumerate(links) if j.verdict == "refuted"), None)
        out = summed(links)
        if out.verdict == "undecided" and set(relations) == {"="}:
            for k in range(2, len(terms)):  # what one link leaves open, the ends may show
                ends = named(self.link(notation, terms[0], terms[k], "=", display))
                if ends.verdict == "refuted":
                    return replace(ends, message=f"sides 1 and {k + 1} differ: {ends.message}", reading=reading)
        itself = out.verdict == "refuted" and not out.formula and terms[0] in walk(terms[-1])  # no step of a sampler
        if set(relations) == {"<-"} and (itself or out.verdict == "undecided"):
            out = Judgement("definition", "em.scheme" if terms[0].op == "app" else "", "what a program assigns")
        where = f"step {bad + 1} of {len(links)}: " if bad is not None and len(links) > 1 else ""
        return replace(out, message=where + out.message, reading=reading)

    def _one(self, notation: Notation, terms: list[Term], a: Term, b: Term, relation: str, display: bool) -> Judgement:
        """One link of a chain; of one about a density, up to a constant if no more than that is said or true."""
        x = proportional.variable(terms[0])
        equations = Equations(notation, self.noises)
        if relation == "prop":
            return variables.judged(notation, (a, b), lambda: standard.proportioned(equations, a, b, x), False)
        exact = named(self.link(notation, a, b, relation, display))
        if x is None or relation != "=" or exact.verdict not in ("refuted", "undecided"):
            return exact
        if a == terms[0] and (name := proportional.collector(a, b, x)):
            return standard.up_to(equations, a, b, name, x) or replace(exact, verdict="undecided", witness={})
        if (a == terms[0] or exact.verdict == "refuted") and not (
            exact.verdict == "refuted" and proportional.drops(b, x)
        ):
            return exact  # a name that gets its meaning, or a constant that is written and wrong
        return proportional.weaker(equations, a, b, x) or exact

    def _flow(self, s: Statement, variable: Row, names: frozenset[str]) -> Judgement | None:
        """dx/dt = ...: a flow with a score in it is judged; one that only names its field is a definition."""
        el = Elaborator(self.signature, names)
        try:
            equation = sde.read_flow(el, s.sides[0], variable, s.sides[1])
            el.settle((*s.sides[0], *s.sides[1]), once=False)
        except UnreadError:
            return None
        self.read.append(equation)
        fields.note(self.notation, equation)
        denoised = denoising.flow(self.notation, equation)
        if denoised is not None:
            return replace(matched(denoised), reading=s.text)
        made = any((a.op == "app" and a.args[0] == "x") or (a.op, a.args[0]) == ("sym", "eps") for a in equation.drift)
        if equation.score is None and not slips.without_log(equation) and (made or len(s.sides[0]) in (2, 3)):
            return None
        return replace(matched(slips.judge(equation, self._directed)), reading=s.text)

    def _directed(self, e: sde.Equation) -> Judgement:
        return scaled.judge(self.notation, e) or directed.judge(e, self.forward, self.context)

    def link(self, notation: Notation, lhs: Term, rhs: Term, relation: str, display: bool = True) -> Judgement:
        """One equation."""
        found = doubted(variables.judged(notation, (lhs, rhs), lambda: self._link(notation, lhs, rhs, relation)))
        return notation.places.hear(lhs, rhs, found)

    def _link(self, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement:
        known = standard.guided_or_moved(notation, lhs, rhs, relation)
        if known is not None:
            return known
        if rhs.op == "app" and rhs.args[0] == "law N" and lhs.op == "app" and "(" in lhs.args[0]:
            rhs = operators.gaussian(lhs.args[1], *rhs.args[1:])
        lhs, rhs = densities.behind_logs(lhs, rhs)
        lhs = densities.opened(lhs, rhs)
        hope = naming.relabelled(lhs, rhs, relation)
        if hope is not None:
            return hope
        spelled = naming.spelled(lhs, rhs)
        if spelled:
            return Judgement("definition", message=spelled)
        if relation in ("=", ":=") and naming.determines(lhs, notation.knows):
            return Judgement("definition", message="a differential equation for a function that it determines")
        shaped = standard.judge(self, notation, lhs, rhs, relation)
        if shaped is not None:
            return shaped
        of_kinds = (*standard.OF_KINDS, mixtures.stated, mixtures.judge, matching.judge, scores.judge, posterior.judge)
        for of_a_kind in of_kinds if relation in ("=", ":=") else ():
            found = of_a_kind(notation, lhs, rhs)
            if found is not None:
                return found
        for stage in (kinds.settled, self._as_definition, self._at_the_end):
            judged = stage(notation, lhs, rhs, relation)
            if judged is not None:
                return judged
        return self._compared(notation, lhs, rhs, relation)

    def _as_definition(self, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
        """A name on the left that has no meaning yet; None for another equation."""
        defining = relation in ("=", ":=")
        if defining and naming.respelled(lhs, rhs) and not (notation.knows(lhs) and notation.knows(rhs)):
            return Judgement("definition", message="the same name for other arguments")
        strange = densities.strange(lhs, rhs, self.notation.domains)
        if strange is not None:
            return strange
        if densities.of_others(lhs, rhs):
            return Judgement("undecided", message="densities of other variables under other conditions are set equal")
        if notation.said(lhs, rhs):
            return Judgement("definition", message="as it was defined before")
        if defining:
            choice = choosing.choice(notation, lhs, rhs, bounds.BINDING) or choosing.condition(notation, lhs, rhs)
            if choice is not None:
                return choice
        if naming.is_slope(lhs, [*notation.stated, *(r.left for r in (*notation.own, *notation.flat_own))]):
            return Judgement("undecided", message="the derivative of what the document defines; write it as d/dx")
        if defining and naming.may_name(lhs, self.noises) and not notation.knows(lhs) and naming.fresh(lhs, rhs):
            missing = lost.judge(notation, lhs, rhs, lambda a, b: self._link(notation, a, b, "="))
            return missing or choosing.defined(notation, lhs, rhs)
        spread = standard.over_coordinates(notation, lhs, rhs) if defining else None
        if spread is not None:
            return spread
        if defining and divergences.of_names(lhs, rhs):
            return divergences.judge(lhs, rhs, relation)
        stranger = densities.tilted(lhs, rhs) if defining and not densities.are_told(lhs, notation.stated) else ""
        if stranger:
            return Judgement("definition", message=f"{stranger} is given its meaning here")
        return None

    def _at_the_end(self, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
        """A name at the end of a line, or averages and divergences; None for another equation."""
        defining = relation in ("=", ":=")
        last, value = (rhs.args[0], neg(lhs)) if rhs.op == "neg" else (rhs, lhs)
        if (
            defining
            and last.op == "sym"
            and last.args[0] not in choosing.COUNTERS
            and not notation.knows(last)
            and (rhs.op == "neg" or lhs.op not in ("sym", "app") or lhs.args[0] in naming.OPAQUE)
            and naming.may_be_named_at_the_end(last, self.noises, self.seen)
            and last not in lhs.free
        ):
            return choosing.defined(notation, last, value)
        bound = bounds.solved(lhs, rhs, notation.knows) if defining else None
        if bound is not None and bound[0] not in bound[1].free:
            return choosing.defined(notation, *bound)
        own = [notation.own_only(t) for t in (lhs, rhs)]
        if is_scalar(lhs) and relation in ("=", ":=", "<=", ">=") and any(map(bounds.speaks_of, own)):
            found = bounds.judge(own[0], own[1], relation) or values.judge(own[0], own[1], relation)
            if found is not None and own[0] != lhs and not naming.is_bound(lhs):
                found = (choosing.of_averages(notation, lhs, rhs, found) if defining else None) or found
            if found is not None:
                return found
        return None

    def _compared(self, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement:
        """What nothing before has settled: an order, a step of a sampler, an average, or two sides to compare."""
        defining = relation in ("=", ":=")
        if relation in ("<=", ">=", "<", ">"):
            return orders.judge(notation, lhs, rhs, relation)
        moved = transport.judge(lhs, rhs, self.forward, notation.domains) if defining else None
        moved = moved or (solutions.judge(notation, lhs, rhs, self.forward) if defining else None)
        if moved is not None:
            return matched(moved)
        step = schemes.judge(lhs, rhs, self.noises | {"z"}, self.forward) if defining else None
        step = step or updates.langevin(lhs, rhs, self.noises | {"z"}, notation.domains, self.context)
        if step is not None:
            return matched(step)
        if defining and notation.world.name == "edm":
            flow = updates.denoising_flow(notation, lhs, rhs)
            if flow is not None:
                return matched(flow)
        if defining:
            alike = uptoconstants.judge(notation, lhs, rhs) or draws.judge(self, notation, lhs, rhs)
            if alike is not None:
                return alike
            at_a_point = paths.judge(notation, lhs, rhs, self.noises | {"eps"})
            if at_a_point is not None:
                return matched(at_a_point)
            average = averages.judge(lhs, rhs, self.noises, notation.domains)
            if average is not None:
                return average
        equations = Equations(notation, self.noises, self.explain)
        if relation in ("=", ":=") and steps.of_a_scheme(equations, lhs, rhs):
            notation.schemes.add(lhs.args[0])
            return Judgement("definition", "em.scheme" if lhs.args[0] in STATES else "", "a step of a scheme")
        near = standard.nearly(notation, lhs, rhs, relation)
        if near is not None:
            return near
        if relation == "~~":
            found = equations.judge(lhs, rhs, hint=False)
            mean = any(t.op == "app" and t.args[0] == "E|" for t in (lhs, rhs))  # which a network is trained to be
            return found if found.verdict == "proved" and not mean else naming.approximated(lhs, rhs, found.formula)
        again = lhs.op in ("app", "sym") and any(r.left == lhs and not r.id for r in notation.own)
        found = equations.judge(lhs, rhs, relation == ":=" or again, self.hints)
        found = standard.in_general(notation, self.noises, lhs, rhs, found)
        if found.verdict == "refuted" and not found.formula and naming.is_scheme(lhs, rhs):
            return Judgement("undecided", message="a step of a scheme that is not known")
        if found.verdict == "refuted" and naming.overloads(lhs, [r.left for r in notation.own]):
            return Judgement("undecided", message=f"{plain(lhs)} was defined before for other arguments")
        if relation == ":=" and found.verdict == "undecided" and naming.may_name(lhs, self.noises):
            return Judgement("definition", found.formula, f"{plain(lhs)} is given its meaning here")
        return (choosing.again(notation, lhs, rhs, found) if defining else None) or found
