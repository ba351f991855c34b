"""Values at a few points in floating point: a search for something true need not ask for more where they differ."""

from pathlib import Path

from derivations.kernel.terms import add, app, diff, div, exp, log, mul, neg, num, power, sqrt, sym
from derivations.reading import audit_text
from derivations.reading.equations import compare
from derivations.reading.equations.samples import differ

ADVERSARIAL = Path(__file__).parent / "adversarial"
a, b, t = sym("a"), sym("b"), sym("t")


def test_what_differs():
    assert differ(power(add(a, b), 2), add(power(a, 2), power(b, 2)), ())
    assert not differ(power(add(a, b), 2), add(power(a, 2), mul(2, a, b), power(b, 2)), ())
    assert differ(diff(t, app("f", t), t), app("f", t), ())
    assert not differ(diff(t, log(app("f", t)), t), div(diff(t, app("f", t), t), app("f", t)), ())
    assert differ(sqrt(a), a, ()) and differ(exp(a), add(num(1), a), ())


def test_a_root_of_what_may_be_negative_has_no_opinion():
    level = app("alpha_bar", t)
    rest = add(num(1), neg(level))
    assert not differ(sqrt(add(level, num(-3))), num(0), ())
    assert not differ(power(sqrt(rest), 2), rest, {"alpha_bar"})
    assert differ(sqrt(rest), rest, {"alpha_bar"})


def test_a_derivative_of_a_derivative_has_none():
    twice = diff(t, diff(t, app("f", t), t), t)
    assert not differ(twice, num(7), ())


def test_what_is_proved_never_differs(monkeypatch):
    """In whole documents, of all that is asked of the kernel on the way."""
    decide, seen = compare.decide, {"proved": 0, "told": 0}

    def spied(lhs, rhs, domain=None, facts=()):
        found = decide(lhs, rhs, domain=domain, facts=facts)
        units = {name for name, word in (domain or {}).items() if word == "unit"}
        apart = not facts and differ(lhs, rhs, units)
        assert not (apart and found.status == "proved"), (lhs, rhs)
        seen["proved"] += found.status == "proved"
        seen["told"] += apart
        return found

    monkeypatch.setattr(compare, "decide", spied)
    compare._equal.cache_clear()
    for name in ("ddpm_bold.md", "scores_and_tweedie.md", "flows.md", "vectors.md", "gaussian_divergences.md"):
        audit_text((ADVERSARIAL / name).read_text())
    compare._equal.cache_clear()
    assert seen["proved"] > 100
    assert seen["told"] > 100  # beside those of a search, which are told before the kernel is asked
