"""Job runs: every call of a job leaves a record, also when the job fails."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

log = logging.getLogger("signal-jobs")


@dataclass
class JobRun:
    """The record of one call."""

    number: int
    job: str
    requested_by: str
    started_at: datetime
    status: str = "running"
    finished_at: datetime | None = None
    result: dict[str, Any] | None = None
    error: str | None = None

    def answer(self) -> dict[str, Any]:
        """What cron is told."""
        return {
            "job_run": self.number,
            "job": self.job,
            "status": self.status,
            "requested_by": self.requested_by,
            "result": self.result,
            "error": self.error,
        }


class JobRuns:
    """All runs, oldest first."""

    def __init__(self) -> None:
        self._runs: list[JobRun] = []

    def __len__(self) -> int:
        return len(self._runs)

    def with_status(self, status: str) -> int:
        """How many runs ended so."""
        return sum(run.status == status for run in self._runs)

    def run(self, job: str, requested_by: str, work: Callable[[], dict[str, Any]]) -> JobRun:
        """Does `work` and records it. Never raises: a job that fails is a failed run, no crash."""
        run = JobRun(len(self._runs) + 1, job, requested_by, datetime.now(UTC))
        self._runs.append(run)
        try:
            run.result = work()
            run.status = "succeeded"
        except Exception as error:  # whatever a job throws, cron gets its JSON status
            log.warning("job run %d (%s) failed: %r", run.number, job, error)
            run.status = "failed"
            run.error = str(error)
        run.finished_at = datetime.now(UTC)
        return run
