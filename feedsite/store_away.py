"""The answer to a request that needs the object store while that does not answer: 503, a sentence and Retry-After."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.object_storage import RETRY_SECONDS, StoreAway


class StoreAwayMiddleware:
    """Answers for every view that does not answer for itself. Forms say it at the field of the file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, StoreAway):
            return None
        headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
        sentence = _("Our file store doesn't answer right now. Please try again in a minute.")
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": sentence}, status=503, headers=headers)
        if request.path_info.startswith(settings.MEDIA_URL):
            return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8", headers=headers)
        response = render(request, "503.html", {"sentence": sentence}, status=503)
        for name, value in headers.items():
            response[name] = value
        return response
