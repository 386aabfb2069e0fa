"""The baseline of benchmarks.feed: a bare Django view that returns JSON of the size of a feed page."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
BODY = {"clips": ["x" * 1000] * max(1, int(os.environ.get("BARE_BYTES", "20000")) // 1003)}


def bare_view(request: HttpRequest) -> JsonResponse:
    return JsonResponse(BODY)


urlpatterns = [path("api/v1/feed/", bare_view)]


def _application() -> object:
    from django.conf import settings

    from feedsite.serving.body_policies import guard

    settings.ROOT_URLCONF = "benchmarks.feed_bare"
    return guard(get_wsgi_application())


application = _application()
