"""Author macros: found in the text of a document, expanded with bounds; and a table of common ones.

A macro is a name, a number of arguments, a default for the first of them, and a body. Nothing is executed: a body is
text that takes the place of the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from derivations.reading.text.syntax import UnreadError

MAX_EXPANSIONS, MAX_GROWTH, MAX_MACROS = 400, 20_000, 500


@dataclass(frozen=True)
class Macro:
    """The number of arguments, the default of the first (None: there is none), and the body with #1, #2, ..."""

    arity: int
    body: str
    default: str | None = None
    between: str = ""  # the body where its arguments follow in braces, of a macro that may stand without them


_COMMON = {
    "E": r"\mathbb{E}", "R": r"\mathbb{R}", "KL": r"D_{\mathrm{KL}}", "DKL": r"D_{\mathrm{KL}}", "kl": r"D_{\mathrm{KL}}",
    "eps": r"\epsilon", "veps": r"\varepsilon", "dd": r"\mathrm{d}", "diff": r"\mathrm{d}", "d": r"\mathrm{d}",
    "Normal": r"\mathcal{N}", "gauss": r"\mathcal{N}", "cN": r"\mathcal{N}", "calN": r"\mathcal{N}", "mN": r"\mathcal{N}",
    "cL": r"\mathcal{L}", "gN": r"\mathcal{N}", "N": r"\mathcal{N}", "Loss": r"\mathcal{L}", "loss": r"\mathcal{L}",
    "tr": r"\operatorname{tr}", "Tr": r"\operatorname{tr}", "Var": r"\operatorname{Var}", "Cov": r"\operatorname{Cov}",
    "diag": r"\operatorname{diag}", "SNR": r"\operatorname{SNR}", "snr": r"\operatorname{SNR}", "Id": r"\mathbf{I}",
    "EE": r"\mathbb{E}", "RR": r"\mathbb{R}", "bI": r"\mathbf{I}", "mI": r"\mathbf{I}", "vI": r"\mathbf{I}",
    "bone": r"\mathbf{1}", "vzero": r"\mathbf{0}", "bzero": r"\mathbf{0}", "veczero": r"\mathbf{0}", "rmd": r"\mathrm{d}", "half": r"\tfrac{1}{2}",
    "beps": r"\boldsymbol{\epsilon}", "bmu": r"\boldsymbol{\mu}", "veceps": r"\boldsymbol{\epsilon}",
    "bepsilon": r"\boldsymbol{\epsilon}", "vepsilon": r"\boldsymbol{\epsilon}", "epsb": r"\boldsymbol{\epsilon}",
    "abar": r"\bar{\alpha}", "alphabar": r"\bar{\alpha}", "balpha": r"\bar{\alpha}", "T": r"\top", "Ebb": r"\mathbb{E}",
    "defeq": r"\triangleq", "eqdef": r"\triangleq", "defas": r"\triangleq", "Dkl": r"D_{\mathrm{KL}}", "lhs": "", "Exp": r"\mathbb{E}",
    "EX": r"\mathbb{E}", "pdata": r"p_{\mathrm{data}}", "pprior": r"p_{\mathrm{prior}}",
    "bSigma": r"\boldsymbol{\Sigma}", "Ex": r"\mathbb{E}", "expect": r"\mathbb{E}", "expectation": r"\mathbb{E}",
    "normal": r"\mathcal{N}", "const": r"\mathrm{const}", "L": r"\mathcal{L}",
    "bigtriangledown": r"\nabla", "triangledown": r"\nabla", "bigtriangleup": r"\Delta", "triangle": r"\Delta",
    "vartriangle": r"\Delta", "underbracket": r"\underbrace", "overbracket": r"\overbrace", "underparen": r"\underbrace",
    "overparen": r"\overbrace", "dive": r"\operatorname{div}", "divg": r"\operatorname{div}", "Div": r"\operatorname{div}",
    "diver": r"\operatorname{div}", "divergence": r"\operatorname{div}", "grad": r"\nabla", "Grad": r"\nabla", "lap": r"\Delta",
    "laplacian": r"\Delta", "Rd": r"\mathbb{R}^d", "Rn": r"\mathbb{R}^n", "RD": r"\mathbb{R}^D", "reals": r"\mathbb{R}",
    "ddt": r"\frac{d}{dt}", "rd": r"\mathrm{d}", "dt": r"\mathrm{d}t", "ds": r"\mathrm{d}s", "dx": r"\mathrm{d}x",
    "dw": r"\mathrm{d}w", "dW": r"\mathrm{d}W", "bbE": r"\mathbb{E}", "Ee": r"\mathbb{E}",
}  # fmt: skip
_BOLD = ("rv", "v", "b", "bf", "m", "vec", "bs", "bold")  # \rvx, \vx, \bx, \vecx
_BEHIND = ("v", "b", "bf", "vec")  # \xv, \xb, \xbf
_GREEK = tuple(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi pi rho sigma tau phi varphi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split()
)
_CAPITAL = {"bb": "mathbb", "cal": "mathcal", "c": "mathcal", "rm": "mathbf", "r": "mathrm"}  # \bbE, \cL, \rmI, \rW
_WITH_ARGUMENTS = {
    "norm": (1, r"\lVert #1 \rVert"), "abs": (1, r"\lvert #1 \rvert"), "dv": (2, r"\frac{d #1}{d #2}"),
    "pdv": (2, r"\frac{\partial #1}{\partial #2}"), "p": (0, r"p"), "inner": (2, r"\langle #1, #2 \rangle"),
    "paren": (1, r"\left( #1 \right)"), "pa": (1, r"\left( #1 \right)"), "brac": (1, r"\left[ #1 \right]"),
    "bra": (1, r"\left[ #1 \right]"), "set": (1, r"\{ #1 \}"), "dod": (2, r"\frac{d #1}{d #2}"), "qty": (1, r"\left( #1 \right)"),
    "s": (1, r"\left[ #1 \right]"), "n": (1, r"\lVert #1 \rVert"), "what": (1, r"\widehat{#1}"), "wtilde": (1, r"\widetilde{#1}"),
    "pd": (1, r"\partial_{#1}"), "odv": (2, r"\frac{d #1}{d #2}"), "deriv": (2, r"\frac{d #1}{d #2}"), "Norm": (1, r"\lVert #1 \rVert"),
    "mathclap": (1, "#1"), "mathllap": (1, "#1"), "mathrlap": (1, "#1"), "smashoperator": (1, "#1"), "shoveleft": (1, "#1"),
    "shoveright": (1, "#1"), "df": (2, r"\dfrac{#1}{#2}"), "ip": (2, r"\langle #1, #2 \rangle"),
    "innerprod": (2, r"\langle #1, #2 \rangle"), "inprod": (2, r"\langle #1, #2 \rangle"),
    "xcancel": (1, "#1"), "bcancel": (1, "#1"), "splitfrac": (2, "#1 #2"),
}  # fmt: skip


