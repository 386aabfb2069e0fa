"""Answers to requests that cannot be handled: JSON for addresses under /api/, and a page for all others."""

import sys

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from feedsite.database_away import AWAY, answer_away

API = "/api/"


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)


def refuse(request: HttpRequest, sentence: str, *, status: int = 400) -> HttpResponse:
    """Answer a bad request with a sentence, in the format of its address."""
    if is_api(request):
        return JsonResponse({"detail": sentence}, status=status)
    return render(request, "unusable.html", {"sentence": sentence}, status=status)


def show_too_large(request: HttpRequest) -> HttpResponse:
    """Answer for nginx, which read no more of a body than it allows, and which alone asks for this page."""
    sentence = _too_large()
    if request.GET.get("format") == "json":
        return JsonResponse({"detail": sentence}, status=413)
    return refuse(request, sentence, status=413)


def _too_large() -> str:
    return _("What you sent is too large. Nothing was saved.")


def show_bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer a request that Django could not read, or that a view refused with BadRequest."""
    if isinstance(exception, DisallowedHost) and not is_api(request):  # a page links to the host
        return HttpResponse(_("This host name is not allowed."), status=400, content_type="text/plain; charset=utf-8")
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, _too_large(), status=413)
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        return refuse(request, _("What you sent has too many fields. Nothing was saved."), status=413)
    if isinstance(exception, BadRequest) and exception.args:
        return refuse(request, str(exception))
    return refuse(request, _("What you sent can't be read. Nothing was saved."))


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_api(request):
        return JsonResponse({"detail": _("You do not have permission to do this.")}, status=403)
    return defaults.permission_denied(request, exception)


def show_not_found(request: HttpRequest, exception: Http404) -> HttpResponseBase:
    if is_api(request):
        return JsonResponse({"detail": _("Not found.")}, status=404)
    return defaults.page_not_found(request, exception)


def show_server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a request that failed outside of a view. Django calls this while it handles the exception."""
    if isinstance(exception := sys.exception(), AWAY):
        return answer_away(request, exception)
    if is_api(request):
        return JsonResponse(
            {"detail": _("Something went wrong on our side. Please try again in a minute.")}, status=500
        )
    return defaults.server_error(request)
