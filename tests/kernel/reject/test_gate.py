"""What the gate of the rules does not let in: terms that no constructor makes, arguments that change."""

from fractions import Fraction

import pytest

from derivations.kernel.definitions import PI
from derivations.kernel.equality import algebra, congruence, order
from derivations.kernel.integrals import no_flux
from derivations.kernel.logic import assume, cut, generalize, instantiate, instantiate_function, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    BOOL,
    INT,
    LEBESGUE,
    REAL,
    Mat,
    Term,
    TermError,
    Vec,
    add,
    app,
    comps,
    conj,
    diff,
    div,
    divergence,
    eq,
    exp,
    eye,
    forall,
    inner,
    integral,
    interval,
    inv,
    kl,
    le,
    limit,
    lt,
    mul,
    norm2,
    num,
    sqrt,
    sum_,
    sym,
    vanishes,
)
from derivations.kernel.theorem import RuleError, Theorem

x, y = sym("x"), sym("y")
n, i, d = sym("n", INT), sym("i", INT), sym("d", INT)
u = sym("u", Vec(d))
A, S = sym("A", Mat(d, d)), sym("S", Mat(d, d, "spd"))


def test_a_generator_of_hypotheses_is_refused():
    """It would be empty when the theorem is sealed."""
    with pytest.raises(RuleError, match="not a generator"):
        algebra(sqrt(x**2), x, (h for h in [lt(0, x)]))


def test_a_list_of_hypotheses_is_read_once_and_kept():
    class Vanishing(list):
        def __iter__(self):
            yield from list.__iter__(self)
            self.clear()

    with pytest.raises(RuleError, match="not a Vanishing"):
        algebra(sqrt(x**2), x, Vanishing([lt(0, x)]))
    assert algebra(sqrt(x**2), x, [lt(0, x)]).hypotheses == (lt(0, x),)


def test_a_half_is_no_integer():
    half = Term("add", (num(Fraction(1, 2)), num(0)), INT)
    with pytest.raises(TermError, match=r"built with the sort \('int',\), but it has the sort \('real',\)"):
        instantiate(order(le(1, n), (lt(0, n),)), ((n, half),))


class Chameleon(tuple):
    """A sort that is that of an integer and that of a real: 0 < n |- 1 <= n would hold at 1/2."""

    __hash__ = tuple.__hash__

    def __eq__(self, other):
        return tuple(other) in (INT, REAL)


FORGED = [
    (Term("sum", (x, num(1), n, x), REAL), "index and its ends must be integers"),
    (Term("sum", (i, num(1), x, i), REAL), "index and its ends must be integers"),
    (Term("num", (1.5,), REAL), "a number holds one Fraction"),
    (Term("num", (1.0,), INT), "a number holds one Fraction"),  # which equals 1, and num(1) has passed before
    (Term("num", (True,), INT), "a number holds one Fraction"),
    (Term("sym", ("#0",), REAL), "reserved"),
    (Term("app", ("#f", x), REAL), "reserved"),
    (Term("app", (x,), REAL), "needs a name"),
    (sym("P", BOOL), "no letter stands for a formula: P"),  # P |- for all y with y = x, P: at x + y = x up to a constant
    (app("P", x, sort=BOOL), r"no letter stands for a formula: P\(x\)"),
    (Term("frobnicate", (x,), REAL), "unknown operator"),
    (Term("exp", (x, y), REAL), "over 2 arguments makes no sense"),
    (Term("exp", ("x",), REAL), "argument 0 is no term but a str"),
    (Term("norm2", (x,), REAL), "needs a vec"),
    (Term("neg", (S,), S.sort), "built with the sort"),
    (Term("inv", (A,), Mat(d, d, "spd")), "built with the sort"),
    (Term("div", (eye(d), num(-1)), Mat(d, d, "spd")), "built with the sort"),
    (Term("diff", (n, n**2, n), REAL), "the variable must be real"),
    (Term("diff", (u, norm2(u), u), REAL), "the variable must be real"),
    (Term("int", (x + 1, Term("lebesgue", (), ("measure",)), x), REAL), "bound variable must be a symbol"),
    (Term("int", (n, Term("lebesgue", (), ("measure",)), n), REAL), "must be a real number or a vector"),
    (Term("inner", (u, sym("v", Vec(d + 1))), REAL), "different dimensions"),
    (Term("tr", (sym("B", Mat(d, d + 1)),), REAL), "is not square"),
    (Term("comps", (i, i), Vec(x)), "a dimension is made of"),
    (Term("zero", (app("n", sort=INT),), Vec(app("n", sort=INT))), "a dimension is made of"),
    (sym("v", Vec(num(0))), "a dimension is made of"),
    (sym("v", ("vec", 3)), "a sort is a tuple of texts and dimensions"),
    (sym("v", ("quaternion",)), "not a sort"),
    (Term("jointly", (x, LEBESGUE, integral(y, x)), BOOL), "is no integrable as it is meant there"),
    (Term("dominated", (x, integral(y, x)), BOOL), "is no integrable as it is meant there"),
    (Term("conditional", (x, LEBESGUE, x, integral(y, y, interval(0, 1))), BOOL), "is no int as it is meant there"),
    (sym("n", Chameleon(INT)), "a sort is a tuple of texts and dimensions"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "text"), FORGED, ids=lambda v: v if isinstance(v, str) else v.op)
