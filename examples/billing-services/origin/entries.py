"""Counts entries into handlers and keeps what the last one was sent."""

import collections
import functools

counts = collections.Counter()
last_headers = []

_arriving = []


def entered(handler):
    """Counts each entry into a handler.

    It goes outside of every other check, the proof's too: a hole in the gate must not be hidden by
    the second line behind it.
    """

    @functools.wraps(handler)
    def counted(*args, **kwargs):
        counts[handler.__name__] += 1
        last_headers[:] = _arriving
        return handler(*args, **kwargs)

    return counted


def arriving(headers):
    """Keeps the headers of the request that is about to run: raw, duplicates and all."""
    _arriving[:] = [[name.lower(), value] for name, value in headers]


def reset():
    """Forgets all counts and headers."""
    counts.clear()
    last_headers.clear()
