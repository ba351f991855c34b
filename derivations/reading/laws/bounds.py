"""Equations and inequalities between log-densities, expectations and divergences: the evidence and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, mul, neg, num, sym
from derivations.reading.averages.expectations import density, form, integrand, is_total_mass, mismatched, under
from derivations.reading.averages.expectations import variables as variables_of
from derivations.reading.equations import naming
from derivations.reading.laws import bare, finite, latent
from derivations.reading.laws.chains import markov
from derivations.reading.laws.forms import DATA, RANDOM_DATA, Form, Law, NotLinear, plus
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

ONE, MINUS = Fraction(1), Fraction(-1)
BINDING = frozenset({"E", "KL", "integral"})
GIVEN = "one side is averaged over what the other one speaks of; it holds where that is given, or in the mean"


def speaks_of(t: Term) -> bool:
    """Whether a term has an expectation, a divergence, an integral over vectors or a sum of log-densities in it."""
    return any((p.op == "app" and p.args[0] in BINDING) or (p.op == "sum" and _logs(p)) for p in walk(t))


def judge(lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on lhs = rhs, <= or >=, in the best reading of its laws; None when the sides are not linear in
    log-densities.
    """
    found: list[Judgement] = []
    for a, b in bare.readings(lhs, rhs):
        one = _judge(a, b, relation)
        if one is not None and one.verdict not in ("refuted", "undecided"):
            return one
        found += [one] if one is not None else []
    open_ = next((j for j in found if j.verdict == "undecided"), found[0] if found else None)
    if open_ is not None and open_.verdict == "refuted" and _holds_given(lhs, rhs, relation):
        return Judgement("undecided", open_.formula, GIVEN)
    return open_


def _holds_given(lhs: Term, rhs: Term, relation: str) -> bool:
    """Whether it holds with a law of all variables given those that stand outside its mean."""
    judged = (_judge(a, b, relation) for a, b in bare.given(lhs, rhs))
    return any(j is not None and j.verdict == "proved" for j in judged)