def test_a_forged_term_is_refused(term, text):
    with pytest.raises(TermError, match=text):
        congruent(term)


def congruent(term):
    """The forged term in the conclusion of a rule that does not look at it."""
    return assume(eq(app("f", term), num(0)))


def test_a_forged_formula_is_refused():
    with pytest.raises(TermError, match="not a formula"):
        assume(Term("and", (x, y), BOOL))
    with pytest.raises(TermError, match="needs at least one formula"):
        assume(Term("and", (), BOOL))
    with pytest.raises(TermError, match="between values, not between formulas"):
        assume(Term("eq", (lt(x, y), lt(y, x)), BOOL))


def test_a_subclass_of_term_is_refused():
    class Chameleon(Term):
        def __eq__(self, other):
            return True

        __hash__ = Term.__hash__

    fake = Chameleon("sym", ("x",), REAL)
    with pytest.raises(RuleError, match="not a Chameleon"):
        algebra(fake, y)
    with pytest.raises(TermError, match="not a term of the kernel: Chameleon"):
        algebra(exp(fake), y)


def test_a_name_of_the_kernel_s_own_cannot_be_used():
    """Bound variables are compared under the names #0, #1, ...: a free #0 would be taken for one."""
    h = forall(x, eq(x, Term("sym", ("#0",), REAL)))
    with pytest.raises(TermError, match="reserved"):
        cut(specialize(assume(h), num(1)), generalize(algebra(x, x), x))


def test_pi_is_not_a_variable():
    theorem = order(lt(3, PI))
    with pytest.raises(TermError, match="pi is a constant"):
        generalize(theorem, PI)
    with pytest.raises(TermError, match="pi is a constant"):
        under(integral(PI, sqrt((PI - 3) ** 2), interval(0, 1)), algebra(sqrt((PI - 3) ** 2), PI - 3))
    with pytest.raises(RuleError, match="pi is a constant"):
        instantiate(theorem, ((PI, num(0)),))


def test_a_quotient_of_a_definite_matrix_is_not_declared_definite():
    f = app("F", sort=Mat(d, d, "spd"))
    theorem = order(le(0, inner(u, mul(f, u))))
    with pytest.raises(RuleError, match="the body has sort"):
        instantiate_function(theorem, "F", (), div(eye(d), num(-1)))


def test_what_replaces_a_definite_symbol_takes_its_promise_away():
    moved = congruence(inv(S), S, algebra(A, A))
    assert moved.conclusion.args[0].sort == Mat(d, d)


def test_an_empty_shell_is_useless():
    shell = object.__new__(Theorem)
    attempts = (lambda: cut(shell, shell), lambda: algebra(x, x, (), (shell,)), lambda: generalize(shell, x))
    for attempt in attempts:
        with pytest.raises(RuleError, match="an empty shell of a theorem"):
            attempt()


CONSTRUCTORS = [
    (lambda: sum_(i, 1, x, 1), "index and its ends must be integers"),
    (lambda: diff(n, n), "the variable must be real"),
    (lambda: diff(x, LEBESGUE), "needs a number, a vector or a matrix"),
    (lambda: diff(x, x, u), "needs a scalar"),
    (lambda: integral(n, n), "must be a real number or a vector"),
    (lambda: integral(u, num(1), interval(0, 1)), "needs a real variable"),
    (lambda: integral(x, x, u), "is not a measure"),
    (lambda: interval(0, "-oo"), "the ends are numbers"),
    (lambda: divergence(u, sym("v", Vec(d + 1))), "is not a field"),
    (lambda: vanishes(x, u), "is not a field"),
    (lambda: limit(x, "0", x, 0), "tends to a number, oo or -oo"),
    (lambda: forall(x, x), "not a formula"),
    (lambda: conj(x), "not a formula"),
    (lambda: kl(x, u, u), "needs a scalar"),
    (lambda: eq(lt(x, y), lt(x, y)), "between values"),
    (lambda: inv(sym("B", Mat(d, d + 1))), "is not square"),
    (lambda: add(x, u), "different sorts"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), CONSTRUCTORS, ids=lambda v: v if isinstance(v, str) else "make")
def test_a_constructor_refuses_what_makes_no_sense(make, text):
    with pytest.raises(TermError, match=text):
        make()


def test_the_entries_of_a_vector_are_numbered_by_an_integer():
    with pytest.raises(TermError, match="integer index"):
        no_flux(x, norm2(comps(x, x, d)))
