"""Pages without cookies: what other sites frame, or ask about our posts, knows nobody and sets nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PATHS = ("/embed/", "/oembed/")


class CookielessMiddleware:
    """Middleware that hides the cookies of a request to these paths, and drops those of the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PATHS):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        return response
