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
    r"\b(?:[Ii]f|[Ww]hen|[Ss]uppose|[Aa]ssum\w+|special case|[Ss]etting|[Cc]hoosing)\b[^.]*\$[^$]*=[^$]*\$"
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
    return inferred or denied(before) or grants(row, before, unnamed)


def why_doubted(before: str) -> str:
    """What is said of a formula that fails, where its words take it back or put it under a condition."""
    if denied(before):
        return "it fails, and the words before it say so too"
    return "it fails in general, but it stands under a condition that is not read here"
