"""The errors that are the user's to repair; the message is the whole answer, and `derive` exits with 2."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be carried out: an unknown ID, a file that cannot be read, a damaged lock."""
