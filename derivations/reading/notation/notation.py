"""A notation at work: the rules of a world read by the reader, and what a document defines on top of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Term, add, app, is_scalar, mul, neg, num, power, sqrt, sym
from derivations.reading.notation import endings
from derivations.reading.notation.arguments import DATA, TIMED_NETWORKS, arranged
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.places import Places
from derivations.reading.notation.rules import closed_density, flattened, is_one_average, leads_on
from derivations.reading.notation.unfolding import Rule, Unfolder, canonical, split_index
from derivations.reading.notation.worlds import CHAINS, WORLDS, World
from derivations.reading.terms.elaborate import Elaborator
from derivations.reading.terms.grammar import parse
from derivations.reading.terms.signature import Signature
from derivations.reading.text.lexer import tokenize
from derivations.reading.text.syntax import Row, UnreadError

NOISE = "eps"
ALIASES = {
    "eps_theta": "eps_theta_(t) eps_(t)_theta eps_hat_theta eps_phi eps_psi eps_hat eps_hat_(t)_theta eps_theta_t",
    "x_theta": "x_hat_theta x_hat_0_theta x_(t)_theta x_theta_0 f_theta_(t) f_(t)_theta x_tilde_theta x_phi",
    "s_theta": "s_phi s_hat_theta score_theta",
    "mu_theta": "mu_hat_theta mu_phi",
    "v_theta": "v_hat_theta v_phi",
}
NETWORKS = {other: name for name, others in ALIASES.items() for other in others.split()}
GUIDED = frozenset({"eps_hat", "eps_hat_theta"})  # not the network itself where a document has both
STATES = ("x", "z", "y", "X")
SCHEDULE = ("alpha", "beta", "sigma", "gamma")
ARITHMETIC = frozenset({"sym", "num", "add", "mul", "neg", "div", "pow", "sqrt", "app", "le", "lt", "ne", "eq"})


@cache
def rows(tex: str) -> Row:
    """The row of a formula of this package's own tables."""
    return parse(tokenize(tex))


@cache
def world_rules(name: str, scalar_world: bool) -> tuple[Rule, ...]:
    """The rules of a notation, vectors as vectors or as numbers."""
    signature = Signature(scalar_world=scalar_world)
    signature.functions |= {"score", "SNR"}
    out = []
    for left, right, id_ in WORLDS[name].rows:
        el = Elaborator(signature)
        out.append(Rule(canonical(el.expr(rows(left))), canonical(el.expr(rows(right))), id_))
    return tuple(out)


@cache
def state_coefficients(name: str) -> tuple[Term, Term] | None:
    """The coefficients of the data and the noise in x_t."""
    state = WORLDS[name].state
    if state is None:
        return None
    a, b = (canonical(Elaborator(Signature()).expr(rows(tex))) for tex in state)
    return a, b


