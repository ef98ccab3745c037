"""What readers use: published lessons, ratings, audio."""

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from witness import witness
from worker import worker

router = APIRouter()


class Rating(BaseModel):
    """What a reader thought."""

    stars: int = Field(ge=1, le=5)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether the service is up."""
    return {"status": "ok"}


@router.get("/lessons")
@witness.counts
async def list_lessons() -> list[str]:
    """Every published lesson."""
    return worker.published()


@router.get("/lessons/{lesson_id}")
@witness.counts
async def read_lesson(lesson_id: str) -> PlainTextResponse:
    """The text of a published lesson."""
    return PlainTextResponse(worker.read(lesson_id))


@router.post("/lessons/{lesson_id}/ratings", status_code=201)
@witness.counts
async def rate_lesson(lesson_id: str, rating: Rating) -> dict[str, Any]:
    """Rates a published lesson."""
    return {"lesson_id": lesson_id, "mean": worker.rate(lesson_id, rating.stars)}


@router.get("/lessons/{lesson_id}/audio")
@witness.counts
async def lesson_audio(lesson_id: str) -> None:
    """The lesson read aloud, once it has been recorded."""
    worker.read(lesson_id)
    raise HTTPException(503, "audio is being prepared", headers={"retry-after": "600"})
