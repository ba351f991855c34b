"""Tables of spelling: Greek letters, Unicode mathematics, accents, fonts, relations, operators, layout."""

from __future__ import annotations

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell varpi digamma"
).split()
VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varsigma": "sigma", "varrho": "rho", "varkappa": "kappa",
            "imath": "i", "jmath": "j"}
CONSTANTS = {"infty": "infinity", "varnothing": "empty", "emptyset": "empty", "oslash": "empty", "hbar": "hbar", "hslash": "hbar", "bullet": "bullet",
             "star": "star", "ast": "star", "top": "top", "intercal": "top", "dagger": "dagger", "prime": "prime",
             "#": "sharp", "sharp": "sharp"}  # fmt: skip
ACCENTS = {
    "bar": "bar", "=": "bar", "overline": "bar", "tilde": "tilde", "~": "tilde", "widetilde": "tilde", "hat": "hat", "widehat": "hat",
    "dot": "dot", "ddot": "ddot", "vec": "bold", "check": "check", "overrightarrow": "bold", "overleftarrow": "left",
    "mathring": "ring", "breve": "breve", "underline": "bold", "acute": "acute", "grave": "grave", "widebar": "bar",
    "overbar": "bar", "underbar": "bold",
}  # fmt: skip
FONTS = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "bold": "bold", "mathbfit": "bold", "symbf": "bold",
    "mathcal": "cal", "mathscr": "cal", "mathbb": "bb", "mathfrak": "frak", "mathds": "bb", "symbb": "bb", "Bbb": "bb",
    "mathrm": "word", "operatorname": "word", "operatorname*": "word", "mathit": "word", "mathsf": "word",
    "mathtt": "word", "mathop": "", "mathnormal": "", "textsc": "word", "mathord": "", "mathrel": "", "mathbin": "",
    "boxed": "", "bbox": "", "ensuremath": "", "smash": "", "cancel": "", "mathstrut": "", "symup": "word", "mathbbm": "bb", "mathsfit": "", "Aboxed": "",
}  # fmt: skip
SWITCHES = {"bf": "bold", "bfseries": "bold", "cal": "cal", "rm": "word", "it": "word", "sf": "word", "tt": "word"}
RELATIONS = {
    "=": "=", "<": "<", ">": ">", "neq": "!=", "ne": "!=", "le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">", "approx": "~~", "simeq": "~~", "cong": "~~", "sim": "~",
    "equiv": ":=", "triangleq": ":=", "coloneqq": ":=", "coloneq": ":=", "doteq": ":=", "eqqcolon": "=:",
    "stackrel=": ":=", "propto": "prop", "to": "->", "rightarrow": "->", "longrightarrow": "->", "leftarrow": "<-",
    "gets": "<-", "mapsto": "->", "Rightarrow": "=>", "Downarrow": "=>", "implies": "=>", "Longrightarrow": "=>", "iff": "<=>",
    "Leftrightarrow": "<=>", "in": "in", "subset": "in", "subseteq": "in", "notin": "in", "ll": "<<", "gg": ">>",
    "lesssim": "~~", "gtrsim": "~~", "longmapsto": "->", "Longleftrightarrow": "<=>", "leftrightarrow": "<=>",
    "perp": "perp", "asymp": "~~", "bot": "perp", "approxeq": "~~", "preceq": "<=", "succeq": ">=", "succ": ">",
    "prec": "<", "nearrow": "->", "searrow": "->", "therefore": "=>", "impliedby": "<=>", "xrightarrow": "->",
    "rightsquigarrow": "->", "leftrightarrows": "<=>", "hookrightarrow": "->",
    "leqq": "<=", "geqq": ">=", "preccurlyeq": "<=", "succcurlyeq": ">=", "lll": "<<", "ggg": ">>", "eqsim": "~~",
    "gtrapprox": "~~", "lessapprox": "~~", "precsim": "~~", "succsim": "~~", "bumpeq": "~~", "thickapprox": "~~",
    "thicksim": "~", "textasciitilde": "~", "varpropto": "prop", "Doteq": ":=", "doteqdot": ":=", "colonequals": ":=", "circeq": ":=",
    "eqcolon": "=:", "equalscolon": "=:", "leadsto": "->", "twoheadrightarrow": "->", "rightarrowtail": "->",
    "rightharpoonup": "->", "dashrightarrow": "->", "longleftarrow": "<-", "hookleftarrow": "<-",
    "rightleftharpoons": "<=>", "longleftrightarrow": "<=>", "Leftarrow": "<=>", "Longleftarrow": "<=>",
    "subsetneq": "in", "subseteqq": "in", "sqsubseteq": "in", "xlongequal": "=", "xleftarrow": "<-", "xmapsto": "->",
    "downarrow": "->", "uparrow": "->",
    "updownarrow": "<=>", "Updownarrow": "<=>", "xRightarrow": "=>", "xLeftrightarrow": "<=>", "xlongrightarrow": "->", "xhookrightarrow": "->",
}  # fmt: skip
OPERATORS = {
    "+": "+", "-": "-", "*": "*", "/": "/", "cdot": "*", "times": "*", "pm": "pm", "mp": "mp", "odot": "odot",
    "circ": "circ", "oplus": "oplus", "otimes": "otimes", "div": "/", "setminus": "setminus", "cup": "cup", "cap": "cap",
    "wedge": "wedge", "vee": "vee", "ast": "*", "pmod": "mod", "bmod": "mod", "smallsetminus": "setminus",
    "backslash": "setminus", "sqcup": "cup", "sqcap": "cap",
}  # fmt: skip
BIG = {
    "sum": "sum", "prod": "prod", "int": "int", "iint": "int", "iiint": "int", "lim": "lim", "max": "max", "min": "min",
    "sup": "sup", "inf": "inf", "argmin": "argmin", "argmax": "argmax", "arg": "arg", "oint": "int", "intop": "int", "smallint": "int", "idotsint": "int", "iiiint": "int", "oiint": "int", "oiiint": "int",
}  # fmt: skip
FUNCTIONS = {
    "log": "log", "ln": "log", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "tanh": "tanh", "sinh": "sinh",
    "cosh": "cosh", "arctan": "atan", "arccos": "arccos", "arcsin": "arcsin", "det": "det", "lg": "lg", "Pr": "Pr", "sec": "sec",
    "csc": "csc", "cot": "cot", "dim": "dim", "ker": "ker", "coth": "coth", "deg": "deg", "gcd": "gcd",
}  # fmt: skip
OPENING = {"(": "(", "[": "[", r"\{": "{", r"\lbrace": "{", r"\langle": "<", r"\lVert": "N", r"\lvert": "|",
           r"\lfloor": "f", r"\lceil": "c", r"\lbrack": "[", r"\lparen": "(", r"\llbracket": "[", r"\lgroup": "("}  # fmt: skip
