"""How much a call may take, and what is answered when it took more."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE, GRACE = 4, 2  # wall clock for each second of processor time, and beyond: other programs run too


@dataclass(frozen=True)
class Limits:
    """What one call may take.

    seconds: processor time. A call ends after four times as long and two seconds by the clock, even if it waits
        instead of working; where the system has no timer of processor time (Windows), only that ends it.
    megabytes: memory beyond what the worker itself takes. Kept on Linux; macOS and Windows have no such limit for a
        process, and there it is not kept: `Worker.kept` says which limits are.

    Raises ValueError for a limit that is not positive.
    """

    seconds: float = 60.0
    megabytes: int = 4096

    def __post_init__(self) -> None:
        for name in ("seconds", "megabytes"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
                raise ValueError(f"{name} must be a positive number, got {value!r}")

    @property
    def wall(self) -> float:
        """Seconds after which the parent ends a call, whatever it is doing."""
        return PATIENCE * self.seconds + GRACE


@dataclass(frozen=True)
class Limit:
    """No answer: the call took too much, and its process was ended. `kind` is "time", "memory", "crash" or "answer"."""

    reason: str
    kind: str
