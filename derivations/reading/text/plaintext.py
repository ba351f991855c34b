"""Formulas in plain text, as docstrings and comments have them: mu_theta(x_t, t) = 1/sqrt(alpha_t) * (x_t - ...).

A line is a formula when all of it is: every word has a meaning in the tables here, a relation stands outside its
brackets, and something in it is no program. Everything else is prose or code, and is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from derivations.reading.text.letters import ABOVE, BELOW, COMBINING, GREEK, UNICODE
from derivations.reading.text.markdown import Found

MAX_LINES, MAX_LENGTH = 6, 600
HEADS = {
    "eps": r"\epsilon", "noise": r"\epsilon", "abar": r"\bar\alpha", "acp": r"\bar\alpha", "snr": r"\operatorname{SNR}",
    "SNR": r"\operatorname{SNR}", "posterior_variance": r"\tilde\beta_t", "alphas": r"\alpha", "betas": r"\beta",
    "sigmas": r"\sigma", "lam": r"\lambda", "grad": r"\nabla",
    "nabla": r"\nabla", "prod": r"\prod", "sum": r"\sum", "xt": "x_t", "zt": "z_t", "KL": r"D_{KL}", "D_KL": r"D_{KL}",
}  # fmt: skip
STEPS = frozenset({"dx", "dt", "dw", "dW"})
FUNCTIONS = {
    "exp": r"\exp", "log": r"\log", "ln": r"\log", "sin": r"\sin", "cos": r"\cos", "E": r"\mathbb{E}",
    "N": r"\mathcal{N}",
}  # fmt: skip
ACCENTS = {"bar": "bar", "hat": "hat", "tilde": "tilde", "pred": "hat", "cumprod": "bar", "cum": "bar"}
LABELS = {
    "theta": r"\theta", "phi": r"\phi", "data": "data", "min": "min", "max": "max", "start": "0", "prev": "t-1",
    "tm1": "t-1",
}  # fmt: skip
TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<name>[^\W\d]\w*)|(?P<space>\s+)|(?P<power>\*\*|\^)|(?P<norm>\|\|)"
    r"|(?P<relation>:=|<=|>=|=)|(?P<symbol>[-+*/()\[\]{}|,;~_√∇·⋅×−∥‖≈∼])"
)
CLOSED = {"(": ")", "[": "]", "{": "}"}


class NotAFormulaError(ValueError):
    """A line that is prose or code."""


def formulas(text: str) -> Iterator[Found]:
    """The formulas in the lines of a docstring or of a run of comments, each with what it is in LaTeX."""
    lines = list(re.finditer(r"[^\n]*", text))
    bare = [m for m in lines if m.start() == 0 or text[m.start() - 1] == "\n"]
    k = 0
    while k < len(bare):
        for count in range(min(MAX_LINES, len(bare) - k), 0, -1):
            found = _found(text, bare[k : k + count])
            if found is not None:
                yield found
                k += count
                break
        else:
            k += 1


def _found(text: str, lines: list[re.Match[str]]) -> Found | None:
    """The formula that these lines are, taken together; None when they are not one."""
    parts = [re.sub(r"^[\s#>]*", "", m[0]).rstrip() for m in lines]
    goes_on = all(_open(" ".join(parts[: k + 1])) or re.match(r"[-+*/=]\s", p) for k, p in enumerate(parts[1:]))
    if not all(parts) or not goes_on or len(" ".join(parts)) > MAX_LENGTH:
        return None
    for source in _readings(" ".join(parts)):
        try:
            tex = converted(source)
        except NotAFormulaError:
            continue
        start = lines[0].start()
        return Found(start, lines[-1].end(), start, tex, "display", (f"in plain text: {source}",))
    return None


def _open(text: str) -> bool:
    return text.count("(") + text.count("[") > text.count(")") + text.count("]")


def _readings(line: str) -> Iterator[str]:
    """The line without what lists and labels put before it, and without a remark behind it."""
    yield from re.findall(r"`+([^`]+)`+", line)
    line = re.sub(r"^(?:[-*+•]|\(?\d+[.)])\s+", "", line)
    for whole in (line, line.rsplit(": ", 1)[-1]):
        yield whole.rstrip(".,; ")
        for mark in (r"\s{2,}\S", r",\s+(?:where|with|and|eps)\b", r"\s+(?:where|with)\s", r"\s+\(", r"\s+#", r"\s+—"):
            m = re.search(mark, whole)
            if m and not _open(whole[: m.start()]):
                yield whole[: m.start()].rstrip(".,; ")


def converted(source: str) -> str:
    """The LaTeX of a formula in plain text. Raises NotAFormulaError for anything else."""
    tokens = list(_tokens(spelled(source)))
    words = [t for t in tokens if t.strip()]
    if not {"=", ":=", "~", "∼"} & set(_outside(words)) or len(words) < 3 or _assigns(words):
        raise NotAFormulaError(source)
    return _row(tokens)


def spelled(source: str) -> str:
    """The text with Greek letters by their names and with small digits as scripts."""
    for small, sign in ((BELOW, "_"), (ABOVE, "^")):
        for run in sorted(re.findall("[" + "".join(small) + "]+", source), key=len, reverse=True):
            source = source.replace(run, sign + "{" + "".join(small[c] for c in run) + "}")
    source = unicodedata.normalize("NFC", source).replace("ᾱ", "alpha_bar")
    for mark, accent in COMBINING.items():
        source = re.sub(rf"(\w){mark}", rf"\1_{accent}", source)
    return re.sub("[α-ωΑ-Ωϵϕϑ]", lambda m: UNICODE.get(m[0], m[0]).strip().lstrip("\\"), source)


def _tokens(source: str) -> Iterator[str]:
    at = 0
    while at < len(source):
        m = TOKEN.match(source, at)
        if m is None:
            raise NotAFormulaError(source)
        yield m[0]
        at = m.end()


def _outside(words: list[str]) -> Iterator[str]:
    """The tokens outside all brackets. Raises NotAFormulaError for a comparison, or an argument by name."""
    stack: list[str] = []
    for k, w in enumerate(words):
        if w in CLOSED:
            stack.append(CLOSED[w])
        elif w in CLOSED.values():
            if not stack or stack.pop() != w:
                raise NotAFormulaError(w)
        elif w == "=" and (words[k + 1 : k + 2] == ["="] or (stack and stack[-1] != "}")):
            raise NotAFormulaError(w)
        elif not stack:
            yield w
    if stack:
        raise NotAFormulaError(stack[-1])


def _assigns(words: list[str]) -> bool:
    """Whether it looks like a program: a plain name, with nothing of mathematics anywhere, or made of itself."""
    at = next((k for k, w in enumerate(words) if w in ("=", ":=", "~", "∼")), 0)
    own = "".join(words[:at])
    rest = "".join(words[at + 1 :])
    marked = any("_" in w or w in FUNCTIONS or w in STEPS or w == "sqrt" or _greek(w) for w in words if w[0].isalpha())
    again = own.isidentifier() and re.search(rf"\b{re.escape(own)}\b", rest) is not None
    return not at or not rest or not marked or again


def _greek(word: str) -> bool:
    return any(word.startswith(g) for g in (*GREEK, "eps"))


def _row(tokens: list[str]) -> str:
    out: list[str] = []
    k = 0
    while k < len(tokens):
        piece, k = _piece(tokens, k)
        out.append(piece)
    return "".join(out)


def _piece(tokens: list[str], k: int) -> tuple[str, int]:
    """The LaTeX of what begins at k, and where the next one begins."""
    t = tokens[k]
    if t.isspace():
        return " ", k + 1
    if t in ("**", "^"):
        inside, k = _operand(tokens, k + 1)
        return "^{" + inside + "}", k
    if t == "_":
        inside, k = _operand(tokens, k + 1)
        return "_{" + inside + "}", k
    if t == "||":
        return r"\|", k + 1
    if t == "|":
        return r"\mid ", k + 1
    if t == "~":
        return r"\sim ", k + 1
    if t == "√":
        inside, k = _operand(tokens, k + 1)
        return r"\sqrt{" + inside + "}", k
    if t in ("{", "}"):
        raise NotAFormulaError(t)
    if t[0].isalpha():
        return _word(tokens, k)
    if t.isdigit() and tokens[k + 1 : k + 2] and tokens[k + 1][0].isalpha():
        raise NotAFormulaError(t)  # 1/2x may be either
    return t, k + 1


def _operand(tokens: list[str], k: int) -> tuple[str, int]:
    """What a script takes: a bracket without its brackets, or one token."""
    if k >= len(tokens):
        raise NotAFormulaError("a script of nothing")
    if tokens[k] in ("{", "("):
        end = _closing(tokens, k)
        return _row(tokens[k + 1 : end]), end + 1
    sign = tokens[k] == "-"
    word = tokens[k + sign] if k + sign < len(tokens) else ""
    if not word or not (word[0].isalnum() or word == "*"):
        raise NotAFormulaError(word)
    piece, end = (word, k + sign + 1) if not word[0].isalpha() else _word(tokens, k + sign)
    return "-" * sign + piece, end


def _closing(tokens: list[str], k: int) -> int:
    depth = 0
    for j in range(k, len(tokens)):
        depth += (tokens[j] in CLOSED) - (tokens[j] in CLOSED.values())
        if not depth:
            return j
    raise NotAFormulaError(tokens[k])


def _word(tokens: list[str], k: int) -> tuple[str, int]:
    word, after = tokens[k], tokens[k + 1] if k + 1 < len(tokens) else ""
    if word == "sqrt":
        if after != "(":
            raise NotAFormulaError(word)
        end = _closing(tokens, k + 1)
        return r"\sqrt{" + _row(tokens[k + 2 : end]) + "}", end + 1
    head, _, subs = word.partition("_")
    if word in FUNCTIONS or (head == "E" and subs and after in ("[", "{")):
        return _called(word, tokens, k, after)
    name = word + "_" if word.endswith("_") else word
    if word.endswith("_") and after in ("{", "("):
        end = _closing(tokens, k + 1)
        return _name(word.rstrip("_"), _row(tokens[k + 2 : end])), end + 1
    if after == "-" and "_" in word and tokens[k + 2 : k + 3] == ["1"]:
        raise NotAFormulaError(word)  # x_t-1 may be either
    if after == "~" and tokens[k + 2 : k + 3] and not tokens[k + 2].isspace():
        following = tokens[k + 2]
        if following.startswith("_") and len(following) > 1:
            return _name(f"{name}_tilde{following}"), k + 3
        return _name(f"{name}_tilde"), k + 2
    if after == "[" and (m := re.match(r"(t(?:-1)?)\]", "".join(tokens[k + 2 : k + 6]))):
        return _name(name, m[1]), _closing(tokens, k + 1) + 1
    return _name(name), k + 1


def _called(word: str, tokens: list[str], k: int, after: str) -> tuple[str, int]:
    """A function in front of its bracket, an expectation with what stands below its sign."""
    head, _, subs = word.partition("_")
    if after == "{" and not subs.strip("_"):
        end = _closing(tokens, k + 1)
        return rf"{FUNCTIONS[head]}_{{{_row(tokens[k + 2 : end])}}}", end + 1
    if after not in ("(", "["):
        raise NotAFormulaError(word)
    return FUNCTIONS[head] + (f"_{{{_name(subs)}}}" if subs else ""), k + 1


def _name(word: str, index: str = "") -> str:
    """A name in LaTeX, its accents and labels told apart. Raises NotAFormulaError for a word that is none."""
    if word in STEPS:
        return " ".join(word)
    if word in HEADS and not index:
        return HEADS[word]
    parts = [p for p in re.sub(r"(?<=[a-z])(bar|hat|tilde)(?=_|$)", r"_\1", word).split("_") if p]
    if parts and (m := re.fullmatch(r"(x|z|y)(\d)", parts[0])):
        parts[:1] = [m[1], m[2]]
    if parts[:1] == ["pred"]:
        parts = [*parts[1:], "pred"]
    head = parts[0] if parts else ""
    if head in GREEK:
        base = "\\" + head
    elif head in HEADS:
        base = HEADS[head]
    elif len(head) == 1 and head.isascii() and head.isalpha():
        base = head
    else:
        raise NotAFormulaError(word)
    if base == HEADS["eps"] and parts[1:] == ["pred"]:
        return base + r"_{\theta}"
    labels: list[str] = []
    for part in parts[1:]:
        if part in ACCENTS:
            base = rf"\{ACCENTS[part]}{{{base}}}"
        elif part in LABELS or (len(part) == 1 and part.isalnum()):
            labels.append(LABELS.get(part, part))
        else:
            raise NotAFormulaError(word)
    labels += [index] if index else []
    if len(labels) > 1 and labels[-1] == "t" and labels[0] == r"\theta":
        labels = labels[:1]
    return base + ("_{" + ",".join(labels) + "}" if labels else "")
