"""aiohttp on its own server: python aiohttp_app.py <port>"""

import sys

from aiohttp import web

from ran import ran

GUARDED = {
    "/internal": "root",
    "/internal/secret": "secret",
    "/internal/run": "run",
    "/internal/jobs/{id}/status": "job",
    "/internal/files/{path:.*}": "files",
    "/api/dashboard/latest-runs": "latest-runs",
    "/balance/admin": "balance-admin",
    "/balance/{id}": "balance",
    "/tasks/kiosk-1_a": "task",
    "/account": "account",
}
MOUNTED = {"/internal/secret": "mounted-secret", "/balance/{id}": "mounted-balance"}


def guarded(name):
    async def handler(request):
        ran(request.headers.get("x-attack"), name)
        return web.Response(text="guarded")

    return handler


async def public(_):
    return web.Response(text="public")


def application(paths, public_paths=()):
    # As people do who want `/account/` and `//account` to be served as well. It only redirects.
    app = web.Application(middlewares=[web.normalize_path_middleware()])
    for path, name in paths.items():
        app.router.add_route("*", path, guarded(name))
    for path in public_paths:
        app.router.add_route("*", path, public)
    return app


app = application(GUARDED, ["/", "/pub", "/items/{id}", "/objects/{path:.*}"])
app.add_subapp("/v1", application(MOUNTED))
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
