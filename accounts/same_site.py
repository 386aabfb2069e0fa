"""Whether one of our own pages made a browser send a request."""

from django.conf import settings
from django.http import HttpRequest


def is_same_site(request: HttpRequest) -> bool:
    """Return whether one of our pages, or no web page at all, sent the request.

    Browsers name the page's site in headers that no page can change. Other programs send neither header, and have
    nobody's cookies. Source: Fetch Metadata Request Headers, RFC 6454.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site in ("same-origin", "none"):
        return True
    if origin is None:
        return site is None
    return origin in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
