"""What SymPy's own functions say is recorded, never believed, and shown with every disagreement."""

import json
from importlib.metadata import version

import pytest

from derivations.evidence import opinions
from derivations.evidence.opinions import AGREES, DENIES, OPEN, RAISES, UNSAID, ask
from derivations.kernel.terms import add, app, diff, exp, integral, interval, log, num, power, sqrt, sym
from derivations.registry.questions import ask_plain, questions, record

x, y = sym("x"), sym("y")
SAMPLE = ("conv.log_snr 0 simplify", "conv.log_snr 0 equals", "gauss.moments 0 doit", "conv.cfg_w 0 equals")


def test_a_true_equation_finds_agreement():
    assert ask(power(x + y, 2), x**2 + 2 * x * y + y**2, {}, {}, "simplify")[0] == AGREES
    assert ask(sqrt(x**2), x, {"x": "positive"}, {}, "equals")[0] == AGREES


def test_a_false_equation_is_denied():
    assert ask(x + 1, x, {}, {}, "simplify") == (DENIES, "1")
    assert ask(integral(x, app("p", x)), num(1), {}, {}, "simplify")[0] == OPEN
    assert (
        ask(sqrt(x**2), x, {}, {}, "equals")[0] != AGREES
    )  # it tries random numbers, and may have drawn positive ones


def test_an_integral_is_compared_as_a_number():
    t = sym("t")
    inside = integral(t, exp(t), interval(0, x))
    assert ask(inside, exp(x) - 1, {"x": "positive"}, {"x": "2/3"}, "doit")[0] == AGREES
    word, said = ask(inside, exp(x) + 1, {"x": "positive"}, {"x": "2/3"}, "doit")
    assert word == DENIES and "where the other side is 2.94773" in said


def test_what_is_not_settled_is_open():
    assert ask(log(x), log(y), {}, {}, "simplify")[0] == OPEN
    assert ask(diff(x, app("f", x)), num(0), {}, {}, "doit")[0] == OPEN


def test_an_error_of_sympy_is_an_opinion(monkeypatch):
    def broken(left, right, values):
        raise TypeError("Invalid NaN comparison")

    monkeypatch.setitem(opinions.METHODS, "simplify", broken)
    assert ask(x, x, {}, {}, "simplify") == (RAISES, "TypeError: Invalid NaN comparison")


def test_what_sympy_has_no_words_for_is_not_asked():
    from derivations.kernel.terms import MEASURE

    assert ask(integral(x, x, app("law", sort=MEASURE)), add(x, y), {}, {}, "simplify")[0] == UNSAID


def test_the_record_is_of_this_corpus_and_this_version():
    kept = record()
    assert kept["sympy"] == version("sympy"), "ask again: python scripts/ask_sympy.py"
    assert set(kept["answers"]) <= {q.key for q in questions()}, "ask again: python scripts/ask_sympy.py"
    assert all(row["word"] and "said" in row for row in kept["answers"].values())


@pytest.mark.parametrize("key", SAMPLE)
def test_a_sample_is_answered_as_recorded(key):
    name, part, method = key.split()
    assert ask_plain(name, int(part), method) == record()["answers"][key]


def test_the_record_is_data():
    assert json.loads(json.dumps(record())) == record()


def test_sympy_differentiates_the_logarithm_of_a_determinant_to_zero():
    """The page says so."""
    import sympy

    matrix = sympy.MatrixSymbol("X", 2, 2)
    assert str(sympy.diff(sympy.log(sympy.Determinant(matrix)), matrix)) == "0"


def test_what_rests_on_more_than_ranges_is_not_asked():
    asked = {q.id for q in questions()}
    assert "gauss.kl" in asked and "forward.prior_kl" in asked
    assert not asked & {"gauss.product", "kl.chain", "lvm.bayes", "score.tweedie"}
