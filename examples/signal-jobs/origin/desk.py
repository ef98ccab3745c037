"""Everything the service holds, in one place, so that it can be set back as one."""

from typing import Any

from briefings import Newsroom
from job_runs import JobRuns
from market import Market
from signals import SignalBook


class Desk:
    """The service's whole state."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Back to the morning of the first day."""
        self.market = Market()
        self.signals = SignalBook()
        self.newsroom = Newsroom()
        self.job_runs = JobRuns()

    def summary(self) -> dict[str, Any]:
        """What the request table compares before and after a row."""
        return {
            "day": self.market.day,
            "signals": len(self.signals),
            "briefings": self.newsroom.count,
            "subscribers": self.newsroom.subscribers,
            "job_runs": len(self.job_runs),
            "failed_runs": self.job_runs.with_status("failed"),
        }


desk = Desk()
