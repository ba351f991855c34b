"""Terms and formulas as LaTeX, in the order in which they were written."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from derivations.kernel.terms import Term, add, is_scalar, num

GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi varphi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell"
).split()
SPECIAL = {"eps": r"\epsilon", "varnothing": r"\varnothing"}
# opaque and defined functions: name -> template of its arguments' LaTeX
TEMPLATES: dict[str, str] = {}
# functions of a step whose first state usually shows the step (x_t): the template for a state that does not
TIMED: dict[str, str] = {}
# symbols whose LaTeX does not follow from their name
SYMBOLS: dict[str, str] = {}

ADD, MUL, NEG, POW, ATOM = 1, 2, 3, 4, 5
RELATION = {"eq": "=", "ne": r"\neq", "lt": "<", "le": r"\le"}


def declare_function(name: str, template: str) -> None:
    """Fix how an opaque function is printed; {0}, {1}, ... stand for its arguments."""
    if TEMPLATES.setdefault(name, template) != template:
        raise ValueError(f"the function {name!r} is printed as {TEMPLATES[name]!r} already")


def declare_timed(name: str, plain: str, timed: str) -> None:
    """Fix how a density of states is printed: q(x_t | ...) where the state shows its step {0}, else `timed`, with
    {before}.
    """
    declare_function(name, plain)
    TIMED[name] = timed


def declare_symbol(name: str, tex: str) -> None:
    """Fix how a symbol is printed."""
    if SYMBOLS.setdefault(name, tex) != tex:
        raise ValueError(f"the symbol {name!r} is printed as {SYMBOLS[name]!r} already")


def _word(name: str, vector: bool) -> str:
    if name in SPECIAL:
        return rf"\boldsymbol{{{SPECIAL[name]}}}" if vector else SPECIAL[name]
    if name in GREEK:
        return rf"\boldsymbol{{\{name}}}" if vector else f"\\{name}"
    return rf"\mathbf{{{name}}}" if vector else (name if len(name) == 1 else rf"\mathrm{{{name}}}")


def symbol(t: Term) -> str:
    """A symbol: x_t as a letter with a subscript, Greek names as letters, vectors in bold."""
    name: str = t.args[0]
    primes = len(name) - len(name.rstrip("'"))
    name = name.rstrip("'")
    if name in SYMBOLS:
        return SYMBOLS[name] + "'" * primes
    head, _, tail = name.partition("_")
    bar = head in ("abar", "alphabar")
    out = r"\bar\alpha" if bar else _word(head, t.sort[0] in ("vec",))
    out += "'" * primes
    if tail:
        parts = [
            p if not p.isalpha() or len(p) == 1 else (f"\\{p}" if p in GREEK else rf"\mathrm{{{p}}}")
            for p in re.split(r"_", tail)
        ]
        out += "_{" + ",".join(parts) + "}"
    return out


def latex(t: Term, level: int = 0) -> str:
    """The LaTeX of a term or formula; `level` is the precedence of what surrounds it."""
    text, mine = _PRINT.get(t.op, _opaque)(t)
    return rf"\left({text}\right)" if mine < level else text


def _number(t: Term) -> tuple[str, int]:
    q: Fraction = t.args[0]
    if q.denominator == 1:
        return str(q.numerator), ATOM if q >= 0 else NEG
    sign = "-" if q < 0 else ""
    return rf"{sign}\tfrac{{{abs(q.numerator)}}}{{{q.denominator}}}", ATOM if q > 0 else NEG


def _add(t: Term) -> tuple[str, int]:
    out = latex(t.args[0], ADD)
    for a in t.args[1:]:
        if a.op == "neg":
            out += " - " + latex(a.args[0], MUL)
        elif a.op == "num" and a.args[0] < 0:
            out += " - " + _number(Term("num", (-a.args[0],), a.sort))[0]
        else:
            out += " + " + latex(a, ADD)
    return out, ADD


def _neg(t: Term) -> tuple[str, int]:
    return "-" + latex(t.args[0], MUL), ADD


def _mul(t: Term) -> tuple[str, int]:
    parts: list[str] = []
    for k, a in enumerate(t.args):
        text = latex(
            a, MUL if k == len(t.args) - 1 else NEG
        )  # only at the end may a factor be open: a log u, not log u a
        if k and (text[0].isdigit() or (text.startswith(r"\tfrac") and parts[-1][-1:].isdigit())):
            text = r"\cdot " + text
        parts.append(text)
    return r"\,".join(parts), MUL


def _div(t: Term) -> tuple[str, int]:
    a, b = t.args
    return rf"\frac{{{latex(a)}}}{{{latex(b)}}}", POW


def _pow(t: Term) -> tuple[str, int]:
    a, b = t.args
    if a.op in ("sin", "cos", "log"):
        return rf"\{a.op}^{{{latex(b)}}}{_argument(a.args[0])}", POW
    return rf"{latex(a, ATOM)}^{{{latex(b)}}}", POW


def _argument(t: Term) -> str:
    text = latex(t)
    return (
        " " + text
        if t.op in ("num", "sym", "app", "normal", "prod", "div") and not text.startswith(("(", r"\left("))
        else rf"\left({text}\right)"
    )


def _call(name: str) -> Callable[[Term], tuple[str, int]]:
    return lambda t: (rf"\{name}{_argument(t.args[0])}", MUL)


def _exp(t: Term) -> tuple[str, int]:
    text = latex(t.args[0])
    return (rf"e^{{{text}}}", POW) if len(text) < 14 and "frac" not in text else (rf"\exp\left({text}\right)", POW)


def _big(command: str) -> Callable[[Term], tuple[str, int]]:
    def text(t: Term) -> tuple[str, int]:
        i, lo, hi, body = t.args
        return rf"{command}_{{{latex(i)}={latex(lo)}}}^{{{latex(hi)}}} {latex(body, MUL)}", MUL

    return text


def _integral(t: Term) -> tuple[str, int]:
    x, measure, body = t.args
    if measure.op == "app":
        return rf"\mathbb{{E}}_{{{latex(measure)}}}\left[{latex(body)}\right]", ATOM
    ends = ""
    if measure.op == "interval":
        lo, hi = (latex(e) if isinstance(e, Term) else e.replace("oo", r"\infty") for e in measure.args)
        ends = rf"_{{{lo}}}^{{{hi}}}"
    return rf"\int{ends} {latex(body, MUL)}\,d{latex(x)}", MUL


def _expectation(t: Term) -> tuple[str, int]:
    _, density, body = t.args
    return rf"\mathbb{{E}}_{{{latex(density)}}}\left[{latex(body)}\right]", ATOM


def _divergence(t: Term) -> tuple[str, int]:
    _, p, q = t.args
    return rf"D_{{\mathrm{{KL}}}}\left({latex(p)}\,\middle\|\,{latex(q)}\right)", ATOM


def _derivative(t: Term) -> tuple[str, int]:
    x, body, at = t.args
    if at != x and body.op == "app" and sum(a == x for a in body.args[1:]) == 1:  # f'(at): print it where it is taken
        shown = Term("app", tuple(at if a == x else a for a in body.args), body.sort)
        return (
            rf"\nabla_{{{latex(at)}}} {latex(shown, MUL)}"
            if t.op == "grad"
            else rf"\partial_{{{latex(at)}}} {latex(shown, MUL)}",
            MUL,
        )
    head = {
        "grad": rf"\nabla_{{{latex(x)}}}",
        "divg": rf"\nabla_{{{latex(x)}}}\cdot",
        "jac": rf"\mathbf{{D}}_{{{latex(x)}}}",
        "diff": rf"\frac{{d}}{{d{latex(x)}}}",
    }[t.op]
    tail = "" if at == x else rf"\Big|_{{{latex(x)}={latex(at)}}}"
    return rf"{head} {latex(body, NEG if body.op == 'mul' else MUL)}{tail}", MUL


def _inner(t: Term) -> tuple[str, int]:
    return rf"\left\langle {latex(t.args[0])},\, {latex(t.args[1])}\right\rangle", ATOM


def _normal(t: Term) -> tuple[str, int]:
    x, mean, cov = t.args
    return rf"\mathcal{{N}}\left({latex(x)};\,{latex(mean)},\,{latex(cov)}\right)", ATOM


def _opaque(t: Term) -> tuple[str, int]:
    if t.op != "app":
        return rf"\mathrm{{{t.op}}}", ATOM
    name, args = t.args[0], [latex(a) for a in t.args[1:]]
    if name in TIMED:
        before = _before(t.args[1])
        shown = re.sub(r"\s", "", args[1])
        if not any(shown.endswith("_{" + re.sub(r"\s", "", step) + "}") for step in (args[0], before)):
            return TIMED[name].format(*args, before=before), ATOM
    if name in TEMPLATES:
        return TEMPLATES[name].format(*args), ATOM
    head = _word(name, t.sort[0] == "vec")
    return rf"{head}\left({', '.join(args)}\right)" if args else head, ATOM


def _before(at: Term) -> str:
    """The step before a step, with numbers subtracted."""
    if at.op == "num":
        return latex(num(at.args[0] - 1))
    steps = [a.args[0] for a in at.args if a.op == "num"] if at.op == "add" else []
    rest = [a for a in at.args if a.op != "num"] if at.op == "add" else [at]
    total = sum(steps, Fraction(0)) - 1
    return latex(add(*rest, num(total)) if total else add(*rest))


def _components(t: Term) -> tuple[str, int]:
    i, body = t.args
    return (
        rf"\operatorname{{diag}}_{{{latex(i)}}}\left({latex(body)}\right)"
        if t.op == "diag"
        else rf"\left({latex(body)}\right)_{{{latex(i)}}}"
    ), ATOM


def _relation(t: Term) -> tuple[str, int]:
    a, b = t.args
    return f"{latex(a)} {RELATION[t.op]} {latex(b)}", 0


def _and(t: Term) -> tuple[str, int]:
    parts = list(t.args)
    if len(parts) == 2 and all(p.op in ("lt", "le") for p in parts) and parts[0].args[1] == parts[1].args[0]:
        (a, b), (_, c) = parts[0].args, parts[1].args
        return f"{latex(a)} {RELATION[parts[0].op]} {latex(b)} {RELATION[parts[1].op]} {latex(c)}", 0
    return r",\quad ".join(latex(p) for p in parts), 0


def _forall(t: Term) -> tuple[str, int]:
    x, guard, body = t.args
    names = latex(x)
    while guard.op == "true" and body.op == "all" and body.args[1].op == "true":  # several variables, one phrase
        x, _, body = body.args
        names += rf",\,{latex(x)}"
    if guard.op == "true":
        return rf"{latex(body)} \quad\text{{for every }} {names}", 0
    shown = rf"{latex(x)} \ge {latex(guard.args[0])}" if guard.op == "le" and guard.args[1] == x else latex(guard)
    if guard.op in ("eq", "ne"):
        shown = rf"{latex(x)} \text{{ with }} {shown}"
    return rf"{latex(body)} \quad\text{{for every }} {shown}", 0


def _condition(words: str) -> Callable[[Term], tuple[str, int]]:
    def text(t: Term) -> tuple[str, int]:
        x, body = t.args[0], t.args[-1]
        if t.op == "integrable" and t.args[1].op == "app":
            return rf"{latex(body)} \quad\text{{has an expectation under }} {latex(t.args[1])}", 0
        if body.op == "integrable":  # jointly, dominated: a condition on two variables
            return rf"{latex(body.args[-1])} \quad\text{{{words} }} {latex(x)},\,{latex(body.args[0])}", 0
        return rf"{latex(body)} \quad\text{{{words} }} {latex(x)}", 0

    return text


def _vanishes(t: Term) -> tuple[str, int]:
    words = "vanishes at infinity in" if is_scalar(t.args[0]) else "has no flux at infinity in"
    return _condition(words)(t)


def _dominated(t: Term) -> tuple[str, int]:
    x, (y, _, body) = t.args[0], t.args[1].args
    return (
        rf"{latex(body)} \quad\text{{is integrable over }} {latex(y)}"
        rf"\text{{, its slope in }} {latex(x)}\text{{ dominated}}",
        0,
    )


def _weighted(t: Term) -> tuple[str, int]:
    return rf"{latex(t.args[1], NEG)}\,{latex(t.args[2])}", MUL


def _limit(t: Term) -> tuple[str, int]:
    x, end, body, value = t.args
    place = end.replace("oo", r"\infty") if isinstance(end, str) else latex(end)
    return rf"\lim_{{{latex(x)}\to {place}}} {latex(body, MUL)} = {latex(value)}", 0


def _order(t: Term) -> tuple[str, int]:
    h, order, body = t.args
    power = "1" if order.args[0] == 0 else latex(h) if order.args[0] == 1 else rf"{latex(h, ATOM)}^{{{latex(order)}}}"
    return rf"{latex(body)} = O\left({power}\right)", 0


def _conditional(t: Term) -> tuple[str, int]:
    _, measure, hidden, density = t.args
    y, _, k = density.args
    return (
        rf"{latex(hidden)} \text{{ has the conditional density }} {latex(k)} "
        rf"\text{{ in }} {latex(y)} \text{{ under }} {latex(measure)}",
        0,
    )


_PRINT: dict[str, Callable[[Term], tuple[str, int]]] = {
    "num": _number, "sym": lambda t: (symbol(t), ATOM), "add": _add, "neg": _neg, "mul": _mul, "div": _div, "pow": _pow,
    "exp": _exp, "log": _call("log"), "sin": _call("sin"), "cos": _call("cos"), "atan": _call("arctan"),
    "sqrt": lambda t: (rf"\sqrt{{{latex(t.args[0])}}}", ATOM), "sum": _big(r"\sum"), "prod": _big(r"\prod"),
    "int": _integral, "E": _expectation, "KL": _divergence,
    "diff": _derivative, "grad": _derivative, "divg": _derivative, "jac": _derivative,
    "inner": _inner, "norm2": lambda t: (rf"\left\|{latex(t.args[0])}\right\|^2", POW), "normal": _normal,
    "tr": lambda t: (rf"\operatorname{{tr}}\left({latex(t.args[0])}\right)", ATOM),
    "logdet": lambda t: (rf"\log\left|{latex(t.args[0])}\right|", MUL),
    "inv": lambda t: (rf"{latex(t.args[0], ATOM)}^{{-1}}", POW),
    "T": lambda t: (rf"{latex(t.args[0], ATOM)}^{{\top}}", POW),
    "eye": lambda t: (r"\mathbf{I}", ATOM), "zero": lambda t: (r"\mathbf{0}", ATOM),
    "diag": _components, "comps": _components,
    "eq": _relation, "ne": _relation, "lt": _relation, "le": _relation, "and": _and, "all": _forall, "limit": _limit,
    "bigo": _order,
    "eqmod": lambda t: (rf"{latex(t.args[1])} =_{{{latex(t.args[0])}}} {latex(t.args[2])}", 0),
    "aeq": lambda t: (
        rf"{latex(t.args[2])} = {latex(t.args[3])} \quad\text{{for almost every }} {latex(t.args[0])}", 0
    ),
    "integrable": _condition("is integrable over"), "jointly": _condition("is jointly integrable over"),
    "dominated": _dominated, "vanishes": _vanishes,
    "conditional": _conditional, "weighted": _weighted,
}  # fmt: skip

__all__ = ["declare_function", "declare_symbol", "is_scalar", "latex", "symbol"]
