"""Letters that stand for functions, matrices or other laws are not numbers: what is true of numbers alone is not proved."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged

FUNCTIONS = [  # false; read as numbers, both sides of these were 0
    r"\nabla (ab) = a\nabla b", r"\nabla\log p = \nabla\log q", r"\nabla\cdot(cv) = c\nabla\cdot v", r"\nabla^2 c = 0",
    r"\partial_t p = 0", r"\partial_t (uv) = u\partial_t v", r"\frac{d\sigma}{dt} = \frac{d\alpha}{dt}",
    r"\nabla\log p_t = \nabla\log q_t", r"\nabla^2 c \le 0",
]  # fmt: skip
MATRICES = [
    r"AB = BA", r"(A+B)^2 = A^2+2AB+B^2", r"(A+B)(A-B) = A^2-B^2", r"(AB)^{-1} = A^{-1}B^{-1}",
]  # fmt: skip
TRACES = [r"\mathrm{tr}(AB) = \mathrm{tr}(A)\mathrm{tr}(B)", r"\det(2A) = 2\det A", r"\operatorname{tr}(A) = A"]
DIFFERENCES = [
    r"\Delta(fg) = f\Delta g",
    r"\mathbb E[\Delta f(x)] = \Delta\mathbb E[f(x)]",
]
DIVERGENCES = [
    r"D_{KL}(p\|q) = \mathbb E_q\left[\log\frac pq\right]", r"D_{KL}(p\|q) = \int q\log\frac pq\,dx",
    r"D_{KL}(p\|q) = H(p,q)-H(q)",
]  # fmt: skip


@pytest.mark.parametrize("formula", FUNCTIONS)
def test_a_derivative_of_what_is_not_written_as_a_function_is_not_0(formula):
    found = judged(formula)
    assert (found.verdict, "is not written as a function of" in found.message) == ("undecided", True), found


@pytest.mark.parametrize(
    "formula", [r"\nabla (pq) = p\nabla q", r"\nabla\cdot(pv) = p\nabla\cdot v", r"\nabla^2 p = 0", r"\nabla^2 p \le 0"]
)
def test_what_is_false_of_densities_that_are_read_as_functions_is_not_proved(formula):
    assert judged(formula).verdict == "undecided"


@pytest.mark.parametrize("formula", MATRICES)
def test_capital_letters_may_be_matrices(formula):
    found = judged(formula)
    assert (found.verdict, "capital letters may be matrices" in found.message) == ("undecided", True), found


@pytest.mark.parametrize("formula", TRACES)
def test_what_has_a_trace_or_determinant_is_no_number(formula):
    found = judged(formula)
    assert found.verdict == "unread" and "not known to be a matrix" in found.message, found


@pytest.mark.parametrize("formula", DIFFERENCES)
def test_delta_is_no_factor(formula):
    found = judged(formula)
    assert found.verdict == "unread" and "a difference or a Laplacian of more than a name" in found.message, found


def test_delta_before_a_bare_density_is_no_factor():
    assert judged(r"p\Delta q = q\Delta p").verdict == "undecided"


@pytest.mark.parametrize("formula", DIVERGENCES)
def test_a_divergence_is_taken_under_its_first_density(formula):
    found = judged(formula)
    assert found.verdict == "undecided" and "not how the divergence" in found.message, found


def test_a_divergence_upside_down_differs_in_numbers():
    found = judged(r"D_{KL}(p\|q) = \int p(x)\log\frac{q(x)}{p(x)}\,dx")
    assert found.verdict == "refuted" and found.witness, found
    assert judged(r"D_{KL}(p\|q) = \int p(x)\log\frac{p(x)}{q(x)}\,dx").verdict == "definition"


@pytest.mark.parametrize("formula", [
    r"A(B+C) = AB+AC", r"\frac AB = AB^{-1}", r"\det(\sigma^2 I) = \sigma^{2d}", r"\mathrm{tr}(I) = d",
    r"\frac{d}{d\mu}\frac{(x-\mu)^2}{2\sigma^2} = \frac{\mu-x}{\sigma^2}", r"\nabla_x\|x\|^2 = 2x",
    r"D_{KL}(p\|q) = \mathbb E_p\left[\log\frac pq\right]", r"D_{KL}(p\|q) = \int p\log\frac pq\,dx",
    r"D_{KL}(p\|q) = H(p,q)-H(p)", r"D_{KL}(p\|q) = \mathbb E_p[\log p]-\mathbb E_p[\log q]",
])  # fmt: skip
def test_what_is_true_is_still_so(formula):
    assert judged(formula).verdict in ("proved", "definition")


def test_two_letters_for_a_marginal_are_two_laws():
    found = judged(r"\nabla_x\log p_t(x) = \nabla_x\log q_t(x)")
    assert found.verdict == "undecided" and "p and q are one law" in found.message


def test_the_letters_of_random_variables_are_no_constants():
    for false in (r"\mathbb E[XY] = X\,\mathbb E[Y]", r"\mathbb E_p[fg] = f\,\mathbb E_p[g]"):
        assert judged(false).verdict == "undecided"
    assert judged(r"\mathbb E[aY] = a\,\mathbb E[Y]").verdict == "proved"


@pytest.mark.parametrize("formula", [r"\cos^2\theta-\sin^2\theta = 1", r"\mathrm{sigmoid}(x)+\mathrm{sigmoid}(-x) = 0"])
def test_a_name_is_defined_by_itself_alone(formula):
    assert judged(formula).verdict == "undecided"
    assert judged(r"\log\kappa = 2").verdict == "definition"


def test_the_derivative_of_a_function_that_is_defined_is_no_new_name():
    found = judged("f(x) = x^2", "f'(x) = x")
    assert found.verdict == "undecided" and "the derivative of what the document defines" in found.message


LEVELS = (
    r"q(x_t|x_0) = \mathcal N(x_t;\alpha_tx_0,\sigma_t^2I)",
    r"\sigma_t^2 = 1-\alpha_t^2",
    r"\lambda_t = \log\frac{\alpha_t}{\sigma_t}",
)


def test_what_a_name_was_defined_by_is_no_choice_by_that_name():
    assert judged(*LEVELS, r"\alpha_t^2 = \frac1{1+e^{-2\lambda_t}}").verdict == "proved"
    assert judged(*LEVELS, r"\alpha_t^2 = \frac1{1+e^{-\lambda_t}}").verdict in ("undecided", "refuted")
    assert judged(*LEVELS, r"\sigma_t^2 = \frac1{1+e^{\lambda_t}}").verdict in ("undecided", "refuted")


def test_a_macro_with_two_meanings_is_not_read():
    text = r"""\newcommand{\a}{\bar\alpha}
$$\a_t = \alpha_t\a_{t-1}$$
\renewcommand{\a}{\beta}
$$\a_t = 1-\alpha_t$$
"""
    found = [e.judgement for e in audit_text(text).equations]
    assert [(j.verdict, "defined in two ways" in j.message) for j in found] == [("unread", True)] * 2
