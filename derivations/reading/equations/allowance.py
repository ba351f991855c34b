"""What one formula may take: its comparisons end when the steps of evaluation that it has are spent.

The steps are those of numbers that look for a witness; a chain of long sums and products asks for many of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from derivations.evidence.balls import Evaluator

STEPS = 600_000  # some seconds; what is decided takes a tenth of that
SPENT = "the formula takes too many steps of evaluation"
_until: ContextVar[float] = ContextVar("until", default=math.inf)
_trying: ContextVar[bool] = ContextVar("trying", default=False)


@contextmanager
def of_a_formula() -> Iterator[None]:
    """A formula has its allowance within; one that is judged on the way to another shares that of the other."""
    if not math.isinf(_until.get()):
        yield
        return
    token = _until.set(Evaluator.taken + STEPS)
    try:
        yield
    finally:
        _until.reset(token)


@contextmanager
def of_an_attempt(steps: int) -> Iterator[None]:
    """What is tried beside a formula has an allowance of its own within; the formula's is afterwards what it was."""
    before, left = Evaluator.taken, _until.get()
    token = _until.set(before + steps)
    try:
        with of_a_trial():
            yield
    finally:
        _until.reset(token)
        _until.set(left + Evaluator.taken - before)


@contextmanager
def of_a_trial() -> Iterator[None]:
    """What is asked within is tried beside a formula."""
    token = _trying.set(True)
    try:
        yield
    finally:
        _trying.reset(token)


def trying() -> bool:
    """Whether what is asked is tried beside a formula: then it matters whether it is true, and not why it is false."""
    return _trying.get()


def taken() -> int:
    """How many steps have been taken so far."""
    return Evaluator.taken


def spent() -> bool:
    """Whether the formula at hand has no steps left."""
    return Evaluator.taken > _until.get()
