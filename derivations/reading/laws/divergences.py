"""KL(p || q) and H(p) of named densities: which equations say what they are."""

from __future__ import annotations

from derivations.deciding import decide
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, div, log, mul, neg, sym
from derivations.reading.equations import naming
from derivations.reading.laws import bounds
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.measures import QUOTIENT
from derivations.reading.verdict import Judgement

ENTROPIES = frozenset({"H[]", "cal H[]", "Ent[]"})


def of_names(lhs: Term, rhs: Term) -> bool:
    """Whether an equation says what the divergence, or the entropy, of densities is that are mere names."""
    named = lhs.op == "app" and lhs.args[0] in ENTROPIES | {"KL"} and all(a.op == "sym" for a in lhs.args[1:])
    named = named and (lhs.args[0] != "KL" or len(lhs.args) == 3)  # KL_t is a name like any other
    again = any(p.op == "app" and p.args[0] == lhs.args[0] for p in walk(rhs))
    return named and not again and (lhs.args[0] == "KL" or _is_entropy(lhs, rhs))


def judge(lhs: Term, rhs: Term, relation: str) -> Judgement:
    """The verdict on such an equation: a definition where it is the right one."""
    if lhs.args[0] in ENTROPIES:
        return Judgement("definition", message="the entropy by its definition")
    spelled = naming.spelled_out(lhs, rhs)
    found = None if spelled is None else bounds.judge(spelled, rhs, relation)
    if found is not None and found.verdict == "refuted":
        return found
    if is_definition(lhs, rhs):
        return Judgement("definition", "kl.cross_entropy", "the divergence by its definition", checked=True)
    return Judgement("undecided", message="that is not how the divergence of two densities is defined")


def is_definition(lhs: Term, rhs: Term) -> bool:
    """Whether KL(p || q) = rhs integrates p log(p/q) on the right, as an integral, a mean under p or entropies."""
    p, q = (str(a.args[0]) for a in lhs.args[1:])
    found = _integrand(rhs, (p, q))
    if found is None or p == q or not {s.args[0] for s in found.free} <= {p, q}:
        return False
    words = {p: "positive", q: "positive"}
    return decide(found, mul(sym(p), log(div(sym(p), sym(q)))), words).status == "proved"


def _is_entropy(lhs: Term, rhs: Term) -> bool:
    """Whether H(p) = rhs integrates -p log p on the right, or H(p, q) = rhs -p log q; H(X) is that of the one density
    there is.
    """
    written = {_head(t) for t in walk(rhs) if naming.is_density(t)}
    said = [str(a.args[0]) for a in lhs.args[1:]]
    if len(said) == 1 and len(written) == 1:
        said = [*written] if said[0] not in written and said[0].isupper() else said
    names = (said[0], said[-1])
    found = _integrand(rhs, names)
    if found is None or len(said) > 2 or not {s.args[0] for s in found.free} <= {*names}:
        return False
    words = dict.fromkeys(names, "positive")
    return decide(found, neg(mul(sym(names[0]), log(sym(names[1])))), words).status == "proved"


def _integrand(t: Term, names: tuple[str, str]) -> Term | None:
    """What is integrated in a sum of integrals and means, with the densities as p and q; None for anything else."""
    if t.op in ("add", "neg"):
        parts = [_integrand(a, names) for a in t.args]
        whole = [a for a in parts if a is not None]
        return None if len(whole) < len(parts) else add(*whole) if t.op == "add" else neg(whole[0])
    if t.op == "int" and _head(t.args[0]) in names:  # over a measure, as int log(dQ/dP) dQ
        return mul(sym(_head(t.args[0])), _bare(t.args[2], names))
    if t.op != "app" or len(t.args) < 2:
        return None
    if t.args[0] == "integral":
        over = [sym(_head(t.args[2]))] if _head(t.args[2]) in names else []
        return mul(*over, _bare(t.args[1], names)) if over else _bare(t.args[1], names)
    if t.args[0] == "E" and len(t.args) == 3:
        law = _head(t.args[2]).removeprefix("law ").rpartition("~")[2].replace("{", "").replace("}", "")
        own = next((n for n in names if n.replace(" ", "") == law), None)
        return None if own is None else mul(sym(own), _bare(t.args[1], names))
    if t.args[0] == "H[]" and all(_head(a) in names for a in t.args[1:]):
        return neg(mul(sym(_head(t.args[1])), log(sym(_head(t.args[-1])))))
    return None


def _head(t: Term) -> str:
    return str(t.args[0]).partition("(")[0] if t.op in ("sym", "app") else ""


def _bare(t: Term, names: tuple[str, str]) -> Term:
    if t.op in ("sym", "app") and _head(t) in names:
        return sym(_head(t))
    if t.op == "app" and t.args[0] == QUOTIENT and {_head(a) for a in t.args[1:3]} <= {*names}:
        return div(sym(_head(t.args[1])), sym(_head(t.args[2])))
    return rebuild(t, tuple(_bare(a, names) if isinstance(a, Term) else a for a in t.args))


__all__ = ["is_definition"]
