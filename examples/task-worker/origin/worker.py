"""What the worker holds: finished jobs, processed lessons, what is published, ratings."""

from collections.abc import Callable
from typing import Any, Literal

import library

JobKind = Literal["count_words", "publish", "withdraw"]


class Worker:
    """The service's whole state."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Back to an empty queue and nothing published."""
        self._finished: dict[str, dict[str, Any]] = {}
        self._processed: dict[str, library.Processed] = {}
        self._published: set[str] = set()
        self._ratings: dict[str, list[int]] = {}

    def summary(self) -> dict[str, Any]:
        """What the request table compares before and after a row."""
        return {
            "finished_jobs": len(self._finished),
            "processed_lessons": sorted(self._processed),
            "published": sorted(self._published),
            "ratings": sum(len(stars) for stars in self._ratings.values()),
        }

    def run_job(self, job_id: str, kind: JobKind, lesson_id: str) -> dict[str, Any]:
        """Does a job once: queues deliver at least once, so a known id gets its old result."""
        if job_id in self._finished:
            return {**self._finished[job_id], "repeated": True}
        work: dict[JobKind, Callable[[str], int]] = {
            "count_words": self._count_words,
            "publish": self._publish,
            "withdraw": self._withdraw,
        }
        result = {"job_id": job_id, "kind": kind, "result": work[kind](lesson_id)}
        self._finished[job_id] = result
        return {**result, "repeated": False}

    def process_lesson(self, lesson_id: str) -> library.Processed:
        """Processes a lesson and keeps the outcome."""
        self._processed[lesson_id] = library.process(lesson_id)
        return self._processed[lesson_id]

    def published(self) -> list[str]:
        """Lessons that anyone may read."""
        return sorted(self._published)

    def read(self, lesson_id: str) -> str:
        """The text of a published lesson; of any other it knows nothing."""
        if lesson_id not in self._published:
            raise library.UnknownLesson(f"no such lesson: {lesson_id}")
        return library.text_of(lesson_id)

    def rate(self, lesson_id: str, stars: int) -> float:
        """Adds a reader's rating; the new mean."""
        self.read(lesson_id)
        given = self._ratings.setdefault(lesson_id, [])
        given.append(stars)
        return sum(given) / len(given)

    def _count_words(self, lesson_id: str) -> int:
        return sum(section.words for section in library.process(lesson_id).sections)

    def _publish(self, lesson_id: str) -> int:
        library.text_of(lesson_id)
        self._published.add(lesson_id)
        return len(self._published)

    def _withdraw(self, lesson_id: str) -> int:
        self._published.discard(lesson_id)
        return len(self._published)


worker = Worker()
