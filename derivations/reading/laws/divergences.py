"""KL(p || q) of two named densities: which equations say what it is."""

from __future__ import annotations

from derivations.deciding import decide
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, div, log, mul, neg, sym
from derivations.reading.equations import naming
from derivations.reading.laws import bounds
from derivations.reading.notation.coordinates import walk
from derivations.reading.verdict import Judgement


def of_names(lhs: Term, rhs: Term) -> bool:
    """Whether an equation says what the divergence of two densities is that are mere names."""
    named = lhs.op == "app" and lhs.args[0] == "KL" and all(a.op == "sym" for a in lhs.args[1:])
    return named and not any(p.op == "app" and p.args[0] == "KL" for p in walk(rhs))


def judge(lhs: Term, rhs: Term, relation: str) -> Judgement:
    """The verdict on such an equation: a definition where it is the right one."""
    spelled = naming.spelled_out(lhs, rhs)
    found = None if spelled is None else bounds.judge(spelled, rhs, relation)
    if found is not None and found.verdict == "refuted":
        return found
    if is_definition(lhs, rhs):
        return Judgement("definition", "kl.cross_entropy", "the divergence by its definition")
    return Judgement("undecided", message="that is not how the divergence of two densities is defined")


def is_definition(lhs: Term, rhs: Term) -> bool:
    """Whether KL(p || q) = rhs integrates p log(p/q) on the right, as an integral, a mean under p or entropies."""
    p, q = (str(a.args[0]) for a in lhs.args[1:])
    found = _integrand(rhs, (p, q))
    if found is None or p == q or not {s.args[0] for s in found.free} <= {p, q}:
        return False
    words = {p: "positive", q: "positive"}
    return decide(found, mul(sym(p), log(div(sym(p), sym(q)))), words).status == "proved"


def _integrand(t: Term, names: tuple[str, str]) -> Term | None:
    """What is integrated in a sum of integrals and means, with the densities as p and q; None for anything else."""
    if t.op in ("add", "neg"):
        parts = [_integrand(a, names) for a in t.args]
        whole = [a for a in parts if a is not None]
        return None if len(whole) < len(parts) else add(*whole) if t.op == "add" else neg(whole[0])
    if t.op != "app" or len(t.args) < 2:
        return None
    if t.args[0] == "integral":
        return _bare(t.args[1], names)
    if t.args[0] == "E" and len(t.args) == 3:
        law = _head(t.args[2]).removeprefix("law ").rpartition("~")[2].replace("{", "").replace("}", "")
        return mul(sym(law), _bare(t.args[1], names)) if law in names else None
    if t.args[0] == "H[]" and all(_head(a) in names for a in t.args[1:]):
        return neg(mul(sym(_head(t.args[1])), log(sym(_head(t.args[-1])))))
    return None


def _head(t: Term) -> str:
    return str(t.args[0]).partition("(")[0] if t.op in ("sym", "app") else ""


def _bare(t: Term, names: tuple[str, str]) -> Term:
    if t.op in ("sym", "app") and _head(t) in names:
        return sym(_head(t))
    return rebuild(t, tuple(_bare(a, names) if isinstance(a, Term) else a for a in t.args))


__all__ = ["is_definition"]
