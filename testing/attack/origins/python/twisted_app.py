"""Twisted's own web server, a tree of resources: python twisted_app.py <port>"""

import sys

from twisted.internet import reactor
from twisted.web.resource import NoResource, Resource
from twisted.web.server import Site

from ran import ran


class Page(Resource):
    """A resource that answers each method, and whose children are those that it was given."""

    def __init__(self, name=None, **children):
        super().__init__()
        self.name = name
        for path, child in children.items():
            self.putChild(path.encode(), child)

    def render(self, request):
        if self.name:
            ran((request.getHeader("x-attack") or "-"), self.name)
        return b"guarded" if self.name else b"public"


class Missing(Page):
    def render(self, request):
        return NoResource().render(request)


class Any(Missing):
    """Whatever is called for below it."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def getChild(self, path, request):
        return self.make()


class Files(Page):
    # The rest of the path is its own affair.
    isLeaf = True


def balance(prefix=""):
    branch = Any(lambda: Page(prefix + "balance"))
    if not prefix:
        branch.putChild(b"admin", Page("balance-admin"))
    return branch


secret = {"secret": Page("mounted-secret")}
dashboard = Missing(**{"latest-runs": Page("latest-runs")})
root = Page(
    **{"": Page()},
    pub=Page(),
    items=Any(Page),
    objects=Files(),
    internal=Page(
        "root",
        secret=Page("secret"),
        run=Page("run"),
        jobs=Any(lambda: Missing(status=Page("job"))),
        files=Files("files"),
    ),
    api=Missing(dashboard=dashboard),
    balance=balance(),
    tasks=Missing(**{"kiosk-1_a": Page("task")}),
    account=Page("account"),
    v1=Missing(internal=Missing(**secret), balance=balance("mounted-")),
)
reactor.listenTCP(int(sys.argv[1]), Site(root), interface="127.0.0.1")
reactor.run()
