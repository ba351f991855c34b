"""What in the drift of an equation is a score, the gradient of a likelihood, or a network for the noise."""

from __future__ import annotations

from derivations.kernel.terms import Term
from derivations.reading.laws import bayes
from derivations.reading.text.syntax import UnreadError

SCORES = ("score", "s_theta", "s", "s_phi", "S_theta")
DENSITIES = frozenset({"p", "q", "P", "Q", "pi", "rho", "mu", "nu", "f"})  # letters of densities without brackets


def is_score(a: Term) -> bool:
    """Whether an atom is a score: the gradient of a log-density, or a network for it. That of log h, as in Doob's
    transform, is none.
    """
    return _is_slope(a) or (a.op == "app" and a.args[0] in SCORES)


def _is_slope(a: Term) -> bool:
    """Whether an atom is the gradient of a log-density."""
    if a.op not in ("grad", "diff") or a.args[1].op != "log":
        return False
    inside = a.args[1].args[0]
    name = str(inside.args[0]) if inside.op in ("app", "sym") else ""
    return inside.op not in ("app", "sym") or "(" in name or name.split("_")[0] in DENSITIES


def is_likelihood(a: Term) -> bool:
    """Whether a gradient is one of log p(y | x) in what is given: with the score of x it is the score of x given y."""
    if a.op not in ("grad", "diff") or a.args[1].op != "log":
        return False
    density = a.args[1].args[0]
    _above, bar, _ = str(density.args[0]).partition("|") if density.op == "app" else ("", "", "")
    if not bar:
        return False
    try:
        found = bayes.split(density)
    except UnreadError:
        return False
    return found is None or not any(v[0] == a.args[0] for v in found[1])


def is_predicted_noise(a: Term) -> bool:
    """Whether an atom is a network for the noise at the state and the time."""
    return a.op == "app" and a.args[0] in ("eps_theta", "eps_hat_theta") and len(a.args) == 3


__all__ = ["is_likelihood", "is_predicted_noise", "is_score"]
