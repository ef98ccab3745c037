"""The jobs in memory, with counters that show what a request did to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events import Event
from states import State


@dataclass
class Job:
    """One job and the events that have been applied to it."""

    job_id: str
    state: State = State.QUEUED
    latest: datetime | None = None
    applied: dict[str, str] = field(default_factory=dict)
    """Fingerprint of every applied event, by event id."""


class Store:
    """Every job, by id and by the ticket that its owner holds."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Back to two queued jobs and counters at zero."""
        self._jobs: dict[str, Job] = {}
        self._tickets: dict[str, str] = {}
        self._reads = 0
        self._writes = 0
        for job_id, ticket in (("job-1", "ticket-a"), ("job-2", "ticket-b")):
            self._jobs[job_id] = Job(job_id)
            self._tickets[ticket] = job_id

    def summary(self) -> dict[str, Any]:
        """What the request table compares before and after a row."""
        return {
            "jobs": {job.job_id: job.state for job in self._jobs.values()},
            "events": sum(len(job.applied) for job in self._jobs.values()),
            "reads": self._reads,
            "writes": self._writes,
        }

    def add(self, ticket: str) -> Job:
        """Queues a new job for the holder of `ticket`."""
        self._writes += 1
        job = Job(f"job-{len(self._jobs) + 1}")
        self._jobs[job.job_id] = job
        self._tickets[ticket] = job.job_id
        return job

    def find(self, job_id: str) -> Job | None:
        """The job with this id."""
        self._reads += 1
        return self._jobs.get(job_id)

    def find_by_ticket(self, ticket: str) -> Job | None:
        """The job that belongs to `ticket`."""
        self._reads += 1
        return self._jobs.get(self._tickets.get(ticket, ""))

    def apply(self, job: Job, event: Event) -> None:
        """Writes an event that has been found good."""
        self._writes += 1
        job.state = event.status
        job.latest = event.occurred_at
        job.applied[event.event_id] = event.fingerprint


store = Store()
