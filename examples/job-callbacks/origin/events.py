"""A status event as the job runner sends it, and how its bytes become one."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from states import State


class MalformedEvent(ValueError):
    """The body is no status event."""


@dataclass(frozen=True)
class Event:
    """One change of a job's state."""

    event_id: str
    status: State
    occurred_at: datetime
    fingerprint: str
    """Digest of the whole payload in one spelling, to tell a replay from a second event."""

    @classmethod
    def parse(cls, body: bytes) -> "Event":
        """Reads an event from a request's body."""
        try:
            payload = json.loads(body)
            occurred_at = datetime.fromisoformat(payload["occurredAt"])
            event_id = payload["eventId"]
            if not isinstance(event_id, str) or not event_id or occurred_at.tzinfo is None:
                raise MalformedEvent("event id or time")
            return cls(event_id, State(payload["status"]), occurred_at, _fingerprint(payload))
        except (KeyError, TypeError, ValueError, RecursionError) as fault:
            raise MalformedEvent(str(fault)) from fault


def _fingerprint(payload: dict[str, Any]) -> str:
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
