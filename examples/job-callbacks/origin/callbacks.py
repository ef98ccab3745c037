"""What a status event does to a job: the contract's 200, 204, 404 and 409."""

from enum import Enum

from events import Event
from store import Store


class Outcome(Enum):
    """The contract's answers to a caller who may call back."""

    APPLIED = 204
    REPLAYED = 200
    UNKNOWN_JOB = 404
    CONFLICT = 409


def receive(store: Store, job_id: str, event: Event) -> Outcome:
    """Applies `event` to the job if it is new, newer than the last and a step that may follow."""
    job = store.find(job_id)
    if job is None:
        return Outcome.UNKNOWN_JOB
    if event.event_id in job.applied:
        same = job.applied[event.event_id] == event.fingerprint
        return Outcome.REPLAYED if same else Outcome.CONFLICT
    if job.latest is not None and event.occurred_at <= job.latest:
        return Outcome.CONFLICT
    if not job.state.may_become(event.status):
        return Outcome.CONFLICT
    store.apply(job, event)
    return Outcome.APPLIED
