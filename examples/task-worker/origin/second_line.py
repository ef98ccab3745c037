"""The app's own check, behind the gate: the policy keeps the credential, so that it can go on.

It is what the gate replaced, with its hole closed: it used to run only where the secret was set.
"""

import hmac
import os

from fastapi import HTTPException, Request

_SECRET = os.environ.get("DYLEN_TASK_SECRET", "")


def require_task_secret(request: Request) -> None:
    """Raises 401 unless the request carries the task secret; without one, nobody is let in."""
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(offered.encode("latin-1"), _SECRET.encode())
    if not _SECRET or scheme.lower() != "bearer" or not right:
        raise HTTPException(401, "Unauthorized", headers={"www-authenticate": "Bearer"})
