"""What the tests of the reader ask again and again."""

from derivations.reading import audit_text
from derivations.reading.verdict import Judgement


def verdict(tex: str, before: str = "") -> str:
    """The verdict on a displayed formula behind some text."""
    return audit_text(f"{before}$${tex}$$").equations[-1].judgement.verdict


def judged(*formulas: str) -> Judgement:
    """The judgement on the last of some displays."""
    return audit_text("\n\n".join(f"Then\n\n$${tex}$$" for tex in formulas)).equations[-1].judgement
