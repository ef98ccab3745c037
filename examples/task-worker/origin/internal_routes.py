"""What the task queue calls."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from second_line import require_task_caller
from witness import witness
from worker import JobKind, worker

router = APIRouter(include_in_schema=False)


class Job(BaseModel):
    """A job as the queue delivers it."""

    job_id: str = Field(min_length=1, max_length=64)
    kind: JobKind
    lesson_id: str


class LessonTask(BaseModel):
    """A lesson to be processed."""

    lesson_id: str


@router.post("/internal/tasks/process-job")
@witness.counts
async def process_job(request: Request, job: Job) -> dict[str, Any]:
    """Does one job, once."""
    require_task_caller(request)
    return worker.run_job(job.job_id, job.kind, job.lesson_id)


@router.post("/worker/process-lesson")
@witness.counts
async def process_lesson(request: Request, task: LessonTask) -> dict[str, Any]:
    """Cuts a lesson into sections."""
    require_task_caller(request)
    return asdict(worker.process_lesson(task.lesson_id))


@router.get("/internal/tasks")
@witness.counts
async def list_tasks() -> dict[str, Any]:
    """An overview for whoever is on the machine; it never had a check of its own."""
    return worker.summary()


@router.get("/worker/state")
@witness.counts
async def worker_state() -> dict[str, Any]:
    """Likewise."""
    return worker.summary()
