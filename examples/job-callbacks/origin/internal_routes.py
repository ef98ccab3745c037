"""What the job runner calls back."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

import answers
from callbacks import receive
from events import Event, MalformedEvent
from proof import came_through_the_gate
from store import store
from witness import witness

router = APIRouter(prefix="/internal", include_in_schema=False)


@router.post("/jobs/{job_id}/status")
@witness.counts
async def job_status(job_id: str, request: Request) -> Response:
    """Takes a status event for one job."""
    if not came_through_the_gate(request):
        return answers.unauthorized()
    try:
        event = Event.parse(await request.body())
    except MalformedEvent:
        return answers.malformed()
    return answers.answer(receive(store, job_id, event))
