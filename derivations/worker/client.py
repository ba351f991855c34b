"""The worker as its parent sees it: calls go in, answers or limits come out; a process that dies is replaced."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from types import TracebackType
from typing import Any

from derivations.errors import RequestError
from derivations.worker.limits import Limit, Limits

START = 60.0  # seconds of wall clock that a start may take, on a busy machine too
TIMERS = {getattr(signal, name) for name in ("SIGPROF", "SIGXCPU") if hasattr(signal, name)}


class WorkerError(RuntimeError):
    """A function of the worker failed, or the worker cannot be started. `traceback` is the worker's, as text."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class Worker:
    """One process that does one call at a time, under limits; it starts with the first call.

    Args:
        limits: for each call that brings none of its own.

    Use it in a `with` statement, or `close` it; at the latest its process ends with this one. Threads may share it,
    and their calls queue; a process that is forked from this one starts a worker of its own.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.starts = 0  # how many processes there were
        self.kept: tuple[str, ...] = ()  # which limits the system keeps: known after the start
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
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
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        if not sys.executable:
            raise WorkerError("no worker can be started: sys.executable is empty, so there is no Python to start")
        path = os.pathsep.join(p or os.getcwd() for p in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "derivations.worker.server"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self.starts += 1
        self._end = weakref.finalize(self, _finish, self._process, os.getpid())
        self._lines = queue.SimpleQueue()
        threading.Thread(target=_pump, args=(self._process, self._lines), daemon=True).start()
        try:
            self.kept = tuple(json.loads(self._lines.get(timeout=START))["kept"])
        except (queue.Empty, ValueError, KeyError, TypeError):
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
        if process is None or process.stdin is None:
            raise WorkerError("the worker has no input")
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return self._lines.get(timeout=limits.wall)
        except BrokenPipeError:
            return b""
        except queue.Empty:
            return None
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
        if code < 0 and -code in TIMERS:
            return Limit(f"took more than {limits.seconds:g} s", "time")
        if code < 0 and -code in (signal.SIGABRT, getattr(signal, "SIGKILL", None)):
            return Limit(f"{_memory(limits)} ({_signal(-code)})", "memory")
        return Limit(f"the worker ended with {_signal(-code) if code < 0 else f'exit code {code}'}", "crash")


def _finish(process: subprocess.Popen[bytes], parent: int) -> None:
    """End a process, if it is ours."""
    if parent == os.getpid():
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()


def _pump(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Move the answers into the queue, and an empty one at the end: a queue can be waited for on every system."""
    if process.stdout is not None:
        with process.stdout as answers:
            for line in answers:
                lines.put(line)
    lines.put(b"")


def _memory(limits: Limits) -> str:
    return f"took more than {limits.megabytes} MB"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
