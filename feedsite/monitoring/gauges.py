"""Metrics that are read from PostgreSQL and Valkey when Prometheus asks: what waits, for how long, and who is silent."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import redis
from django.conf import settings
from django.db import Error
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from accounts.models import RefusedAddress
from accounts.outbox import count_unsent, waiting_emails
from creators.models import Campaign
from feed.models import ModelFit
from feedsite.monitoring.heartbeats import BEATING, PROCESS_OF_QUEUE, heartbeat_age
from payouts.ledger_checks import last_ledger_check
from payouts.models import Hold
from shop.mail import cancellations_to_mail, confirmations_to_mail
from shop.models import CommissionHold, Dispute, Payment, ProviderEvent, Refund
from shop.states import PaymentState
from social.reports import outcomes_to_mail
from videos.models import Clip, Job, JobState
from videos.review.deadlines import overdue_cutoff
from videos.review.mail import decisions_to_mail, failures_to_mail, receipts_to_mail
from videos.states import ClipState
from videos.studio.waitlist import slots_to_mail

WAITING_HOURS = (0, 6, 12, 24, 48, 96)
"""Clips in review are counted by how many of these hours they have waited for at least."""

MAIL_QUEUES: Mapping[str, tuple[Callable[[datetime], QuerySet[Any]], str]] = {
    "outbox": (lambda _now: waiting_emails(), "created_at"),
    "decision": (decisions_to_mail, "decided_at"),
    "receipt": (lambda _now: receipts_to_mail(), "submitted_at"),
    "failure": (lambda _now: failures_to_mail(), "finished_at"),
    "slot": (lambda _now: slots_to_mail(), "settled_at"),
    "report": (lambda _now: outcomes_to_mail(), "settled_at"),
    "order": (lambda _now: confirmations_to_mail(), "paid_at"),
    "cancellation": (lambda _now: cancellations_to_mail(), "cancelled_at"),
    "refund": (lambda _now: Refund.objects.with_notice_due(), "created_at"),
    "dispute": (lambda _now: Dispute.objects.with_notice_due(), "opened_at"),
}
"""Emails that wait to be written or, in the outbox, to be sent: their rows, and the column that says since when."""

UNCLEAR_AFTER = timedelta(hours=1)
"""How long after the end of its page a payment may stay open until it counts as unclear."""

NEVER = float("inf")
logger = logging.getLogger(__name__)


def export_gauges() -> bytes:
    """Return these metrics in Prometheus' text format.

    What a server that is down would have told is left out, and `feedsite_component_up` says so.
    """
    registry = CollectorRegistry()
    up = Gauge("feedsite_component_up", "1 if the server answers, otherwise 0.", ["component"], registry=registry)
    up.labels("database").set(1)
    up.labels("valkey").set(1)
    now = timezone.now()
    try:
        for read in (_read_clips, _read_jobs, _read_slots, _read_emails, _read_payments, _read_ledger, _read_ranking):
            read(registry, now)
    except Error as error:
        up.labels("database").set(0)
        logger.warning("No metrics from the database", extra={"error": str(error)})
    try:
        _read_queues(registry)
        _read_heartbeats(registry)
    except redis.RedisError as error:
        up.labels("valkey").set(0)
        logger.warning("No metrics from Valkey", extra={"error": str(error)})
    return generate_latest(registry)


def _read_clips(registry: CollectorRegistry, now: datetime) -> None:
    clips = Gauge("feedsite_clips", "Clips by state.", ["state"], registry=registry)
    counts = dict(Clip.objects.values_list("state").annotate(Count("pk")).order_by())
    for state in ClipState:
        clips.labels(state).set(counts.get(state, 0))
    waiting = Clip.objects.filter(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED))
    by_age = Gauge("feedsite_clips_waiting", "Clips that wait for a moderator.", ["at_least_hours"], registry=registry)
    for hours in WAITING_HOURS:
        by_age.labels(str(hours)).set(waiting.filter(submitted_at__lte=now - timedelta(hours=hours)).count())
    overdue = Gauge("feedsite_clips_overdue", "Clips that wait for longer than REVIEW_DUE_HOURS.", registry=registry)
    overdue.set(waiting.filter(submitted_at__lt=overdue_cutoff(now)).count())


def _read_jobs(registry: CollectorRegistry, now: datetime) -> None:
    jobs = Gauge("feedsite_jobs", "Processing jobs by state.", ["state"], registry=registry)
    unfinished = dict(Job.objects.exclude(state=JobState.DONE).values_list("state").annotate(Count("pk")).order_by())
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.FAILED):
        jobs.labels(state).set(unfinished.get(state, 0))
    age = Gauge("feedsite_job_head_age_seconds", "Age of the oldest queued processing job.", registry=registry)
    age.set(_seconds_since(Job.objects.filter(state=JobState.QUEUED).aggregate(at=Min("queued_at"))["at"], now))


def _read_slots(registry: CollectorRegistry, now: datetime) -> None:
    slots = Gauge(
        "feedsite_campaign_slots", "Slots of published campaigns, by state.", ["campaign", "kind"], registry=registry
    )
    for campaign in Campaign.objects.filter(is_published=True).with_counts():
        slots.labels(campaign.slug, "held").set(campaign.held_count)
        slots.labels(campaign.slug, "earned").set(campaign.earned_count)
        slots.labels(campaign.slug, "free").set(campaign.free_count)


def _read_emails(registry: CollectorRegistry, now: datetime) -> None:
    waiting = Gauge("feedsite_emails_waiting", "Emails that wait to be sent.", ["kind"], registry=registry)
    age = Gauge("feedsite_email_head_age_seconds", "Age of the oldest waiting email.", ["kind"], registry=registry)
    for kind, (rows, since) in MAIL_QUEUES.items():
        count, at = rows(now).order_by().aggregate(count=Count("pk"), at=Min(since)).values()
        waiting.labels(kind).set(count)
        age.labels(kind).set(_seconds_since(at, now))
    unsent = count_unsent(now)
    stuck = Gauge("feedsite_emails_stuck", "Emails that the mail server has not accepted in time.", registry=registry)
    stuck.set(unsent.stuck)
    given_up = Gauge("feedsite_emails_given_up", "Emails that are not sent any more.", registry=registry)
    given_up.set(unsent.given_up)
    refused = Gauge("feedsite_addresses_refused", "Email addresses that were refused.", registry=registry)
    refused.set(RefusedAddress.objects.count())


def _read_payments(registry: CollectorRegistry, now: datetime) -> None:
    waiting = Gauge("feedsite_refunds_unsettled", "Refunds that the provider has not settled.", registry=registry)
    age = Gauge("feedsite_refund_head_age_seconds", "Age of the oldest refund that is due.", registry=registry)
    count, at = Refund.objects.unsettled_at(now).aggregate(count=Count("pk"), at=Min("send_after")).values()
    waiting.set(count)
    age.set(_seconds_since(at, now))
    aside = Gauge("feedsite_provider_events_set_aside", "Payment events that fit no payment here.", registry=registry)
    aside.set(ProviderEvent.objects.set_aside().count())
    disputes = Gauge("feedsite_disputes_open", "Disputes that are not decided yet.", registry=registry)
    disputes.set(Dispute.objects.open().count())
    held = Gauge("feedsite_hold_head_age_seconds", "Age of the oldest hold on pay or a commission.", registry=registry)
    first = (
        rows.aggregate(at=Min("placed_at"))["at"]
        for rows in (Hold.objects.active(), CommissionHold.objects.to_decide())
    )
    held.set(_seconds_since(min((at for at in first if at), default=None), now))
    unclear = Gauge("feedsite_payments_unclear", "Payments that the provider does not tell about.", registry=registry)
    unclear.set(Payment.objects.filter(state=PaymentState.STARTED, expires_at__lt=now - UNCLEAR_AFTER).count())


def _read_ledger(registry: CollectorRegistry, now: datetime) -> None:
    age = Gauge("feedsite_ledger_check_age_seconds", "Time since the ledger was last verified.", registry=registry)
    discrepancies = Gauge(
        "feedsite_ledger_discrepancies", "Discrepancies that the last check found.", registry=registry
    )
    check = last_ledger_check()
    age.set(_seconds_since(check.finished_at, now) if check else NEVER)
    discrepancies.set(check.discrepancies if check else 0)


def _read_ranking(registry: CollectorRegistry, now: datetime) -> None:
    age = Gauge("feedsite_ranking_age_seconds", "Time since the ranking model was last fitted.", registry=registry)
    fitted_at = ModelFit.objects.aggregate(at=Max("finished_at"))["at"]
    age.set(_seconds_since(fitted_at, now) if fitted_at else NEVER)


def _read_queues(registry: CollectorRegistry) -> None:
    messages = Gauge("feedsite_queue_messages", "Messages in a Celery queue.", ["queue"], registry=registry)
    age = Gauge(
        "feedsite_queue_head_age_seconds", "Age of the message at a queue's head.", ["queue"], registry=registry
    )
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as broker:
        for queue in PROCESS_OF_QUEUE:
            messages.labels(queue).set(broker.llen(queue))
            head = broker.lindex(queue, -1)
            age.labels(queue).set(_message_age(head) if head else 0)


def _message_age(message: bytes) -> float:
    """Return the seconds since a Celery message was enqueued, or 0 if it does not say when."""
    enqueued_at = orjson.loads(message)["headers"].get("enqueued_at")
    return 0.0 if enqueued_at is None else max(0.0, time.time() - enqueued_at)


def _read_heartbeats(registry: CollectorRegistry) -> None:
    ages = Gauge("feedsite_heartbeat_age_seconds", "Time since the last sign of life.", ["process"], registry=registry)
    for process in BEATING:
        age = heartbeat_age(process)
        ages.labels(process).set(NEVER if age is None else age)


def _seconds_since(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())
