"""What kind of rule a definition of a document makes: one in one dimension, an average, a density in closed form."""

from __future__ import annotations

from derivations.kernel.terms import Term, TermError, is_scalar
from derivations.reading.equations import naming
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import Rule, Unfolder
from derivations.reading.terms.signature import PARAMETERS
from derivations.reading.text.syntax import UnreadError
from derivations.registry.one_dimension import one_dimensional


def flattened(rule: Rule) -> Rule | None:
    """A rule in one dimension; None when a number and a vector in it have one name."""
    try:
        return Rule(one_dimensional(rule.left), one_dimensional(rule.right), rule.id, rule.kind)
    except (ValueError, TermError):
        return None


def is_one_average(rule: Rule) -> bool:
    """Whether a rule says what one average or bound is; L_t of many steps is no name of L_T."""
    indexed = any(is_scalar(a) and not _is_parameter(a) for a in rule.left.args[1:])
    return not indexed and (_averages(rule.right) or naming.names_bound(rule.left))


def _is_parameter(t: Term) -> bool:
    """Whether a term stands for parameters or for the law that has them, as in L(theta, phi) and L(q, theta)."""
    return t.op == "sym" and str(t.args[0]).partition("_")[0] in PARAMETERS | {"q", "p"}


def _averages(t: Term) -> bool:
    return any(p.op == "app" and p.args[0] in ("E", "KL", "integral") for p in walk(t))


def closed_density(t: Term) -> bool:
    """Whether a density is a Gaussian whose mean and covariance no network gives."""
    named = [str(p.args[0]) for p in walk(t) if p.op == "app"]
    explicit = t.op == "normal" or (any(p.op == "exp" for p in walk(t)) and not any("(" in name for name in named))
    return explicit and not any(
        p.op == "app" and (p.sort[0] == "mat" or "theta" in p.args[0] or "phi" in p.args[0]) for p in walk(t)
    )


def leads_on(rule: Rule, others: list[Rule]) -> bool:
    """Whether a rule beside others does not lead back to itself: f = a'/a and a = exp int f say one thing."""
    try:
        Unfolder([*others, rule], scores=False)(rule.left)
    except UnreadError:
        return False
    return True


__all__ = ["closed_density", "flattened", "is_one_average", "leads_on"]
