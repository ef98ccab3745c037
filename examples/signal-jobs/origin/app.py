"""signal-jobs: market signals for readers, found and written up by jobs that cron calls."""

from fastapi import FastAPI

import internal_routes
import public_routes
from desk import desk
from docs_routes import add_docs
from witness import witness

app = FastAPI(title="signal-jobs", version="1", openapi_url=None)
app.include_router(public_routes.router)
app.include_router(internal_routes.router)
add_docs(app)
witness.watch(
    app,
    state=lambda: {**desk.summary(), "documented_paths": sorted(app.openapi()["paths"])},
    reset=desk.clear,
)
