"""What the worker's process runs: it reads calls, a line of JSON each, and writes the answers.

Limits are the system's own, not Python's: a timer of processor time whose signal ends the process, RLIMIT_CPU behind
it, RLIMIT_AS, and an alarm for a process whose parent is gone. The functions that are called may print: their output
goes to stderr. Their input is empty.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from derivations.errors import RequestError
from derivations.worker.limits import Limits

try:
    import resource

    POSIX = True
except ImportError:  # Windows
    POSIX = False

MAX_ANSWER = 1 << 26  # bytes
HARD = 2  # seconds beyond the timer, and beyond the parent's clock, after which the system ends the process


def serve(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until there are no more."""
    answers.write(json.dumps({"kept": kept()}).encode() + b"\n")
    answers.flush()
    for line in calls:
        answer = json.dumps(_answer(json.loads(line))).encode()
        if len(answer) > MAX_ANSWER:
            answer = json.dumps({"limit": "answer", "bytes": len(answer)}).encode()
        answers.write(answer + b"\n")
        answers.flush()


def kept() -> list[str]:
    """Which limits this system keeps, besides the parent's clock."""
    if not POSIX:
        return []
    return ["seconds", "megabytes"] if sys.platform.startswith("linux") else ["seconds"]


def _answer(call: dict[str, Any]) -> dict[str, Any]:
    """The value of a call, or why there is none."""
    try:
        function = _function(call["function"])
        with _limited(call["seconds"], call["megabytes"]):
            return {"value": _plain(function(*call["arguments"]))}
    except RequestError as error:
        return {"refused": str(error), "exit_code": error.exit_code}
    except MemoryError:
        return {"limit": "memory"}
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())
        return {"error": f"{type(error).__name__}: {text}", "traceback": traceback.format_exc()}


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _plain(value: Any) -> Any:
    """The value, if it is plain data. Raises TypeError otherwise."""
    json.dumps(value)
    return value


@contextlib.contextmanager
def _limited(seconds: float, megabytes: int) -> Any:
    """Have the system end this process when the call takes more."""
    if not POSIX:
        yield
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    _soft(resource.RLIMIT_CPU, math.ceil(spent + seconds) + HARD)
    space = _address_space()
    if space:
        _soft(resource.RLIMIT_AS, space + megabytes * 2**20)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, Limits(seconds, megabytes).wall + HARD)  # should the parent be gone
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _soft(resource.RLIMIT_CPU, hard)
        _soft(resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS)[1])


def _soft(limit: int, value: int) -> None:
    """Set the soft limit, as far as the hard one allows; a system that refuses goes without it."""
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard):
        value = hard
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(limit, (value, hard))


def _address_space() -> int:
    """The bytes of address space that the process has now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 0


def run(calls: BinaryIO, answers: BinaryIO) -> None:
    """Serve a parent, with no input, and with stderr as the output of whatever is called."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked, and ends this process
    with contextlib.suppress(BrokenPipeError):
        serve(calls, answers)


if __name__ == "__main__":
    run(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