class Notation:
    """A world, and the definitions of one document."""

    def __init__(self, world: World, scalar_world: bool = False, names: frozenset[str] = frozenset()) -> None:
        self.world, self.scalar_world, self.names = world, scalar_world, names
        self.own: list[Rule] = []
        self.ranges: dict[str, str] = {}  # of the names that the document declares
        self.granted: list[Term] = []  # the inequalities that it grants
        self.assumed: list[tuple[Term, Term]] = []  # the bounds that it assumes of its functions, at all points
        self.parent: Notation | None = None  # of a flat notation: the one in vectors
        self.flat_own: list[Rule] = []  # what was defined in one dimension
        self.schemes: set[str] = set()  # the states of which the document relates one step to another
        self.mixtures: dict[Term, Term] = {}  # densities and fields that the document makes of conditional ones
        self.drawn: dict[Term, tuple[Term, Term, Term] | None] = {}  # the laws N(a x, C) of values: x, a and C
        self.stated: dict[Term, Term] = {}  # densities that the document gives a form: kept apart, and not put in
        self.flat_stated: dict[Term, Term] = {}
        self.equated: list[Rule] = []  # what the condition makes equal under which the formula at hand stands
        self.settled = False  # whether the document has shown that it writes as this notation does
        self.told = False  # whether it states its levels of signal and noise, x_t = alpha_t x_0 + sigma_t eps
        self.fields: set[str] = set()  # by which the document lets its state move
        self.guided: set[str] = set()  # the estimates that the document guides
        self.carried: dict[Term, Term] = {}  # the rates of conditional densities that the document gives
        self.moments: dict[Term, Term] = {}  # the log-SNR of times that are chosen between others
        self.former: list[Rule] = []  # what names meant before they were given another meaning
        self.places = Places()  # where they were given their meanings

    def unfolder(self, current: Term) -> Unfolder:
        """An unfolder for one formula, whose state is the one at the index `current`."""
        out = Unfolder([*self.own, *world_rules(self.world.name, self.scalar_world)])
        out.current = {sym("t", REAL): current}
        return out

    def flat(self) -> Notation:
        """The same notation in one dimension; what the document defined in vectors is not carried over."""
        out = Notation(self.world, True, self.names)
        out.own = [f for r in self.own if (f := flattened(r)) is not None]
        out.own += [r for r in self.flat_own if leads_on(r, out.own)]
        out.parent, out.ranges, out.granted, out.stated = self, self.ranges, self.granted, dict(self.flat_stated)
        out.settled, out.guided, out.places, out.assumed = self.settled, self.guided, self.places, self.assumed
        out.equated = [f for r in self.equated if (f := flattened(r)) is not None]
        return out

    def apart(self) -> Notation:
        """The same notation, in which further definitions leave this one as it is."""
        out = Notation(self.world, self.scalar_world, self.names)
        out.own, out.flat_own, out.granted = list(self.own), list(self.flat_own), list(self.granted)
        out.ranges, out.stated, out.schemes = dict(self.ranges), dict(self.stated), set(self.schemes)
        out.equated, out.drawn, out.former = list(self.equated), dict(self.drawn), list(self.former)
        out.moments, out.assumed, out.places = dict(self.moments), list(self.assumed), self.places.apart()
        out.told, out.settled, out.fields, out.guided = self.told, self.settled, set(self.fields), set(self.guided)
        out.mixtures, out.carried = dict(self.mixtures), dict(self.carried)
        return out

    def ends(self) -> set[Term]:
        """The vectors of which the document's own state is made, like x_0 and x_1."""
        return {
            p
            for r in self.own
            if r.left.op == "app" and r.left.sort[0] == "vec"
            for p in walk(r.right)
            if p.sort[0] == "vec" and p.op in ("app", "sym")
        }

    def _own_states(self) -> set[str]:
        """The letters of the states that the document makes of their ends."""
        made = (r.left for r in self.own if r.left.op == "app" and r.left.sort[0] == "vec")
        return {t.args[0] for t in made if t.args[0] in STATES}

    def known(self) -> frozenset[str]:
        """The names that need no further meaning: free quantities, and what the document's definitions are made of."""
        base = {p.args[0] for rule in self.own for p in walk(rule.right) if p.op in ("app", "sym")}
        states = frozenset({"x", "eps", "eps_theta"}) if self.world.state else frozenset(self._own_states())
        return self.world.free | states | base

    def own_only(self, t: Term) -> Term:
        """The term with the document's own definitions of plain names put in, and of averages, like ELBO(x)."""
        return canonical(Unfolder(r for r in self.own if r.left.op == "sym" or is_one_average(r))(t))

    def as_defined(self, t: Term) -> Term:
        """The term with all of the document's own definitions put in, and densities as they are written."""
        return canonical(Unfolder(self.own, scores=False)(canonical(t)))

    @property
    def domains(self) -> dict[str, str]:
        """Where free names live: as the world says, and sigma below 1 where alpha_t is sqrt(1 - sigma_t^2)."""
        sigma = app("sigma", sym("t", REAL))
        preserving = (sqrt(add(num(1), neg(power(sigma, 2)))), sqrt(add(num(1), mul(num(-1), power(sigma, 2)))))
        below = any(r.left.args[0] == "alpha" and r.right in preserving for r in self.own)
        ranges = {name: word for name, word in self.ranges.items() if word != "vector"}
        return {**self.world.domains, **ranges, **({"sigma": "unit"} if below else {})}

    def unfolded(self, t: Term) -> Term:
        """A coefficient with what is known of it put in."""
        return canonical(self.unfolder(sym("t", REAL))(t))

    def conditions(self) -> list[Term]:
        """The inequalities that the document grants, with what is known put in; of divergences and the like none."""
        found = [rebuild(f, tuple(self.unfolded(a) for a in f.args)) for f in self.granted]
        return [f for f in found if all(p.op in ARITHMETIC for p in walk(f))]

    def define(self, left: Term, right: Term, id_: str, first: bool = False) -> None:
        """Keep a definition of the document; `first`: before the older ones. One in a circle is not put in."""
        self.places.note(left)
        if "(" in left.args[0] and not closed_density(right):
            self.stated[left] = right
            if self.parent is not None:
                self.parent.flat_stated[left] = right
            return
        right = endings.ended(left, right)
        rule = Rule(left, right, id_, "definition")
        self.own.insert(0 if first else len(self.own), rule)
        try:
            self.unfolder(num(0))(left)
        except UnreadError:
            self.own.remove(rule)
            return
        if self.parent is not None:
            self.parent.flat_own.append(rule)

    def said(self, left: Term, right: Term) -> bool:
        """Whether the document has given a name this very meaning before."""
        return self.stated.get(left) == right or any((r.left, r.right) == (left, right) for r in self.own)

    def forget(self, left: Term) -> None:
        """Drop what the document said before of a name."""
        self.former += [r for r in self.own if r.left == left and r.kind == "definition"]
        self.former += [Rule(left, self.stated[left], "", "stated")] if left in self.stated else []
        self.own = [r for r in self.own if r.left != left]
        self.flat_own = [r for r in self.flat_own if r.left != left]
        self.stated.pop(left, None)
        self.flat_stated.pop(left, None)
        if self.parent is not None:
            self.parent.forget(left)

    def has_rule(self, t: Term) -> bool:
        """Whether a name has a meaning by a rule, of the notation or of the document."""
        return self.unfolder(num(0)).find(t) is not None

    def unchosen(self) -> Notation | None:
        """The same notation without what the document chose for quantities that are free in it; None without such."""
        return self._without([r for r in self.own if r.left.args[0] in self.world.free])

    def general(self) -> Notation | None:
        """The same notation without the examples of a schedule, like sigma_t = 1 - t, or DDIM's; None without such."""
        free = ("sigma",) if self.world.name in CHAINS else ()  # the level of the noise in a step of a chain
        t, own = sym("t", REAL), [r for r in self.own if r.left.args[0] in SCHEDULE]
        return self._without([r for r in own if r.left.args[0] in free or r.right.free <= {t}])

    def _without(self, dropped: Collection[Rule]) -> Notation | None:
        """The same notation without some of its rules; None where there are none to drop."""
        out = Notation(self.world, self.scalar_world, self.names)
        out.own, out.ranges = [r for r in self.own if r not in dropped], self.ranges
        out.granted, out.stated = self.granted, self.stated
        return out if dropped else None

    def renamed(self, t: Term) -> Term:
        """The term with the letters of this world as the book writes them, and networks under one name each."""
        args = tuple(self.renamed(a) if isinstance(a, Term) else a for a in t.args)
        if t.op == "sym" and t.args[0] in NETWORKS and t.args[0].endswith(("_phi", "_psi")):
            args = (NETWORKS[t.args[0]],)
        if t.op == "sym" and t.args[0] in GUIDED and "eps_theta" not in self.names and self.world.state is not None:
            args = ("eps_theta",)
        if t.op == "app":
            args = (_lower_state(t, args), *args[1:])
            t = t if args[0] == t.args[0] else Term("app", args, t.sort)
            own: str = t.args[0]
            name = own if own in GUIDED and "eps_theta" in self.names else NETWORKS.get(own, own)
            args = (self.world.renames.get(name, name), *args[1:])
            args = arranged(args)
        if self.world.deviation and (t.op == "normal" or (t.op == "app" and t.args[0] == "law N")):
            args = (*args[:2], _squared(args[2]))
        return t if args == t.args else rebuild(t, args)

    def knows(self, t: Term) -> bool:
        """Whether the name of a term has a meaning here: a rule, or a free quantity of the world."""
        if t.op not in ("app", "sym"):
            return True
        indexed = self.world.state is None or t.op == "app"  # alpha_t is known where alpha alone is any name
        if t.args[0] == "eps_theta" and t.op == "app" and self.world.state is not None:
            return True
        if (t.args[0] in self.world.free and indexed) or (t.args[0] == DATA and self.world.state is not None):
            return True
        return self.has_rule(t)


