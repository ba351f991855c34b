"""The worker's process as its parent holds it: lines go in, lines come out, and it can be ended.

Spawned   a new interpreter, on every system
Forked    a copy of this process with everything that it has imported: it costs milliseconds
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from typing import Protocol

# A system whose libraries may start threads of their own, as those of macOS do, is not one to copy a process on.
FORKS = hasattr(os, "fork") and sys.platform.startswith("linux")
CHUNK = 1 << 16


class Process(Protocol):
    """What both kinds can do."""

    pid: int

    def send(self, line: bytes) -> None:
        """Hand over a line. Raises BrokenPipeError when the process is gone."""

    def receive(self, seconds: float) -> bytes | None:
        """The next line; empty when the process ended instead, None when there is none in time."""

    def running(self) -> bool:
        """Whether the process is there."""

    def wait(self) -> int:
        """The exit code, after the end; of a process that a signal ended, the signal's number, negative."""

    def end(self) -> None:
        """End the process, and wait for that."""


class Spawned:
    """A new interpreter. A thread moves its answers into a queue, which can be waited for on every system."""

    def __init__(self) -> None:
        path = os.pathsep.join(p or os.getcwd() for p in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "derivations.worker.server"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self.pid = self._process.pid
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_pump, args=(self._process, self._lines), daemon=True).start()

    def send(self, line: bytes) -> None:
        """Hand over a line. Raises BrokenPipeError when the process is gone."""
        calls = self._process.stdin
        if calls is not None:
            calls.write(line)
            calls.flush()

    def receive(self, seconds: float) -> bytes | None:
        """The next line; empty when the process ended instead, None when there is none in time."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait(self) -> int:
        """The exit code, after the end; of a process that a signal ended, the signal's number, negative."""
        return self._process.wait()

    def end(self) -> None:
        """End the process, and wait for that."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()


def _pump(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Move the answers into the queue, and an empty one at the end."""
    if process.stdout is not None:
        with process.stdout as answers:
            for line in answers:
                lines.put(line)
    lines.put(b"")


class Forked:
    """A copy of this process, as it is now. It answers calls and does nothing else that this process would do."""

    def __init__(self) -> None:
        calls, answers = os.pipe(), os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # what waits there is this process's to write, once
        # An interruption belongs to the parent; the copy must not meet it before it says so itself.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _run(calls, answers, masked)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        os.close(calls[0])
        os.close(answers[1])
        self._calls, self._answers = calls[1], answers[0]
        self._read = bytearray()
        self._code: int | None = None
        self._open = True

    def send(self, line: bytes) -> None:
        """Hand over a line. Raises BrokenPipeError when the process is gone."""
        while line:
            line = line[os.write(self._calls, line) :]

    def receive(self, seconds: float) -> bytes | None:
        """The next line; empty when the process ended instead, None when there is none in time."""
        until, seen = time.monotonic() + seconds, 0
        ready = select.poll()
        ready.register(self._answers, select.POLLIN)
        while (at := self._read.find(b"\n", seen)) < 0:
            seen = len(self._read)
            if not ready.poll(max(until - time.monotonic(), 0) * 1000):
                return None
            chunk = os.read(self._answers, CHUNK)
            if not chunk:
                return b""
            self._read += chunk
        line = bytes(self._read[: at + 1])
        del self._read[: at + 1]
        return line

    def running(self) -> bool:
        """Whether the process is there."""
        return self._ended(os.WNOHANG) is None

    def wait(self) -> int:
        """The exit code, after the end; of a process that a signal ended, the signal's number, negative."""
        return self._ended(0) or 0

    def end(self) -> None:
        """End the process, and wait for that."""
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._ended(0)
        if self._open:
            self._open = False
            os.close(self._calls)
            os.close(self._answers)

    def _ended(self, how: int) -> int | None:
        """The exit code, once there is one."""
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:  # somebody else waited for it
                pid, status = self.pid, 0
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code


def _run(calls: tuple[int, int], answers: tuple[int, int], masked: set[int | signal.Signals]) -> None:
    """What the copy does until there are no more calls; it never returns into the program that it is a copy of."""
    code = 1
    try:
        from derivations.worker import server

        os.close(calls[1])
        os.close(answers[0])
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        sys.stdout = sys.stderr
        faulthandler.disable()  # how the copy ends is its parent's to tell
        with (
            open(os.devnull, encoding="utf-8") as sys.stdin,
            os.fdopen(calls[0], "rb") as given,
            os.fdopen(answers[1], "wb") as taken,
        ):
            server.run(given, taken)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(BaseException):
            sys.stderr.flush()
        os._exit(code)
