"""Whether an equation that fails says something false, or may be a definition, a choice or a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.kernel.terms import Term, is_scalar, num, sym
from derivations.reading.averages import conditional
from derivations.reading.equations import naming
from derivations.reading.equations.naming import OPAQUE
from derivations.reading.notation import ranges, unfolding
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import STATES as STATE_LETTERS
from derivations.reading.notation.notation import Notation, bare_noise
from derivations.reading.notation.unfolding import canonical
from derivations.reading.terms.signature import INDICES

PRECONDITIONING = frozenset({"sigma", "sigma_data", "sigma_d", "t", "c_in", "c_out", "c_skip"})
SCHEDULE = frozenset({"alpha", "alpha_bar", "sigma", "sigma_data", "D"})
PRECONDITIONED = frozenset({"sigma_data", "sigma_d", "c_out", "c_skip", "c_in"})
VELOCITIES = frozenset({"v", "u", "b", "v_theta", "u_theta"})
STEP = sym("h")
LABELLED = frozenset({"x_data", "x_clean", "x_real", "x_noise", "z_data"})
ALWAYS = frozenset({"pi", "d", "E|", "score", "diff"})


@dataclass
class Claims:
    """Tells claims from definitions in one notation, with the noises that a document has declared."""

    notation: Notation
    noises: set[str]

    def strangers(self, *terms: Term) -> set[str]:
        """The names in unfolded terms that have no meaning here."""
        known = self.notation.known()
        out: set[str] = set()
        for t in terms:
            for p in outside_indices(t):
                name = p.args[0]
                if p.op == "sym" and name in self.notation.world.free and self.notation.world.state is not None:
                    out.add(name)  # alpha without an index is any name
                    continue
                if p.op == "sym" and p not in t.free:
                    continue  # it is bound
                if name in known or name in ALWAYS or name.startswith("∂"):
                    continue
                if name in self.noises or (name in INDICES and is_scalar(p)):
                    continue
                out.add(name)
        return out

    def is_claim(self, lhs: Term, rhs: Term, a: Term, b: Term, put_in: bool) -> bool:
        """Whether an equation that is false says something false: not when it may be a definition or a choice."""
        names = {p.args[0] for t in (a, b) for p in walk(t) if p.op == "app"}
        if names & OPAQUE or conditional.unknown(a, b):
            return False
        if (
            self._is_condition(lhs, rhs)
            or naming.mixes_coordinates(a, b)
            or (self._puts_in_values(lhs, rhs, a, b, put_in))
        ):
            return False
        if self._of_one_law(a, b) or self._of_an_unknown_path(a, b):
            return False
        if self._of_labelled_data(a, b):
            return False
        if of_a_special_law(a, b) and not self._given(lhs, rhs):
            return False
        if lhs.op == "app" and lhs.args[0] == "lambda" and not (names & PRECONDITIONED or self._preconditioned(a, b)):
            return False  # a weight that is chosen
        if any(len(naming.steps(s, a, b)) > 1 for s in self.notation.schemes):
            return False  # x_t and x_{t-1} are not free of one another
        if STEP in a.free ^ b.free:
            return False  # a step h whose ends are not said
        noisy = bare_noise((rhs,), self.noises | {"eps_theta"})
        if not is_scalar(lhs) and lhs.op == "app" and len(lhs.args) == 2 and lhs in walk(rhs) and noisy:
            return True  # a state that is made of itself and of a noise
        strange = self.strangers(a, b)
        if strange and (ranges.expands(a, b) or (strange <= set(self.notation.ranges) and self._declared_both(a, b))):
            return True
        if strange:
            product = naming.multiplies(lhs) and (naming.multiplies(rhs) or rhs.op == "normal")
            closed = naming.divides(lhs) or product
            stands = bool(self.notation.equated) and not any(t.op in ("app", "sym") for t in (a, b))
            return stands or self._computes(a, b) or (closed and self.strangers(a) == self.strangers(b))
        designed = lhs.op in ("app", "sym") and str(lhs.args[0]).startswith("c_")
        if designed and not {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")} <= PRECONDITIONING:
            return False  # the coefficients of another design
        said = {p.args[0] for t in (rhs, b) for p in walk(t) if p.op in ("app", "sym")}
        named = lhs.op in ("app", "sym") and lhs.args[0] not in OPAQUE
        if is_scalar(lhs) and named and not said & SCHEDULE:  # a schedule that is chosen, like beta_t = t / T
            return a != canonical(lhs) and self._same_quantities(a, b)
        if is_scalar(lhs) and lhs.op == "app" and _at_ends_only(rhs):
            return False  # or beta_t between beta_1 and beta_T
        grads = [unfolding.score(p) for p in walk(rhs) if p.op == "grad"]
        if self.notation.world.name == "edm" and any(p.args[0] == "score" for p in grads):
            return True  # the denoiser and the score hang together
        if not is_scalar(a) and a.op == "app" and a in walk(b):
            return True  # a network that is made of another one, which is made of it
        name = lhs.args[0] if lhs.op == "pow" and lhs.args[0].op in ("app", "sym") else lhs
        if name.op == "app" and name.args[0] in ("f", "g"):
            return False  # a drift or a diffusion that is chosen
        if name.op not in ("app", "sym") or a != canonical(lhs):
            return True
        bound = {p.args[0] for q in walk(rhs) if q.op in ("sum", "prod") for p in walk(q) if p.op == "app"}
        return name.args[0] in {"alpha_bar", *bound} or (
            not is_scalar(lhs) and put_in and (lhs in self.notation.ends() or self.noisy(a, b))
        )

    def _of_one_law(self, a: Term, b: Term) -> bool:
        """Whether a score stands beside a velocity or a mean at the same state, of which nothing is put in: both are of
        one law, and not free of one another.
        """
        fields = [p for t in (a, b) for p in walk(t) if p.op == "app" and len(p.args) > 1 and not is_scalar(p)]
        scores = {p.args[1] for p in fields if p.args[0] == "score"}
        means = VELOCITIES if self._told() else VELOCITIES | {"E|"}
        return any(p.args[0] in means and scores & set(p.args[1:]) for p in fields)

    def _preconditioned(self, *sides: Term) -> bool:
        """Whether a weight is one of the data's deviation, in a document that preconditions its network."""
        weighed = any(p.op == "sym" and p.args[0] in PRECONDITIONED for t in sides for p in walk(t))
        return weighed and self.notation.world.name == "edm" and bool(self.notation.names & PRECONDITIONED)

    def _told(self) -> bool:
        """Whether the law of the state, as the document states it, says what scores and means are."""
        return any(r.left.op == "app" and r.left.args[0] in ("E|", "score") for r in self.notation.own)

    def _of_labelled_data(self, a: Term, b: Term) -> bool:
        """Whether one side alone has a vector like x_data, to which the document gives no meaning, where the state has
        a law: then it may be the data of that.
        """
        own = {r.left.args[0] for r in self.notation.own if r.left.op == "sym"}
        found = [{p for p in outside_indices(t) if p.op == "sym" and p.args[0] in LABELLED} for t in (a, b)]
        loose = {p.args[0] for p in found[0] ^ found[1]} - own
        return bool(loose) and self.notation.world.state is not None

    def _given(self, *terms: Term) -> bool:
        """Whether the document gives a density that the terms speak of."""
        own = {r.left.args[0] for r in self.notation.own if r.left.op == "app"}
        return any(naming.is_density(p) and p.args[0] in own for t in terms for p in walk(t))

    def _of_an_unknown_path(self, a: Term, b: Term) -> bool:
        """Whether a state stands beside the mean of something given this state, where nothing says what it is made of:
        then the two may hang together.
        """
        if self.notation.world.state is not None or self._told():
            return False
        means = [p for t in (a, b) for p in walk(t) if p.op == "app" and p.args[0] == "E|" and len(p.args) == 3]
        ends = {p.args[2] for p in means if p.args[1].op == "app" and p.args[2] == sym(p.args[1].args[0], p.sort)}
        states = ends | {p.args[2] for p in means if p.args[2].op == "app" and len(p.args[2].args) == 2}
        beside = [p for t in (a, b) for p in outside_means(t) if p.op in ("app", "sym")]
        return any(s in beside or any(s in p.args for p in beside) for s in states)

    @staticmethod
    def _same_quantities(a: Term, b: Term) -> bool:
        """Whether two unfolded sides are about the same names, and about some."""
        found = [{p.args[0] for p in outside_indices(t)} - INDICES - ALWAYS for t in (a, b)]
        return bool(found[0]) and found[0] == found[1]

    def _declared_both(self, a: Term, b: Term) -> bool:
        """Whether two sides are about the same quantities, or neither is a bare one and both have the same names that
        only the document declares.
        """
        bare = any(t.op in ("sym", "app") for t in (a, b))
        return ranges.same_names(a, b) or (not bare and self.strangers(a) == self.strangers(b))

    def _is_condition(self, lhs: Term, rhs: Term) -> bool:
        """Whether free levels are set equal to a number, as in alpha_t^2 + sigma_t^2 = 1: that asks for a schedule."""
        names = {p.args[0] for p in walk(lhs) if p.op == "app"}
        plain = all(p.op in ("app", "sym", "num", "add", "neg", "pow", "mul") for p in walk(lhs))
        own = {r.left.args[0] for r in self.notation.own if len(r.left.args) == 2}
        if rhs == num(1) and names == {"alpha", "sigma"} and lhs.op == "add" and all(a.op == "app" for a in lhs.args):
            return True  # alpha_t + sigma_t = 1, of a straight path, which may be another example
        return rhs.op == "num" and plain and len(names) > 1 and names <= {"alpha", "beta", "sigma"} - own

    def _puts_in_values(self, lhs: Term, rhs: Term, a: Term, b: Term, put_in: bool) -> bool:
        """Whether one side may put values in for names of the other: names that only that one has, of which the
        document's definitions are made and which nothing gives a value.
        """
        again = any(r.left.op == "sym" and r.left == lhs for r in self.notation.own)  # a letter used anew
        if again and self._loose(a) != self._loose(b):
            return True
        if put_in or self._loose(a) == self._loose(b):
            return False
        left, right = self._loose(lhs), self._loose(rhs)
        constant = rhs.op == "num" and len(left) == 1
        return left != right and not constant

    def _loose(self, t: Term) -> set[str]:
        """The names in a term that the document's definitions are made of, and that nothing gives a value."""
        given = self.notation.world.free | {r.left.args[0] for r in self.notation.own} | {*STATE_LETTERS, "eps_theta"}
        names = {p.args[0] for p in outside_indices(t)} - self.noises - INDICES - ALWAYS
        return {n for n in names if n not in given and not n.startswith("∂")} & self.notation.known()

    def _computes(self, a: Term, b: Term) -> bool:
        """Whether the left side is a computation in undeclared names, the right side its result in the same names."""
        started = any(p.op in ("int", "sum", "diff", "grad") for p in walk(a))
        started = started or (a.op == "log" and any(p.op == "log" for p in walk(b)))
        squares_ = [p for t in (a, b) for p in walk(t) if p.op in ("pow", "norm2") and p.args[0].op == "add"]
        started = started or (bool(squares_) and len(self.strangers(a)) > 2)  # an expansion, or a completed square
        return started and self.strangers(a) == self.strangers(b)

    def noisy(self, a: Term, b: Term) -> bool:
        """Whether both sides are about data and noise, the state having been put in."""
        return self.notation.world.state is not None and bool(bare_noise((a, b), self.noises))


