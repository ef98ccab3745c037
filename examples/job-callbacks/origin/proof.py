"""The gate's proof: what reaches this service without it has gone round the gate.

The gate takes the caller's own secret off and sets this header on what it let in. It removes the
header from everything else, so nobody outside can send it.
"""

import hmac
import os

from fastapi import Request

_PROOF = os.environ.get("GATE_PROOF", "")


def came_through_the_gate(request: Request) -> bool:
    """Whether the request carries the gate's proof; without one configured, none does."""
    offered = request.headers.get("x-gate-proof", "").encode("latin-1")
    return bool(_PROOF) and hmac.compare_digest(offered, _PROOF.encode())
