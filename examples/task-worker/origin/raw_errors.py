"""Server errors as this service has always answered them: the exception's own text, and more.

This is the finding that the policy's `server_errors: replace` is for; it is left in on purpose.
"""

import traceback

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from library import ArchiveBusy, UnknownLesson


def add_raw_errors(app: FastAPI) -> None:
    """Makes `app` answer exceptions with their text and traceback."""

    @app.exception_handler(UnknownLesson)
    async def unknown(request: Request, error: UnknownLesson) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 404)

    @app.exception_handler(ArchiveBusy)
    async def busy(request: Request, error: ArchiveBusy) -> JSONResponse:
        return _raw(error, 503, {"retry-after": "5"})

    @app.exception_handler(Exception)
    async def anything(request: Request, error: Exception) -> JSONResponse:
        return _raw(error, 500, {})


def _raw(error: Exception, status: int, more: dict[str, str]) -> JSONResponse:
    return JSONResponse(
        {"detail": f"{type(error).__name__}: {error}", "traceback": traceback.format_exception(error)},
        status,
        headers={"etag": '"raw"', **more},
    )
