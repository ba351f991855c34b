"""The forms to copy: each computes, builds or cites the statement that was proved.

The Python of every closed form is run at random points and compared with the same side of the statement in ball
arithmetic; the SymPy of every statement is run; plain text and names are compared with what a reader expects.
"""

import ast
import random
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from derivations.evidence import balls
from derivations.evidence.arithmetic import TooWide, Undefined, ball, rational
from derivations.formats import NoForm, as_sympy, bibtex, plain, python, sympy, tex, texts
from derivations.formats.as_python import Python, computed
from derivations.formats.names import long_name, name
from derivations.kernel.terms import (
    INT,
    Term,
    app,
    eq,
    exp,
    eye,
    forall,
    inner,
    integral,
    inv,
    le,
    log,
    logdet,
    lt,
    mul,
    norm2,
    normal,
    num,
    prod_,
    sqrt,
    sum_,
    sym,
    trace,
)  # fmt: skip
from derivations.kernel.theorem import same
from derivations.language.entry import Entry
from derivations.language.notation import (
    alpha,
    alpha_bar,
    beta,
    d,
    definite,
    eps_theta,
    s,
    t,
    vector,
    x_0,
    x_prev,
    x_t,
)
from derivations.registry import entries, find, report
from derivations.registry.one_dimension import one_dimensional
from derivations.registry.report import established

from .conftest import a, b, chapter, square

ENTRIES = list(entries().values())
x, y = vector("x"), vector("y")
M = definite("M")


def closed_forms():
    """Every equation of the corpus that has a Python form: its entry, label and formula."""
    for entry in ENTRIES:
        for k, part in enumerate(established(entry)):
            try:
                Python().function("f", entry, part.theorem.conclusion)
            except NoForm:
                continue
            yield pytest.param(entry, part.theorem.conclusion, id=f"{entry.id}-{k}")


def values(parameters: dict[Term, str], dice: random.Random):
    """A number for every parameter; a list for a table that is indexed by the step."""
    for term in parameters:
        if term.op == "app" and len(term.args) == 1:
            yield term, [Fraction(dice.randint(1, 8), 9) for _ in range(9)]
        elif term == d:
            yield term, Fraction(1)
        elif term.sort == INT:
            yield term, Fraction(dice.randint(2, 5))
        else:
            yield term, Fraction(dice.randint(1, 18), 19)


def argument(term: Term, number):
    """The number as the function takes it: an array of dimension 1 for a vector or a matrix."""
    if isinstance(number, list):
        return [float(q) for q in number]
    if term.sort[0] in ("vec", "mat"):
        return np.full((1,) * (2 if term.sort[0] == "mat" else 1), float(number))
    return int(number) if term.sort == INT else float(number)


def reference(side: Term, point) -> arb:
    """The side at the point in ball arithmetic, in one dimension; parameters stand for functions at their arguments."""
    tables = {term.args[0]: numbers for term, numbers in point.items() if isinstance(numbers, list)}
    letters = {term: sym(f"#{k}", term.sort) for k, term in enumerate(point) if not isinstance(point[term], list)}
    scalars = one_dimensional(replaced(side, letters))
    at = {one_dimensional(letters[term]): rational(point[term]) for term in letters if term != d}
    return ball(balls.evaluate(scalars, at, lambda f, arguments: rational(tables[f.args[0]][int(arguments[0])])))


def replaced(term: Term, letters: dict[Term, Term]) -> Term:
    if term in letters and term != d:
        return letters[term]
    args = tuple(replaced(part, letters) if isinstance(part, Term) else part for part in term.args)
    return term if args == term.args else Term(term.op, args, term.sort)


def compared(entry: Entry, conclusion: Term, source: str, code: Python) -> None:
    """Run a function at three points of its domain and compare it with the side of the statement that it computes."""
    space: dict = {}
    exec(python_of(entry, source), space)  # the text under test
    dice, met = random.Random(entry.id), 0
    for _ in range(60):
        point = dict(values(code.parameters, dice))
        try:
            expected = reference(computed(conclusion)[1], point)
        except (Undefined, TooWide):
            continue
        got = space["f"](*(argument(term, number) for term, number in point.items()))
        value = float(np.asarray(got).reshape(()))
        assert value == pytest.approx(float(expected.mid()), rel=1e-9, abs=1e-12), point
        met += 1
        if met == 3:
            return
    pytest.fail("no point of the domain was found")


@pytest.mark.parametrize(("entry", "conclusion"), list(closed_forms()))
def test_the_python_form_computes_the_proved_side(entry, conclusion):
    code = Python()
    compared(entry, conclusion, code.function("f", entry, conclusion), code)


def test_meta_a_wrong_form_is_caught():
    entry = entries()["conv.alpha_bar_step"]
    (part,) = established(entry)
    code = Python()
    source = code.function("f", entry, part.theorem.conclusion)
    wrong = source.replace("alpha_t * alpha_bar_prev", "alpha_t / alpha_bar_prev")
    assert wrong != source
    with pytest.raises(AssertionError):
        compared(entry, part.theorem.conclusion, wrong, code)


