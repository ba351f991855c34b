"""An author's words for a terminal: formulas in letters and signs, no TeX and no Markdown.

It covers what the chapters use, and a test reads every page of the book through it; what it does not know it shows as
it is written.
"""

from __future__ import annotations

import re
import unicodedata

MATH = re.compile(r"\$([^$]+)\$")
LINK = re.compile(r"\[([^\]]+)\]\[[^\]]*\]")
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
TOKEN = re.compile(r"\\[A-Za-z]+ ?|\\.|.", re.DOTALL)

FONTS = frozenset(("mathbf", "boldsymbol", "mathcal", "mathbb", "mathrm", "operatorname", "text"))
FRACTIONS = frozenset(("frac", "tfrac", "dfrac"))
ACCENTS = {"bar": "\u0304", "tilde": "\u0303", "hat": "\u0302", "dot": "\u0307"}
SILENT = frozenset(("left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "!"))
SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "nabla": "∇", "partial": "∂",
    "int": "∫", "sum": "Σ", "prod": "Π", "infty": "∞", "cdot": "·", "times": "×", "odot": "⊙", "pm": "±", "le": " ≤ ",
    "leq": " ≤ ", "ge": " ≥ ", "geq": " ≥ ", "ne": " ≠ ", "neq": " ≠ ", "ll": " ≪ ", "approx": " ≈ ", "propto": " ∝ ",
    "sim": " ~ ", "to": " → ", "mapsto": " ↦ ", "in": " ∈ ", "mid": " | ", "langle": "⟨", "rangle": "⟩", "|": "‖",
    "top": "⊤", "dots": "…", "ldots": "…", "quad": "  ", ",": " ", ";": " ", ":": " ", " ": " ", "{": "{", "}": "}",
}  # fmt: skip
NAMED = frozenset(("log", "exp", "sin", "cos", "det", "max", "min"))
BEFORE, AFTER = "\0", "\1"  # a function's name, until it is known what stands there
RAISED = {"2": "²", "3": "³", "⊤": "ᵀ"}


def prose(markdown: str) -> str:
    """The text with its formulas in letters and signs; links and emphasis are left out."""
    parts = MATH.split(markdown)  # text and formulas in turn
    words = [EMPHASIS.sub(r"\2", LINK.sub(r"\1", part)).replace("`", "") for part in parts[::2]]
    return "".join(a + formula(b) for a, b in zip(words, (*parts[1::2], ""), strict=True))


def formula(tex: str) -> str:
    """A formula of TeX in letters and signs."""
    said = _Reader(TOKEN.findall(tex)).until("")
    said = re.sub(rf"(?<=[\w²³]){BEFORE}|{AFTER}(?=[\w√])", " ", said).replace(BEFORE, "").replace(AFTER, "")
    return re.sub(r" {2,}", " ", unicodedata.normalize("NFC", said)).strip()


class _Reader:
    """Tokens of TeX, read one after another."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = list(reversed(tokens))

    def until(self, end: str) -> str:
        """The text up to a token, which is taken too, or to the end."""
        out = []
        while self.tokens:
            token = self.tokens.pop()
            if token == end:
                break
            out.append(self.say(token))
        return "".join(out)

    def argument(self) -> str:
        """The text of a group, or of one token."""
        token = self.tokens.pop() if self.tokens else ""
        return self.until("}") if token == "{" else self.say(token)

    def say(self, token: str) -> str:
        """The text of a token and what belongs to it."""
        if token == "{":
            return self.until("}")
        if token in ("_", "^"):
            inside = self.argument()
            raised = RAISED.get(inside) if token == "^" else None
            return raised or token + (inside if len(inside) == 1 else f"{{{inside}}}")
        if not token.startswith("\\"):
            return token
        name = token[1:].rstrip() or " "
        if name in FONTS:
            return self.argument()
        if name in ACCENTS:
            letter = self.argument()
            return letter[:1] + ACCENTS[name] + letter[1:]
        if name in FRACTIONS:
            above, below = self.argument(), self.argument()
            return "½" if (above, below) == ("1", "2") else f"{_closed(above)}/{_closed(below)}"
        if name == "sqrt":
            inside = self.argument()
            return f"√{inside}" if len(inside) == 1 else f"√({inside})"
        if name in NAMED:
            return f"{BEFORE}{name}{AFTER}"
        if name in SILENT:
            return ""
        return SIGNS.get(name, name)


def _closed(part: str) -> str:
    """A part of a fraction, in parentheses where it is not one thing."""
    return part if re.fullmatch(r"[\w\u0300-\u036f{}()]*", part) else f"({part})"
