"""One equation lhs = rhs: unfolded, compared, and answered with care for what is not known.

Proved needs one way of reading that the kernel proves. Refuted needs more: every name left after unfolding has a
meaning here, so that the equation is a claim and not a definition, a choice or a condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivations.kernel.terms import Term, is_scalar, log, mul, num
from derivations.reading.averages import conditional, estimates, lawful
from derivations.reading.dynamics import updates
from derivations.reading.equations import choosing, doubts, fields, hints, instances, naming, otherwise, told, words
from derivations.reading.equations.certain import FAR, certain, shows
from derivations.reading.equations.claims import SCHEDULE, Claims, outside_indices
from derivations.reading.equations.compare import Answer, agrees, equal, sifted
from derivations.reading.laws import bayes, densities, diagonal, laws
from derivations.reading.laws.gaussians import closed
from derivations.reading.laws.moments import variances
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import (
    Notation,
    bare_noise,
    current_index,
    given_state,
    unconditioned,
    with_noise,
)
from derivations.reading.notation.standing import TRUE, holds
from derivations.reading.notation.unfolding import Unfolder, canonical, replaced, squares
from derivations.reading.terms.signature import DIMENSION, INDICES
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

DIMENSIONS = frozenset({"n", "k", "D", "J", "m", "N"})
GIVEN = "by the form that the document gives"
PERFECT = "it fails as it is written, and holds with the true noise for the predicted one"
UNDECLARED = "is not declared"
DEFINITIONS = frozenset({"conv.ddpm", "forward.step"})


@dataclass
class Equations(Claims):
    """Decides equations in one notation, with the noises that a document has declared."""

    explain: bool = True  # whether a refuted claim is worth a search for the nearest true one

    def judge(self, lhs: Term, rhs: Term, defining: bool = False, hint: bool = True) -> Judgement:
        """The verdict on lhs = rhs."""
        lhs, rhs = conditional.read(self.notation, *unconditioned(*estimates.of_a_model(lhs, rhs)))
        if self.notation.world.state is not None:
            lhs, rhs = (given_state(t, self.noises) for t in (lhs, rhs))
        lhs, rhs = estimates.unaccented(lhs, rhs)
        lhs, rhs = estimates.predicted(lhs, rhs, "eps_theta") or (lhs, rhs)
        lhs, rhs = estimates.called(self.notation, lhs, rhs)
        answer, id_, claim = self.decide(lhs, rhs)
        if answer.status != "proved":
            other = self._otherwise(lhs, rhs)
            if other is not None:
                return other
        if answer.status == "proved":
            owed = self.unproved(lhs, rhs)
            if owed:
                return Judgement("undecided", owed, f"it follows from {owed}, which the book does not prove yet")
            if len(naming.marginals(lhs, rhs)) > 1 and answer.reason != GIVEN:
                return Judgement("undecided", id_, "it holds where p and q are one law, and two letters stand for two")
            if not self.notation.scalar_world and words.commuting(lhs, rhs):
                return Judgement("undecided", id_, "it holds for numbers, and the capital letters may be matrices")
            answer = self._as_chosen(answer, lhs, rhs)
            for of in filter(None, (self.notation, self.notation.parent)):
                of.settled = of.settled or shows(lhs, rhs, id_)
            bases = [t.args[0] if t.op == "pow" else t for t in (lhs, rhs)]
            named = id_ in DEFINITIONS and any(t.op in ("app", "sym", "normal") for t in bases)
            return Judgement("definition" if defining or named else "proved", id_, answer.reason)
        if answer.status == "undecided" or not claim:
            domains = self.notation.domains
            found = lawful.judge(lhs, rhs, domains) or instances.refuted(lhs, rhs, self.noises, domains)
            found = found or (self._under_derivatives(lhs, rhs) if hint else None)
            if found is not None:
                return found
        if answer.status == "undecided":
            return Judgement("undecided", id_, answer.reason)
        if self._names_anew(lhs, rhs):
            return Judgement("definition", id_, "one name stands for the other")
        why = doubts.doubt(self.notation, lhs, rhs, self._fails, bool(id_))
        if why and not (why == doubts.CHOSEN and claim and hint):
            return Judgement("undecided", id_, why)
        sure = claim and certain(self.notation, (lhs, rhs), *self.put_in(lhs, rhs), id_, answer.part)
        near = self._nearest(lhs, rhs, claim) if hint and (self.explain or not sure or why) else ""
        if not near and (why or not claim):  # what is a slip away from what was chosen speaks of that
            return Judgement("undecided", id_, why) if why else self._unclaimed(lhs, rhs, id_)
        if not near and (hint or self.explain) and self._if_perfect(lhs, rhs):
            return Judgement("undecided", id_, PERFECT)
        said = answer.reason + (f"{hints.SLIP}{near}" if near else "")
        said = f"{FAR}: {said}" if not near and hint and not sure else said
        return Judgement("refuted", id_, said, "", conditional.shown(answer.witness or {}), answer.values)

    def _if_perfect(self, lhs: Term, rhs: Term) -> bool:
        """Whether an equation is true with the true noise for the predicted one, and not only as nothing is left."""
        pair = estimates.perfect(self.notation, self.put_in(lhs, rhs)[0], current_index((lhs, rhs)))
        if pair is None:
            return False
        a, b = (self._evaluated(t) for t in pair)
        nothing = self._compared(a, mul(num(0), a)).status == "proved"
        return not nothing and self._compared(a, b).status == "proved"

    def _nearest(self, lhs: Term, rhs: Term, claim: bool) -> str:
        """The nearest true equation in words, as it was read first or in another convention; "" without one."""
        if not claim:  # a near miss of an identity in undeclared names is a claim too
            known = not self.has_strangers(lhs, rhs)
            return "" if known else hints.nearest(lhs, rhs, self._says_something, hints.OTHER, all_=True)
        near = hints.nearest(lhs, rhs, self.is_true, hints.CLAIM)
        return near or hints.nearest(lhs, rhs, self._true_otherwise, hints.OTHER)

    def _true_otherwise(self, lhs: Term, rhs: Term) -> bool:
        """Whether an edited equation is true in one of its other readings."""
        found = self._otherwise(lhs, rhs)
        return found is not None and found.verdict in TRUE

    def _under_derivatives(self, lhs: Term, rhs: Term) -> Judgement | None:
        """The refutation by an instance of what is differentiated, the document's own definitions put in; None when it
        says itself what a density is.
        """
        a, b = (laws.rates(self._own(t), current_index((lhs, rhs))) for t in (lhs, rhs))
        given = (told.as_stated(self.notation, a), told.as_stated(self.notation, b))
        if given != (a, b) and any(naming.is_density(p) for t in given for p in walk(t)):
            return None
        a, b = given
        return fields.refuted(a, b, self.notation.domains, self.notation.conditions())

    def _own(self, t: Term) -> Term:
        """The term with the document's own definitions put in, and densities as they are written."""
        return self.notation.as_defined(t)

    def _names_anew(self, lhs: Term, rhs: Term) -> bool:
        """Whether two bare names are set equal, one of which has no meaning here yet."""
        bare = not any(naming.is_computed(t) or naming.is_density(t) for t in (lhs, rhs))
        apart = lhs.args[0] not in {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}
        return bare and apart and self.has_strangers(lhs, rhs)

    def _otherwise(self, lhs: Term, rhs: Term) -> Judgement | None:
        """The verdict when an equation is about estimates, or counts its steps from the earlier state; None else."""
        for verdict, name, said, other in doubts.others(self.notation, lhs, rhs):
            answer, id_, _ = self.decide(*other)
            if answer.status == "proved":
                return Judgement(verdict, id_ or name, said)
        if self.notation.world.state is None:
            return None
        pair = laws.one_step(self.notation, (lhs, rhs), self.noises)
        answer, id_, _ = self.decide(*pair) if pair is not None else (Answer("undecided"), "", False)
        if answer.status == "proved":
            return Judgement("proved", id_ or "forward.step", "with the later state made of the earlier one")
        for notation, a, b, verdict, id_, why in otherwise.ways(self.notation, lhs, rhs):
            there = Equations(notation, self.noises)
            answer, rests, _ = there.decide(a, b)
            if answer.status == "proved" and not there.unproved(a, b):
                return Judgement(verdict, id_ or rests, why)
        if self.notation.world.name in ("ddpm", "ddim", "factors"):
            for other in estimates.unindexed(lhs, rhs, current_index((lhs, rhs))):
                answer, id_, _ = self.decide(*estimates.called(self.notation, *other))
                if answer.status == "proved":
                    return Judgement("proved", id_, "with what has no index at the step that it is about")
        pair = estimates.predicted(lhs, rhs, "eps")
        if pair is not None:
            answer, id_, _ = self.decide(*pair)
            if answer.status == "proved":
                return Judgement("proved", id_, f"with the predicted noise for the noise; {answer.reason}")
            return Judgement("undecided", id_, "the noise may be a new one, the predicted one or the true one")
        pair = estimates.estimated(lhs, rhs) or estimates.trained(lhs, rhs)
        if pair is None:
            return None
        answer, id_, _ = self.decide(*pair)
        if answer.status == "proved":
            return Judgement("proved", id_, f"what is estimated stands for its estimate; {answer.reason}")
        said = f"as an equation between estimates: {answer.reason}"
        if answer.status != "refuted" or self.has_strangers(*pair):
            return Judgement("undecided", id_, said)
        return Judgement("refuted", id_, said, "", dict(answer.witness or {}), answer.values)

    def _as_chosen(self, answer: Answer, lhs: Term, rhs: Term) -> Answer:
        """A proof that says whether it needs what the document chose for the schedule."""
        loose = self.notation.unchosen()
        if loose is None or Equations(loose, self.noises).decide(lhs, rhs)[0].status == "proved":
            return answer
        return replace(answer, reason=f"with the schedule that is chosen in the document: {answer.reason}")

    def _fails(self, notation: Notation, lhs: Term, rhs: Term) -> bool:
        """Whether an equation is refuted in another notation too."""
        return Equations(notation, self.noises).decide(lhs, rhs)[0].status == "refuted"

    def put_in(self, lhs: Term, rhs: Term) -> tuple[tuple[Term, Term], list[str]]:
        """The sides with what was put in for names, and the IDs of that, "" for the document's own definitions."""
        once, current, unfold = self._once(lhs, rhs)
        sides, put_in = self._whole(once, current, unfold)
        return sides, [*unfold.used, *([""] if put_in else [])]

    def unproved(self, lhs: Term, rhs: Term) -> str:
        """The ID of a theorem that unfolding used and the book does not prove; "" without one. What a notation calls
        by a name of its own needs no proof, what a density, a score or a conditional mean is does.
        """
        _, _, unfold = self._once(lhs, rhs)
        return next((id_ for id_ in unfold.theorems if not holds(id_)), "")

    def is_true(self, lhs: Term, rhs: Term) -> bool:
        """Whether an edited equation is true: numbers first, for they are quick, then the kernel."""
        once, current, unfold = self._once(lhs, rhs)
        special = self._special(lhs, rhs, *once, same=sifted)
        if special is not None:
            return special[0].status == "proved"
        (a, b), _ = self._whole(once, current, unfold)
        a, b = self.divergence(lhs, rhs) or (a, b)
        if (a.op, b.op) != ("normal", "normal") and not agrees(a, b, self.notation.domains):
            return False
        return self._compared(a, b, self._same_noise(lhs, rhs)).status == "proved"

    def _says_something(self, lhs: Term, rhs: Term) -> bool:
        """Whether an edited equation is true, and more than one thing written twice, or zero on both sides: that
        P^2 = P is true without the square makes it no slip.
        """
        if squares(lhs) == squares(rhs) or not self.is_true(lhs, rhs):
            return False
        return not is_scalar(lhs) or not self.is_true(lhs, num(0))

    def _same_noise(self, lhs: Term, rhs: Term) -> bool:
        """Whether both sides are written with the very same noises: then a sign matters, which no law shows."""
        here, there = (bare_noise((t,), self.noises) for t in (lhs, rhs))
        return bool(here) and here == there

    def has_strangers(self, lhs: Term, rhs: Term) -> bool:
        """Whether a name stands in an equation that has no meaning here."""
        return bool(self.strangers(*self._whole(*self._once(lhs, rhs))[0]))

    def is_state(self, lhs: Term, rhs: Term) -> bool:
        """Whether a side is a state and the other is made of an earlier one and of noises: then each side of a chain is
        compared with the state, for the noises of two sides need not be the same.
        """
        try:
            return laws.forward(self.notation, canonical(lhs), canonical(rhs), self.noises) is not None
        except UnreadError:
            return False

    def _unclaimed(self, lhs: Term, rhs: Term, id_: str) -> Judgement:
        once, current, unfold = self._once(lhs, rhs)
        a, b = self._whole(once, current, unfold)[0]
        left, right = self.strangers(a), self.strangers(b)
        names = ", ".join(sorted(conditional.shown(dict.fromkeys(left | right, ""))))
        computed = naming.computes(a) or naming.computes(b)
        for here, there, side in ((left, right, a), (right, left, b)):
            if here and not there and not computed and not self.familiar(side) and naming.is_named_once(side, here):
                return Judgement("definition", id_, f"{names} is given its meaning here")
        said = {p.args[0] for t in (rhs, b) for p in walk(t) if p.op in ("app", "sym")}
        free = naming.may_name(lhs, self.noises) and (a == canonical(lhs) or lhs.args[0] in ("beta", *SCHEDULE))
        if free and is_scalar(lhs) and not said & SCHEDULE and "(" not in lhs.args[0]:
            return Judgement("definition", id_, choosing.SCHEDULE)
        why = f"{names} {UNDECLARED}" if names else "it may be a definition or a condition"
        return Judgement("undecided", id_, f"this is no identity, and {why}")

    def familiar(self, t: Term) -> bool:
        """Whether a term has a name in it that this notation knows, apart from indices."""
        strange = self.strangers(t)
        names = [p for p in outside_indices(t) if not (p.op == "sym" and p.args[0] in INDICES)]
        return any(p.args[0] not in strange for p in names)

    def decide(self, lhs: Term, rhs: Term) -> tuple[Answer, str, bool]:
        """The answer, the ID that it rests on, and whether a refutation would be of a claim."""
        once, current, unfold = self._once(lhs, rhs)
        id_ = next((u for u in unfold.used if u), "")
        special = self._special(lhs, rhs, *once)
        if special is not None:
            return special[0], special[1] or id_ or "forward.marginal", True
        (a, b), put_in = self._whole(once, current, unfold)
        bare = not (naming.is_computed(lhs) and naming.is_computed(rhs))
        same = self._same_noise(lhs, rhs) or (not bare and self._same_noise(a, b))
        first = self._compared(a, b, same)
        id_ = next((u for u in unfold.used if u), id_)
        if first.status == "proved":
            return first, id_ or ("forward.marginal" if self.noisy(a, b) else ""), True
        for x, y, why in self._other_ways(lhs, rhs):
            other = self._compared(x, y, same)
            if other.status == "proved":
                return Answer("proved", why), id_ or ("lvm.bayes" if "density" in why else ""), True
            if why == GIVEN and other.status == "refuted" and densities.has_tilted(lhs) and densities.are_joint(x, y):
                return other, "cfg.tilted_density", True
            if why == told.STATED and other.status == "refuted" and not self.strangers(x, y):
                return other, id_, True
            if "density" in why and densities.are_joint(x, y):
                found = densities.verdict(lhs, rhs, other)
                if found is not None:
                    return found, "lvm.bayes", True
        if first.status == "refuted" and (why := doubts.hang_together(self.notation, (lhs, rhs), (a, b))):
            return Answer("undecided", why), id_, False
        return first, id_, self.is_claim(lhs, rhs, a, b, put_in)

    def _once(self, lhs: Term, rhs: Term) -> tuple[tuple[Term, Term], Term, Unfolder]:
        """The sides with what is known unfolded, the step that they are about, and the unfolder."""
        current = current_index((lhs, rhs))
        unfold = self.notation.unfolder(current)
        a, b = (laws.rates(canonical(unfold(t)), current) for t in (lhs, rhs))
        return (a, b), current, unfold

    def _special(
        self, lhs: Term, rhs: Term, a: Term, b: Term, same: updates.Comparison = equal
    ) -> tuple[Answer, str] | None:
        """The answer on a step of a sampler, or on a state and the noise added to an earlier one."""
        if self.notation.world.state is None or not doubts.speaks_of_schedule(self.notation, rhs, b):
            return None
        step = updates.step(a, b, self.noises | {"z"})
        if step is not None and (not step.inverted or updates.judge(self.notation, step, same)[0].status == "proved"):
            return updates.judge(self.notation, step, same)
        law = self._law(lhs, b, same)
        if law is None and step is not None:
            law = Answer("undecided", "a step forward with an estimate of the noise, or with a noise of its own")
        return None if law is None else (law, "")

    def _whole(self, once: tuple[Term, Term], current: Term, unfold: Unfolder) -> tuple[tuple[Term, Term], bool]:
        """The sides with the state put in where its noise occurs, and whether that or the document's own definitions
        changed them.
        """
        a, b = with_noise(self.notation, once, current, self.noises)
        put_in = (a, b) != once or "" in unfold.used
        x, y = (self._evaluated(canonical(unfold(t))) for t in (a, b))
        return (x, y), put_in

    def _evaluated(self, t: Term) -> Term:
        """The term with divergences, variances and squares of roots in closed form."""
        return squares(variances(closed(diagonal.apart(t)), self.noises | {"z"}))

    def _other_ways(self, lhs: Term, rhs: Term) -> Iterator[tuple[Term, Term, str]]:
        """Other readings under which an equation may be true: without the notation's laws, and by Bayes' rule."""
        yield closed(canonical(lhs)), closed(canonical(rhs)), "whatever the names stand for"
        if self.notation.own and naming.computes(lhs):
            yield closed(self._own(lhs)), closed(self._own(rhs)), "by the definitions of the document alone"
        if self.notation.stated and any(naming.is_density(p) for t in (lhs, rhs) for p in walk(t)):
            stated = [told.as_stated(self.notation, self._own(t)) for t in (lhs, rhs)]
            for form in (closed, bayes.whole):
                yield form(stated[0]), form(stated[1]), GIVEN
        pair = self.divergence(lhs, rhs)
        if pair is not None:
            yield *pair, told.STATED
        for s in sorted(lhs.free | rhs.free, key=repr):
            if s.args[0] in DIMENSIONS and is_scalar(s) and not {q.args[0] for q in walk(lhs) if q.op == "app"} & {"x"}:
                a, b = (closed(diagonal.apart(replaced(canonical(t), s, DIMENSION))) for t in (lhs, rhs))
                yield a, b, f"{s.args[0]} being the dimension"
        for a, b in bayes.untimed(canonical(lhs), canonical(rhs)):
            yield a, b, "by the definition of conditional densities, at one time"
        x, y = (bayes.whole(t) for t in bayes.at_one_time(canonical(lhs), canonical(rhs)))
        yield x, y, "by the definition of a conditional density"

    def divergence(self, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
        """The sides of an equation for a divergence between laws that the document gives; None for another one."""
        stated = told.divergence(self.notation, lhs, rhs)
        if stated is None:
            return None
        (a, b), current, unfold = self._once(*stated)
        return self._whole((self._evaluated(a), self._evaluated(b)), current, unfold)[0]

    def _compared(self, a: Term, b: Term, same_noise: bool = False) -> Answer:
        """The answer for unfolded sides. Vectors may be equal in law only, unless both were written with one noise."""
        domains, granted = self.notation.domains, self.notation.conditions()
        if a.op == "normal" and b.op == "normal":
            for what, x, y in zip(("variable", "mean", "covariance"), a.args, b.args, strict=True):
                answer = equal(x, y, domains, granted)
                if answer.status != "proved":
                    said = f"the {what}s differ" if answer.status == "refuted" else answer.reason
                    return replace(answer, reason=said, part=what == "covariance")
            return Answer("proved", "equal means and covariances")
        answer = equal(a, b, domains, granted)
        if answer.status == "undecided" and all(t.op == "normal" or naming.multiplies(t) for t in (a, b)):
            logs = equal(log(a), log(b), domains)
            return logs if logs.status == "proved" else answer
        if answer.status != "proved" and not is_scalar(a) and a.sort[0] == "vec" and not same_noise:
            try:
                in_law = laws.equal_in_law(a, b, self.noises, domains)
            except UnreadError:
                return answer
            if in_law.status == "proved":
                return in_law
        return answer

    def _law(self, lhs: Term, b: Term, same: updates.Comparison) -> Answer | None:
        """The answer for a state and the noise added to an earlier one; None when it is not about that."""
        wanted = laws.forward(self.notation, canonical(lhs), b, self.noises)
        if wanted is None:
            return None
        mean, variance, _ = laws.mean_and_variance(b, self.noises)
        for what, x, y in (("mean", wanted[0], mean), ("variance", wanted[1], variance)):
            answer = same(x, y, self.notation.domains)
            if answer.status != "proved":
                said = f"the {what} of the state differs" if answer.status == "refuted" else answer.reason
                return replace(answer, reason=said, part=what == "variance")
        return Answer("proved", "equal in law")