def python_of(entry: Entry, function: str) -> str:
    """The function with the imports and helpers that stand before it in the form of its entry."""
    head = python(entry, established(entry)).partition(f"\ndef {entry.id.replace('.', '_')}")[0]
    return f"import numpy as np\n{head}\n\n{function}"


def test_most_closed_forms_were_compared():
    assert len(list(closed_forms())) >= 25


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_text_is_code_and_fits(entry):
    made = texts(entry, established(entry))
    for form in ("python", "sympy"):
        ast.parse(made[form])
    assert max(map(len, made["python"].splitlines())) <= 200
    assert made["tex"] and made["bibtex"].startswith("@misc{exegesis:")


def test_every_sympy_form_builds_a_statement():
    """In one test, so that SymPy is loaded by one worker only."""
    import sympy as library

    built = 0
    for entry in ENTRIES:
        source = sympy(entry, established(entry))
        if source.startswith("#"):
            assert f"{entry.id} has no SymPy form: " in source
            continue
        space: dict = {}
        exec(source, space)  # the text under test
        made = space["statement"]
        for one in made if isinstance(made, list) else [made]:
            assert isinstance(one, (library.core.relational.Relational, library.And)), entry.id
        built += 1
    assert built >= 15


def test_a_sympy_form_says_what_was_proved():
    import sympy as library

    space: dict = {}
    exec(sympy(entries()["conv.ddim"], established(entries()["conv.ddim"])), space)
    steps = library.Symbol("t", integer=True)
    old, beta_t = library.Function("alpha_ddim"), library.Function("beta")
    assert space["statement"].lhs == 1 - old(steps) / old(steps - 1)
    assert space["statement"].rhs == beta_t(steps)


# ---- names


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (alpha_bar(t), "alpha_bar_t"),
        (alpha_bar(t - 1), "alpha_bar_prev"),
        (alpha_bar(t + 1), "alpha_bar_next"),
        (alpha_bar(0), "alpha_bar_0"),
        (beta(s), "beta_s"),
        (x_prev, "x_prev"),
        (eps_theta(x_t, t), "eps_theta"),
        (sym("a'"), "a_prime"),
        (sym("lambda"), "lambda_"),
        (sym("2x"), "_2x"),
    ],
)
def test_names_are_those_of_the_code(term, expected):
    assert name(term) == expected


def test_two_terms_never_share_a_name():
    f = app("f", t, x_0, sort=x_0.sort)
    assert (name(f), long_name(f)) == ("f_t", "f_t_x_0")
    code = Python()
    assert code.text(f + app("f", t, x_t, sort=x_0.sort)) == "f_t + f_t_x_t"
    with pytest.raises(NoForm, match="two of its symbols would both be called x_t"):
        Python().text(mul(sym("x_t"), inner(x_t, x_t)))
    with pytest.raises(NoForm, match="there is no plain name for the index"):
        name(alpha_bar(t + s))


# ---- Python


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (a - (b - a), "a - (b - a)"),
        (a / (b * a) / b, "a / (b * a) / b"),
        ((a + b) ** 2 * -b, "(a + b) ** 2 * (-b)"),
        (-(a**2), "-a ** 2"),
        (a ** (b + 1), "a ** (b + 1)"),
        (num(Fraction(-1, 2)) * a, "(-1 / 2) * a"),
        (sqrt(1 - alpha_bar(t)) * x_0, "np.sqrt(1 - alpha_bar_t) * x_0"),
        (inner(x, M @ y) + norm2(x - y), "np.dot(x, M @ y) + np.sum((x - y) ** 2)"),
        (trace(inv(M)) + logdet(2 * M), "np.trace(np.linalg.inv(M)) + np.linalg.slogdet(2 * M)[1]"),
        (a * M @ x, "a * M @ x"),
        (prod_(s, 1, t, alpha(s)), "np.prod([alpha[s] for s in range(1, t + 1)])"),
        (sum_(s, 2, t, beta(s) * a), "sum(beta[s] * a for s in range(2, t + 1))"),
        (normal(x, y, a * eye(d)), "normal_d(x, y, a * np.eye(d))"),
        (log(exp(a)), "np.log(np.exp(a))"),
    ],
)
def test_python_expressions(term, expected):
    assert Python().text(term) == expected


@pytest.mark.parametrize(
    ("conclusion", "why"),
    [
        (lt(a, b), "it is not an equation, so there is nothing to compute"),
        (eq(a, integral(b, exp(b))), "it contains an integral"),
        (eq(a, sum_(s, 1, t, app("f", s, t))), r"f\[s,t\] depends on a variable that is summed over"),
    ],
)
def test_what_has_no_python_form_says_why(conclusion, why):
    (entry,) = square().entries
    with pytest.raises(NoForm, match=why):
        Python().function("f", entry, conclusion)


def test_the_side_that_can_be_computed_is_chosen():
    assert computed(eq(a, b + 1))[1] == b + 1
    assert computed(eq(b + 1, a))[1] == b + 1
    assert computed(forall(t, eq(sqrt(a) ** 2, num(1))))[1] == sqrt(a) ** 2
    assert computed(eq(a, num(1)))[1] == num(1)


