r"""What holds nearly: \sqrt{1-\beta_t} \approx 1 - \beta_t/2 to first order, q(x_T | x_0) \approx N(0, I) at the end.

An expansion is true when it agrees with what is written out as far as it goes, and false when its term of first order
is another one. The law of the last state is what is left of it where its signal level is 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivations.kernel.terms import Term, TermError, add, app, eye, is_scalar, mul, neg, num, sym, zero
from derivations.reading.equations import asymptotics, naming
from derivations.reading.equations.compare import equal
from derivations.reading.laws import laws
from derivations.reading.laws.gaussians import multiple
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, current_index
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SMALL = sym("h")
DECAYS = {"levels": "alpha", **dict.fromkeys(CHAINS, "alpha_bar")}  # the signal


def judge(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on a ~~ b, or on the limit of a law; None where nothing is decided."""
    limit = lhs.op == "app" and lhs.args[0] == "lim"
    if limit and rhs == num(0) and lhs.args[1].op == "app" and lhs.args[1].args[0] == DECAYS.get(notation.world.name):
        return Judgement("definition", message="a schedule without a signal at its end")
    if relation == "~~" or limit:
        found = _last_law(notation, lhs.args[1] if limit else lhs, rhs, str(lhs.args[2].args[0]) if limit else "")
        if found is not None or limit:
            return found
        return _expansion(lhs, rhs, notation.domains)
    return None


# ---- the law of the last state


def _last_law(notation: Notation, t: Term, law: Term, below: str) -> Judgement | None:
    """q(x_T | x_0), q(x_T) or x_T beside N(m, C), which is compared with the law where there is no signal."""
    if notation.world.name not in DECAYS or law.op not in ("normal", "app") or notation.scalar_world:
        return None
    wanted = _moments(law)
    state = next((p for p in ((t, *t.args[1:]) if naming.is_density(t) else (t,)) if _is_state(p)), None)
    if wanted is None or state is None or (law.op == "normal" and law.args[0] != state):
        return None
    last = state.args[1]
    at_end = (last.op == "sym" and last.args[0] in ("T", "N")) or "->" in below
    if not at_end or any(_is_state(p) and p not in (state, app("x", num(0), sort=state.sort)) for p in walk(t)):
        return None
    unfold = notation.unfolder(current_index((t, law)))
    x_0 = app("x", num(0), sort=state.sort)
    known = unfold(canonical(app("q(x|x)", state, last, x_0, num(0))))
    if known.op != "normal":
        return None
    level = app(DECAYS[notation.world.name], last)
    mean, cov = (replaced(replaced(p, level, num(0)), app("alpha", last), num(0)) for p in known.args[1:])
    pairs = [(wanted[0], mean), (_size(wanted[1]), _size(cov)), (_size(wanted[1]), _size(known.args[2]))]
    answers = [equal(a, b, notation.domains) for a, b in pairs]
    if answers[0].status == "proved" and "proved" in (answers[1].status, answers[2].status):
        return Judgement("proved", "forward.marginal", "what is left of the law where the signal level is 0")
    wrong = next((a for a in answers[:2] if a.status == "refuted"), None)
    if wrong is None or notation.world.name == "levels":
        return None
    said = "where the signal level is 0 the law is the standard Gaussian"
    return Judgement("refuted", "forward.marginal", said, witness=dict(wrong.witness or {}), values=wrong.values)


def _size(cov: Term) -> Term:
    """The c of a covariance c I; any other one itself."""
    found = multiple(cov)
    return cov if found is None else found


def _is_state(t: Term) -> bool:
    return t.op == "app" and t.args[0] == "x" and len(t.args) == 2 and not is_scalar(t) and t.args[1] != num(0)


def _moments(law: Term) -> tuple[Term, Term] | None:
    """The mean and covariance of a Gaussian, as those of a vector."""
    if law.op == "app" and law.args[0] != "law N":
        return None
    mean, cov = law.args[-2:]
    if is_scalar(mean) and mean != num(0):
        return None
    return zero(DIMENSION) if mean == num(0) else mean, mul(cov, eye(DIMENSION)) if is_scalar(cov) else cov


# ---- expansions


def _expansion(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    """a ~~ b, where b is linear in a small step of which a is a function that is written out."""
    a, b = (asymptotics.steps(t) for t in (lhs, rhs))
    for small in sorted({p for p in walk(a) if _is_small(p)}, key=repr):
        one, other = (replaced(t, small, SMALL) for t in (a, b))
        written = any(p.op in asymptotics.EXPLICIT and SMALL in p.free for p in walk(one))
        if not written or asymptotics.hidden(one, SMALL) or asymptotics.hidden(other, SMALL):
            continue
        try:
            found = _compared(one, other, domains)
        except (TermError, ValueError, ZeroDivisionError, UnreadError):  # a refusal of a rule is a ValueError
            continue
        if found is not None:
            return found
    return None


def _is_small(t: Term) -> bool:
    if t.op == "sym":
        return t.args[0] in ("dt", "h", "Delta", "delta", "varepsilon", "beta") and is_scalar(t)
    return t.op == "app" and t.args[0] == "beta" and len(t.args) == 2


def _compared(a: Term, b: Term, domains: Mapping[str, str]) -> Judgement | None:
    """Whether two sides, or the coefficients of two sums of vectors, agree to first order."""
    gap = add(a, neg(b))
    for c in [gap] if is_scalar(a) else list(laws.parts(gap).values()):
        if SMALL not in c.free or equal(c, num(0), domains).status == "proved":
            continue
        at_0, slope = (asymptotics.coefficient(c, SMALL, k) for k in (0, 1))
        if equal(at_0, num(0), domains).status != "proved":
            return None
        answer = equal(slope, num(0), domains)
        if answer.status == "refuted" and SMALL in b.free:
            said = f"the terms of first order differ: {answer.reason}"
            return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)
        if answer.status != "proved":
            return None
    return Judgement("proved", message="to first order, by Taylor's theorem")


__all__ = ["judge"]
