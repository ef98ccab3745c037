"""Django with REST framework: a router, and views with format suffixes."""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a run on loopback",
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    LOGGING_CONFIG=None,
)
application = get_wsgi_application()

from django.urls import include, path, re_path
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter, SimpleRouter
from rest_framework.urlpatterns import format_suffix_patterns
from rest_framework.viewsets import ViewSet

from ran import ran

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def guarded(name):
    @api_view(METHODS)
    def view(request, format=None, **_):
        ran(request.META.get("HTTP_X_ATTACK"), name)
        return Response("guarded")

    return view


@api_view(METHODS)
def public(request, **_):
    return Response("public")


class Keys(ViewSet):
    """What a router makes routes for: a list, one, and an action on one."""

    def list(self, request, **_):
        ran(request.META.get("HTTP_X_ATTACK"), "keys")
        return Response("guarded")

    create = list

    def retrieve(self, request, **_):
        ran(request.META.get("HTTP_X_ATTACK"), "key")
        return Response("guarded")

    update = partial_update = destroy = retrieve

    @action(detail=True, methods=["get", "post"])
    def rotate(self, request, **_):
        ran(request.META.get("HTTP_X_ATTACK"), "key-rotate")
        return Response("guarded")


class Slips(Keys):
    pass


router = DefaultRouter()
router.register("keys", Keys, basename="key")
bare = SimpleRouter(trailing_slash=False)
bare.register("slips", Slips, basename="slip")

urlpatterns = [
    *format_suffix_patterns([
        path("internal", guarded("root")),
        path("internal/secret", guarded("secret")),
        path("internal/run", guarded("run")),
        path("internal/report", guarded("report")),
        path("internal/jobs/<id>/status", guarded("job")),
        path("api/dashboard/latest-runs", guarded("latest-runs")),
        path("balance/admin", guarded("balance-admin")),
        re_path(r"^balance/(?P<id>[^/.]+)$", guarded("balance")),
        path("tasks/kiosk-1_a", guarded("task")),
        path("account", guarded("account")),
        path("reports/weekly/", guarded("weekly")),
        path("pub", public),
    ]),
    # With a suffix that must be one of a few, and with one that must be there.
    *format_suffix_patterns([path("reports/daily", guarded("daily"))], allowed=["json", "csv"]),
    *format_suffix_patterns([path("exports/all", guarded("export"))], suffix_required=True),
    path("internal/files/<path:path>", guarded("files")),
    path("rest/", include(router.urls)),
    path("rest/", include(bare.urls)),
    path("", public),
    path("items/<id>", public),
    path("objects/<path:path>", public),
]

asgi = get_asgi_application()