# ---- SymPy


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (1 / num(2) * a, "Integer(1)/2 * a"),
        (num(2) ** -1, "Integer(2)**(-1)"),
        (num(Fraction(1, 2)), "Rational(1, 2)"),
        (norm2(x), "(x.T*x)[0, 0]"),
        (a * M @ x, "a * M * x"),
        (le(a, num(1)), "Le(a, Integer(1), evaluate=False)"),
        (integral(a, exp(-(a**2))), "Integral(exp(-a**2), (a, -oo, oo))"),
        (alpha_bar(t - 1), "alpha_bar(t - 1)"),
    ],
)
def test_sympy_expressions(term, expected):
    assert as_sympy.SymPy().text(term) == expected


def test_what_sympy_cannot_carry_says_why():
    made = chapter()

    @made.theorem("demo.integral", "An integral over R^d", given=())
    def over_space(sheet):
        """Adds nothing under the integral."""
        body = integral(x, normal(x, y, eye(d)))
        sheet.start(body + 0).to(body)
        sheet.qed()

    assert sympy(over_space, established(over_space)) == (
        "# demo.integral has no SymPy form: it contains an integral over R^d, or against a measure, which SymPy "
        "does not have."
    )
    with pytest.raises(NoForm, match="a symbol of it is called like SymPy's Symbol"):
        as_sympy.SymPy().program([eq(sym("Symbol"), a)])


# ---- LaTeX, plain text, citation


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (a - (b + 1), "a - (b + 1)"),
        (a / b * a, "a/b*a"),
        ((a + b) ** 2, "(a + b)^2"),
        (num(Fraction(1, 2)) * a, "1/2*a"),
        (alpha_bar(t - 1) * beta(t), "alpha_bar[t-1]*beta[t]"),
        (prod_(s, 1, t, alpha(s)) * a, "(prod_(s=1..t) alpha[s])*a"),
        (eps_theta(x_t, t), "eps_theta(x_t, t)"),
        (normal(x, y, eye(d)), "N(x; y, I)"),
        (forall(s, lt(0, beta(s)), le(1, s)), "0 < beta[s] for every s >= 1"),
        (inner(x, inv(M) @ y), "<x, M^-1*y>"),
    ],
)
def test_plain_text(term, expected):
    assert plain(term) == expected


def test_the_latex_of_a_refutation_says_that_it_is_false():
    refuted = [entry for entry in ENTRIES if entry.kind == "refutation"]
    for entry in refuted:
        assert r"\neq" in tex(entry, established(entry))


def test_a_citation_names_formula_revision_and_address():
    (entry,) = square("demo.a_square", revision=3).entries
    entry.title = "Roots & squares of $a_t$"
    assert bibtex(entry).splitlines()[:3] == [
        "@misc{exegesis:demo.a_square:3,",
        r"  title        = {{Roots \& squares of $a_t$}},",
        "  author       = {{The Exegesis contributors}},",
    ]
    assert r"Formula \texttt{demo.a\_square}, revision 3" in bibtex(entry)
    assert r"\texttt{formulas/demo.a\_square.html}" in bibtex(entry)


def test_what_holds_under_a_condition_says_so_in_every_form():
    """Both halves of an equivalence are conditional; without their conditions they are false."""
    equal = find("kl.nonneg")
    line = tex(equal, equal.results).splitlines()[1]
    assert r"\text{for almost every } \mathbf{x} \quad\text{if } D_{\mathrm{KL}}" in line
    assert report(equal)["statement"]["plain"][1:] == [
        "p(x) = q(x) for almost every x, if KL(p(x) || q(x)) = 0",
        "KL(p(x) || q(x)) = 0, if p(x) = q(x) for almost every x",
    ]
    bound, unit = find("sde.subvp"), find("forward.variance_preserving")
    assert "    # if 0 <= u; u <= 1:\n    Le((1 - u)**2, 1 - u, evaluate=False),\n" in sympy(bound, bound.results)
    assert "    C = I, if alpha_bar[t]*C + (1 - alpha_bar[t])*I = I\n" in python(unit, unit.results)


def test_no_form_leaves_a_condition_out():
    for entry in entries().values():
        lines, given = tex(entry, entry.results).splitlines(), [*entry.given, *entry.theorem.hypotheses]
        for part, line, said in zip(entry.results, lines, report(entry)["statement"]["plain"], strict=False):
            alone = any(not any(same(h, g) for g in given) for h in part.theorem.hypotheses)
            if entry.claim is None:
                assert (r"\text{if }" in line, ", if " in said) == (alone, alone), entry.id


@pytest.mark.parametrize(("name", "expected"), [
    ("gauss.product", ["A, B, C are positive definite"]),
    ("gauss.stein", ["Sigma is positive definite", "F(x) is smooth"]),
    ("conv.ddim", []),
])  # fmt: skip
def test_what_the_letters_promise_is_among_the_hypotheses(name, expected):
    shown = [row["plain"] for row in report(find(name))["hypotheses"]]
    assert [words for words in shown if words.endswith(("definite", "smooth"))] == expected
