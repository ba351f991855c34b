"""The machine and the person at it: devices, threads, messages, and wishes to stop."""

from __future__ import annotations

import platform
import signal
import sys
import threading
from collections.abc import Iterable
from datetime import date
from types import FrameType, TracebackType
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from diffusion import __version__
from diffusion.errors import UserError

# Under this many weights a step is too short to be worth sharing among threads.
SMALL_NETWORK = 1_000_000


def say(message: str) -> None:
    """One line to the person who waits, above any progress bar."""
    tqdm.write(message, file=sys.stderr)


def progress(what: Iterable[Any] | None = None, **options: Any) -> tqdm[Any]:
    """A progress bar on stderr; in a log file, where nothing is overwritten, a line every ten seconds."""
    seconds = 0.1 if sys.stderr.isatty() else 10
    return tqdm(what, dynamic_ncols=True, mininterval=seconds, maxinterval=max(seconds, 10), **options)


class StopRequest:
    """Turns the first Ctrl-C or SIGTERM into a wish that a loop can grant; a second one stops at once.

    Python lets only the main thread receive signals; in another thread this listens to nothing.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        main = threading.current_thread() is threading.main_thread()
        for number in (signal.SIGINT, signal.SIGTERM) if main else ():
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
        say("stopping after this step, and saving; once more stops at once, without saving")


def pick_device(name: str, local_rank: int = 0) -> torch.device:
    """A device by name; 'auto' is a GPU when PyTorch sees one. Raises UserError when it cannot be used."""
    if name == "auto":
        return torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"cannot use the device {name!r}: {reason}. Use --device cpu") from error
    return device


def set_threads(threads: int | None, network: nn.Module) -> int:
    """Use so many CPU threads, or as many as suit the network; returns its number of weights."""
    size = sum(p.numel() for p in network.parameters())
    if threads is not None:
        torch.set_num_threads(threads)
    elif size < SMALL_NETWORK:
        torch.set_num_threads(1)
    return size


def made(device: str) -> dict[str, str]:
    """Where and with what a result was made: what every recorded result carries."""
    on_gpu = pick_device(device).type == "cuda"
    name = torch.cuda.get_device_name() if on_gpu else f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
    return {
        "date": date.today().isoformat(),
        "device": name,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "exegesis": __version__,
    }
