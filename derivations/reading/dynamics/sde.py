"""Stochastic and ordinary differential equations: drift and diffusion, and how they must hang together.

With the score in the drift, an equation with noise is the reverse of a forward one when the score's coefficient is
-g^2 (Langevin's when it is g^2/2 and there is no other drift); without noise it is the probability flow, with -g^2/2.
With noise of another strength G it is of the family between the two, with -(g^2 + G^2)/2.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.kernel.terms import REAL, Term, add, app, diff, div, is_scalar, mul, neg, num, power, sym
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.rates import TIMES, since_the_start
from derivations.reading.dynamics.scored import is_likelihood, is_predicted_noise, is_score
from derivations.reading.equations.compare import Answer
from derivations.reading.equations.hints import SLIP
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.places import Place
from derivations.reading.notation.unfolding import replaced, squared
from derivations.reading.terms.calls import summands
from derivations.reading.terms.elaborate import Elaborator
from derivations.reading.terms.signature import key_of
from derivations.reading.text.syntax import Row, UnreadError, show
from derivations.reading.verdict import Judgement

DRIFTS = ("f", "h", "F", "G")
MARKED = ("bar", "tilde", "hat", "left")
WIENER = frozenset(
    {"w", "W", "B", "b", "beta", "omega", "z", *(f"{w}_{mark}" for w in ("w", "W", "B", "omega") for mark in MARKED)}
)


@dataclass
class Equation:
    """dx = drift dt + diffusion dw, or dx/dt = drift: the coefficients of the drift by their atoms."""

    variable: Term
    drift: dict[Term, Term] = field(default_factory=dict)
    diffusion: Term | None = None
    barred: bool = False
    state: Term | None = None  # the variable as it is written, x_t
    noises: int = 0  # how many terms of noise it is written with
    place: Place | None = None  # where it stands

    def of(self, *names: str) -> Term:
        """The coefficient of the atoms with these names."""
        named = {a: c for a, c in self.drift.items() if a.op in ("app", "sym") and a.args[0] in names}
        return add(num(0), *(c for a, c in named.items() if a == self.variable or a.args[0] != self.variable.args[0]))

    @property
    def runs_forward(self) -> bool:
        """Whether this has noise and no score, and nothing says that time runs back."""
        return self.score is None and self.diffusion is not None and not self.barred

    @property
    def score(self) -> Term | None:
        """The coefficient of the score, or None without one; a predicted noise is -sigma_t times the score."""
        found = [c for a, c in self.drift.items() if is_score(a) and not is_likelihood(a)]
        found += [neg(mul(c, app("sigma", sym("t", REAL)))) for a, c in self.drift.items() if is_predicted_noise(a)]
        return add(num(0), *found) if found else None

    @property
    def likelihoods(self) -> list[Term]:
        """The coefficients of gradients of log p(y | x), which guide."""
        return [c for a, c in self.drift.items() if is_score(a) and is_likelihood(a)]


def read_flow(el: Elaborator, left: Row, variable: Row, right: Row) -> Equation:
    """The drift of dx/dt = ... Raises UnreadError."""
    el.use_all(left)
    x = el.expr(variable)
    total = el.expr(right)
    out = Equation(sym("x", x.sort), state=x)
    if is_scalar(x) or is_scalar(total):
        raise UnreadError("a differential equation of numbers", show(left))
    out.drift = {plain_atom(a, x): c for a, c in parts(total).items()}
    return _forward_in_time(out)


def read(el: Elaborator, left: Row, right: Row) -> Equation:
    """The drift and the diffusion of dx = ... dt + ... dw. Raises UnreadError."""
    el.use(left[0])
    x = el.expr(left[1:])
    out = Equation(sym("x", x.sort), state=x)
    drift: list[Term] = []
    noise: list[Term] = []
    for sign, part in summands(right):
        if sign is not None:
            el.use(sign)
        end = _differential_at(part)
        el.use(part[end])
        name = part[end + 1]
        tail = part[end + 1 :]
        key = key_of(name)
        before = part[:end]
        if before and before[-1].kind == "op" and before[-1].text == "*":  # g(t) \\cdot dw
            el.use(before[-1])
            before = before[:-1]
        pieces = _pieces(el, before) if before else [num(1)]
        negative = sign is not None and sign.text == "-"
        signed = [neg(c) for c in pieces] if negative else pieces
        coefficient = signed[0] if len(signed) == 1 else num(0)
        if key.removesuffix("_bar") in TIMES and not name.sub:
            el.use_all(tail)
            drift += signed
            out.barred = out.barred or key.endswith("_bar")
        elif key in WIENER and len(signed) == 1:
            el.use_all(tail)
            noise.append(coefficient)
            out.barred = out.barred or key.endswith("_bar")
        else:
            raise UnreadError("a differential of neither time nor noise", show(tail), name.at)
    numbers = [c for c in drift if is_scalar(c) and c != num(0)]
    vectors = [c for c in drift if not is_scalar(c)]
    out.drift = {plain_atom(a, x): c for a, c in parts(el.total(vectors)).items()} if vectors else {}
    if numbers or not vectors:
        out.drift[num(1)] = add(num(0), *numbers)
    out.noises = len(noise)
    if noise:
        out.diffusion = noise[0] if len(noise) == 1 else el.total(noise)
    return _forward_in_time(out)


def _forward_in_time(e: Equation) -> Equation:
    """An equation in a time tau that is left, all of it written at 1 - tau or T - tau, in the time t that has passed:
    dx = a dtau + g dw is dx = -a dt + g dw_bar.
    """
    terms = [t for a, c in e.drift.items() for t in (a, c)] + ([e.diffusion] if e.diffusion is not None else [])
    past = since_the_start(terms)
    if past is None:
        return e

    def moved(t: Term) -> Term:
        return plain_atom(replaced(t, past, sym("t", REAL)), e.state or e.variable)

    noise = None if e.diffusion is None else moved(e.diffusion)
    return replace(e, drift={moved(a): neg(moved(c)) for a, c in e.drift.items()}, diffusion=noise, barred=True)


def _pieces(el: Elaborator, row: Row) -> list[Term]:
    """A coefficient; of one bracket that adds numbers to vectors, each of its terms."""
    try:
        return [el.expr(row)]
    except UnreadError as reason:
        inside = row[-1]
        if inside.kind != "bracket" or len(inside.cells) != 1 or inside.sup or "sorts" not in reason.reason:
            raise
    el.use(inside)
    factor = el.product(row[:-1]) if len(row) > 1 else num(1)
    out = []
    for sign, part in summands(inside.cells[0]):
        if sign is not None:
            el.use(sign)
        t = el.product(part) if len(row) == 1 else el.multiplied([factor, el.product(part)])
        out.append(neg(t) if sign is not None and sign.text == "-" else t)
    return out


def _differential_at(part: Row) -> int:
    for k in range(len(part) - 2, -1, -1):
        if part[k].kind == "name" and part[k].text == "d" and not part[k].sub and part[k + 1].kind == "name":
            return k
    raise UnreadError("a term without its differential", show(part), part[0].at if part else -1)


def plain_atom(atom: Term, x: Term) -> Term:
    """x_t and x(t) as x in the atoms of a drift."""
    now = x if x.op == "app" else app(x.args[0], sym("t", REAL), sort=x.sort)
    return replaced(atom, now, sym("x", x.sort))


def squared_diffusion(e: Equation) -> Term | None:
    """g^2 of an equation with a number g before its noise; None without one."""
    return None if e.diffusion is None or not is_scalar(e.diffusion) else squared(e.diffusion)


def judge(e: Equation, context: str) -> Judgement:
    """The verdict on an equation, given the prose around it."""
    g2 = squared_diffusion(e)
    if e.diffusion is not None and g2 is None:
        if e.score is None:
            return Judgement("definition", message="a stochastic differential equation")
        return Judgement("undecided", message="the diffusion is not a number")
    if num(1) in e.drift and e.drift[num(1)] != num(0):
        total = e.drift[num(1)]
        rest = {a: c for a, c in e.drift.items() if a != num(1)}
        missing = f"the drift is a number where x is a vector{SLIP}with a factor x"
        preserving = g2 is not None and equal(g2, mul(num(-2), total), DOMAINS).status == "proved"
        if rest and e.score is None and not preserving:
            return Judgement("definition", "em.scheme", "a stochastic differential equation")
        if rest:
            whole = replace(e, drift={**rest, e.variable: add(e.of("x"), total)})
            if not preserving or e.score is None or judge(whole, context).verdict != "proved":
                return Judgement("undecided", message="the drift adds numbers and vectors")
            return differs(equal(total, mul(total, sym("x")), DOMAINS), "sde.reverse", missing)
        if not preserving:
            return Judgement("definition", "em.scheme", "a stochastic differential equation")
        return differs(equal(total, mul(total, sym("x")), DOMAINS), "sde.vp", missing)
    guides = e.likelihoods
    if guides and (e.score is None or any(equal(c, e.score, DOMAINS).status != "proved" for c in guides)):
        return Judgement("undecided", message="the gradient of a likelihood guides it with a weight of its own")
    if e.score is None:
        return _forward(e, g2, context)
    return _reverse(e, g2) if g2 is not None else _flow(e)


def _forward(e: Equation, g2: Term | None, context: str) -> Judgement:
    own = e.of("x")
    named = bool({a for a in e.drift if a != e.variable})
    if g2 is None:
        return Judgement("definition", message="an ordinary differential equation")
    if named or e.variable not in e.drift:
        if not e.drift or e.drift == {num(1): num(0)}:
            return Judgement("definition", "sde.ve", "variance exploding: no drift")
        return Judgement("definition", "em.scheme", "a stochastic differential equation")
    answer = equal(g2, mul(num(-2), own), DOMAINS)
    if answer.status == "proved":
        return Judgement("definition", "sde.vp", "variance preserving: g^2 = -2 f", checked=True)
    said = "variance preserving" in context.lower() or "variance-preserving" in context.lower() or "VP" in context
    if said and not e.barred and answer.status == "refuted" and letters(g2) == letters(own):
        return Judgement(
            "refuted",
            "sde.vp",
            "this does not preserve the variance: g^2 must be -2 times the coefficient of x",
            witness=dict(answer.witness or {}),
            values=answer.values,
        )
    return Judgement("definition", "", "a stochastic differential equation")


def runs_back(own: Term) -> bool:
    """Whether the coefficient of x is -f(t), as where time runs back."""
    named = [p for p in walk(own) if p.op == "app" and p.args[0] in DRIFTS]
    return any(equal(own, neg(p), DOMAINS).status == "proved" for p in named)


def letters(t: Term) -> set[str]:
    """The names in a term."""
    return {p.args[0] for p in walk(t) if p.op in ("app", "sym")}


def _reverse(e: Equation, g2: Term) -> Judgement:
    score, own, f = e.score, e.of("x"), e.of("f", "h", "mu", "b")
    assert score is not None
    if any(a.op == "app" and a.args[0].split("_")[0] in VELOCITIES for a in e.drift):
        if equal(score, div(g2, 2), DOMAINS).status == "proved":
            said = "a flow, and Langevin's terms, which leave its density alone"
            return Judgement("proved", "langevin.stationary", said)
        return Judgement("undecided", "sde.reverse_family", "whether the field is a drift or the flow's is not known")
    if e.of("b") != num(0) and any(equal(score, div(g2, k), DOMAINS).status == "proved" for k in (2, -2)):
        return Judgement("undecided", "sde.reverse_family", "whether the field is a drift or the flow's is not known")
    for wanted, id_, rest in ((neg(g2), "sde.reverse", (num(0), num(1))), (g2, "sde.reverse", (num(0), num(-1)))):
        answer = equal(score, wanted, DOMAINS)
        if answer.status == "proved" and any(equal(f, r, DOMAINS).status == "proved" for r in rest):
            if wanted == g2 and own == f == num(0) and not letters(g2):
                return Judgement("undecided", id_, NEITHER)
            if own != num(0) and letters(g2) != letters(own) and wanted != neg(g2) and not runs_back(own):
                return Judgement("undecided", id_, "whether time runs back here is not known")
            if own == num(0) or letters(g2) != letters(own):
                return Judgement(
                    "proved", id_, "the reverse of the forward equation, at the level of marginals; dt runs backwards"
                )
            sign = num(-2) if wanted.op == "neg" else num(2)
            link = equal(g2, mul(sign, own), DOMAINS)
            if link.status == "proved":
                return Judgement("proved", id_, "the reverse of the variance preserving equation; dt runs backwards")
            return differs(link, id_, RATE)
    half = equal(score, div(g2, 2), DOMAINS)
    if any(c != num(0) and not _known_atom(a) for a, c in e.drift.items()):
        return Judgement("undecided", "sde.reverse_family", "a score beside a drift of which nothing is known")
    if half.status == "proved" and f == num(0) and own == num(0):
        return Judgement("proved", "langevin.stationary", "Langevin dynamics: the density is stationary")
    forward = _forward_diffusion(e, score, g2)
    if forward is not None:
        answer = equal(score, div(add(forward, g2), -2), DOMAINS)
        if answer.status == "proved":
            return Judgement("proved", "sde.reverse_family", "a reverse equation with noise of another strength")
        said = "with noise of another strength G, the score's coefficient must be -(g^2 + G^2)/2"
        return differs(answer, "sde.reverse_family", said)
    slopes = [{p for p in walk(t) if p.op == "diff"} for t in (score, g2)]
    strange = letters(score) - letters(g2) - KNOWN
    if slopes[0] != slopes[1] or _leaves_another(score, g2) or strange:
        return Judgement("undecided", "sde.reverse_family", "the forward equation that this reverses is not known")
    return differs(equal(score, neg(g2), DOMAINS), "sde.reverse", "the score's coefficient must be -g^2")


def _known_atom(a: Term) -> bool:
    """Whether an atom of a drift is the state, a forward drift, a score or a noise that is predicted."""
    named = a.op in ("app", "sym") and a.args[0] in ("x", "f", "h", "mu", "b")
    return named or a == num(1) or is_score(a) or is_predicted_noise(a)


KNOWN = frozenset({"t", "g", "f", "beta", "sigma", "alpha", "alpha_bar", "lambda", "eta", "s"})  # of known schedules


def _leaves_another(score: Term, g2: Term) -> bool:
    """Whether the g^2 that would make this one of the family is free of a factor of the noise: that is its strength."""
    rest = add(mul(num(-2), score), neg(g2))
    if equal(rest, num(0), DOMAINS).status == "proved":
        return False
    factors = {p for p in walk(g2) if p.op in ("app", "sym") and p != sym("t", REAL)}
    return any(equal(replaced(rest, a, num(1)), rest, DOMAINS).status == "proved" for a in factors)


def _forward_diffusion(e: Equation, score: Term, g2: Term) -> Term | None:
    """The g^2 of the forward equation where the noise has another strength G and the drift tells it: the g beside f, or
    the beta beside -beta x / 2; None elsewhere.
    """
    g, own = app("g", sym("t", REAL)), e.of("x")
    if equal(e.of("f"), num(1), DOMAINS).status == "proved" and {g} <= set(walk(score)):
        return power(g, 2) if letters(g2) != {"g", "t"} else None
    rate = mul(num(-2), own)
    if e.of("f") == num(0) and letters(own) == {"beta", "t"} and letters(own) < letters(g2):
        return rate
    return None


def _flow(e: Equation) -> Judgement:
    score, own, f = e.score, e.of("x"), e.of("f", "h", "mu", "b")
    assert score is not None
    time = sym("t", REAL)
    g = app("g", time)
    score = replaced(score, sym("g", REAL), g)  # the g of a table, without its time
    if f != num(0) and all(p != g for p in walk(score)):
        return Judgement("undecided", message=UNKNOWN_DIFFUSION)
    if f != num(0) or any(p == g for p in walk(score)):
        linear = any(p.args[0] in DRIFTS for p in walk(own) if p.op == "app")
        if linear and equal(score, div(power(g, 2), 2), DOMAINS).status == "proved" and not runs_back(own):
            return Judgement("undecided", "pfode.fokker_planck", "whether time runs back here is not known")
        if runs_back(own) and equal(score, div(power(g, 2), 2), DOMAINS).status == "proved":
            return Judgement("proved", "pfode.fokker_planck", "the probability flow, run backwards")
        for sign in (num(1), num(-1)):
            if equal(f, sign, DOMAINS).status == "proved" or (f == num(0) and sign == num(1)):
                answer = equal(score, mul(neg(sign), div(power(g, 2), 2)), DOMAINS)
                if answer.status == "proved":
                    return Judgement("proved", "pfode.fokker_planck", "the probability flow of the forward equation")
                return differs(answer, "pfode.fokker_planck", "the score's coefficient must be -g^2/2")
    if own != num(0) and letters(score) == letters(own) and not any(p.op in ("int", "exp") for p in walk(score)):
        answer = equal(score, own, DOMAINS)
        if answer.status == "proved":
            return Judgement(
                "proved", "pfode.fokker_planck", "the probability flow of the variance preserving equation"
            )
        return differs(answer, "pfode.fokker_planck", "the coefficients of x and of the score must agree")
    sigma = app("sigma", time)
    x = sym("∂u", REAL)
    for spread in (mul(sigma, diff(x, app("sigma", x), time)), time):
        if equal(score, neg(spread), DOMAINS).status == "proved":
            return Judgement("proved", "pfode.fokker_planck", "the probability flow of the variance exploding equation")
        if own == num(0) and spread != time and equal(score, spread, DOMAINS).status == "proved":
            said = "the probability flow of a variance exploding equation has the opposite sign"
            return Judgement("refuted", "pfode.fokker_planck", said, witness=UNIT, values=("1", "-1"))
    return Judgement("undecided", message=UNKNOWN_DIFFUSION)


def differs(answer: Answer, id_: str, message: str) -> Judgement:
    """The refutation of an equation that differs, with its witness; undecided where that is open."""
    if answer.status != "refuted":
        return Judgement("undecided", id_, answer.reason or message)
    return Judgement("refuted", id_, message, witness=dict(answer.witness or {}), values=answer.values)


RATE = "the coefficient of x does not belong to this diffusion"
NEITHER = "neither Langevin's equation nor known to be a reverse"
UNKNOWN_DIFFUSION = "the diffusion that belongs to this flow is not known"
VELOCITIES = frozenset({"u", "v"})
UNIT = {"sigma(t)": "t", "t": "1", "score": "1"}
DOMAINS = {"beta": "positive", "g": "positive", "sigma": "positive", "s": "positive"}
