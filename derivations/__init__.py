"""What is true: the kernel, the language, the evidence and the chapters of the book.

`from derivations import decide` is the door for a single equation, and `certify` shows what a proof consists of.
Importing the package costs nothing: what it offers is loaded when it is asked for.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "decide": "derivations.deciding", "Verdict": "derivations.deciding", "Alarm": "derivations.deciding",
    "Limits": "derivations.worker", "certify": "derivations.evidence.certificate",
}  # fmt: skip

__all__ = ["Alarm", "Limits", "Verdict", "certify", "decide"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'derivations' has no attribute {name!r}; it has {', '.join(_HOME)}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
