"""The second line: a guarded handler works only for requests that carry the gate's proof."""

import functools
import hmac
import os

from flask import request


def through_gate(handler):
    """Refuses what came to the app's own port without passing the gate."""

    @functools.wraps(handler)
    def checked(*args, **kwargs):
        expected = os.environ.get("GATE_PROOF", "")
        offered = request.headers.get("X-Gate-Proof", "")
        if not expected or not hmac.compare_digest(offered.encode("latin-1"), expected.encode()):
            return {"error": "Not through the gate"}, 403
        return handler(*args, **kwargs)

    return checked
