"""Pages for operators: liveness, readiness and metrics."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError

from creators.models import Campaign
from videos.models import Clip, Job
from videos.states import ClipState


@require_safe
def check_liveness(request: HttpRequest) -> HttpResponse:
    """Respond with 200 while the process is running."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def check_readiness(request: HttpRequest) -> JsonResponse:
    """Respond with 200 if PostgreSQL and Valkey are both up, otherwise with 503. The body gives the state of each."""
    is_up = {"database": _is_database_up(), "valkey": _is_valkey_up()}
    return JsonResponse(is_up, status=200 if all(is_up.values()) else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the numbers of clips, jobs and campaign slots in Prometheus' text format.

    Source: https://prometheus.io/docs/instrumenting/exposition_formats
    """
    registry = CollectorRegistry()
    clips = Gauge("feedsite_clips", "Clips by state.", ["state"], registry=registry)
    for state in ClipState:
        clips.labels(state).set(Clip.objects.filter(state=state).count())
    jobs = Gauge("feedsite_jobs", "Processing jobs by state.", ["state"], registry=registry)
    for job_state in ("queued", "running", "failed"):
        jobs.labels(job_state).set(Job.objects.filter(state=job_state).count())
    slots = Gauge(
        "feedsite_campaign_slots", "Slots of published campaigns, by state.", ["campaign", "kind"], registry=registry
    )
    for campaign in Campaign.objects.filter(is_published=True).with_counts():
        slots.labels(campaign.slug, "held").set(campaign.held_count)
        slots.labels(campaign.slug, "earned").set(campaign.earned_count)
        slots.labels(campaign.slug, "free").set(campaign.free_count)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_valkey_up() -> bool:
    try:
        cache.get("ready")
    except RedisError:
        return False
    return True
