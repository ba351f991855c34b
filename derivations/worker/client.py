"""The worker as its parent sees it: calls go in, answers or limits come out; a process that dies is replaced."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import weakref
from types import TracebackType
from typing import Any

from derivations.errors import RequestError
from derivations.worker.limits import Limit, Limits
from derivations.worker.process import FORKS, Forked, Process, Spawned

START = 60.0  # seconds of wall clock that a start may take, on a busy machine too
ALARM = getattr(signal, "SIGALRM", 0)
TIMERS = {getattr(signal, name) for name in ("SIGPROF", "SIGXCPU") if hasattr(signal, name)}


class WorkerError(RuntimeError):
    """A function of the worker failed, or the worker cannot be started. `traceback` is the worker's, as text."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback
        if traceback:
            self.add_note(f"In the worker:\n{traceback}")


class Worker:
    """One process that does one call at a time, under limits; it starts with the first call.

    Args:
        limits: for each call that brings none of its own.
        fork: on Linux, make the process a copy of this one, with everything that is imported here. It starts in
            milliseconds, and starts again so after a limit. Elsewhere a new interpreter is started as without this.

    Use it in a `with` statement, or `close` it; at the latest its process ends with this one. Threads may share it,
    and their calls queue; a process that is forked from this one starts a worker of its own.
    """

    def __init__(self, limits: Limits | None = None, fork: bool = False) -> None:
        self.limits = limits or Limits()
        self.forks = fork and FORKS
        self.starts = 0  # how many processes there were
        self.kept: tuple[str, ...] = ()  # which limits the system keeps: known after the start
        self._process: Process | None = None
        self._turn = threading.Lock()
        self._parent = os.getpid()
        self._end: weakref.finalize[..., Worker] | None = None

    def submit(self, function: str, *arguments: Any, limits: Limits | None = None) -> Any:
        """The value of "module:function" at these arguments, all of them plain data; a `Limit` if it took too much.

        Raises WorkerError when the function fails, and RequestError when it raises one, with its message and exit
        code. TypeError when an argument is not plain data.
        """
        limits = limits or self.limits
        call = {"function": function, "arguments": arguments, "seconds": limits.seconds, "megabytes": limits.megabytes}
        line = json.dumps(call).encode() + b"\n"
        if self._parent != os.getpid():  # forked: the process, and what is said to it, are the parent's
            self._process, self._end, self._turn, self._parent = None, None, threading.Lock(), os.getpid()
        with self._turn:
            return self._read(self._send(line, limits), limits)

    def start(self) -> None:
        """Start the process, if there is none. Raises WorkerError when that fails."""
        if self._process is not None and self._process.running():
            return
        self.close()
        if not self.forks and not sys.executable:
            raise WorkerError("no worker can be started: sys.executable is empty, so there is no Python to start")
        self._process = process = Forked() if self.forks else Spawned()
        self.starts += 1
        self._end = weakref.finalize(self, _finish, process, os.getpid())
        try:
            self.kept = tuple(json.loads(process.receive(START) or b"")["kept"])
        except (ValueError, KeyError, TypeError):
            self.close()
            raise WorkerError(f"the worker does not start: {sys.executable} -m derivations.worker.server") from None

    def close(self) -> None:
        """End the process, if there is one."""
        self._process = None
        if self._end is not None:
            self._end()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _send(self, line: bytes, limits: Limits) -> bytes | None:
        """The answer's line; empty when the process ended instead, None when it was ended for the time it took."""
        self.start()
        process = self._process
        if process is None:
            raise WorkerError("the worker has no process")
        try:
            process.send(line)
            return process.receive(limits.wall)
        except BrokenPipeError:
            return b""
        except BaseException:  # an interruption: the answer to this call must not be taken for that to the next
            self.close()
            raise

    def _read(self, line: bytes | None, limits: Limits) -> Any:
        if not line:
            return self._ended(line is None, limits)
        answer = json.loads(line)
        if "value" in answer:
            return answer["value"]
        if "refused" in answer:
            refused = RequestError(answer["refused"])
            refused.exit_code = answer["exit_code"]
            raise refused
        if "error" in answer:
            raise WorkerError(f"the worker's function failed with {answer['error']}", answer["traceback"])
        self.close()  # what is left of a process that ran out of memory is not to be relied on
        if answer["limit"] == "memory":
            return Limit(_memory(limits), "memory")
        return Limit(f"the answer has {answer['bytes']:,} bytes, which is more than can be taken", "answer")

    def _ended(self, late: bool, limits: Limits) -> Limit:
        """Why the process is gone."""
        process = self._process
        code = 0 if process is None or late else process.wait()
        self.close()
        if late:
            return Limit(f"took more than {limits.wall:g} s of wall clock", "time")
        if code < 0 and -code == ALARM:
            return Limit(f"took more than {limits.wall:g} s of wall clock", "time")
        if code < 0 and -code in TIMERS:
            return Limit(f"took more than {limits.seconds:g} s", "time")
        if code < 0 and -code in (signal.SIGABRT, getattr(signal, "SIGKILL", None)):
            return Limit(f"{_memory(limits)} ({_signal(-code)})", "memory")
        return Limit(f"the worker ended with {_signal(-code) if code < 0 else f'exit code {code}'}", "crash")


def _finish(process: Process, parent: int) -> None:
    """End a process, if it is ours."""
    if parent == os.getpid():
        process.end()


def _memory(limits: Limits) -> str:
    return f"took more than {limits.megabytes} MB"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
