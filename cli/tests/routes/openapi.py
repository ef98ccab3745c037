"""Prints the OpenAPI document that an example's FastAPI app would serve, hidden routes included.

The examples keep their internal routes out of the document, as applications do; here every
router is made to show them.
"""

import asyncio
import json

import fastapi


def showing(kind, **changes):
    before = kind.__init__

    def init(self, *args, **given):
        before(self, *args, **{**given, **changes})

    kind.__init__ = init


showing(fastapi.APIRouter, include_in_schema=True)
showing(fastapi.FastAPI, openapi_url="/openapi.json")

from app import app  # noqa: E402


async def served():
    body = b""

    async def send(message):
        nonlocal body
        body += message.get("body", b"")

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/openapi.json", "query_string": b""}
    await app({**scope, "headers": [], "http_version": "1.1", "scheme": "http"}, receive, send)
    return json.loads(body)


print(json.dumps(asyncio.run(served()), indent=1))
