"""Bottle, Pyramid and CherryPy as WSGI applications, each made by a function of its name."""

from ran import ran

GUARDED = {
    "/internal": "root",
    "/internal/secret": "secret",
    "/internal/run": "run",
    "/internal/jobs/{id}/status": "job",
    "/internal/files/{path}": "files",
    "/internal/slash/": "slash",
    "/api/dashboard/latest-runs": "latest-runs",
    "/balance/admin": "balance-admin",
    "/balance/{id}": "balance",
    "/tasks/kiosk-1_a": "task",
    "/account": "account",
    "/v1/internal/secret": "mounted-secret",
    "/v1/balance/{id}": "mounted-balance",
}
PUBLIC = ["/", "/pub", "/items/{id}", "/objects/{path}"]


def bottle():
    import bottle

    app = bottle.Bottle()

    def view(name):
        def handler(**_):
            ran(bottle.request.get_header("X-Attack"), name)
            return "guarded"

        return handler

    def pattern(path):
        return path.replace("{id}", "<id>").replace("{path}", "<path:path>")

    for path, name in GUARDED.items():
        app.route(pattern(path), "ANY", view(name))
    for path in PUBLIC:
        app.route(pattern(path), "ANY", lambda **_: "public")
    return app


def pyramid():
    from pyramid.config import Configurator
    from pyramid.response import Response

    class Resource(dict):
        """A node of the tree that Pyramid walks where no route matches."""

    class Task(Resource):
        pass

    class Account(Resource):
        pass

    tree = Resource(account=Account(), tasks=Resource({"kiosk-1_a": Task()}))
    # Looked up by walking the tree; the others are routes.
    walked = {"/account": Account, "/tasks/kiosk-1_a": Task}

    def view(name):
        def handler(request):
            ran(request.headers.get("X-Attack"), name)
            return Response("guarded")

        return handler

    with Configurator(root_factory=lambda _: tree) as config:
        for path, name in GUARDED.items():
            if path in walked:
                config.add_view(view(name), context=walked[path])
            else:
                config.add_route(name, path.replace("{path}", "{path:.*}"))
                config.add_view(view(name), route_name=name)
        for path in PUBLIC:
            config.add_route(path, path.replace("{path}", "{path:.*}"))
            config.add_view(lambda _: Response("public"), route_name=path)
        return config.make_wsgi_app()


def cherrypy():
    import cherrypy

    class Node:
        pass

    def view(name):
        @cherrypy.expose
        def handler(*_, **__):
            ran(cherrypy.request.headers.get("X-Attack"), name)
            return "guarded"

        return handler

    def one(name):
        """A handler that takes one further segment, and none from the query: with `id` by name,
        `/balance?id=42` would run it, and with `*_` everything below. Rules must say so then."""

        @cherrypy.expose
        def handler(_id, /, **_):
            ran(cherrypy.request.headers.get("X-Attack"), name)
            return "guarded"

        return handler

    def exact(name):
        """A handler that takes no further segments."""

        @cherrypy.expose
        def handler(**_):
            ran(cherrypy.request.headers.get("X-Attack"), name)
            return "guarded"

        return handler

    @cherrypy.expose
    def public(*_, **__):
        return "public"

    def node(**members):
        made = Node()
        for name, member in members.items():
            setattr(made, name, member)
        return made

    # CherryPy walks attributes; a name that is none in Python has `_` in it.
    balance = node(default=one("balance"), admin=exact("balance-admin"))
    mounted = node(
        internal=node(secret=exact("mounted-secret")),
        balance=node(default=one("mounted-balance")),
    )
    root = node(
        index=public,
        pub=public,
        items=node(default=public),
        objects=node(default=public),
        internal=node(
            index=exact("root"),
            secret=exact("secret"),
            run=exact("run"),
            jobs=node(default=view("job")),
            files=node(default=view("files")),
            slash=node(index=exact("slash")),
        ),
        api=node(dashboard=node(latest_runs=exact("latest-runs"))),
        balance=balance,
        tasks=node(kiosk_1_a=exact("task")),
        account=exact("account"),
        # An object with an index. Every punctuation character in a name is `_` to CherryPy.
        nightly_report=node(index=exact("report")),
        v1=mounted,
    )
    cherrypy.config.update({
        "environment": "production",
        "log.screen": False,
        "engine.autoreload.on": False,
    })
    return cherrypy.Application(root, config={"/": {"tools.trailing_slash.on": False}})
