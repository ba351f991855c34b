"""What an equation may give a meaning to: a name that has none yet, and never a computation."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, app, is_scalar, num, zero
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.signature import DIMENSION, INDICES
from derivations.reading.verdict import Judgement

OPAQUE = frozenset(
    {"integral", "E", "KL", "jacobian", "grad_theta", "grad_phi", "row", "rate", "Var[]", "Cov[]", "Std[]",
     "bb V[]", "cal H[]"}
    | {"integral[]", "sum[]", "prod[]", "H[]", "Ent[]", "lim", "optimum", "entrywise", "min", "max"}
    | {"derivative[]", "det[]", "outer", "at[]", "d[]", "factorial", "column[]"}
)
COMPUTED = OPAQUE | {"E|", "Var[]|", "Cov[]|", "score", "law N"}  # what means something before any equation says so
BOUNDS = frozenset({"ELBO", "VLB", "elbo", "cal L", "L", "cal F", "F", "J", "cal J", "Elbo"})
FIXED = frozenset({"d", "pi"})
STATES = frozenset({"x", "y", "z"})
VELOCITIES = frozenset({"v", "u"})  # by their letters


def is_density(t: Term) -> bool:
    """Whether a term is a density, written with its shape in brackets."""
    return t.op == "app" and str(t.args[0])[:1] in "pq" and "(" in str(t.args[0])


def marginals(*terms: Term) -> set[str]:
    """The letters p and q of the marginal densities of a state that are differentiated in the terms."""
    inside = [p for t in terms for q in walk(t) if q.op in ("grad", "divg") for p in walk(q.args[1])]
    return {p.args[0][0] for p in inside if is_density(p) and re.fullmatch(r"[pq]\(x@?\)", p.args[0])}


def is_computed(t: Term) -> bool:
    """Whether a term is a computation: an expectation, a variance, a divergence, a rate, an integral."""
    return t.op not in ("sym", "app") or t.args[0] in COMPUTED


def computes(t: Term) -> bool:
    """Whether a term has a computation in it: an integral, a derivative, an expectation, a divergence, a limit."""
    binding = ("int", "diff", "grad", "divg", "jac", "sum", "prod", "tr", "logdet", "normal")
    return any(p.op in binding or (p.op == "app" and p.args[0] in COMPUTED - {"optimum"}) for p in walk(t))


def is_number(t: Term) -> bool:
    """Whether no name occurs in a term."""
    return is_scalar(t) and not any(p.op == "app" or (p.op == "sym" and p.args[0] != "pi") for p in walk(t))


def divides(t: Term) -> bool:
    """Whether a term is the divergence of Gaussians that are written out."""
    return t.op == "app" and t.args[0] == "KL" and all(p.op == "normal" or _is_gaussian(p) for p in t.args[1:])


def _is_gaussian(t: Term) -> bool:
    return t.op in ("app", "sym") and str(t.args[0]).startswith("law N")


def multiplies(t: Term) -> bool:
    """Whether a term is a product of Gaussian densities that are written out."""
    return t.op == "mul" and all(isinstance(p, Term) and p.op == "normal" for p in t.args)


def may_name(t: Term, noises: Collection[str]) -> bool:
    """Whether an equation may give this term its meaning."""
    return (
        not is_computed(t)
        and not (t.op == "sym" and t.args[0] in FIXED)
        and not (t.args[0] in noises and len(t.args) <= 2)
    )


def names_bound(t: Term) -> bool:
    """Whether a term is the name of a bound or a free energy, like ELBO, L or F(x), and not of many, like L_t."""
    named = t.op in ("sym", "app") and is_scalar(t) and not any(map(is_scalar, t.args[1:]))
    return named and (str(t.args[0]) in BOUNDS or str(t.args[0]).rpartition("_")[0] in BOUNDS)


def is_silenced(lhs: Term, rhs: Term, noises: Collection[str]) -> bool:
    """Whether a noise is set equal to 0, as in the last step of a sampler."""
    return lhs.op == "sym" and lhs.args[0] in noises and rhs in (num(0), zero(DIMENSION))


def is_slope(t: Term, known: Iterable[Term]) -> bool:
    """Whether a name with a prime stands beside the function without it: then it is its derivative, and no new name."""
    key = str(t.args[0])
    return key.endswith("_prime") and any(k.op == "app" and k.args[0] == key.removesuffix("_prime") for k in known)


def is_named_once(t: Term, names: Collection[str]) -> bool:
    """Whether a term is made of one of the names, written once, as in log SNR or sigma^2: then its value names it."""
    found = [p for p in walk(t) if p.op in ("sym", "app") and p.args[0] in names]
    return len(found) == 1


def may_be_named_at_the_end(t: Term, noises: Collection[str], seen: Collection[str]) -> bool:
    """Whether `expression = name` may give the name its meaning: nobody has written it before."""
    return may_name(t, noises) and t.args[0] not in STATES and t.args[0] not in seen


def fresh(lhs: Term, rhs: Term) -> bool:
    """Whether a name is not used in what equals; a state may be made of states at fixed times."""
    if not is_scalar(lhs) and lhs.op == "app" and len(lhs.args) == 2:
        return not any(
            p.op == "app" and p.args[0] == lhs.args[0] and p.args[1].op != "num" for p in walk(rhs) if len(p.args) == 2
        )
    return lhs.args[0] not in {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}


def overloads(t: Term, known: Iterable[Term]) -> bool:
    """Whether a function that is known for some arguments is written for arguments of other names. What is computed is
    put in for an argument, whatever that is called.
    """
    if t.op != "app" or t.args[0] in ("E|", "score"):
        return False
    mine = _letters(t)
    if is_applied(t):
        numbers = {len(k.args) for k in known if k.op == "app" and k.args[0] == t.args[0]}
        return bool(numbers) and len(t.args) not in numbers
    return any(k.op == "app" and k.args[0] == t.args[0] and k != t and _letters(k) != mine for k in known)


def is_applied(t: Term) -> bool:
    """Whether a function is applied to a point that is computed, as in v((x - s e)/a, e): that defines no function."""
    return t.op == "app" and any(not is_scalar(a) and is_computed(a) for a in t.args[1:])


def _letters(t: Term) -> list[str]:
    named = [a for a in t.args[1:] if a.op in ("sym", "app") and a.args[0] not in INDICES]
    return [f"{a.args[0]}_{a.args[1].args[0]}" if _fixed(a) else str(a.args[0]) for a in named]


def _fixed(t: Term) -> bool:
    """Whether a state is one at a fixed time, like x_0."""
    return t.op == "app" and len(t.args) == 2 and isinstance(t.args[1], Term) and t.args[1].op == "num"


def approximated(lhs: Term, rhs: Term, id_: str) -> Judgement:
    """The verdict on what holds nearly: a network is what it is trained to be, or a name has about some value."""
    name = lhs if lhs.op in ("sym", "app") else rhs
    other = rhs if name is lhs else lhs
    letters = {p.args[0] for p in walk(other) if p.op in ("sym", "app")}
    if may_name(name, ()) and name.op in ("sym", "app") and not is_density(name):
        if re.search(r"_(theta|phi|psi)\b", name.args[0]) and not any("theta" in n or "phi" in n for n in letters):
            return Judgement("definition", id_, "what a network is trained to be")
        if not letters - {"pi"} and is_scalar(name) and "(" not in name.args[0]:
            return Judgement("definition", id_, "a setting, up to rounding")
    return Judgement("undecided", id_, "an approximation: nothing exact is claimed")


def _unlabelled(t: Term) -> Term:
    """The term with the densities of a model under the names of the true ones."""
    args = tuple(_unlabelled(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app":
        return app(re.sub(r"^([pq])_(?:theta|phi|psi|vartheta)\(", r"\1(", str(args[0])), *args[1:], sort=t.sort)
    return t if args == t.args else rebuild(t, args)


def relabelled(lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict where a model's density stands for the true one and nothing else differs: what the model is trained
    to be, and no law of probability. None for other equations, and for one that says what the density is.
    """
    if lhs == rhs or _unlabelled(lhs) != _unlabelled(rhs):
        return None
    if relation == "~~":
        return Judgement("definition", message="what a model is trained to be")
    if is_density(lhs):
        return None
    return Judgement("undecided", message="the density of a model is set equal to the true one, which is a hope")


