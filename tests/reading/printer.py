"""Terms as LaTeX that the reader must read as the same terms: written apart from the reader, to check it."""

import re

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.letters import GREEK

MARKS = {
    "bar": "bar",
    "tilde": "tilde",
    "hat": "hat",
    "check": "check",
    "ring": "mathring",
    "breve": "breve",
    "left": "overleftarrow",
}
SPELLED = {"eps": r"\epsilon", "ell": r"\ell", **{g: "\\" + g for g in GREEK}}
ADD, MUL, POW, ATOM = 1, 2, 3, 4
NAMED = {"log": r"\log", "exp": r"\exp", "sin": r"\sin", "cos": r"\cos", "atan": r"\arctan"}


class NotPrinted(Exception):
    """The term has a part that this printer does not know."""


def tex(t, level=0):
    """The LaTeX of a term, in brackets where what surrounds it binds more tightly."""
    text, mine = PRINT.get(t.op, unknown)(t)
    return rf"\left( {text} \right)" if mine < level else text


def unknown(t):
    raise NotPrinted(t.op)


def name(key, sort, index=""):
    """A name with its accents, its label and its index."""
    letter, _, label = key.partition("_")
    spelled = SPELLED.get(letter, letter)
    for font, command in (("cal ", "mathcal"), ("bb ", "mathbb"), ("frak ", "mathfrak")):
        if letter.startswith(font):
            spelled = rf"\{command}{{{letter[len(font) :]}}}"
    if len(letter) > 1 and spelled == letter:
        spelled = rf"\mathrm{{{letter}}}"
    while label.split("_")[0] in MARKS:
        mark, _, label = label.partition("_")
        spelled = rf"\{MARKS[mark]}{{{spelled}}}"
    if sort[0] in ("vec", "mat"):
        spelled = rf"\mathbf{{{spelled}}}"
    above = ""
    if label.startswith("("):
        above, _, label = label.partition(")")
        above, label = above + ")", label.lstrip("_")
    if label == "star":
        above, label = "*", ""
    below = ",".join(part for part in (words(label), index) if part)
    return spelled + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def words(label):
    """A label or the words below an expectation, as LaTeX."""

    def one(m):
        w = m[0]
        if w in GREEK:
            return "\\" + w + " "
        if w[:3] == "cal" and len(w) == 4:
            return rf"\mathcal{{{w[3]}}}"
        return w if len(w) == 1 else rf"\mathrm{{{w}}}"

    return re.sub(r"[A-Za-z]{2,}", one, label).replace("~", r"\sim ").replace("||", r"\|")


def is_index(t):
    """Whether a number is written below a name: it is made of numbers and of letters that count."""
    if t.op in ("add", "neg", "mul"):
        return all(is_index(a) for a in t.args)
    return t.op == "num" or (t.op == "sym" and str(t.args[0]) in COUNTING)


COUNTING = frozenset("t s i j k n m T N K M L l r tau u h".split())


def application(t):
    key, arguments = t.args[0], list(t.args[1:])
    if key in SPECIAL:
        return SPECIAL[key](t)
    if re.match(r"[pqPQ]\w*\(", key):
        return density(t)
    indices = []
    while (
        arguments
        and is_index(arguments[0])
        and not (len(arguments) > 1 and not indices and not is_scalar(arguments[-1]))
    ):
        indices.append(arguments.pop(0))
    called = "" if not arguments else r"\left( " + ", ".join(tex(a) for a in arguments) + r" \right)"
    return name(key, t.sort, ",".join(tex(i) for i in indices)) + called, ATOM


def density(t):
    owner, shape = t.args[0][:-1].split("(", 1)
    if "@" in shape or "*" in shape:
        raise NotPrinted(t.args[0])
    values, parts = list(t.args[1:]), []
    for part in shape.split("|"):
        cells = []
        for _ in [c for c in part.split(",") if c]:
            v = values.pop(0)
            if v.op == "app" and len(v.args) == 2 and is_scalar(v.args[1]) and values:
                values.pop(0)
            cells.append(tex(v))
        parts.append(", ".join(cells))
    return name(owner, ("real",)) + r"\left( " + r" \mid ".join(parts) + r" \right)", ATOM


def expectation(t):
    laws = [words(a.args[0][4:]) if a.op == "sym" and str(a.args[0]).startswith("law ") else tex(a) for a in t.args[2:]]
    return rf"\mathbb{{E}}_{{{','.join(laws)}}}\left[ {tex(t.args[1])} \right]", ATOM


def conditional(t):
    return rf"\mathbb{{E}}\left[ {tex(t.args[1])} \mid {', '.join(tex(a) for a in t.args[2:])} \right]", ATOM


def called(word):
    return lambda t: (rf"\operatorname{{{word}}}\left( {', '.join(tex(a) for a in t.args[1:])} \right)", ATOM)


