"""Pages for operators: liveness, readiness and metrics. They take no part in sessions, languages and host checks.

docs/decisions/0011-monitoring.md says what each page answers and why.
"""

from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from feedsite.monitoring.gauges import export_gauges
from feedsite.monitoring.heartbeats import BEATING, is_alive
from feedsite.monitoring.http_metrics import export_http_metrics

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
"""A proxy adds one of these headers, so a request with one of them may come from anybody."""

INTERNAL = [
    ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
    )
]
"""Networks that are not reachable from the internet: this machine, private ones, and those of VPNs. Source: RFC 6890."""


@require_safe
def check_liveness(request: HttpRequest) -> HttpResponse:
    """Respond with 200 while the process is running."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def check_web(request: HttpRequest) -> JsonResponse:
    """Respond with 200 if this web process can answer people, which needs PostgreSQL alone; otherwise with 503."""
    is_up = is_database_up()
    return JsonResponse({"database": is_up}, status=200 if is_up else 503)


@require_safe
def check_readiness(request: HttpRequest) -> JsonResponse:
    """Say whether the whole site works: `ok`, or `degraded` without Valkey, both with 200, or `down`, with 503.

    The body says which of PostgreSQL, Valkey, beat and the workers of each queue do. Without Valkey nobody knows of the
    latter, and people can still do everything; what they have sent is processed later.
    """
    is_up: dict[str, bool | None] = {"database": is_database_up(), "valkey": True}
    try:
        is_up |= {process: is_alive(process) for process in BEATING}
    except RedisError:
        is_up |= {"valkey": False} | dict.fromkeys(BEATING)
    is_down = not is_up["database"] or (is_up["valkey"] and not all(is_up.values()))
    status = "down" if is_down else "ok" if is_up["valkey"] else "degraded"
    return JsonResponse({"status": status, **is_up}, status=503 if is_down else 200)


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Return metrics in Prometheus' text format to machines of the internal network; 404 to everybody else.

    Source: https://prometheus.io/docs/instrumenting/exposition_formats
    """
    if not is_internal(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain")
    return HttpResponse(export_http_metrics() + export_gauges(), content_type=CONTENT_TYPE_LATEST)


PAGES: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz/": check_liveness,
    "/readyz/": check_readiness,
    "/readyz/web/": check_web,
    "/metrics": show_metrics,
}


def is_internal(request: HttpRequest) -> bool:
    """Return whether a request comes straight from a private address, and through no proxy."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in INTERNAL)


def is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