CLOSING = {")": ")", "]": "]", r"\}": "}", r"\rbrace": "}", r"\rangle": ">", r"\rVert": "N", r"\rvert": "|",
           r"\rfloor": "f", r"\rceil": "c", r"\rbrack": "]", r"\rparen": ")", r"\rrbracket": "]", r"\rgroup": ")"}  # fmt: skip
ENDING = frozenset({"}", r"\end", *CLOSING})
SEPARATORS = {",": ",", ";": ";", ":": ":", r"\mid": "|", r"\colon": ":", r"\vline": "|", r"\middle|": "|",
              r"\given": "|", r"\middle\|": "||", r"\middle\Vert": "||", r"\parallel": "||", r"\vert": "bar",
              r"\Vert": "BAR", r"\|": "BAR", "|": "bar", r"\bar|": "bar",
              r"\vcentcolon": ":", r"\ratio": ":"}  # fmt: skip
ORNAMENTS = ("blacksquare", "square", "qed", "Box", "qedhere", "blacktriangleright", "triangleright", "blacklozenge", "checkmark")
SPACES = {r"\,", r"\;", r"\!", r"\:", r"\>", r"\ ", r"\thinspace", r"\medspace", r"\thickspace", r"\negthinspace",
          r"\enspace", r"\/", r"\@", r"\-", r"\negmedspace", r"\negthickspace", r"\nobreakspace", r"\space"}  # fmt: skip
