r"""What lectures and papers on transport write: signs at broken lines, titles behind a dash, measures, lists, d as a
number; beside each true form a false one.
"""

import pytest

from derivations.reading import audit_text
from derivations.reading.text.macros import common, declared, expand
from tests.reading.asked import judged, last, told_apart, verdict

FORWARD = r"dx &= f(x,t)\,dt + g(t)\,dw - \text{SDE}"
FLOW = r"dx &= \left(f(x,t) - \frac{1}{2} g(t)^2\nabla_x\log p_t(x)\right)dt - \text{probability flow ODE}"
PAIRS = {
    "a sign that ends a line and begins the next one": (
        r"\begin{multline*} (a+b)^2 = \\ = a^2 + \\ + 2ab - \\ - 0 + b^2 \end{multline*}",
        r"\begin{multline*} (a+b)^2 = \\ = a^2 + \\ + 2ab - \\ - b^2 \end{multline*}",
    ),
    "what a line calls its equation": (
        rf"\begin{{align}} {FORWARD} \\ {FLOW} \end{{align}}",
        rf"\begin{{align}} {FORWARD} \\ {FLOW} \end{{align}}".replace(r"\frac{1}{2} ", ""),
    ),
    "a gradient that is transposed behind its function": (
        r"\nabla f(x)^\top v(x) = v(x)^\top \nabla f(x)",
        r"\nabla f(x)^\top v(x) = -v(x)^\top \nabla f(x)",
    ),
    "the dimension before a number": (r"-\frac{dq}{2} = -\frac{qd}{2}", r"-\frac{dq}{2} = \frac{qd}{2}"),
    "an exponential that is summed behind a logarithm": (
        r"\log \sum_{k=1}^K w_k \exp(a_k) = 2 + \log \sum_{k=1}^K \exp(\log(w_k) + a_k - 2)",
        r"\log \sum_{k=1}^3 \exp(2k) = 1 + \log \sum_{k=1}^3 \exp(2k - 2)",
    ),
    "a sum with dots that goes down": (
        r"L_T + L_{T-1} + \dots + L_0 = \sum_{t=0}^T L_t",
        r"L_T + L_{T-1} + \dots + L_0 = \sum_{t=1}^T L_t",
    ),
    "a sum of numbers with dots": (r"1 + 2 + \dots + n = \frac{n(n+1)}{2}", r"1 + 2 + \dots + n = \frac{n(n-1)}{2}"),
    "two lists that are equal": (r"(4, 2q) = (2+2, q+q)", r"(4, 2q) = (2+2, q-q)"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    told_apart(*PAIRS[name])


def test_a_minus_of_another_term_is_none_of_a_broken_line():
    assert verdict(r"a - (b+c) = a - b - \\ c") == "proved"
    assert verdict(r"a - (b-c) = a - b \\ + c") == "proved"
    assert verdict(r"a - (b+c) = a - b + \\ - c") == "unread"


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\mathcal D = \left\{ x_i \right\}_i", "a set"),
        (r"z = (x_0, x_1)", "a list"),
        (r"\alpha_t = (P_t)_\sharp \pi", "the density that a map makes of another one"),
        (r"\mu_t = (a_t I)_\sharp\mu_0 * \mathcal N(0, q_t I_d)", "the density of a sum: a convolution"),
        (r"\text{Law}(X_{t=0}) = p_0", "the law of a name"),
        (r"\nu=\mu*\gamma_{\sigma^2}", "the density of a sum: a convolution"),
        (r"\pi = \alpha_0\otimes\alpha_1", "a product of measures"),
    ],
)
def test_measures_and_lists_are_named(tex, said):
    found = last(f"$${tex}$$")
    assert (found.verdict, found.message) == ("definition", said)


def test_what_is_asked_or_infinite_is_no_claim():
    assert verdict("p(x|y) = ?") == verdict(r"\int_0^\infty \beta(r)\,dr = +\infty") == "undecided"


def test_a_comma_in_angle_brackets_is_no_lost_space():
    assert verdict(r"b = \langle \nabla f(y),z\rangle - z^\top \nabla f(y)") != "unread"
    assert verdict(r"\langle v(y),z\rangle = z^\top v(y)") == "proved"
    assert verdict(r"\langle v(y),z\rangle = -z^\top v(y)") == "refuted"


def test_a_product_of_something_with_itself_may_be_its_variance():
    sum_ = r"\langle u+v, u+v\rangle = \langle u, u\rangle + \langle v, v\rangle"
    assert verdict(sum_) == "undecided"
    assert verdict(sum_ + r" + 2\langle u, v\rangle") == "proved"


def test_an_entry_is_a_number_of_which_nothing_else_is_known():
    assert verdict(r"2[Q_t]_{ij} = [Q_t]_{ij} + [Q_t]_{ij}") == "proved"
    assert verdict(r"[Q_t]_{ij} = [Q_t]_{ji}") == "undecided"
    assert verdict(r"[Q_t + Q_s]_{ij} = [Q_t]_{ij} + [Q_s]_{ij}") != "refuted"


