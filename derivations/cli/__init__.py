"""The command `derive`: check derivations, show formulas, list what they rest on.

Exit codes: 0 all is as declared; 1 a derivation is refused or not what its author declares; 2 the request
itself cannot be carried out (unknown ID, unreadable file); 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence

from derivations.cli.options import parser
from derivations.errors import RequestError

NEEDED = {"flint": "pip install python-flint", "sympy": "pip install sympy"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `derive` with these arguments (those of the process when None) and return its exit code."""
    gc.set_threshold(50_000, 20, 100)  # a command makes much that stays until it ends, and hardly a cycle
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without the Greek alphabet still gets an answer
    try:
        options = parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _say_no_more()  # the reader (a pager, `head`) has gone
        return 141
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        _say_no_more()
        print(f"derive: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    except RequestError as error:
        print(f"derive: {error}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in NEEDED:
            raise
        text = f"{missing} is not installed, and nothing can be checked without it; try: {NEEDED[missing]}"
        print(f"derive: {text}", file=sys.stderr)
        return 2


def _say_no_more() -> None:
    """Have nothing written to stdout any more, not even while Python shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