def _judge(lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    lhs, rhs = _to_the_end(*latent.untimed(lhs, rhs))
    if relation in ("=", ":=") and _one_integral(lhs, rhs):
        said = "the same is integrated on both sides; the integrals are taken to exist"
        return Judgement("proved", "lvm.marginal", said)
    try:
        if relation in ("=", ":=") and not (_logs(lhs) and _logs(rhs)):
            lhs, rhs = Term("log", (lhs,), ("real",)), Term("log", (rhs,), ("real",))
        gap = plus((form(lhs), ONE), (form(rhs), MINUS))
    except NotLinear:
        return None
    id_ = name(lhs, rhs, relation)
    wrong = mismatched(lhs) or mismatched(rhs)
    if not gap and wrong:
        return Judgement("undecided", id_, "a divergence between densities of different variables")
    if not gap and id_ == "lvm.marginal" and "E" not in applied(lhs, rhs):
        return Judgement("definition", id_, "a marginal density is the integral of the joint one", checked=True)
    if not gap:
        return Judgement(
            "proved",
            id_,
            "by linearity of expectation and the definition of conditional densities; the integrals are taken to exist",
        )
    if relation in ("<=", ">="):
        return _ordered(gap if relation == ">=" else plus((gap, MINUS)), id_)
    if _one_owner(lhs, rhs) and not plus((form(_owned(lhs)), ONE), (form(_owned(rhs)), MINUS)):
        return Judgement("undecided", id_, "true where p and q are names of one law, which the text does not say")
    for value, model in finite.evaluate(gap):
        if not value.contains(0) and rhs.op == "num":
            return Judgement("undecided", id_, "this is no identity, and it may be a condition")
        if not value.contains(0):
            return Judgement(
                "refuted",
                id_,
                ("a divergence between densities of different variables; " if wrong else "")
                + "the two sides differ in a finite model",
                witness=model,
                values=(f"left - right = {value.str(8, radius=False)}", ""),
            )
    return Judgement("undecided", id_, "the two sides are not proved equal, and no finite model tells them apart")


def _one_integral(lhs: Term, rhs: Term) -> bool:
    """Whether both sides integrate the same product of densities over the same variables; a mean is an integral too."""
    try:
        (a, over), (b, other) = integrand(lhs), integrand(rhs)
    except NotLinear:
        return False
    return over == other and not plus((a, ONE), (b, MINUS))


def solved(lhs: Term, rhs: Term, known: Callable[[Term], bool]) -> tuple[Term, Term] | None:
    """The one name of a bound that an equation of log-densities and divergences has no meaning for, and what it is:
    log p(x) = ELBO + KL says what the ELBO is. None for another equation.
    """
    terms = [(a, 1) for a in summands(lhs)] + [(a, -1) for a in summands(rhs)]
    names = [(a, k) for a, k in terms if naming.names_bound(a) and not known(a)]
    rest = [mul(num(k), a) for a, k in terms if (a, k) not in names]
    if len(names) != 1 or len(terms) < 3 or not all(_logs(a) for a, k in terms if (a, k) not in names):
        return None
    (name, sign), total = names[0], add(*rest)
    return name, neg(total) if sign == 1 else total


def summands(t: Term) -> list[Term]:
    """The terms of a sum; a difference has a negative one."""
    return [p for a in t.args for p in summands(a)] if t.op == "add" else [t]


def _one_owner(lhs: Term, rhs: Term) -> bool:
    """Whether p and q may be names of one law: densities alone, none of which is a model's."""
    names = applied(lhs, rhs)
    labelled = any(n.startswith(("p_theta", "q_theta", "p_phi", "q_phi", "p_psi", "q_psi")) for n in names)
    return not labelled and not names & {"E", "E|", "KL"}


def _owned(t: Term) -> Term:
    """A term with every density of p as one of q."""
    args = tuple(_owned(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0].startswith("p("):
        return app(f"q{t.args[0][1:]}", *args[1:], sort=t.sort)
    return t if args == t.args else rebuild(t, args)


def _to_the_end(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with the one last step of their sums, like t in a sum over i = 1..t, called T."""
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    ends = {p.args[2].args[0] for p in parts if p.op in ("sum", "prod") and p.args[2].op == "sym"}
    if len(ends) != 1 or any(p.op == "sym" and p.args[0] == "T" for p in parts):
        return lhs, rhs
    name = ends.pop()
    for s in {p for p in parts if p.op == "sym" and (p.args[0] == name or p.args[0].endswith(f":{name}"))}:
        lhs, rhs = (replaced(t, s, sym(s.args[0][: -len(name)] + "T", s.sort)) for t in (lhs, rhs))
    return lhs, rhs


def applied(*terms: Term) -> set[str]:
    """The names of the opaque functions in terms."""
    return {str(p.args[0]) for t in terms for p in walk(t) if p.op == "app"}


def _logs(t: Term) -> bool:
    """Whether a side is a sum of logarithms, expectations or integrals of such, or divergences."""
    if t.op in ("add", "neg", "mul", "sum", "div"):
        parts = [a for a in t.args if isinstance(a, Term) and a.op not in ("num", "sym") and not is_total_mass(a)]
        return all(map(_logs, parts))
    if t.op != "app":
        return t.op in ("log", "num")
    if t.args[0] == "integral":
        return t.args[1].op == "mul" and any(map(_logs, t.args[1].args))
    return t.args[0] == "KL" or (t.args[0] == "E" and _logs(t.args[1]))


def _ordered(gap: Form, id_: str) -> Judgement:
    """gap >= 0: proved when the gap is a divergence, refuted by a finite model in which it is negative."""
    if any(not plus((gap, ONE), (kl, MINUS)) for kl in _divergences(gap)):
        return Judgement("proved", id_, "the difference is a divergence, which is never negative")
    for value, model in finite.evaluate(gap, finite.MANY):
        if value < 0:
            return Judgement(
                "refuted",
                id_,
                "the inequality fails in a finite model",
                witness=model,
                values=(f"the difference is {value.str(8, radius=False)}", ""),
            )
    return Judgement("undecided", id_, "the difference is not shown to be a divergence")


def _divergences(gap: Form) -> list[Form]:
    """Divergences that the gap might be: of what its laws average, from the other owner's density of the same."""
    out = []
    laws = {a.law for a in gap if a.law is not None}
    for owner, below in laws:
        chain = any(v[0].endswith("·") for a in gap for v in a.variables)
        if chain and below in (frozenset(), RANDOM_DATA):
            steps = Law(owner, variables_of(Term("sym", ("x_1:T",), ("real",))), DATA)
            whole = Law(owner, (steps.above or frozenset()) | DATA, frozenset())
            out.append(_divergence(steps, whole if below else steps))
        for atom in gap:
            latent = atom.variables - DATA
            if chain and not below and latent and not any(v[0].endswith("·") or v[1] is not None for v in latent):
                out.append(_divergence(Law(owner, latent, DATA)))  # of q(z | x_0)
            above = atom.variables - below
            if atom.law == (owner, below) and above and not chain:
                out.append(_divergence(Law(owner, above, frozenset() if below == RANDOM_DATA else below)))
    return out


def _divergence(law: Law, averaged: Law | None = None) -> Form:
    """The divergence of a law from that of the other owner, averaged over its conditions too under another law."""
    other = "p" if law.owner == "q" else "q"
    inside = plus((density(law), ONE), (density(Law(other, law.above, law.below)), MINUS))
    return markov(under(inside, averaged or law))


def name(lhs: Term, rhs: Term, relation: str) -> str:
    """The ID of the corpus that an equation of this shape belongs to."""
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    names = {p.args[0] for p in parts if p.op == "app"}
    chained = any(p.op in ("sum", "prod") for p in parts) or any(p.op == "sym" and ":" in str(p.args[0]) for p in parts)
    if relation in ("<=", ">="):
        return "kl.nonneg" if not any(p.op == "log" for p in parts) else "elbo.jensen"
    if "integral" in names and "KL" not in names:
        return "lvm.marginal"
    if chained:
        return "elbo.ddpm.decomposition" if "E" in names else "conv.ddpm"
    if "KL" in names and "E" in names:
        conditional = any("|" in str(n) and str(n).startswith("p") for n in names)
        evidence = lhs.op == "log" or rhs.op == "log"
        return "elbo.gap" if evidence else ("elbo.rec_kl" if conditional else "kl.cross_entropy")
    if "KL" in names:
        return "kl.cross_entropy"
    return "lvm.marginal" if "integral" in names or "E" in names else "lvm.bayes"
