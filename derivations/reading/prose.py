"""Claims in prose that are false, each beside the formula that it is about: a small table, and an entry of the corpus.

Prose is not read here. A row says which formula, which words of its sentence and which display before make the claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from derivations.kernel.terms import Term, add, app, div, mul, neg, num, sqrt, sym
from derivations.reading.equations.compare import equal
from derivations.reading.terms.statements import conditional
from derivations.reading.text.syntax import Row, show
from derivations.reading.verdict import Judgement

T = sym("t")


@dataclass(frozen=True)
class Claim:
    """A false claim: the formula in the sentence, the sentence's words, the ID of the display before, what is said."""

    formula: str
    words: str
    after: str
    id: str
    message: str
    sides: Callable[[], tuple[Term, Term]]


def _coefficients() -> tuple[Term, Term]:
    """The coefficients of the predicted noise in DDPM's step without noise, and in DDIM's deterministic step."""
    bar, before, a = app("alpha_bar", T), app("alpha_bar", add(T, num(-1))), app("alpha", T)
    ddpm = neg(div(add(1, neg(a)), mul(sqrt(add(1, neg(bar))), sqrt(a))))
    ddim = add(sqrt(add(1, neg(before))), neg(div(mul(sqrt(before), sqrt(add(1, neg(bar)))), sqrt(bar))))
    return ddpm, ddim


CLAIMS = (
    Claim(
        r"sigma_\{t\}(\^\{2\})? = 0", r"DDIM", "ddpm.sampling_step", "ddpm.sigma_zero_not_ddim",
        "DDPM's step without its noise is not DDIM's: the coefficients of the predicted noise differ", _coefficients,
    ),
)  # fmt: skip


# a condition on the formula in the words of its sentence
CONDITION = re.compile(
    r"\b(?:[Ii]f|[Ww]hen|[Ss]uppose|[Aa]ssum\w+|special case|[Ss]etting|[Cc]hoosing)\b"
    r"(?:(?!\bthen\b)[^.])*\$[^$]*=[^$]*\$"
)


# a sentence that is such a condition and nothing else
ALONE = re.compile(
    r"\s*(?:Then,? )?(?:[Ii]f|[Ww]hen|[Ss]uppose(?: that)?|[Aa]ssum(?:e|ing)(?: that)?|[Pp]rovided(?: that)?)\s+"
    r"(?P<said>\$[^$]+\$(?:\s*(?:,|and|, and)\s*\$[^$]+\$)*)\s*,?\s*"
    r"(?:then|so that|we (?:have|get|obtain|find)|one (?:has|gets)|this (?:gives|becomes|is)|it follows that)?"
    r"\s*,?\s*(?:that\s*)?[:$]*\s*"
)


# what stands right before a formula that is itself what a sentence supposes, takes or chooses
SUPPOSED = re.compile(
    r"(?:\b(?:if|when|whenever|suppos(?:e|ing)|assum(?:e|ing)|taking|choosing|setting|letting|imagine|quand|"
    r"lorsque|wenn|falls|cuando|si|quando|se)(?: that| we (?:take|set|choose|have))?:?\s*|"
    r"[当當若设設取令]|如果|假设|假設|选取)$",
    re.IGNORECASE,
)


# the words of a sentence that seeks or grants what its formula says
SOUGHT = re.compile(
    r"\b(?:look(?:ing|s)? for|to find|seek|solv\w+(?!\s+for\b)|satisf\w+|such that|subject to|constrain\w+|require\w*|"
    r"fixed points?|orthogonal|perpendicular|independent|uncorrelated|centred|centered|zero[- ]mean|demand\w*|must)\b",
    re.IGNORECASE,
)


# the words of a sentence that gives a reason, and no condition
REASON = re.compile(r"\b(?:because|since)\b", re.IGNORECASE)


# what a sentence says right before a formula that its author calls wrong
DENIED = re.compile(
    r"(?:\b(?:can ?not|can't|must not|should not|do(?:es)? not) (?:be |simply |just )*(?:writ|us|equal|hold)\w*|"
    r"\b(?:wrong|incorrect|mistake\w*|na[iï]ve|falsely|instead of|rather than)\b|不能|错误|不是|不对)[^.。]{0,24}$",
    re.IGNORECASE,
)


# where a sentence ends: at a stop, an empty line, or with what a list or an environment of LaTeX ends
END = re.compile(r"[.!?]\s|\n\s*\n|\\(?:end\b|item\b|(?:sub)*section\b|E?[Nn][Dd]\w*\b|S[Tt][Aa][Tt][Ee]\w*\b)")


def denied(before: str) -> bool:
    """Whether the words right before a formula say that it is not so."""
    return bool(DENIED.search(before.rstrip(" $`\n").replace("\n", " ")[-80:]))


def grants(row: Row, before: str, unnamed: bool) -> bool:
    """Whether the words in or before a formula make it a condition, or what is sought; `unnamed`: it matches no ID."""
    sentence = END.split(before.rstrip())[-1]
    sought = unnamed and SOUGHT.search(sentence) and not REASON.search(sentence)
    return bool(sought) or any(map(conditional, row)) or bool(CONDITION.search(sentence))


def condition(before: str) -> tuple[str, ...]:
    """The formulas of a sentence before a formula that is a condition on it, "If $a = b$, then"; none of any other."""
    found = ALONE.fullmatch(END.split(before.rstrip())[-1])
    return tuple(re.findall(r"\$([^$]+)\$", found["said"])) if found else ()


