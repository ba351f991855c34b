"""Orders in a small step and limits, of what is written out."""

import pytest

from tests.reading.asked import verdict


@pytest.mark.parametrize(
    "tex, wrong",
    [
        (r"e^{\lambda h} - (1+\lambda h) = \mathcal{O}(h^2)", [("(1+", "(1-"), ("h^2", "h^3"), ("(1+\\lambda h)", "(1+\\lambda)")]),
        (r"e^{\lambda h} = 1 + \lambda h + \frac{\lambda^2 h^2}{2} + O(h^3)", [("}{2}", "}{3}"), ("h^3", "h^4")]),
        (r"\frac{1}{1+h} - 1 = O(h)", [("- 1", "+ 1"), ("O(h)", "O(h^2)")]),
        (r"\sqrt{1-\beta\Delta}\,\mathbf{x} - (\mathbf{x} - \tfrac12\beta\Delta\mathbf{x}) = O(\Delta^2)", [(r"\tfrac12", ""), ("^2", "^3")]),
        (r"\lim_{h\to 0}\frac{e^h-1}{h} = 1", [("= 1", "= 2"), ("e^h", "e^{2h}")]),
        (r"\lim_{h\to 0}\frac{e^h-1-h}{h^2} = \frac{1}{2}", [(r"\frac{1}{2}", "1"), (r"{1}{2}", "{1}{6}")]),
        (r"\lim_{t\to\infty} e^{-\frac12 t} = 0", [("= 0", "= 1")]),
        (r"\lim_{t\to\infty}\frac{1-e^{-t}}{1+e^{-2t}} = 1", [("= 1", "= 2"), ("= 1", "= 0")]),
    ],
)  # fmt: skip
def test_what_is_true_is_proved_and_a_slip_refuted(tex, wrong):
    assert verdict(tex) == "proved"
    for old, new in wrong:
        assert old in tex and verdict(tex.replace(old, new, 1)) == "refuted", (old, new)


@pytest.mark.parametrize(
    "tex",
    [
        r"\sqrt{n + 1} = O(n)",  # as n grows
        r"f(h) - f(0) = O(h)", r"a h + b = O(h^2)",  # nothing is known of f; a condition on a and b
        r"\lim_{t\to\infty} e^{-\beta t} = 0",  # unless beta is positive
        r"\lim_{t\to\infty} t e^{-t} = 1", r"\lim_{h\to 0}\frac{e^h-1}{h^2} = 1", r"\lim_{t\to\infty} p_t(x) = \pi(x)",
        r"\lim_{t\to\infty}\frac{1}{e^{-t}} = 0",
    ],
)  # fmt: skip
def test_what_is_not_written_out_or_not_known_is_not_decided(tex):
    assert verdict(tex) not in ("proved", "refuted")


def test_a_rate_that_is_declared_positive_decays():
    assert verdict(r"\lim_{t\to\infty}(1 - e^{-k t}) = 1", r"Let \(0 < k\)." + "\n\n") == "proved"
    assert verdict(r"\lim_{t\to\infty}(1 + e^{-k t}) = 2", r"Let \(0 < k\)." + "\n\n") == "refuted"
