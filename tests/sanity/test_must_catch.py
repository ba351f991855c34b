"""The classical mistakes of the field, each refused by the kernel for its reason and refuted, or left open, by numbers."""

import pytest

from derivations.evidence.conditions import FAILS, HOLDS, OPEN, settle
from derivations.evidence.models import FINITE, GAUSSIAN, NUMBERS, build
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.integrals import no_flux, split
from derivations.kernel.terms import (
    INT,
    Vec,
    app,
    eq,
    expect,
    forall,
    integrable,
    integral,
    kl,
    le,
    log,
    lt,
    num,
    sqrt,
    sym,
    vanishes,
    weighted,
)  # fmt: skip
from derivations.language.calculation import Calculation, DerivationError
from derivations.registry import find
from derivations.registry.necessity import NEEDED, drop_each
from derivations.registry.trials import prepared

x, y, u = sym("x"), sym("y"), sym("u")
d = sym("d", INT)


def refuted(formula, *given):
    """Numbers at which the hypotheses hold and the formula fails, in one of a few draws."""
    models = [build(NUMBERS, given, 1, 1, seed) for seed in range(6)]
    return [settle(formula, m) for m in models if all(settle(g, m).word == HOLDS for g in given)]


def words(findings):
    return {f.word for f in findings}


def test_the_root_of_a_square_is_not_the_number():
    with pytest.raises(RuleError, match=r"owes"):
        algebra(sqrt(x**2), x)
    assert FAILS in words(refuted(eq(sqrt(x**2), x)))
    assert words(refuted(eq(sqrt(x**2), x), lt(0, x))) == {HOLDS}


@pytest.mark.parametrize(("left", "right"), [(log(x * y), log(x) + log(y)), (log(u**2), 2 * log(u))])
def test_a_logarithm_is_not_split_without_signs(left, right):
    with pytest.raises(RuleError, match=r"owes"):
        algebra(left, right)
    assert FAILS in words(refuted(eq(left, right)))


def without(entry_id, text):
    """What the kernel says when the hypothesis with this text is dropped."""
    (dropped,) = [row for row in drop_each(find(entry_id)) if row.text == text]
    return dropped


def test_no_division_by_one_minus_alpha_bar_before_the_first_step():
    assert without("posterior.eps_form", "1 <= t").word == NEEDED
    entry = find("posterior.eps_form")
    with pytest.raises(DerivationError, match=r"owes|rests on"):
        entry.author(Calculation(entry.id, (entry.given[0], le(0, sym("t", INT)))))
    model = prepared(build(NUMBERS, entry.given[:1], 1, 0), entry.theorem)
    found = settle(entry.theorem.conclusion, model)
    assert found.word == FAILS and "a division by 0" in found.why


def test_no_logarithm_of_the_posterior_variance_of_the_first_step():
    assert without("loss.mean", "2 <= t").word == NEEDED
    entry = find("loss.mean")
    first = tuple(le(1, h.args[1]) if h == le(2, sym("t", INT)) else h for h in entry.given)
    with pytest.raises(DerivationError, match=r"owes|rests on"):
        entry.author(Calculation(entry.id, first))
    model = prepared(build(GAUSSIAN, entry.given[:1], 1, 1), entry.theorem)
    found = settle(entry.theorem.conclusion, model)
    assert found.word == FAILS and "a matrix without inverse" in found.why


def test_a_density_with_compact_support_has_a_boundary_term():
    field = 2 * x  # the density 2x of [0, 1] ends in a jump: its slope integrates to 2, not to 0
    assert no_flux(x, field).hypotheses, "the rule must ask for a flux that vanishes"
    with pytest.raises(DerivationError, match="rests on what is not given"):
        Calculation("demo", ()).close(no_flux(x, field))
    found = settle(vanishes(x, field), build(GAUSSIAN, (), 1, 1))
    assert found.word == OPEN and "the flux is still 80" in found.why
    assert all(row.word == NEEDED for row in drop_each(find("gauss.stein")))


cauchy = 1 / (sym("pi") * (1 + x**2))


def test_a_cauchy_law_has_no_mean_to_split_off():
    """Tweedie's formula itself asks nothing of the data; a mean over the data alone is where a Cauchy law is caught."""
    whole = split(integral(x, y + x, weighted(x, cauchy)))
    assert any(h.op == "integrable" for h in whole.hypotheses)
    with pytest.raises(DerivationError, match="rests on what is not given"):
        Calculation("demo", ()).close(whole)
    model = build(GAUSSIAN, (), 1, 1)
    assert settle(integrable(x, cauchy * x**2), model).word == OPEN
    assert settle(integrable(x, cauchy / (1 + x**2)), model).word == HOLDS
    assert without("prob.bias_variance", "X_of(y) is integrable over y").word == NEEDED


z, w = sym("z", Vec(d)), sym("w", Vec(d))
p, q = app("p", z), app("q", z)


def test_a_divergence_needs_absolute_continuity():
    dropped = [row for row in drop_each(find("kl.nonneg")) if "q(x) = 0" in row.text]
    assert [row.word for row in dropped] == [NEEDED]
    half = build(FINITE, (), 1, 1, given={p: num(1), q: app("only_here", z)})
    half.rules["only_here"] = []
    half.chosen["only_here"] = ((z,), num(0))
    found = settle(le(0, kl(z, p, q)), half)
    assert found.word == FAILS and "the logarithm of a number that is not positive" in found.why


def test_wrong_densities_are_told_apart_in_exact_tables():
    given = (eq(integral(z, p), num(1)), eq(integral(z, q), num(1)))
    for seed in range(3):
        model = build(FINITE, given, 1, 1, seed)
        assert all(settle(g, model).word == HOLDS for g in given)
        right = expect(z, p, log(p)) - expect(z, p, log(q))
        assert settle(eq(kl(z, p, q), right), model).word == HOLDS
        wrong = settle(eq(kl(z, p, q), -right), model)
        assert wrong.word == FAILS and "the left side is" in wrong.why


def test_bound_names_do_not_matter_to_a_model():
    model = build(FINITE, (), 1, 1)
    same = eq(integral(z, p), integral(w, app("p", w)))
    assert settle(same, model).word == HOLDS
    assert settle(forall(z, lt(0, p)), model).word == HOLDS
