"""job-callbacks: jobs that run elsewhere and report their state by calling back."""

from fastapi import FastAPI

import internal_routes
import public_routes
from store import store
from witness import witness

app = FastAPI(title="job-callbacks", version="1", openapi_url=None)
app.include_router(public_routes.router)
app.include_router(internal_routes.router)
witness.watch(app, state=store.summary, reset=store.clear)
