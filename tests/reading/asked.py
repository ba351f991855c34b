"""What the tests of the reader ask again and again."""

from derivations.reading import audit_text
from derivations.reading.equations.certain import FAR
from derivations.reading.verdict import Judgement


def last(text: str, suffix: str = ".md", notation: str = "") -> Judgement:
    """The judgement on the last formula of a text."""
    return audit_text(text, suffix, notation).equations[-1].judgement


def displayed(tex: str, before: str = "") -> Judgement:
    """The judgement on a displayed formula behind some text."""
    return last(f"{before}$${tex}$$")


def verdict(tex: str, before: str = "") -> str:
    """The verdict on a displayed formula behind some text."""
    return displayed(tex, before).verdict


def meets(found: Judgement, wanted: str) -> bool:
    """Whether a verdict is the wanted one. What is wanted "false" is refuted, or it is open as no single change makes
    it true, and the message has the numbers that speak against it.
    """
    if wanted != "false":
        return found.verdict == wanted
    return found.verdict == "refuted" or (found.verdict == "undecided" and found.message.startswith(FAR))


def told_apart(true: str, false: str) -> None:
    """What is true is proved, and what is false is refuted."""
    assert verdict(true) == "proved"
    assert verdict(false) == "refuted"


def judged(*formulas: str) -> Judgement:
    """The judgement on the last of some displays."""
    return last("\n\n".join(f"Then\n\n$${tex}$$" for tex in formulas))


def verdicts(*formulas: str, notation: str = "") -> list[str]:
    """The verdicts on displays with nothing between them."""
    text = "\n\n".join(f"$$\n{tex.strip('$')}\n$$" for tex in formulas)
    return [e.judgement.verdict for e in audit_text(text, notation=notation).equations]