def _lower_state(t: Term, args: tuple[Term, ...]) -> str:
    """The random state X_t is written as its value x_t, and so are the variables of densities."""
    name = str(t.args[0])
    if name == "X" and len(args) == 2:
        return "x"
    owner, bracket, shape = name.partition("(")
    return owner + bracket + shape.replace("X", "x") if bracket and "X" in shape else name


def _squared(t: Term) -> Term:
    """The square of a deviation: of a number, or of a number times the identity."""
    if is_scalar(t):
        return power(t, 2)
    if t.op == "mul" and t.args[-1].op == "eye" and all(map(is_scalar, t.args[:-1])):
        return mul(*(power(a, 2) for a in t.args[:-1]), t.args[-1])
    return t


def current_index(terms: Iterable[Term]) -> Term:
    """The step that a formula is about: of the indices of its network calls and states the latest; t when it has
    none.
    """
    for t in terms:
        for p in walk(t):
            if p.op == "app" and p.args[0] in TIMED_NETWORKS and len(p.args) > 2 and is_scalar(p.args[2]):
                return canonical(p.args[2])
    best: tuple[Term | None, object] | None = None
    terms = list(terms)
    for t in (*terms[1:], terms[0]) if terms and _estimates(terms) else terms:
        free = {f.args[0] for f in t.free}  # what a product runs over is no step of the formula
        for p in walk(t):
            if p.op != "app" or p.args[0] not in (*STATES, "alpha_bar", "alpha") or len(p.args) != 2:
                continue
            parts = split_index(p.args[1])
            if parts is None or parts[0] is None or parts[0].args[0] == "T":
                continue
            if parts[0].op == "sym" and parts[0].args[0] not in free:
                continue
            if best is None or (parts[0] == best[0] and parts[1] > best[1]):  # type: ignore[operator]
                best = parts
    if best is None:
        return sym("t", REAL)
    base, offset = best
    return base if not offset else add(base, num(offset))  # type: ignore[return-value,arg-type]


