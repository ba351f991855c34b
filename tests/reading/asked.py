"""What the tests of the reader ask again and again."""

from derivations.reading import audit_text


def verdict(tex: str, before: str = "") -> str:
    """The verdict on a displayed formula behind some text."""
    return audit_text(f"{before}$${tex}$$").equations[-1].judgement.verdict