TWICE = Macro(0, "")  # a name with two meanings in one document: where each begins is not followed


def common() -> dict[str, Macro]:
    """The built-in table of macros that many authors define alike."""
    out = {name: Macro(0, body) for name, body in _COMMON.items()}
    out |= {name: Macro(arity, body) for name, (arity, body) in _WITH_ARGUMENTS.items()}
    for name in ("KL", "DKL", "kl", "Dkl"):
        out[name] = replace(out[name], between=out[name].body + r"\left( #1 \,\|\, #2 \right)")
    out["normal"] = replace(out["normal"], between=r"\mathcal{N}\left( #1, #2 \right)")
    out["p"] = replace(out["p"], between=r"\left( #1 \right)")
    for name in ("expectation", "expect"):
        out[name] = replace(out[name], between=r"\mathbb{E}_{#1}\left[ #2 \right]")
    for prefix in _BOLD:
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
            out.setdefault(prefix + letter, Macro(0, rf"\mathbf{{{letter}}}"))
    for letter in "xyzuvwXYZW":
        for suffix in _BEHIND:
            out.setdefault(letter + suffix, Macro(0, rf"\mathbf{{{letter}}}"))
    for letter in "bcghknstuvwxyz":
        out.setdefault("r" + letter, Macro(0, letter))  # a random number, \ru
    for letter in ("Sigma", "Lambda", "Theta", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        command = f"\\{letter}" if len(letter) > 1 else letter
        out.setdefault("t" + letter, Macro(0, rf"\mathbf{{{command}}}"))  # a tensor, \tSigma
    for letter in _GREEK:
        for prefix in (*_BOLD, "bm"):
            out.setdefault(prefix + letter, Macro(0, rf"\boldsymbol{{\{letter}}}"))
    for prefix, font in _CAPITAL.items():
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            out.setdefault(prefix + letter, Macro(0, rf"\{font}{{{letter}}}"))
    for name in ("be", "bf", "bm", "bar", "vec", "beta", "mp", "bigg", "big", "mu", "min", "vee", "bmod", "bot", "vx "):
        out.pop(name, None)
    out["vx"] = Macro(0, r"\mathbf{x}")
    return out


_NEW = re.compile(
    r"\\(?:re)?(?:new|provide)command\*?\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?\s*(?:\[(?P<arity>\d)\])?\s*(?:\[(?P<default>[^\]]*)\])?\s*(?=\{)"
    r"|\\(?:g|e|x)?def\s*\\(?P<defname>[A-Za-z]+)\s*(?P<args>(?:#\d)*)\s*(?=\{)"
    r"|\\DeclareMathOperator(?P<star>\*?)\s*\{?\s*\\(?P<op>[A-Za-z]+)\s*\}?\s*(?=\{)"
    r"|\\(?:New|Renew|Provide|Declare)DocumentCommand\s*\{?\s*\\(?P<doc>[A-Za-z]+)\s*\}?\s*\{(?P<spec>[ m]*)\}\s*(?=\{)"
    r"|\\DeclarePairedDelimiterX\s*\{?\s*\\(?P<pairx>[A-Za-z]+)\s*\}?\s*\[(?P<xarity>\d)\]\s*\{(?P<xopen>[^{}]*)\}\s*\{(?P<xclose>[^{}]*)\}\s*(?=\{)"
    r"|\\DeclarePairedDelimiter\s*\{?\s*\\(?P<pair>[A-Za-z]+)\s*\}?\s*\{(?P<open>[^{}]*)\}\s*\{(?P<close>[^{}]*)\}"
)
_CONFIGURED = re.compile(
    r"""["']?(?P<name>[A-Za-z]+)["']?\s*:\s*(?:\[\s*)?["'](?P<body>(?:[^"'\\]|\\.)*)["'](?:\s*,\s*(?P<arity>\d)\s*\])?"""
)


def declared(text: str) -> dict[str, Macro]:
    """The macros that a text declares: LaTeX definitions, and a `macros: {...}` of a MathJax configuration. One that is
    declared in two ways is `TWICE`, and no formula with it is read.
    """
    out: dict[str, Macro] = {}

    def declare(name: str, macro: Macro) -> None:
        out[name] = macro if out.get(name, macro) == macro else TWICE

    for m in _NEW.finditer(text):
        if len(out) >= MAX_MACROS:
            break
        if m["pair"]:
            declare(m["pair"], Macro(1, rf"\left{m['open'].strip()} #1 \right{m['close'].strip()}"))
            continue
        body = braced(text, m.end())
        if body is None:
            continue
        if m["name"]:
            declare(m["name"], Macro(int(m["arity"] or 0), body, m["default"]))
        elif m["doc"]:
            declare(m["doc"], Macro(m["spec"].count("m"), body))
        elif m["pairx"]:
            inside = re.sub(r"\\delimsize\b", "", body)
            declare(m["pairx"], Macro(int(m["xarity"]), rf"\left{m['xopen'].strip()} {inside} \right{m['xclose'].strip()}"))
        elif m["defname"]:
            declare(m["defname"], Macro(m["args"].count("#"), body))
        else:
            declare(m["op"], Macro(0, rf"\operatorname{m['star']}{{{body}}}"))
    for block in re.finditer(r"""["']?[mM]acros["']?\s*:\s*\{(.*?)\}\s*,?\s*\n?\s*\}""", text[:200_000], re.DOTALL):
        for m in _CONFIGURED.finditer(block[1]):
            body = m["body"].replace("\\\\", "\\")
            out.setdefault(m["name"], Macro(int(m["arity"] or 0), body))
    return out


def braced(text: str, at: int) -> str | None:
    """The content of the braces that begin at a position, or None."""
    depth = 0
    for k in range(at, min(len(text), at + 5000)):
        if text[k] in "{}" and text[k - 1] != "\\":
            depth += 1 if text[k] == "{" else -1
            if depth == 0:
                return text[at + 1 : k]
    return None


def definitions_removed(tex: str) -> str:
    """A formula without the definitions that its author wrote inside it."""
    while (m := _NEW.search(tex)) is not None:
        body = "" if m["pair"] else braced(tex, m.end())
        end = m.end() + (0 if m["pair"] else len(body or "") + 2)
        tex = tex[: m.start()] + " " + tex[end:]
    return tex


_NAME = re.compile(r"\\([A-Za-z]+)\s*")
_COMMAND_BEFORE = re.compile(r"\\[A-Za-z]+\Z")  # to which a letter would belong


def expand(tex: str, macros: Mapping[str, Macro]) -> str:
    """The text with its macros expanded. Raises UnreadError beyond the bounds, so that no macro can stall the reader."""
    position = count = 0
    while (m := _NAME.search(tex, position)) is not None:
        macro = macros.get(m[1])
        if macro is None:
            position = m.end()
            continue
        if macro is TWICE:
            raise UnreadError("a macro that is defined in two ways", "\\" + m[1], m.start())
        count += 1
        if count > MAX_EXPANSIONS or len(tex) > MAX_GROWTH:
            raise UnreadError("macros that expand without end", "\\" + m[1], m.start())
        body, end = _applied(tex, m, macro)
        before = " " if body[:1].isalpha() and _COMMAND_BEFORE.search(tex, max(0, m.start() - 40), m.start()) else ""
        after = " " if body[-1:].isalpha() and tex[end : end + 1].isalpha() else ""
        tex = tex[: m.start()] + before + body + after + tex[end:]
        position = m.start() if macro.body.strip() != m[0].strip() else m.end()
    return tex


def _applied(tex: str, m: re.Match[str], macro: Macro) -> tuple[str, int]:
    """The body with its arguments put in, and where the text goes on."""
    if macro.between and _in_braces(tex, m.end()) >= (many := len(set(re.findall(r"#\d", macro.between)))):
        macro = Macro(many, macro.between)
    end = m.end() if macro.arity else m.start() + 1 + len(m[1])
    given: list[str] = []
    if macro.default is not None:
        optional = re.compile(r"\s*\[([^\]]*)\]").match(tex, end)
        given.append(optional[1] if optional else macro.default)
        end = optional.end() if optional else end
    while len(given) < macro.arity:
        argument = re.compile(r"\s*(\\[A-Za-z]+|[^\s{}\\])|\s*(?=\{)").match(tex, end)
        if argument is None:
            raise UnreadError("a macro lacks an argument", "\\" + m[1], m.start())
        if argument[1] is not None:
            given.append(argument[1])
            end = argument.end()
        else:
            content = braced(tex, argument.end())
            if content is None:
                raise UnreadError("a brace is not closed", "\\" + m[1], m.start())
            given.append(content)
            end = argument.end() + len(content) + 2

    def put_in(k: re.Match[str]) -> str:
        before, number = k[1] or "", int(k[2])
        argument = given[number - 1] if number <= len(given) else f"#{number}"
        return before + (" " if before and argument[:1].isalpha() else "") + argument

    return re.sub(r"(\\[A-Za-z]+)?#(\d)", put_in, macro.body), end


def _in_braces(tex: str, at: int) -> int:
    """How many arguments in braces stand here, one behind the other."""
    count = 0
    while (opened := re.compile(r"\s*(?=\{)").match(tex, at)) is not None:
        content = braced(tex, opened.end())
        if content is None:
            break
        count, at = count + 1, opened.end() + len(content) + 2
    return count
