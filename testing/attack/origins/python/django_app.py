"""Django in one file, with paths and with regular expressions."""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path, re_path

from ran import ran

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a run on loopback",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    LOGGING_CONFIG=None,
)


def guarded(name):
    def view(request, **_):
        ran(request.META.get("HTTP_X_ATTACK"), name)
        return HttpResponse("guarded")

    return view


def public(request, **_):
    return HttpResponse("public")


shared = [
    path("internal/secret", guarded("secret")),
    re_path(r"^balance/(?P<id>[^/]+)$", guarded("balance")),
]
urlpatterns = [
    path("internal", guarded("root")),
    path("internal/run", guarded("run")),
    path("internal/slash/", guarded("slash")),
    path("internal/jobs/<id>/status", guarded("job")),
    path("internal/files/<path:path>", guarded("files")),
    re_path(r"^api/dashboard/latest-runs/?$", guarded("latest-runs")),
    path("balance/admin", guarded("balance-admin")),
    # The only kind of route in which Django ignores case, as `re` does for all of Unicode.
    re_path(r"(?i)^tasks/kiosk-1_a$", guarded("task")),
    path("account", guarded("account")),
    *shared,
    path("v1/", include(shared)),
    path("", public),
    path("pub", public),
    path("items/<id>", public),
    path("objects/<path:path>", public),
]

application = get_wsgi_application()
asgi = get_asgi_application()
