"""What the normal form takes for equal has equal values in finite models, exactly.

Terms with binders, vectors and matrices, and small edits of them (a renamed bound variable, a transpose, an index off
by one), are put into classes by their normal form; two terms of one class must agree wherever both have a value.
"""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from derivations.evidence import evaluation, laws, spaces
from derivations.evidence.arithmetic import Undefined
from derivations.evidence.balls import NoOpinion
from derivations.evidence.models import build
from derivations.kernel import linear
from derivations.kernel.forms import check
from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import (
    INT,
    TermError,
    app,
    comps,
    diag,
    inner,
    le,
    mul,
    num,
    prod_,
    sum_,
    sym,
    trace,
)  # fmt: skip
from tests.kernel.finite_models import Model, d, m, n, table
from tests.kernel.random_terms import MATRICES, SPACE, Terms

FACTS = (le(0, n), le(0, m))


def models(seed):
    return [Model(seed, dim, first, second) for dim, first, second in ((1, 0, 2), (2, 2, 1), (3, 1, 0))]


def differ(a, b, seed):
    """The model in which two terms have different values, or None."""
    for model in models(seed):
        try:
            if model.value(a) != model.value(b):
                return model
        except ZeroDivisionError:
            pass
    return None


def classes(terms):
    """The terms by their normal form, without those that owe something or are too large."""
    normalizer, found = Normalizer(FACTS), {}
    for t in terms:
        try:
            check(t)
            with normalizer.apart() as owed:
                key = normalizer.key(t)
        except (TermError, TooLarge):
            continue
        if not owed:
            found.setdefault(key, []).append(t)
    return found


def wrongly_equal(pool, seed):
    """(pairs of the pool that are taken for equal, those among them that are not)."""
    pairs, wrong = 0, []
    for alike in classes(dict.fromkeys(pool)).values():
        pairs += len(alike) - 1
        wrong += [(alike[0], t) for t in alike[1:] if differ(alike[0], t, seed)]
    return pairs, wrong


def campaign(seed, size, depth=3):
    """The same over random terms, each with up to ten edits."""
    r = random.Random(seed)
    source, pairs, wrong = Terms(r), 0, []
    for _ in range(size):
        pool = [source.scalar(r.randint(1, depth))]
        for _ in range(10):
            t = source.edited(r.choice(pool)) if pool[0].size < 50 else None
            if t is not None and t.size < 70:
                pool.append(t)
        more, worse = wrongly_equal(pool, seed)
        pairs, wrong = pairs + more, wrong + worse
    return pairs, wrong


@pytest.mark.parametrize("seed", range(4))
def test_equal_normal_forms_have_equal_values(seed):
    pairs, wrong = campaign(seed, 40)
    assert not wrong, f"taken for equal: {wrong[0][0]} and {wrong[0][1]}"
    assert pairs > 40, "the campaign met too few equal pairs to mean anything"


def test_the_models_tell_things_apart():
    a, b, *_ = MATRICES
    assert differ(trace(a * b), trace(b * a), 0) is None
    assert differ(trace(a * b * a.T), trace(b * a * a.T), 0)
    assert differ(sum_(i, 1, n, i), sum_(i, 0, n - 1, i), 0)
    assert differ(sum_(i, 1, n, num(1)), n, 0) is None


A, B, S, L, _ = MATRICES
i, j = sym("i", INT), sym("j", INT)
U = sym("u", SPACE)
NEAR = [
    trace(mul(A, B, A.T)), trace(mul(B, A, A.T)), inner(U, mul(S, L, U)), inner(U, mul(L, S, U)),
    inner(mul(A, U), U), inner(mul(A.T, U), U), inner(mul(A, B, U), U), inner(mul(A.T, B, U), U),
    inner(comps(i, app("f", i), d), comps(j, app("f", i, j), d)), sum_(j, 1, d, app("f", j) * app("f", i, j)),
    sum_(j, 1, d, app("f", j) * app("f", j, j)), trace(diag(i, app("f", i), d)), trace(diag(i, app("f", i + 1), d)),
    sum_(i, 1, n, sum_(j, 1, i, app("f", i, j))), sum_(i, 1, n, sum_(j, 1, n, app("f", i, j))),
    sum_(i, 0, n, app("f", i)), sum_(i, 1, n, app("f", i)), sum_(i, 1, n + 1, app("f", i - 1)),
    prod_(i, 1, n, num(2)), prod_(i, 0, n, num(2)), prod_(i, 1, n, num(2)) * 2,
]  # fmt: skip
FAULTS = {
    "words commute": ("reduce_word", lambda ctx, word: tuple(sorted(REDUCE(ctx, word), key=repr))),
    "a transpose does nothing": ("transpose_word", lambda ctx, word: word),
    "an index is captured": ("fresh", lambda name, taken: name),
}
REDUCE = linear.reduce_word


