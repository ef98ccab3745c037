"""What the request table asks after each row: which handlers ran, and what they changed.

The same file in signal-jobs, task-worker and job-callbacks. A handler counts as run when its
function is entered, not when its route is matched: routing, validation and a gate in front may
all refuse before that. The routes are for the demo's runner, which asks the origin directly; the
policy hides them from everyone who comes through the gate.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

_Handler = Callable[..., Awaitable[Any]]
_current_headers: ContextVar[list[tuple[bytes, bytes]]] = ContextVar("current_headers", default=[])


class Witness:
    """Counts entries of handlers, and remembers the headers that the last of them was given."""

    def __init__(self) -> None:
        self._entries: dict[str, int] = {}
        self._last_headers: list[tuple[bytes, bytes]] = []

    def counts(self, handler: _Handler) -> _Handler:
        """Marks an asynchronous route function, which is then counted by its own name."""
        name = handler.__name__
        self._entries[name] = 0

        @wraps(handler)
        async def entered(*args: Any, **kwargs: Any) -> Any:
            self._entries[name] += 1
            self._last_headers = list(_current_headers.get())
            return await handler(*args, **kwargs)

        return entered

    def watch(
        self, app: FastAPI, state: Callable[[], dict[str, Any]], reset: Callable[[], None]
    ) -> None:
        """Adds the witness's own routes to `app`; `state` and `reset` are the domain's."""
        app.add_middleware(_RememberHeaders)

        @app.get("/__witness", include_in_schema=False)
        async def report() -> dict[str, Any]:
            return {
                "handlers": self._entries,
                "state": state(),
                # Latin-1 keeps every byte as one character, whatever the client sent.
                "last_headers": [
                    [name.decode("latin-1"), value.decode("latin-1")]
                    for name, value in self._last_headers
                ],
            }

        @app.post("/__witness/reset", status_code=204, include_in_schema=False)
        async def forget() -> None:
            self._entries = dict.fromkeys(self._entries, 0)
            self._last_headers = []
            reset()


class _RememberHeaders:
    """Keeps a request's headers as they came: lower-case names, duplicates and bytes included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _current_headers.set(scope["headers"])
        await self._app(scope, receive, send)


witness = Witness()