def _estimates(terms: list[Term]) -> bool:
    """Whether a state is made of an estimate of the data and of another state: the estimate is of that one's step."""
    made = terms[0].op == "app" and terms[0].args[0] in STATES and len(terms[0].args) == 2
    parts = [p for t in terms[1:] for p in walk(t) if p.op in ("app", "sym") and not is_scalar(p)]
    others = any(p.op == "app" and p.args[0] == terms[0].args[0] and p.args[1].op != "num" for p in parts)
    return made and others and any(str(p.args[0]).startswith(("x_hat", "x_tilde", "x_theta")) for p in parts)


def unconditioned(*terms: Term) -> tuple[Term, ...]:
    """The terms with networks of x_t and t alone, when all calls carry one and the same condition and nothing else
    has it, as a density p(x_t | y) would.
    """
    apps = [p for t in terms for p in walk(t) if p.op == "app"]
    calls = [p for p in apps if p.args[0] in TIMED_NETWORKS]
    if not calls or any(len(p.args) < 4 for p in calls) or len({p.args[3:] for p in calls}) != 1:
        return terms
    if any("|" in str(p.args[0]) and set(calls[0].args[3:]) & set(p.args[1:]) for p in apps):
        return terms
    return tuple(_unconditioned(t) for t in terms)


def given_state(t: Term, noises: Collection[str]) -> Term:
    """The term with the mean of the data, or of its noise, under q(x_0 | x_t) as the mean given x_t."""
    args = tuple(given_state(a, noises) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "E" or len(t.args) != 3 or t.args[2].args[0] not in ("q(x|x)", "p(x|x)"):
        return t
    body, law = t.args[1:]
    first, state = law.args[1], law.args[3] if len(law.args) == 5 else None
    data = first == app(DATA, num(0), sort=first.sort)
    meant = body == first or (body.op == "sym" and body.args[0] in noises)
    return app("E|", body, state, sort=body.sort) if data and meant and state is not None else t


def _unconditioned(t: Term) -> Term:
    args = tuple(_unconditioned(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] in TIMED_NETWORKS:
        args = args[:3]
    return t if args == t.args else rebuild(t, args)


def bare_noise(terms: Iterable[Term], noises: Collection[str]) -> set[Term]:
    """The noises that a formula mentions, with or without an index."""
    return {
        p
        for t in terms
        for p in walk(t)
        if p.op in ("sym", "app") and p.args[0] in noises and len(p.args) <= 2 and not is_scalar(p)
    }


def with_noise(notation: Notation, terms: tuple[Term, Term], at: Term, noises: Collection[str]) -> tuple[Term, Term]:
    """The terms with x_t written as data and noise, where one noise stands beside it, which is its own: at the step
    that they are about, at a fixed step, or where both sides are written with that noise.
    """
    coefficients = state_coefficients(notation.world.name)
    bare = bare_noise(terms, noises)
    states = {
        p
        for t in terms
        for p in walk(t)
        if p.op == "app" and p.args[0] == DATA and len(p.args) == 2 and p.args[1] != num(0)
    }
    if coefficients is None or len(bare) != 1 or len(states) != 1:
        return terms
    eps, state = bare.pop(), states.pop()
    shared = all(bare_noise((t,), noises) for t in terms)
    if split_index(state.args[1]) != split_index(at) and state.args[1].op != "num" and not shared:
        return terms
    a, b = (_at(c, state.args[1]) for c in coefficients)
    value = add(mul(a, app(DATA, num(0), sort=state.sort)), mul(b, eps))
    return put(terms[0], state, value), put(terms[1], state, value)


def _at(t: Term, at: Term) -> Term:
    if t == sym("t", REAL):
        return at
    return canonical(rebuild(t, tuple(_at(a, at) if isinstance(a, Term) else a for a in t.args)))


def put(t: Term, old: Term, new: Term) -> Term:
    """The term with a state put in, but not where it is what is integrated or conditioned on."""
    if t == old:
        return new
    if t.op == "app" and (t.args[0] == "E|" or "(" in t.args[0]):
        return t
    return rebuild(t, tuple(put(a, old, new) if isinstance(a, Term) else a for a in t.args))


__all__ = ["Notation", "UnreadError", "current_index", "with_noise"]