def of_a_special_law(a: Term, b: Term) -> bool:
    """Whether one side alone has scores, and what is no number beside them is the point that they are at: then the
    equation says which law it is, as -x/(2 D t) does of a Brownian motion.
    """
    sides = [{p for p in walk(t) if p.op in ("app", "sym") and not is_scalar(p)} for t in (a, b)]
    scores = [{p for p in side if p.op == "app" and p.args[0] == "score"} for side in sides]
    points = {p.args[1] for side in scores for p in side}
    other = sides[0] if scores[1] else sides[1]
    alone = bool(scores[0]) != bool(scores[1])
    return alone and other == points and sides[0] | sides[1] <= scores[0] | scores[1] | points


def _at_ends_only(t: Term) -> bool:
    """Whether a term has a schedule in it, and only at fixed steps or the last one."""
    found = [p for p in walk(t) if p.op == "app" and p.args[0] in ("beta", *SCHEDULE) and len(p.args) == 2]
    return bool(found) and all(p.args[1].op == "num" or p.args[1].args[0] in ("T", "N") for p in found)


def outside_means(t: Term) -> Iterator[Term]:
    """The parts of a term that are in no conditional mean."""
    if t.op == "app" and t.args[0] == "E|":
        return
    yield t
    for a in t.args:
        if isinstance(a, Term):
            yield from outside_means(a)


def outside_indices(t: Term) -> Iterator[Term]:
    """The names of a term that are no mere indices."""
    stack = [t]
    while stack:
        p = stack.pop()
        if p.op == "sym":
            yield p
        elif p.op == "app":
            yield p
            stack.extend(q for q in p.args[1:] if not (is_scalar(q) and q.op in ("sym", "add", "num")))
        else:
            stack.extend(q for q in p.args if isinstance(q, Term))
