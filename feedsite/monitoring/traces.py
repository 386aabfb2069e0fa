"""OpenTelemetry traces of requests, tasks and queries, without anything about a person.

Its own variables (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, …) apply as its documentation says.
Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, Status
from opentelemetry.util.types import AttributeValue

from feedsite.monitoring.request_ids import current_request_id
from feedsite.version import read_version

REQUEST_ID = "feedsite.request_id"
ATTRIBUTES = frozenset(
    {
        *("http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code"),
        *("db.system", "db.system.name", "db.name", "db.namespace", "db.statement", "db.query.text"),
        *("celery.action", "celery.state", "celery.task_name", "messaging.destination", "exception.type", REQUEST_ID),
    }
)
"""Attributes that are kept. Statements have placeholders, not values."""

REQUEST_MONITOR = "feedsite.monitoring.middleware.RequestMonitor"
"""The middleware after which requests are traced: it gives them their ids, and health checks have been answered."""


class PrivateSpanExporter(SpanExporter):
    """Passes spans on with only the attributes that are about the code."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.exporter.export([_without_personal_data(span) for span in spans])

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self.exporter.force_flush(timeout_millis)


def start(process: str) -> None:
    """Trace this process and send its spans in batches."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"feedsite-{process}", "service.version": read_version()})
    )
    provider.add_span_processor(BatchSpanProcessor(PrivateSpanExporter(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    if process == "web":
        position = settings.MIDDLEWARE.index(REQUEST_MONITOR) + 1
        DjangoInstrumentor().instrument(request_hook=_add_request_id, middleware_position=position)
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    PsycopgInstrumentor().instrument()


def _add_request_id(span: Span, _request: HttpRequest) -> None:
    span.set_attribute(REQUEST_ID, current_request_id())


def _without_personal_data(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_select_attributes(span.attributes),
        events=[Event(event.name, _select_attributes(event.attributes), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _select_attributes(attributes: Mapping[str, AttributeValue] | None) -> dict[str, AttributeValue]:
    return {name: value for name, value in (attributes or {}).items() if name in ATTRIBUTES}
