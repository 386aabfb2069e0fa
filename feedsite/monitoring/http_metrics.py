"""Latency and status of each route, counted in all web processes of this machine.

Each web process writes its numbers to files in `PROMETHEUS_MULTIPROC_DIR`, and whichever process answers /metrics adds
them up. `python -m feedsite.processes web` sets this folder up; without it, a process reports its own numbers only.
"""

import os

from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNROUTED = "(none)"
"""The route of requests that no view has answered: static files, redirects and addresses that do not exist."""

_own = CollectorRegistry()
_seconds = Histogram(
    "feedsite_http_request_seconds",
    "Time from the request to the start of the response.",
    ["method", "route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    registry=_own,
)
_responses = Counter("feedsite_http_responses", "Responses by status.", ["method", "route", "status"], registry=_own)


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, such as `c/<slug:code>/`: few values, and nothing about a person."""
    match = request.resolver_match
    return (match.route or "/") if match else UNROUTED


def count_response(request: HttpRequest, *, status: int, seconds: float) -> None:
    """Count one response and its time."""
    method = request.method if request.method in METHODS else "other"
    route = route_of(request)
    _seconds.labels(method, route).observe(seconds)
    _responses.labels(method, route, str(status)).inc()


def export_http_metrics() -> bytes:
    """Return the numbers of all web processes of this machine in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_own)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
