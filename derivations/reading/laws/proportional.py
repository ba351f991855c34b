"""Equal up to what is free of a variable: proportional densities, and log-densities up to a constant.

A density becomes its exponent: a Gaussian the square in it, exp(u) the u, a product of densities the sum of theirs. Two
are proportional in x when the difference of their exponents does not change with x, which the kernel decides. So the
posterior is checked against the product of the three Gaussians that Bayes' rule names, and every square completed.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, add, div, is_scalar, mul, neg, norm2, num, power, sym
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.equations.equations import Equations
from derivations.reading.laws import bayes
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.notation import current_index
from derivations.reading.notation.standing import holds
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement


class NoExponent(Exception):
    """The term is no product of densities and exponentials."""


def variable(t: Term) -> Term | None:
    """The variable of the density that a side is, or is the logarithm of."""
    while t.op in ("neg", "log") or (t.op == "mul" and t.args[0].op == "num" and len(t.args) == 2):
        t = t.args[-1]
    parts = bayes.split(t) if t.op == "app" else None
    if parts is not None:
        return parts[1][0][0]
    return t.args[0] if t.op == "normal" else None


def exponent(t: Term, x: Term, whole: bool = False) -> Term:
    """The logarithm of a term up to what is free of x; the whole of it on demand. Raises NoExponent."""
    if not whole and not any(p == x for p in walk(t)):
        return num(0)
    if t.op == "exp":
        return t.args[0]
    if t.op == "normal" and not whole:
        return _square(t)
    if t.op == "mul":
        return add(num(0), *(exponent(a, x, whole) for a in t.args))
    if t.op == "div":
        return add(exponent(t.args[0], x, whole), neg(exponent(t.args[1], x, whole)))
    if t.op == "pow" and t.args[1].op == "num":
        return mul(t.args[1], exponent(t.args[0], x, whole))
    raise NoExponent(t.op)


def _square(t: Term) -> Term:
    """-|x - m|^2 / (2 s) of a Gaussian with the covariance s or s I."""
    x, mean, spread = t.args
    gap = add(x, neg(mean))
    if is_scalar(x):
        return neg(div(power(gap, 2), mul(num(2), spread)))
    if spread.op == "eye":
        spread = num(1)
    elif spread.op == "mul" and spread.args[-1].op == "eye" and all(map(is_scalar, spread.args[:-1])):
        spread = mul(*spread.args[:-1])
    else:
        raise NoExponent("a covariance that is no multiple of the identity")
    return neg(div(norm2(gap), mul(num(2), spread)))


def logarithm(t: Term, x: Term) -> Term:
    """A sum of log-densities with each as its exponent; what is no log-density stays."""
    if t.op == "log":
        return exponent(t.args[0], x)
    if t.op in ("add", "neg") or (t.op == "mul" and all(a.op != "log" or k for k, a in enumerate(t.args))):
        args = [logarithm(a, x) for a in t.args]
        return neg(args[0]) if t.op == "neg" else add(*args) if t.op == "add" else mul(*args)
    return t


def compared(equations: Equations, lhs: Term, rhs: Term, x: Term, logs: bool) -> tuple[Answer, str, Term]:
    """Whether two sides are equal up to what is free of x, the ID that it rests on, and the gap between them."""
    unfold = equations.notation.unfolder(current_index((lhs, rhs)))
    form = logarithm if logs else exponent
    try:
        a, b = (form(canonical(unfold(t)), x) for t in (lhs, rhs))
    except (NoExponent, UnreadError) as reason:
        return Answer("undecided", f"no exponent is read: {reason}"), "", num(0)
    gap = add(a, neg(b))
    owed = next((id_ for id_ in unfold.theorems if not holds(id_)), "")
    if owed:
        return Answer("undecided", f"it follows from {owed}, which the book does not prove yet"), owed, gap
    other = sym(f"another {x.args[0]}", x.sort)
    answer = equal(gap, replaced(gap, x, other), equations.notation.domains)
    return answer, next(iter(unfold.theorems), ""), gap


def judge(equations: Equations, lhs: Term, rhs: Term, x: Term | None) -> Judgement:
    """The verdict on lhs being proportional to rhs, as functions of x."""
    if x is None:
        return Judgement("undecided", message="proportional as functions of what is not said")
    logs = any(p.op == "log" for p in walk(lhs)) and not any(p.op == "exp" for p in walk(rhs))
    answer, id_, gap = compared(equations, lhs, rhs, x, logs)
    if answer.status != "proved" and _by_bayes(equations, lhs, rhs, x):
        said = f"by the definition of a conditional density, up to a factor free of {named(x)}"
        return Judgement("proved", "lvm.bayes", said)
    if answer.status == "proved":
        kind = "an additive constant" if logs else "a factor"
        return Judgement("proved", id_, f"equal up to {kind} free of {named(x)}")
    written = lhs.op == "normal" and equations.strangers(lhs) == equations.strangers(rhs)
    if answer.status == "refuted" and (written or not equations.strangers(gap)):
        said = f"the quotient of the two sides depends on {named(x)}"
        return Judgement("refuted", id_, said, witness=dict(answer.witness or {}), values=answer.values)
    return Judgement("undecided", id_, answer.reason if answer.status == "undecided" else "of names without a meaning")


def _by_bayes(equations: Equations, lhs: Term, rhs: Term, x: Term) -> bool:
    """Whether the quotient of two products of densities does not change with x, as joint densities have it."""
    try:
        a, b = (bayes.joint(canonical(t)) for t in (lhs, rhs))
    except UnreadError:
        return False
    if not all(any("·" in str(p.args[0]) for p in walk(t) if p.op == "app") for t in (a, b)):
        return False
    other = sym(f"another {x.args[0]}", x.sort)
    left, right = mul(a, replaced(b, x, other)), mul(b, replaced(a, x, other))
    return equal(left, right, equations.notation.domains).status == "proved"


def drops(t: Term, x: Term) -> bool:
    """Whether a side has no constant before its exponential, or none beside its square, so that one may be dropped."""
    if any(p.op in ("exp", "normal") for p in walk(t)):
        try:
            exponent(canonical(t), x, whole=True)
        except NoExponent:
            return False
        return True
    return not any(p.op in ("log", "logdet") or (p.op == "sym" and p.args[0] == "pi") for p in walk(t))


def weaker(equations: Equations, lhs: Term, rhs: Term, x: Term) -> Judgement | None:
    """What is left of lhs = rhs when it holds only up to what is free of x; None when not even that does."""
    parts = {p.op for t in (lhs, rhs) for p in walk(t)}
    if parts & BINDING or any(
        p.op == "app" and p.args[0] in ("E", "integral", "KL") for t in (lhs, rhs) for p in walk(t)
    ):
        return None
    logs = "log" in parts and not parts & {"exp", "normal"}
    try:
        whole = [exponent(canonical(t), x, whole=True) for t in (lhs, rhs)]
        if equal(whole[0], whole[1], equations.notation.domains).status == "proved":
            return Judgement("proved", "", "the exponents are equal")
    except NoExponent:
        pass
    answer, id_, _ = compared(equations, lhs, rhs, x, logs)
    if answer.status != "proved":
        return None
    opaque = collector(lhs, rhs, x)
    if opaque:
        return Judgement("proved", id_, f"{opaque} collecting what is free of {named(x)}")
    if not all(any(p == x for p in walk(t)) for t in (lhs, rhs)):
        return None  # it says nothing that one side is free of a variable
    kind = "an additive constant" if logs else "a factor"
    return Judgement("undecided", id_, f"it holds up to {kind} free of {named(x)}; '=' says more than that")


def variables(t: Term) -> list[Term]:
    """The variables of the density that a side is the logarithm of, those of its condition too."""
    while t.op in ("neg", "log") or (t.op == "mul" and t.args[0].op == "num" and len(t.args) == 2):
        t = t.args[-1]
    parts = bayes.split(t) if t.op == "app" else None
    return [] if parts is None else [v[0] for group in parts[1:] for v in group]


def collected(equations: Equations, lhs: Term, rhs: Term, name: str) -> Judgement | None:
    """The verdict on lhs = rhs + C: proved when C is free of some variable of the density, refuted when it is free of
    none and every other name has a meaning; None otherwise.
    """
    answers = []
    for x in variables(lhs):
        found = weaker(equations, lhs, rhs, x)
        if found is not None:
            return found
        answers.append(compared(equations, lhs, rhs, x, True))
    wrong = next((a for a, _, gap in answers if a.status == "refuted" and equations.strangers(gap) <= {name}), None)
    if wrong is None or any(a.status != "refuted" for a, _, _ in answers):
        return None
    said = f"whatever number {name} is, and of whichever variable it is free, the two sides differ"
    return Judgement("refuted", answers[0][1], said, witness=dict(wrong.witness or {}), values=wrong.values)


def factors(lhs: Term, rhs: Term, name: str) -> tuple[Term, Term] | None:
    """log a = log b - log c + C as a and b / c, which it says to be proportional; None of another equation."""
    above, below = list[Term](), list[Term]()
    for t in rhs.args if rhs.op == "add" else ():
        body = t.args[0] if t.op == "neg" else t
        if body.op == "log":
            (below if t.op == "neg" else above).append(body.args[0])
        elif body.op not in ("app", "sym") or body.args[0] != name:
            return None
    if lhs.op != "log" or not above + below:
        return None
    product = mul(*above) if above else num(1)
    return lhs.args[0], div(product, mul(*below)) if below else product


def collector(lhs: Term, rhs: Term, x: Term) -> str:
    """The name of a constant, like C or C(x_t, x_0), that the right side has and the left side has not."""
    names = {p.args[0] for p in walk(lhs) if p.op in ("app", "sym")}
    for p in walk(rhs):
        new = p.op in ("app", "sym") and str(p.args[0]) in COLLECTORS and p.args[0] not in names
        level = p.op == "app" and p.args[0] == "c" and all(map(is_scalar, p.args[1:]))  # c_k, of a schedule
        if new and not level and not any(q == x for q in walk(p)):
            return str(p.args[0])
    return ""


BINDING = frozenset({"int", "sum", "prod", "grad", "diff"})
COLLECTORS = frozenset({"C", "c", "const", "K", "Const", "constant", "C_1", "C_2"})


def named(x: Term) -> str:
    """A variable as people write it."""
    return pretty(str(x.args[0]), x.args[1]) if x.op == "app" and len(x.args) == 2 else pretty(str(x.args[0]))


__all__ = ["judge", "variable", "weaker"]
