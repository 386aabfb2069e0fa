"""Error reports and traces, each sent only if its variable is set. Otherwise its packages are not even imported."""

from django.conf import settings


def report_errors() -> None:
    """Report errors of this process, and of those that it forks, to `SENTRY_DSN`."""
    if settings.SENTRY_DSN:
        from feedsite.monitoring import error_reports

        error_reports.start(settings.SENTRY_DSN)


def start_tracing(process: str) -> None:
    """Send traces of this process to `OTEL_EXPORTER_OTLP_ENDPOINT`. Forked processes need calls of their own."""
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from feedsite.monitoring import traces

        traces.start(process)
