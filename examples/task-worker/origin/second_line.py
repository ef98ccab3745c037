"""The app's own check, behind the gate: the policy keeps the credential, so that it can go on.

It is what the gate replaced, with its hole closed: it used to run only where the secret was set.
Where the queue sends a signed token instead of the secret, the gate's proof says that it was
checked; the gate takes that header off whatever comes from outside.
"""

import hmac
import os

from fastapi import HTTPException, Request

_SECRET = os.environ.get("DYLEN_TASK_SECRET", "")
_PROOF = os.environ.get("GATE_PROOF", "")


def require_task_caller(request: Request) -> None:
    """Raises 401 unless the request has the secret or the proof; without either, nobody is let in."""
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    right = scheme.lower() == "bearer" and _same(offered, _SECRET)
    proven = _same(request.headers.get("x-gate-proof", ""), _PROOF)
    if not (right or proven):
        raise HTTPException(401, "Unauthorized", headers={"www-authenticate": "Bearer"})


def _same(offered: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(offered.encode("latin-1"), expected.encode())
