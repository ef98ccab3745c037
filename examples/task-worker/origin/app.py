"""task-worker: lessons for readers, worked on by jobs that a cloud task queue delivers.

The service also runs below `/api` behind an older front end, hence the root path: with it, every
route answers at its own path and below `/api`, the guarded ones too. The policy names that mount.
"""

from fastapi import FastAPI

import internal_routes
import public_routes
from raw_errors import add_raw_errors
from witness import witness
from worker import worker

app = FastAPI(title="task-worker", version="1", root_path="/api", openapi_url=None)
app.include_router(public_routes.router)
app.include_router(internal_routes.router)
add_raw_errors(app)
witness.watch(app, state=worker.summary, reset=worker.clear)
