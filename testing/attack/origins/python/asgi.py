"""Starlette and FastAPI, with sub-applications and with a root path."""

from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from ran import ran

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

GUARDED = {
    "/internal": "root",
    "/internal/secret": "secret",
    "/internal/run": "run",
    "/internal/jobs/{id}/status": "job",
    "/internal/files/{path:path}": "files",
    "/api/dashboard/latest-runs": "latest-runs",
    "/balance/admin": "balance-admin",
    "/balance/{id}": "balance",
    "/tasks/kiosk-1_a": "task",
    "/account": "account",
}
MOUNTED = {"/internal/secret": "mounted-secret", "/balance/{id}": "mounted-balance"}
PUBLIC = ["/", "/pub", "/items/{id}", "/objects/{path:path}"]


def guarded(name):
    async def handler(request: Request):
        ran(request.headers.get("x-attack"), name)
        return PlainTextResponse("guarded")

    return handler


async def public(request: Request):
    return PlainTextResponse("public")


def routes(paths):
    return [Route(path, guarded(name), methods=METHODS) for path, name in paths.items()]


starlette = Starlette(
    routes=[
        *routes(GUARDED),
        Mount("/v1", routes=routes(MOUNTED)),
        # A whole application below a guarded path.
        Mount("/internal/app", app=Starlette(routes=[Route("/x", guarded("app"), methods=METHODS)])),
        *(Route(path, public, methods=METHODS) for path in PUBLIC),
    ]
)


def fastapi_app(**options):
    app = FastAPI(openapi_url=None, **options)
    for path, name in GUARDED.items():
        app.api_route(path, methods=METHODS)(guarded(name))
    for path in PUBLIC:
        app.api_route(path, methods=METHODS)(public)
    sub = FastAPI(openapi_url=None)
    for path, name in MOUNTED.items():
        sub.api_route(path, methods=METHODS)(guarded(name))
    app.mount("/v1", sub)
    return app


fastapi = fastapi_app()
# Also serves everything below `/api`, which the policy names as a mount.
rooted = fastapi_app(root_path="/api")
