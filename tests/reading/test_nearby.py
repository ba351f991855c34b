"""A formula that is called false is one slip away from a true one; any other that fails is left open, with its numbers."""

import pytest

from derivations.reading.equations.certain import FAR
from derivations.reading.equations.hints import SLIP
from derivations.reading.rows import read
from derivations.reading.terms.edits import edits
from derivations.reading.text.documents import document
from derivations.reading.text.macros import common
from derivations.reading.text.syntax import Row, show
from tests.reading.asked import judged, last

FORWARD = r"x_t = \sqrt{1-\beta_t}\, x_{t-1} + \sqrt{\beta_t}\, \epsilon_t"
VP = r"dx = -\frac12\beta(t) x\,dt + \sqrt{\beta(t)}\,dw"


def row(tex: str) -> Row:
    """A formula as a row."""
    return read(document(f"$${tex}$$", "<text>", ".md").formulas[0], common()).row


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (r"\alpha_t", r"\bar\alpha_t"), (r"\alpha_t", r"\alpha_{t-1}"), (r"x_{t-1}", "x_t"), ("x_0", "x_t"), (r"\beta", r"\alpha"),
        ("a^2", "a"), ("a", "a^2"), (r"\sqrt{a}", "(a)"), ("a", r"\sqrt{a}"), ("a + b", "a - b"), ("- a", "a"), ("a", "- a"),
        ("a", r"\frac{1}{2} a"), (r"\frac{1}{2} a", "a"), (r"\frac{a}{b}", r"\frac{b}{a}"), (r"\nabla p(x)", r"\nabla \log p(x)"),
        ("p(x | y)", "p(x | y, x_0)"), (r"\sum_{t=1}^T a_t", r"\sum_{t=2}^T a_t"), (r"\beta(t)", r"\sqrt{\beta(t)}"),
        (r"\sqrt{2 h}", r"\sqrt{h}"), ("g(t)", "g(t)^2"), ("a b", "b"),
    ],
)  # fmt: skip
def test_the_slips_of_authors_are_among_the_changes(wrong: str, right: str) -> None:
    assert show(row(right)) in {show(changed) for _, changed, _ in edits(row(wrong))}


def test_changes_are_other_formulas_and_come_with_words() -> None:
    formula = row(FORWARD)
    found = edits(formula)
    assert found and all(changed != formula and words for _, changed, words in found)
    assert [rank for rank, _, _ in found] == sorted(rank for rank, _, _ in found)


@pytest.mark.parametrize(
    ("before", "false", "hint"),
    [
        (VP, r"dx = [-\frac12\beta(t) x - \beta(t) \nabla\log p_t(x)]\,dt + \beta(t)\,d\bar w", "with a root over beta (t)"),
        (VP, r"\frac{dx}{dt} = -\frac12\beta(t) x - \beta(t)\nabla_x\log p_t(x)", "with a factor 1/2 before beta"),
        (FORWARD, r"q(x_t|x_{t-1}) = \mathcal{N}(x_t; (1-\beta_t)\,x_{t-1}, \beta_t I)", "with a root over"),
        (FORWARD, r"q(x_t|x_0) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}\,x_0, (1-\alpha_t) I)", "with ᾱ_t in place of α_t"),
    ],
)  # fmt: skip
def test_what_is_called_false_comes_with_the_nearest_true_formula(before: str, false: str, hint: str) -> None:
    found = judged(before, false)
    assert found.verdict == "refuted"
    assert SLIP in found.message and hint in found.message


def test_a_formula_far_from_every_true_one_is_open_and_its_numbers_are_told() -> None:
    far = r"x_{t-1} = \frac{1}{\sqrt{1-\beta_t}}\Big(7 x_t - \frac{\beta_t^3}{2-\bar\alpha_t}\,\epsilon_\theta(x_t,t)\Big) + 5 z"
    found = judged(FORWARD, far)
    assert found.verdict == "undecided"
    assert found.message.startswith(f"{FAR}: the coefficient of x_t")


def test_the_link_that_fails_is_mended_and_not_the_whole_chain() -> None:
    chain = r"""
    \text{ELBO} = \mathbb{E}_q\Big[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\Big]
    = \mathbb{E}_q\Big[\log\frac{p(x_T)}{q(x_T|x_0)} + \sum_{t>1}\log\frac{p_\theta(x_{t-1}|x_t)}{q(x_{t-1}|x_t)}
    + \log p_\theta(x_0|x_1)\Big] = L_T + L_{1:T} + L_0"""
    found = last(f"$${FORWARD}$$\n\nThen\n\n$${chain}$$")
    assert found.verdict == "refuted"
    assert found.message.endswith("it is true with (x_{t - 1} | x_{t} , x_{0}) in place of (x_{t - 1} | x_{t})")


@pytest.mark.parametrize(
    "false",
    [
        r"(a+b)^2 = a^2 + b^2", r"\int_0^1 x^2\,dx = \frac{2}{7}", r"\cos(2u) = 3\cos(u)^2 + 5",
        r"D_{KL}(q(x)\|p(x)) = \mathbb{E}_{q(x)}[\log q(x)]\,\mathbb{E}_{q(x)}[\log p(x)]",
    ],
)  # fmt: skip
def test_what_stands_alone_is_called_false_by_its_numbers_and_in_a_document_by_a_slip(false: str) -> None:
    """Beside other formulas its letters may mean something that they say, and was not understood."""
    alone, beside = last(f"$${false}$$"), last(f"Let $u = v$.\n\n$${false}$$")
    if alone.verdict == "refuted":
        assert SLIP not in alone.message and alone.values
    assert beside.verdict == "undecided"
    assert alone.verdict == "undecided" or beside.message == f"{FAR}: {alone.message}"


@pytest.mark.parametrize(
    ("false", "hint"),
    [
        (r"D_{KL}(q(x)\|p(x)) = \mathbb{E}_{z\sim q(z)}[\log q(x)-\log p(x)]", "with x in place of z"),
        (r"\log p(x) \ge \mathbb{E}_{q(x|z)}[\log p(x,z) - \log q(z|x)]", "with (z | x) in place of (x | z)"),
        (
            r"-\log p(X_{0:T}) \le -\mathbb{E}_q\Big[\log\frac{p(X_T)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)}{\prod_{t=1}^T q(x_t|x_{t-1})}\Big]",
            "with 0 in place of 0 : T at X",
        ),
    ],
)
def test_of_densities_the_variables_and_the_conditions_are_exchanged_first(false: str, hint: str) -> None:
    found = last(f"Let $u = v$.\n\n$${false}$$")
    assert found.verdict == "refuted" and found.message.endswith(f"it is true {hint}")
