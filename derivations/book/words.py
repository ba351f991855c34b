"""What a verdict means, in words: the badges and the sentences under them. All such wording is here."""

from __future__ import annotations

from derivations.book.model import Entry, Step

# One word on the badge, one sentence for the table of verdicts.
VERDICT = {
    "undecided": ("Undecided", "Not established: the page says what is missing."),
    "refuted": ("Refuted", "False as stated. Numbers that break it are on the page."),
    "assumed": (
        "Assumed",
        "Every step was re-checked, and the result rests on a named axiom that is not proved here.",
    ),
    "proved": ("Proved", "Every step was re-checked exactly. No axiom is used."),
    "defined": ("Defined", "A choice of notation. There is nothing to prove."),
}

KIND = {"theorem": "Theorem", "definition": "Definition", "refutation": "Refutation", "axiom": "Axiom"}


def badge(entry: Entry) -> str:
    """The sentence beside the badge: what was checked, how, and what was not."""
    sentence = {
        "proved": _proved,
        "assumed": _assumed,
        "defined": lambda e: VERDICT["defined"][1],
        "refuted": _refuted,
        "undecided": lambda e: "Not established.",
    }[entry.verdict](entry)
    if entry.declared != entry.verdict:
        sentence += f" The author declared it {entry.declared}: this page and the author disagree."
    return sentence


def _proved(entry: Entry) -> str:
    checked = _steps(entry)
    return f"{checked} re-checked exactly{_second_opinion(entry)}. No axiom is used."


def _assumed(entry: Entry) -> str:
    if entry.kind == "axiom":
        return "An axiom: it is stated, not proved. Everything that uses it says so."
    checked = f"{_steps(entry)} re-checked exactly{_second_opinion(entry)}"
    return f"{checked}. What the axioms below say is taken on trust."


def _refuted(entry: Entry) -> str:
    if entry.counterexample is None:
        return "False as stated."
    return "False as stated: at the point below no hypothesis fails, and the two sides certainly differ."


def _steps(entry: Entry) -> str:
    number = len(_made(entry))
    if number == 0:
        return "The statement was"
    return "The one step was" if number == 1 else f"Each of the {number} steps was"


def _made(entry: Entry) -> list[Step]:
    """The lines that a rule made; the others are where a calculation starts."""
    return [step for step in entry.steps if step.rule]


def _second_opinion(entry: Entry) -> str:
    """What SymPy said; a disagreement cannot stand beside a proof, so it is said loudly."""
    opinions = [step.sympy for step in _made(entry)]
    if "DISAGREES" in opinions:
        return ", but a second implementation disagrees: do not rely on it"
    asked = opinions.count("agrees")
    if not asked:
        return ""
    if asked == len(opinions):
        return ", and again on a second implementation"
    number = "one of them" if asked == 1 else f"{asked} of them"
    return f", the algebra ({number}) again on a second implementation"