def test_what_is_integrated_against_a_measure_is_integrated_against_its_density():
    said = r"$$\mu(z) = g(z)$$" + "\n\n"
    assert last(said + r"$$\int \|z\|^2\, d\mu(z) = \int \mu(z)\|z\|^2\, dz.$$").verdict == "proved"
    assert last(said + r"$$\int \|z\|^2\, d\mu(z) = \int 2\mu(z)\|z\|^2\, dz.$$").verdict != "proved"


def test_of_another_norm_only_what_holds_for_any_function_is_decided():
    assert verdict(r"\|v\|_p^2 = \|v\|_p \|v\|_p") == "proved"
    assert verdict(r"\|2v\|_1 = 2\|v\|_1") == "undecided"
    assert verdict(r"\|2v\|_1 = 3\|v\|_1") == "undecided"


@pytest.mark.parametrize("noise", [r"\hat{W}_t", r"\overline{\omega}_t", r"\tilde{W}_t", r"\bar{w}"])
def test_a_noise_may_carry_any_mark(noise):
    assert verdict(rf"dx = f(x,t)\,dt + g(t)\,d{noise}") == "definition"
    assert verdict(rf"dx = f(x,t)\,dt + g(t)\,d\check{{{noise}}}") == "unread"


def test_an_upright_letter_in_text_is_a_letter():
    assert verdict(r"d\textnormal{x} = f(\textnormal{x},u)\,du + g(u)\,d\textnormal{w}_u") == "definition"
    assert verdict(r"2\textnormal{x} = \textnormal{x} + x") == "proved"


def test_where_epsilon_is_positive_and_never_drawn_it_is_a_number():
    said = "Let $\\epsilon > 0$.\n\n$$\\epsilon = \\frac{q}{a}$$\n\n"
    assert last(said + r"$$\epsilon a^2 = q a$$").verdict == "proved"
    assert last(said + r"$$\epsilon a^2 = q$$").verdict != "proved"
    assert last(said + r"$$\epsilon_t = 2t$$" + "\n\n" + r"$$\epsilon a^2 = q a$$").verdict == "proved"
    drawn = said + r"$$\epsilon\sim\mathcal N(0, I)$$" + "\n\n"
    assert last(drawn + r"$$\epsilon a^2 = q a$$").verdict == "undecided"


def test_an_argument_of_a_macro_is_no_part_of_the_command_before_it():
    macros = declared(r"\newcommand{\norm}[1]{\left\lVert#1\right\rVert}")
    assert expand(r"\norm{s}", {**common(), **macros}) == r"\left\lVert s\right\rVert"
    assert expand(r"\norm{2s}", {**common(), **macros}) == r"\left\lVert2s\right\rVert"


def test_macros_of_xparse_and_mathtools_are_read():
    head = (
        "\\documentclass{article}\n\\DeclarePairedDelimiter{\\Verts}{\\lVert}{\\rVert}\n\\NewDocumentCommand{\\norm}{}{\\Verts}\n"
        "\\NewDocumentCommand{\\more}{m}{2 + #1}\n"
        "\\DeclarePairedDelimiterX{\\of}[2]{(}{)}{#1\\;\\delimsize\\|\\;#2}\n\\begin{document}\n"
    )

    def read(tex: str) -> str:
        return audit_text(head + f"\\[ {tex} \\]\n\\end{{document}}", ".tex").equations[-1].judgement.verdict

    assert read(r"\norm{v}^2 = v^\top v") == "proved"
    assert read(r"\more{3} = 5") == "proved" and read(r"\more{3} = 6") == "refuted"
    assert read(r"D_{\text{KL}}\of{p}{q} = D_{\text{KL}}(p \,\|\, q)") != "unread"


def test_a_star_behind_a_letter_is_a_sign_of_its_own():
    assert judged(r"2\mu*3 = 6\mu").verdict == "proved"
    assert judged(r"\sqrt{2}*3 = 2\sqrt{2}").verdict == "refuted"
    assert judged(r"\operatorname*{argmin}_x f(x) = x_1").verdict != "unread"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"a_1 + a_2 + \dots = b", "undecided"),
        (r"a_1 - a_2 + \dots + a_n = b", "undecided"),
        (r"a_1 + \dots + b_n = c", "unread"),
    ],
)
def test_dots_that_are_no_range_of_one_thing_are_open(tex, wanted):
    assert verdict(tex) == wanted


BOUND = (
    r"\mathbb{E}_{q(x_{1:T} | x_0)} \log \frac{p(x_T) \prod_{t=1}^T p(x_{t-1} | x_t, \theta)}"
    r"{\prod_{t=1}^T q(x_t | x_{t-1})}"
)


def test_parameters_among_the_conditions_of_a_chain_are_fixed():
    assert verdict(f"{BOUND} = {BOUND.replace('q(x_t | x_{t-1})', 'q(x_t | x_{t-1}, x_0)')}") == "proved"
    assert verdict(f"{BOUND} = {BOUND.replace('prod_{t=1}^T p', 'prod_{t=2}^T p')}") == "refuted"
