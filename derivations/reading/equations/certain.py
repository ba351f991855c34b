"""What a refutation rests on: whether a false equation says what it was read to say, whatever a document's letters mean.

A reader takes letters to mean what they mean in the book. An author may mean something else by them, and a false
accusation is worse than an open question. So an equation that fails is called false where it is a slip away from a true
one, or where its failure does not hang on what single letters were taken for.
"""

from __future__ import annotations

from collections.abc import Collection

from derivations.kernel.terms import Term
from derivations.reading.notation.coordinates import walk

MARKED = frozenset({"alpha_bar", "beta_tilde", "mu_tilde"})  # which one family of papers writes so
OF_DENSITIES = frozenset({"lvm.bayes", "cfg.tilted_density"})  # which holds for all laws
COMPUTED = frozenset({"int", "sum", "prod", "diff"})
FAR = "it fails as it was read, and no single slip makes it true, so its letters may mean something else here"


def certain(lhs: Term, rhs: Term, used: Collection[str], id_: str) -> bool:
    """Whether an equation that fails says what it was read to say: its names are of one family of papers, it fails for
    all densities, or nothing was put in for its letters and it is a computation, or in the same ones on both sides.
    """
    names = [{str(p.args[0]) for p in walk(t) if p.op in ("app", "sym")} for t in (lhs, rhs)]
    if (names[0] | names[1]) & MARKED or id_ in OF_DENSITIES:
        return True
    computed = any(p.op in COMPUTED or (p.op == "app" and p.args[0] == "KL") for p in walk(lhs))
    return not used and (names[0] == names[1] or computed)


__all__ = ["FAR", "certain"]
