"""What cron calls. No check of the token here: the gate has done that, and taken it off."""

import json
from typing import Any

from fastapi import APIRouter, Request

from desk import desk
from market import WARM_UP
from signals import scan
from witness import witness

router = APIRouter(prefix="/internal", include_in_schema=False)


@router.post("/run_scan")
@witness.counts
async def run_scan(request: Request) -> dict[str, Any]:
    """Takes the next day's prices and looks for signals; `{"symbols": […]}` narrows it."""
    body = await request.body()

    def work() -> dict[str, Any]:
        symbols = json.loads(body)["symbols"] if body else desk.market.symbols
        for symbol in symbols:
            desk.market.closes(symbol)  # an unknown symbol fails the run before the day moves on
        desk.market.next_day()
        found = scan(desk.market, symbols, desk.market.day)
        new = desk.signals.add_all(found)
        return {"day": desk.market.day, "scanned": len(symbols), "new_signals": new}

    return desk.job_runs.run("run_scan", _caller(request), work).answer()


@router.post("/run_briefing")
@witness.counts
async def run_briefing(request: Request) -> dict[str, Any]:
    """Writes the briefing of everything found since the last one."""

    def work() -> dict[str, Any]:
        briefing = desk.newsroom.write(desk.signals, desk.market.day)
        return {"briefing": briefing.number, "lines": len(briefing.lines), "readers": briefing.readers}

    return desk.job_runs.run("run_briefing", _caller(request), work).answer()


@router.post("/run_backfill")
@witness.counts
async def run_backfill(request: Request) -> dict[str, Any]:
    """Goes over the days that were seen before the service started."""

    def work() -> dict[str, Any]:
        days = range(WARM_UP + 1)
        found = [s for day in days for s in scan(desk.market, desk.market.symbols, day)]
        return {"days": len(days), "new_signals": desk.signals.add_all(found)}

    return desk.job_runs.run("run_backfill", _caller(request), work).answer()


def _caller(request: Request) -> str:
    # The gate sets this header on what it let in and removes it from everything else, in every
    # spelling, so it names the caller whose token was checked.
    return request.headers.get("x-caller", "unknown")