SPECIAL = {
    "E": expectation, "E|": conditional,
    "KL": lambda t: (rf"D_{{KL}}\left( {tex(t.args[1])} \| {tex(t.args[2])} \right)", ATOM),
    "law N": lambda t: (rf"\mathcal{{N}}\left( {tex(t.args[1])}, {tex(t.args[2])} \right)", ATOM),
    "integral": lambda t: (rf"\int {tex(t.args[1], MUL)} d{tex(t.args[2])}", MUL - 1),
    "integral[]": lambda t: (
        rf"\int_{{{tex(t.args[3])}}}^{{{tex(t.args[4])}}} {tex(t.args[1], MUL)} d{tex(t.args[2])}", MUL - 1
    ),
    "entrywise": lambda t: (rf"{tex(t.args[1], ATOM)} \odot {tex(t.args[2], ATOM)}", MUL),
    "min": lambda t: (rf"\min\left( {', '.join(tex(a) for a in t.args[1:])} \right)", ATOM),
    "max": lambda t: (rf"\max\left( {', '.join(tex(a) for a in t.args[1:])} \right)", ATOM),
    "Var[]": called("Var"), "Cov[]": called("Cov"), "factorial": lambda t: (rf"{tex(t.args[1], ATOM)}!", POW),
    "d[]": lambda t: (rf"d{tex(t.args[1], ATOM)}", POW),
}  # fmt: skip
OPAQUE = {"row", "rate", "optimum", "lim", "jacobian", "grad_theta", "grad_phi", "bb V[]", "H[]", "cal H[]", "Ent[]"}
OPAQUE |= {"sum[]", "prod[]", "at[]", "outer", "det[]", "derivative[]", "column[]"}
SPECIAL |= dict.fromkeys(OPAQUE, unknown)


def total(t):
    out = tex(t.args[0], ADD)
    for a in t.args[1:]:
        negative = a.op == "num" and a.args[0] < 0
        taken = Term("num", (-a.args[0],), a.sort) if negative else a.args[0]
        out += f" - {tex(taken, MUL)}" if negative or a.op == "neg" else f" + {tex(a, MUL)}"
    return out, ADD


def product(t):
    return r" \cdot ".join(tex(a, MUL + (k < len(t.args) - 1 or a.op == "mul")) for k, a in enumerate(t.args)), MUL


def power(t):
    return rf"{tex(t.args[0], ATOM)}^{{{tex(t.args[1])}}}", POW


def symbol(t):
    key = str(t.args[0])
    if key in ("pi", "d"):
        return ("\\pi" if key == "pi" else "d"), ATOM
    if "'" in key or key.startswith(("law ", "lim ", "∂")) or key in ("dt", "ds", "dtau"):
        raise NotPrinted(key)
    return name(key, t.sort), ATOM


def number(t):
    q = t.args[0]
    if q < 0:
        return "-" + number(Term("num", (-q,), t.sort))[0], ADD
    return (str(q.numerator), ATOM) if q.denominator == 1 else (rf"\frac{{{q.numerator}}}{{{q.denominator}}}", ATOM)


def big(command):
    def one(t):
        i, lo, hi, body = t.args
        return rf"\{command}_{{{tex(i)}={tex(lo)}}}^{{{tex(hi)}}} {tex(body, MUL)}", MUL - 1

    return one


def gradient(t):
    x, body, at = t.args
    return rf"\nabla_{{{tex(at)}}} {tex(replaced(body, x, at), MUL)}", MUL - 1


PRINT = {
    "num": number, "sym": symbol, "app": application, "add": total, "mul": product, "pow": power,
    "neg": lambda t: (f"-{tex(t.args[0], MUL)}", ADD),
    "div": lambda t: (rf"\frac{{{tex(t.args[0])}}}{{{tex(t.args[1])}}}", POW),
    "sqrt": lambda t: (rf"\sqrt{{{tex(t.args[0])}}}", POW),
    "norm2": lambda t: (rf"\left\| {tex(t.args[0])} \right\|^2", POW),
    "inner": lambda t: (rf"\left\langle {tex(t.args[0])}, {tex(t.args[1])} \right\rangle", ATOM),
    "normal": lambda t: (rf"\mathcal{{N}}\left( {tex(t.args[0])}; {tex(t.args[1])}, {tex(t.args[2])} \right)", ATOM),
    "eye": lambda t: (r"\mathbf{I}", ATOM), "zero": lambda t: (r"\mathbf{0}", ATOM),
    "inv": lambda t: (rf"{tex(t.args[0], ATOM)}^{{-1}}", POW),
    "tr": lambda t: (rf"\operatorname{{tr}}\left( {tex(t.args[0])} \right)", ATOM),
    "sum": big("sum"), "prod": big("prod"), "grad": gradient,
    **{f: (lambda t, f=f: (rf"{NAMED[f]}\left( {tex(t.args[0])} \right)", ATOM)) for f in NAMED},
}  # fmt: skip
