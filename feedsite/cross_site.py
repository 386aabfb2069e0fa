"""Writes that another site makes people's browsers send.

Forms carry a token that only our pages know. This middleware is for all addresses that take no token, which are those of
the API: without it, a foreign page could give a browser the cookie of another viewer, or act for a visitor.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.same_site import is_same_site
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
