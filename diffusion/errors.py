"""The error a person can act on: the commands print its text alone and exit with code 2."""

from __future__ import annotations


class UserError(Exception):
    """Something outside the code is wrong; the message says what was expected, found, and what to do."""
