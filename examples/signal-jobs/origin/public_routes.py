"""What readers use: signals, prices, the latest briefing, a subscription."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from desk import desk
from market import UnknownSymbol
from witness import witness

router = APIRouter()


class Subscription(BaseModel):
    """Somebody who wants the briefing."""

    address: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether the service is up."""
    return {"status": "ok"}


@router.get("/signals")
@witness.counts
async def list_signals(since: int = 0) -> list[dict[str, Any]]:
    """Signals found so far, from day `since` on."""
    return [asdict(signal) for signal in desk.signals.since(since)]


@router.get("/symbols/{symbol}")
@witness.counts
async def show_symbol(symbol: str) -> dict[str, Any]:
    """The last five closes of one symbol."""
    try:
        return {"symbol": symbol, "closes": desk.market.closes(symbol)[-5:]}
    except UnknownSymbol as unknown:
        raise HTTPException(404, str(unknown)) from unknown


@router.get("/briefings/latest")
@witness.counts
async def latest_briefing() -> dict[str, Any]:
    """The latest briefing."""
    if desk.newsroom.latest is None:
        raise HTTPException(404, "no briefing yet")
    return asdict(desk.newsroom.latest)


@router.post("/subscriptions", status_code=201)
@witness.counts
async def subscribe(subscription: Subscription) -> dict[str, bool]:
    """Signs a reader up; `new` is false for an address that was there already."""
    return {"new": desk.newsroom.subscribe(subscription.address)}