def is_flow(lhs: Term, rhs: Term) -> bool:
    """Whether the rate of a function of a point is set equal to a field at its value: d psi_t(x)/dt = u_t(psi_t(x))."""
    moved = lhs.args[1] if lhs.op == "app" and lhs.args[0] == "rate" and len(lhs.args) > 1 else None
    return moved is not None and moved.op == "app" and rhs.op == "app" and moved in rhs.args and not is_computed(rhs)


def alike(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with a written 0 as the zero vector beside a vector."""
    if lhs.sort[0] == "vec" and rhs == num(0):
        return lhs, zero(DIMENSION)
    return (zero(DIMENSION), rhs) if rhs.sort[0] == "vec" and lhs == num(0) else (lhs, rhs)


def spelled(lhs: Term, rhs: Term) -> str:
    """What an equation says that only tells how something is written: of one bare name on both sides, as in m(0) = m_0,
    and of a state at some time and its value, as in X_t = x. Nothing of any other equation.
    """
    if lhs == rhs and lhs.op in ("app", "sym") and not is_computed(lhs):
        return "one name in two spellings"
    if lhs.op == rhs.op == "app" and len(lhs.args) == len(rhs.args) == 2 and lhs.args[0] == rhs.args[0]:
        on_grid = rhs.args[1].op == "app" and lhs.args[1] == rhs.args[1].args[-1]
        return "the value at a time of a grid" if on_grid else ""
    state = lhs.op == "app" and len(lhs.args) == 2 and not is_scalar(lhs) and lhs.args[1].op == "sym"
    return "the value of a state" if state and rhs.op == "sym" and rhs.args[0] == lhs.args[0] else ""


def is_sampled(lhs: Term, rhs: Term) -> bool:
    """Whether the steps of a schedule are made of its values in continuous time: beta_i = beta(i/N) / N."""
    if lhs.op != "app" or len(lhs.args) != 2 or not is_scalar(lhs) or lhs.args[1].op != "sym":
        return False
    values = [p for p in walk(rhs) if p.op == "app" and p.args[0] == lhs.args[0] and len(p.args) == 2]
    return bool(values) and all(p.args[1].op == "div" and p.args[1].args[0] == lhs.args[1] for p in values)


def is_scheme(lhs: Term, rhs: Term) -> bool:
    """Whether a computed state, like x_tilde at t, is made of the same one at another time."""
    state = lhs.op == "app" and len(lhs.args) == 2 and not is_scalar(lhs) and str(lhs.args[0])[:2] in ("x_", "z_")
    return state and any(p.op == "app" and p.args[0] == lhs.args[0] and p != lhs for p in walk(rhs))


def is_bound(t: Term) -> bool:
    """Whether a name is that of the variational bound, which no document defines in two ways."""
    return t.op in ("app", "sym") and bool(re.search("elbo|vlb", str(t.args[0]), re.IGNORECASE))


def respelled(lhs: Term, rhs: Term) -> bool:
    """Whether one function stands on both sides with other arguments, as in u_t(x | z) = u_t(x | x_0, x_1)."""
    named = lhs.op == rhs.op == "app" and lhs.args[0] == rhs.args[0] and not is_computed(lhs) and not is_density(lhs)
    return named and len(lhs.args) != len(rhs.args)


def normalises(lhs: Term, rhs: Term) -> bool:
    """Whether a name like Z_theta is set equal to an integral: what matters of it is that it is positive."""
    whole = rhs.op == "int" or (rhs.op == "app" and rhs.args[0] == "integral")
    return whole and str(lhs.args[0]).split("_")[0] == "Z"


def another_path(lhs: Term, rhs: Term, found: Judgement) -> bool:
    """Whether a Gaussian density is given a form in names that are new: that of the next example."""
    return is_density(lhs) and rhs.op == "normal" and found.message.endswith("not declared")


def determines(lhs: Term, knows: Callable[[Term], bool]) -> bool:
    """Whether the left side is the rate of a function of time of which nothing is known: m'(t) = a(t) m(t) asks for
    that function.
    """
    rate = lhs.op == "app" and lhs.args[0] == "rate" and len(lhs.args) > 2
    moved: Term = lhs.args[1] if lhs.op == "diff" or rate else lhs
    if moved is lhs or moved.op != "app" or len(moved.args) != 2 or is_computed(moved):
        return False
    return str(moved.args[0]).isalpha() and moved.args[0] not in STATES and not knows(moved)


def is_rate(read: Sequence[object], told: Collection[Term]) -> bool:
    """Whether the formula at hand is about the rate of a function that the document has told: then it seeks none."""
    left = read[0][0] if len(read) == 1 and isinstance(read[0], list) and read[0] else None
    return isinstance(left, Term) and left.op == "diff" and left.args[1].op == "app" and _head(left) in map(_head, told)


def _head(t: Term) -> object:
    """The name of a function, or of the one of which a term is the rate."""
    return t.args[1].args[0] if t.op == "diff" else t.args[0]


def all_known(has_rule: Callable[[Term], bool], lhs: Term, rhs: Term) -> bool:
    """Whether a flow and its field both have a meaning, so that they can be compared."""
    return has_rule(lhs.args[1]) and has_rule(rhs)


def mixes_coordinates(*terms: Term) -> bool:
    """Whether a vector stands beside its coordinates: x beside a sum over i of x_i."""
    bound = {p.args[0].args[0] for t in terms for p in walk(t) if p.op in ("sum", "prod")}
    parts = [p for t in terms for p in walk(t)]
    inside = {
        p.args[0] for p in parts if p.op == "app" and len(p.args) == 2 and {s.args[0] for s in p.args[1].free} & bound
    }
    return bool(inside & {p.args[0] for p in parts if p.op == "sym"})


def steps(letter: str, *terms: Term) -> set[Term]:
    """The steps at which a state occurs in terms."""
    return {p.args[1] for t in terms for p in walk(t) if p.op == "app" and p.args[0] == letter and len(p.args) == 2}


def loose_states(lhs: Term, rhs: Term) -> list[Term]:
    """The states in a Gaussian of which the density on the left does not speak: at fixed steps, like x_0, or at any
    where the density is one of a state itself.
    """
    if not is_density(lhs) or rhs.op != "normal":
        return []
    states = {p for p in walk(rhs.args[1]) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    of_states = rhs.args[0] in lhs.args and rhs.args[0].op == "app"
    loose = {p for p in states if p not in lhs.args and (p.args[1].op == "num" or of_states)}
    return sorted(loose, key=repr)


def of_densities(lhs: Term, rhs: Term) -> bool:
    """Whether an equation says how a density is made of densities: a quotient of them, or a product over a chain."""
    parts = list(walk(rhs))
    made = all(p.op in ("mul", "div", "prod", "num", "neg", "add", "sym") or p.op == "app" for p in parts)
    return is_density(lhs) and made and _only_densities(rhs) and any(p.op in ("div", "prod") for p in parts)


def spelled_out(lhs: Term, rhs: Term) -> Term | None:
    """KL(q || p) with the densities that the right side writes out for q and p; None when it does not."""
    if lhs.op != "app" or lhs.args[0] != "KL" or not all(a.op == "sym" for a in lhs.args[1:]):
        return None
    found = {str(p.args[0]).split("(")[0]: p for p in walk(rhs) if is_density(p)}
    names = [str(a.args[0]) for a in lhs.args[1:]]
    return app("KL", *(found[n] for n in names)) if all(n in found for n in names) else None


def _only_densities(t: Term) -> bool:
    if t.op == "prod":
        return _only_densities(t.args[3])
    if t.op in ("mul", "div"):
        return all(_only_densities(a) for a in t.args if isinstance(a, Term))
    return is_density(t)


__all__ = [
    "COMPUTED",
    "OPAQUE",
    "is_computed",
    "is_density",
    "may_be_named_at_the_end",
    "may_name",
    "of_densities",
    "spelled_out",
]
