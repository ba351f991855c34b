"""The errors that are the user's to repair: the message is the whole answer."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be carried out: an unknown ID, a file that cannot be read, a damaged lock."""

    exit_code = 2


class Refused(RequestError):
    """A derivation is refused before any entry is reached: the request was sound, the mathematics was not."""

    exit_code = 1
