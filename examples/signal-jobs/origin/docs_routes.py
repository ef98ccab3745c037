"""The API's own documents, as routes of ours in place of FastAPI's, so that they are counted.

They list the public routes only: the internal router is left out of the schema.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

from witness import witness

OPENAPI_URL = "/openapi.json"


def add_docs(app: FastAPI) -> None:
    """Adds `/openapi.json`, `/docs` and `/redoc`, for GET and, as FastAPI's own do, HEAD."""

    async def openapi(request: Request) -> JSONResponse:
        document: dict[str, Any] = app.openapi()
        return JSONResponse(document)

    async def docs(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(openapi_url=OPENAPI_URL, title=app.title)

    async def redoc(request: Request) -> HTMLResponse:
        return get_redoc_html(openapi_url=OPENAPI_URL, title=app.title)

    for path, route in ((OPENAPI_URL, openapi), ("/docs", docs), ("/redoc", redoc)):
        app.add_route(path, witness.counts(route), methods=["GET"], include_in_schema=False)