def test_near_misses_are_told_apart():
    pairs, wrong = wrongly_equal(NEAR, 0)
    assert not wrong and pairs >= 3


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_kernel_would_be_seen(fault, monkeypatch):
    monkeypatch.setattr(linear, *FAULTS[fault])
    assert wrongly_equal(NEAR, 0)[1]


# ---- the evaluator of the package, in the same models


def flint(value):
    """A value of Python's fractions, in FLINT's rationals."""
    return tuple(map(flint, value)) if isinstance(value, tuple) else fmpq(value.numerator, value.denominator)


def fraction(value):
    """And back."""
    return tuple(map(fraction, value)) if isinstance(value, tuple) else Fraction(int(value.p), int(value.q))


class TwoPoints(laws.Law):
    """A measure of one of our models."""

    def __init__(self, model, name):
        self.model, self.name = model, name

    def points(self, ev, x, shape, inside=0):
        """Its points, with their weights."""
        for k in range(2):
            weight = abs(table(self.model.seed, "w", self.name, k)) + Fraction(1, 3)
            yield flint(self.model.draw(x.sort, "p", self.name, k)), flint(weight)


class Evidence(evaluation.Evaluator):
    """The package's evaluator, with the letters, functions and measures of one of our models."""

    def __init__(self, model):
        super().__init__(build("finite", (), model.dim, 1))
        self.ours = model

    def __call__(self, t):
        """The value of a term; of letters and functions, ours."""
        if t.op == "sym" and t not in self.scope:
            return flint(self.ours.value(t))
        if t.op == "app":
            return flint(self.ours.draw(t.sort, "f", t.args[0], *(fraction(self(a)) for a in t.args[1:])))
        return super().__call__(t)

    def measure(self, t):
        """The two points of a measure."""
        return TwoPoints(self.ours, t.args[0])


def compared(seed, size):
    """(how many values both evaluators give, the terms of which they give different ones)."""
    source, values, different = Terms(random.Random(seed)), 0, []
    for _ in range(size):
        t = source.scalar(3)
        for model in models(seed) if t.size < 80 else ():
            try:
                ours, theirs = model.value(t), Evidence(model)(t)
            except (ZeroDivisionError, NoOpinion, Undefined):
                continue
            values += 1
            if fraction(theirs) != ours:
                different.append(t)
    return values, different


@pytest.mark.parametrize("seed", range(3))
def test_the_evidence_gives_the_same_values(seed):
    values, different = compared(seed, 150)
    assert not different, f"the two evaluators differ about {different[0]}"
    assert values > 150, "too few terms have a value for both"


EVIDENCE_FAULTS = {
    "a product turned around": (spaces, "product", lambda a, b, right=spaces.product: right(b, a) if _square(a, b) else right(a, b)),
    "an inverse that is none": (spaces, "eliminated", lambda a: (a, fmpq(1))),
    "a lost sign": (spaces, "minus", lambda a: a),
}


def _square(*matrices):
    return all(isinstance(a, tuple) and isinstance(a[0], tuple) for a in matrices)


@pytest.mark.parametrize("fault", EVIDENCE_FAULTS)
def test_a_fault_of_the_evidence_would_be_seen(fault, monkeypatch):
    where, name, wrong = EVIDENCE_FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    monkeypatch.setitem(evaluation.RULES, "mul", evaluation._fold(spaces.product))
    assert any(compared(seed, 150)[1] for seed in range(3))
