"""Routes whose views fail, with the error pages of the site."""

from django.http import HttpRequest
from django.urls import path

from feedsite.urls import handler400, handler403, handler404, handler500
from feedsite.urls import urlpatterns as site_urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def fail(_request: HttpRequest) -> None:
    raise RuntimeError("A fault of ours")


urlpatterns = [path("fail/", fail), path("api/fail/", fail), *site_urlpatterns]
