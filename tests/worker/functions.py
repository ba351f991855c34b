"""What the tests of the worker have it do."""

import os
import sys
import time

from derivations.errors import Refused

seen = []


def remember(value):
    """Everything that this process was told so far."""
    seen.append(value)
    return seen


def shout(text):
    """Print where a program prints, and read where it reads."""
    print(text)
    return sys.stdin.read()


def refuse(text):
    """Refuse a request."""
    raise Refused(text)


def spin():
    """Work for ever."""
    while True:
        pass


def sleep():
    """Wait for ever."""
    time.sleep(3600)


def flint_eats():
    """Let FLINT ask for more memory than there is: it ends the interpreter."""
    from flint import fmpz

    return int(fmpz(2) ** (2**33) != 0)


def python_eats():
    """Let Python ask for more memory than there is."""
    return len(bytearray(2**33))


def die(code):
    """End the process as no program should."""
    os._exit(code)


def big():
    """An answer of a hundred million characters."""
    return "x" * 10**8


def no_data():
    """An answer that is no plain data."""
    return {1, 2}