WIDE = {
    *("\\" + name for name in ORNAMENTS), r"\quad", r"\qquad", r"\hspace", r"\hspace*", r"\hfill", r"\hskip", r"\enskip"}
SIZES = {
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "bigm", "Bigm", "biggm", "Biggm", "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits",
    "nolimits", "nonumber", "notag", "allowdisplaybreaks", "allowbreak", "noindent", "centering", "normalsize", "small", "large", "Large",
    "LARGE", "huge", "Huge",
    "scriptsize", "footnotesize", "hline", "par", "nobreak", "break", "strut", "relax", "null", "protect", "tiny",
    "vphantom*", "displaylimits", "newline*", "upshape", "sffamily", "rmfamily", "selectfont", "boldmath", "unboldmath",
    "toprule", "midrule", "bottomrule", "normalfont", "smallskip", "medskip", "bigskip", "leavevmode", "unskip",
}  # fmt: skip
# commands with one argument that is no mathematics
NOTES = {"label", "tag", "tag*", "color", "vspace", "vspace*", "hspace", "hspace*", "phantom", "vphantom", "hphantom",
         "ref", "eqref", "cite", "citep", "footnote", "cref", "require", "href", "class", "cssId", "nonumber*", "fontsize",
         "rule", "kern", "mskip", "setlength", "refstepcounter", "footnotemark", "marginnote",
         "mspace", "displaybreak", "pagebreak", "linebreak"}  # fmt: skip
UNICODE = {
    **{c: "\\" + n for c, n in zip("αβγδεζηθικλμνξπρστυφχψω", GREEK[:23], strict=True)},
    "ϵ": r"\epsilon", "ϕ": r"\phi", "ς": r"\sigma", "ϑ": r"\theta", "ℓ": r"\ell",
    **{c: "\\" + n for c, n in zip("ΓΔΘΛΞΠΣΥΦΨΩ", GREEK[23:34], strict=True)},
    "∇": r"\nabla ", "√": r"\sqrt ", "∫": r"\int ", "∑": r"\sum ", "∏": r"\prod ", "∂": r"\partial ", "≤": r"\le ",
    "≥": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "∼": r"\sim ", "∝": r"\propto ", "→": r"\to ", "←": r"\gets ",
    "∈": r"\in ", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "±": r"\pm ", "−": "-", "–": "-", "∞": r"\infty ",
    "∥": r"\|", "‖": r"\|", "∣": r"\mid ", "∅": r"\varnothing ", "≡": r"\equiv ", "≜": r"\triangleq ", "≔": r"\coloneqq ",
    "⊙": r"\odot ", "ᵀ": r"^{\top}", "…": r"\dots ", "⋯": r"\cdots ", "⟨": r"\langle ", "⟩": r"\rangle ", "ᾱ": r"\bar\alpha ",
    "½": r"\tfrac12 ", "𝔼": r"\mathbb{E}", "𝒩": r"\mathcal{N}", "ℝ": r"\mathbb{R}", "⇒": r"\Rightarrow ", "′": "'", "’": "'",
    "\u00a0": " ", "，": ",", "．": ".", "；": ";", "：": ":", "（": "(", "）": ")", "。": ".", "、": ",", "＝": "=", "－": "-", "＋": "+",
    "\u2009": " ", "\u202f": " ", "\u2003": " ", "∴": r"\therefore ", "∵": r"\because ", "〜": r"\sim ", "～": r"\sim ",
    **{chr(0x2460 + k): r"\quad " for k in range(20)},  # the number of an equation, in a circle
}  # fmt: skip
BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₋₊ₜₛₙᵢⱼₖ₌₍₎ₓ", "0123456789-+tsnijk=()x", strict=True))
ABOVE = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵗ⁽⁾", "0123456789-+nt()", strict=True))
COMBINING = {"\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0302": "hat", "\u0307": "dot"}
