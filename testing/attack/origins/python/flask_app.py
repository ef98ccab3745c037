"""Flask, with another application mounted below `/v1`."""

from flask import Flask, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ran import ran

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def flask(guarded, public):
    app = Flask("attack", static_folder=None)

    def view(name):
        def handler(**_):
            ran(request.headers.get("X-Attack"), name)
            return "guarded"

        return handler

    for path, name in guarded.items():
        app.add_url_rule(path, endpoint=name, view_func=view(name), methods=METHODS)
    for path in public:
        app.add_url_rule(path, endpoint=path, view_func=lambda **_: "public", methods=METHODS)
    return app


outer = flask(
    {
        "/internal": "root",
        "/internal/secret": "secret",
        "/internal/run": "run",
        "/internal/jobs/<id>/status": "job",
        "/internal/files/<path:path>": "files",
        "/internal/slash/": "slash",
        "/api/dashboard/latest-runs": "latest-runs",
        "/balance/admin": "balance-admin",
        "/balance/<id>": "balance",
        "/tasks/kiosk-1_a": "task",
        "/account": "account",
    },
    ["/", "/pub", "/items/<id>", "/objects/<path:path>"],
)
mounted = flask({"/internal/secret": "mounted-secret", "/balance/<id>": "mounted-balance"}, [])
outer.wsgi_app = DispatcherMiddleware(outer.wsgi_app, {"/v1": mounted})
app = outer
