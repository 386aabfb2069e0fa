"""Writes that another site makes people's browsers send.

Forms carry a token that only our pages know. This middleware is for all addresses that take no token, which are those of
the API: without it, a foreign page could give a browser the cookie of another viewer, or act for a visitor.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from feedsite.error_pages import refuse

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
logger = logging.getLogger(__name__)


class CrossSiteMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _args: Sequence[object],
        _kwargs: Mapping[str, object],
    ) -> HttpResponse | None:
        """Refuse a write that comes from a page of another site, before anything is read, stored or set."""
        needs_no_token = getattr(view, "csrf_exempt", False)
        if request.method in SAFE_METHODS or not needs_no_token or is_same_site(request):
            return None
        logger.warning("cross-site request refused", extra={"path": request.path})
        return refuse(request, _("This request came from a page of another site. Nothing was changed."), status=403)


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
