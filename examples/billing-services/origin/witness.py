"""The witness: what really ran, for the example's request table.

It is asked on the app's own port. The gate's policy hides it from everyone.
"""

from flask import Blueprint

import billing
import entries
import filesystem

routes = Blueprint("witness", __name__)


@routes.get("/__witness")
def show():
    """Tells which handlers ran, what they left behind and the headers that the last one saw."""
    return {
        "handlers": dict(entries.counts),
        "state": {**billing.state(), **filesystem.state()},
        "last_headers": entries.last_headers,
    }


@routes.post("/__witness/reset")
def reset():
    """Sets everything back to the start."""
    entries.reset()
    billing.reset()
    filesystem.reset()
    return "", 204
