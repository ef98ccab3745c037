"""What the owners of jobs use. They hold a ticket, never a job's id."""

import secrets

from fastapi import APIRouter, HTTPException

from store import store
from witness import witness

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether the service is up."""
    return {"status": "ok"}


@router.post("/jobs", status_code=202)
@witness.counts
async def submit_job() -> dict[str, str]:
    """Queues a job and hands out the ticket for it."""
    ticket = f"ticket-{secrets.token_urlsafe(16)}"
    return {"ticket": ticket, "state": store.add(ticket).state}


@router.get("/tickets/{ticket}")
@witness.counts
async def show_ticket(ticket: str) -> dict[str, str]:
    """How the job of a ticket stands."""
    job = store.find_by_ticket(ticket)
    if job is None:
        raise HTTPException(404, "no such ticket")
    return {"ticket": ticket, "state": job.state}
