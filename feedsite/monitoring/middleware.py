"""The outermost middleware: pages for operators, request ids, and the time that each request took."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from feedsite.monitoring.http_metrics import count_response, route_of
from feedsite.monitoring.pages import PAGES
from feedsite.monitoring.request_ids import accept_request_id, request_id_set

SLOW_SECONDS = 2.0
"""Requests that took longer leave a line in the log."""

type View = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)


class OperatorPages:
    """Answers /healthz/, /readyz/ and /metrics before anything else.

    Docker, load balancers and Prometheus use addresses that are not in ALLOWED_HOSTS, and plain HTTP. Their requests
    are neither counted nor logged.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        page = PAGES.get(request.path_info)
        return page(request) if page else self.get_response(request)


class RequestMonitor:
    """Gives each request its id, returns the id in `X-Request-ID`, and counts the response.

    The id comes from the trusted proxy in front, so that its log has the same one. Without a proxy it is a new one.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "") if settings.REST_FRAMEWORK["NUM_PROXIES"] else ""
        request_id = accept_request_id(sent)
        started_at = time.perf_counter()
        with request_id_set(request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - started_at
            count_response(request, status=response.status_code, seconds=seconds)
            if seconds > SLOW_SECONDS:
                fields = {"method": request.method, "route": route_of(request), "status": response.status_code}
                logger.warning("Slow request", extra={**fields, "seconds": round(seconds, 1)})
        response.headers["X-Request-ID"] = request_id
        return response