def judge(row: Row, before: str, after: str, display: str) -> Judgement | None:
    """The verdict on a formula whose sentence makes a false claim; None for any other formula."""
    sentence = re.split(r"[.!?]\s|\n\s*\n", before)[-1] + " " + re.split(r"[.!?](?:\s|$)|\n\s*\n", after)[0]
    for claim in CLAIMS:
        if display == claim.after and re.fullmatch(claim.formula, show(row)) and re.search(claim.words, sentence):
            answer = equal(*claim.sides(), {})
            if answer.status == "refuted":
                return Judgement(
                    "refuted", claim.id, claim.message, show(row), dict(answer.witness or {}), answer.values
                )
    return None


def doubted(row: Row, before: str, unnamed: bool, inferred: bool) -> bool:
    """Whether the words around a formula, or an arrow in it, take it back or put it under a condition."""
    supposed = SUPPOSED.search(before.rstrip(" $`\n")[-40:])
    return inferred or denied(before) or bool(supposed) or grants(row, before, unnamed)


# the words of a sentence in which "=" leaves something out, or that speaks of another process or of a slip of the pen
LOOSE = re.compile(
    r"\b(?:first|leading|lowest) order\b|\bhigher[- ]orders?\b|\bneglect\w*|\bignor(?:e|es|ing)\b|"
    r"\bfor (?:very |sufficiently )?small\b|"
    r"\blineari[sz]\w+|\broughly\b|\bup to (?:an? )?(?:\w+ ){0,2}(?:constants?|factors?|terms?)\b|"
    r"\bsuppose instead\b|\bwhat if\b|\bhad we\b|\b(?:un|not )(?:re)?scaled\b|\bvariance[- ]explod\w+|\bna[iï]vely?\b|"
    r"\b(?:typo\w*|misprint\w*|errat(?:um|a)|erroneous\w*)\b|"
    r"\berster ordnung\b|\bvernachlässig\w*|\bbis auf\b|\bpremier ordre\b|\bnéglig\w+|\bà une constante près\b|"
    r"一阶|高阶|忽略|略去|高次|無視|一次近似|笔误",
    re.IGNORECASE,
)
# and what right before one, that it holds up to a factor
SCALES = re.compile(
    r"\b(?:proportional to|(?:of|on) the order of|(?:scales?|behaves?|grows?|decays?|goes) (?:as|like)"
    r"|proportionnel\w* à|proportional zu)\s*$|(?:正比于|成正比)\s*$",
    re.IGNORECASE,
)
# what the words right behind a formula say when they take it back
BACK = re.compile(
    r"^[^.。]{0,60}\b(?:wrong|incorrect|not (?:true|correct|valid|so|right)|does(?: not|n't) hold|"
    r"is false|fails in general)\b|"
    r"^[^.。]{0,60}(?:不成立|是错|不对)|^[^。]{0,80}\bshould (?:have )?(?:be|been|read|contain|say)\b",
    re.IGNORECASE,
)
FORMULA = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)


HEADING = re.compile(r"\\(?:chapter|(?:sub)*section|paragraph)\*?\{[^{}]*\}|^[ \t]*#{1,6} .*$", re.MULTILINE)


UNDER = "it fails in general, and its sentence grants something right before it"
THEN = re.compile(r"[^\s$)][:,;]\s*(?:then|dann|alors|entonces|então|тогда)\s*\$?$|[，,]\s*则\s*\$?$", re.IGNORECASE)
GRANTS = re.compile(
    r"\b(?:with|for|if|when|whenever|under|assuming|setting|taking|given|where|putting|bei|für|wenn|mit|pour|si|avec|cuando"
    r"|con|para|при|если|wo)\s*$|[当若设令]\s*$",
    re.IGNORECASE,
)


def loosened(before: str, after: str) -> bool:
    """Whether the sentence of a formula says that it leaves something out, or is about something else, or no more."""
    opened = HEADING.sub(". ", FORMULA.sub(" ", before.rstrip(" $\n")[-600:]))
    sentence = re.split(r"[.!?]\s|\n\s*\n\s*\n|。", opened)[-1]
    behind = HEADING.sub(". ", after).lstrip(" $.,;\n")
    rest = re.split(r"[.!?](?:\s|$)|\n\s*\n|。", behind)[0]
    loose = LOOSE.search(sentence) or LOOSE.search(rest) or BACK.match(behind)
    return bool(loose or SCALES.search(sentence.rstrip(" $(\\")))


def is_value(tex: str) -> bool:
    """Whether an equation says of something what number it is."""
    return re.search(r"=\s*-?[\d.]+\s*$", tex) is not None


def stands_under(condition: str, before: str) -> bool:
    """Whether an equation that is no identity stands right before a formula, as what its sentence grants: with
    $x_0^2 = 1$, the divergence is ...; or words do, as in: x_0 deterministic, then ...
    """
    if THEN.search(before):
        return True
    if not condition:
        return False
    head, found, tail = before.rpartition(condition)
    granted = GRANTS.search(head.rstrip(" $(\\"))
    return bool(found and granted) and "=" in condition and not re.search(r"[.!?]\s|\n\s*\n\s*\S|。", tail)


def why_doubted(before: str) -> str:
    """What is said of a formula that fails, where its words take it back or put it under a condition."""
    if denied(before):
        return "it fails, and the words before it say so too"
    return "it fails in general, but it stands under a condition that is not read here"
