"""Log-densities under expectations: the variational bound, its gap, divergences, all as one normal form.

An expression that is linear in log-densities becomes numbers times atoms. An atom is the logarithm of a joint density
of some variables under a law: p(a | b) = p(a, b) / p(b), KL(q || p) is the expectation of log q - log p under q, an
expectation of what does not depend on its variables is that itself. All integrals are taken to exist.

In a chain x_0, ..., x_T the joint densities of ranges split into pairs (the chain is Markov), and sums over the steps
are brought to the range 2..T, with neighbouring terms telescoped.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading.laws import bayes
from derivations.reading.laws.chains import markov, steps
from derivations.reading.laws.forms import (
    DATA,
    RANDOM_DATA,
    RANGE_BASE,
    Atom,
    Form,
    Law,
    NotLinear,
    Variable,
    Variables,
    plus,
)
from derivations.reading.notation.unfolding import split_index


def form(t: Term) -> Form:
    """The normal form of a scalar term. Raises NotLinear."""
    return markov(_form(t, None))


def _form(t: Term, law: Law | None) -> Form:
    if t == num(0):
        return {}
    if t.op == "add":
        return plus(*((_form(a, law), Fraction(1)) for a in t.args))
    if t.op == "neg":
        return plus((_form(t.args[0], law), Fraction(-1)))
    if t.op == "mul" or t.op == "div":
        return _scaled(t, law)
    if t.op == "log":
        return under(_log(t.args[0]), law)
    if t.op == "sum":
        return steps(t, _form(t.args[3], law))
    if t.op == "app" and t.args[0] == "E":
        return _expectation(t, law)
    if t.op == "app" and t.args[0] == "integral":
        return _averaged(t, law)
    if t.op == "app" and t.args[0] == "KL" and len(t.args) == 3:
        return _divergence(t, law)
    raise NotLinear(f"not linear in log-densities: {t.op} {t!r}"[:120])


def _averaged(t: Term, outer: Law | None) -> Form:
    """The integral of a density times a log-density: an expectation."""
    body, over = t.args[1], variables(t.args[2])
    factors = body.args if body.op == "mul" else (body,)
    laws = [(a, law) for a in factors if a.op == "app" and (law := _law(a)) is not None and law.above == over]
    rest = [a for a in factors if not any(a is b for b, _ in laws)]
    if len(laws) != 1 or len(rest) != 1:
        raise NotLinear("an integral of what is no density times a log-density")
    return _form(rest[0], _nested(outer, laws[0][1]))


def integrand(t: Term) -> tuple[Form, Variables]:
    """The logarithm of what a side integrates, and over which variables; a mean is an integral with its law. Raises
    NotLinear for another term.
    """
    if t.op == "app" and t.args[0] == "integral":
        over, body = variables(t.args[2]), t.args[1]
        nested = body.op == "app" and body.args[0] == "integral"
        inside, more = integrand(body) if nested else (_log(body), over)
        return markov(inside), over | more
    law = _law(t.args[2]) if t.op == "app" and t.args[0] == "E" and len(t.args) == 3 else None
    if law is None or law.above is None:
        raise NotLinear("no integral")
    return markov(plus((_log(t.args[1]), Fraction(1)), (density(law), Fraction(1)))), law.above


def is_total_mass(t: Term) -> bool:
    """Whether a term is the integral of a density over its variable, which is 1."""
    if t.op != "app" or t.args[0] != "integral":
        return False
    law = _law(t.args[1])
    return law is not None and law.above == variables(t.args[2])


def _scaled(t: Term, law: Law | None) -> Form:
    factor, rest = Fraction(1), []
    parts = t.args if t.op == "mul" else t.args[:1]
    for a in parts:
        if a.op == "num":
            factor *= a.args[0]
        elif is_total_mass(a):
            continue
        elif a.op == "div" and all(b.op == "num" for b in a.args):
            factor *= a.args[0].args[0] / a.args[1].args[0]
        else:
            rest.append(a)
    if t.op == "div":
        if t.args[1].op != "num" or not t.args[1].args[0]:
            raise NotLinear("a quotient of densities outside a logarithm")
        factor /= t.args[1].args[0]
    if len(rest) != 1:
        raise NotLinear("a product of log-densities")
    return plus((_form(rest[0], law), factor))


def _log(t: Term) -> Form:
    """log of a product of densities, of their integral, of an expectation of their quotient."""
    if t.op in ("mul", "div"):
        sign = Fraction(1) if t.op == "mul" else Fraction(-1)
        return plus((_log(t.args[0]), Fraction(1)), *((_log(a), sign) for a in t.args[1:]))
    if t == num(1):
        return {}
    if t.op == "pow" and t.args[1].op == "num":
        return plus((_log(t.args[0]), t.args[1].args[0]))
    if t.op == "prod":
        return steps(t, _log(t.args[3]))
    if t.op == "app" and t.args[0] == "integral":
        return _marginal(_log(t.args[1]), variables(t.args[2]))
    if t.op == "app" and t.args[0] == "E" and len(t.args) == 3:
        law = _law(t.args[2])
        if law is not None and law.above is not None:
            return _marginal(plus((_log(t.args[1]), Fraction(1)), (density(law), Fraction(1))), law.above)
    parts = bayes.split(t) if t.op == "app" else None
    if parts is None:
        raise NotLinear(f"the logarithm of what is no density: {t!r}"[:120])
    owner, above, below = parts
    return density(
        Law(
            owner,
            frozenset().union(*(variables(v[0]) for v in above)),
            frozenset().union(frozenset(), *(variables(v[0]) for v in below)),
        )
    )


def density(law: Law) -> Form:
    """log p(a | b) as log p(a, b) - log p(b)."""
    above = law.above or frozenset()
    out: Form = {Atom(law.owner, above | law.below): Fraction(1)}
    return plus((out, Fraction(1)), ({Atom(law.owner, law.below): Fraction(1)}, Fraction(-1))) if law.below else out


def _marginal(f: Form, over: Variables) -> Form:
    """The logarithm of the integral of one joint density over some of its variables."""
    if over == frozenset({("x[1:T]", RANGE_BASE, Fraction(0))}):
        whole = frozenset({("x[0:T]", RANGE_BASE, Fraction(0))})
        f = {Atom(a.owner, over | DATA) if a.variables == whole else a: k for a, k in f.items()}
    inside = {a: k for a, k in f.items() if a.variables & over}
    if len(inside) != 1:
        raise NotLinear("an integral of what is not one joint density")
    ((atom, k),) = inside.items()
    if k != 1 or not over <= atom.variables or atom.summed:
        raise NotLinear("an integral of what is not one joint density")
    rest = {a: c for a, c in f.items() if a not in inside}
    left = atom.variables - over
    return plus((rest, Fraction(1)), ({Atom(atom.owner, left): Fraction(1)} if left else {}, Fraction(1)))


def variables(t: Term) -> Variables:
    """The variables that a term names: x_t, or a range x_{1:T}."""
    if t.op == "sym":
        name = str(t.args[0])
        letter, _, label = name.partition("_")
        if ":" in label:
            lo, _, hi = label.partition(":")
            return frozenset({(f"{letter}[{lo}:{hi}]", RANGE_BASE, Fraction(0))})
        return frozenset({(name, None, Fraction(0))})
    if t.op == "app" and len(t.args) == 2 and is_scalar(t.args[1]):
        parts = split_index(t.args[1])
        if parts is not None:
            return frozenset({(f"{t.args[0]}·", parts[0], parts[1])})
    raise NotLinear(f"a variable that has no meaning here: {t!r}"[:100])


# ---- laws


def _law(t: Term) -> Law | None:
    """A law under an expectation sign: a density, or an owner alone."""
    if t.op == "sym" and str(t.args[0]).startswith("law "):
        words = str(t.args[0])[4:]
        if words in ("q", "p", "q_{phi}", "p_{theta}", "q_{\\phi}"):
            return Law(words[0], None, frozenset())
        return None
    parts = bayes.split(t)
    if parts is None:
        return None
    owner, above, below = parts
    empty: Variables = frozenset()
    return Law(owner, empty.union(*(variables(v[0]) for v in above)), empty.union(*(variables(v[0]) for v in below)))


def _expectation(t: Term, outer: Law | None) -> Form:
    if len(t.args) == 2:  # over everything that is random
        return _form(t.args[1], _nested(outer, Law("q", None, frozenset())))
    if len(t.args) != 3:
        raise NotLinear("an expectation under other than one law")
    law = _law(t.args[2])
    if law is None:
        raise NotLinear("an expectation under a law that has no meaning here")
    return _form(t.args[1], _nested(outer, law))


def _nested(outer: Law | None, law: Law) -> Law:
    """The law of an expectation inside another: by the tower property the outer one, when it covers the conditions."""
    if outer is None:
        return law
    if outer.owner == law.owner and (outer.above is None or law.below <= _points(outer)):
        above = None if outer.above is None or law.above is None else outer.above | law.above
        return Law(outer.owner, above, outer.below)
    if not law.below & _points(outer):
        return law
    raise NotLinear("an expectation inside another one of a different law")


def _points(law: Law) -> Variables:
    return (law.above or frozenset()) | law.below


def _divergence(t: Term, outer: Law | None) -> Form:
    law = _law(t.args[1])
    if law is None:
        raise NotLinear("a divergence of what is no density")
    inside = plus((_log(t.args[1]), Fraction(1)), (_log(t.args[2]), Fraction(-1)))
    return under(inside, _nested(outer, law))


def mismatched(t: Term) -> bool:
    """Whether a divergence in the term compares densities of different variables: then it means nothing."""
    if t.op == "app" and t.args[0] == "KL" and len(t.args) == 3:
        sides = [bayes.split(a) for a in t.args[1:]]
        if None not in sides:
            left, right = ({repr(v[0]) for v in side[1]} for side in sides if side is not None)
            return left != right
    return any(mismatched(a) for a in t.args if isinstance(a, Term))


def under(f: Form, law: Law | None) -> Form:
    """The expectation of log-densities under a law; one that does not see its variables is itself."""
    if law is None:
        return f
    out: Form = {}
    for atom, k in f.items():
        if (law.above is not None and not _sees(atom.variables, law.above)) or (
            law.above is None and atom.variables <= DATA
        ):
            placed = atom
        else:
            placed = Atom(atom.owner, atom.variables, (law.owner, _conditions(law)), atom.summed)
        out[placed] = out.get(placed, Fraction(0)) + k
    return out


def _conditions(law: Law) -> Variables:
    """The conditions of a law as a key: of a chain, given the data is what an author means who gives none."""
    if law.above is None or law.below == DATA:
        return frozenset()
    return law.below or RANDOM_DATA


def _sees(a: Variables, b: Variables) -> bool:
    """Whether sets of variables may meet; a range meets the states of its letter that lie in it, and other ranges."""
    return any(v == w or _in_range(v, w) or _in_range(w, v) for v in a for w in b)


def _in_range(v: Variable, whole: Variable) -> bool:
    """Whether a state or a range may meet a range; x_0 lies in x_{0:T}, and not in x_{1:T}."""
    if whole[1] != RANGE_BASE:
        return False
    letter, _, bounds = whole[0].partition("[")
    if v[1] == RANGE_BASE:
        return v[0].partition("[")[0] == letter
    first = (f"{letter}·", None, Fraction(0))
    return v[0] == f"{letter}·" and (v != first or bounds.startswith("0:"))
