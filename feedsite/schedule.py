"""What beat enqueues, and how often: seconds, or a time of day in UTC."""

from collections.abc import Mapping
from typing import Any

from celery.schedules import crontab

_WEEK_S = 7 * 24 * 3600
_PLAN: Mapping[str, Mapping[str, Any]] = {
    "enqueue-waiting-jobs": {"task": "videos.tasks.enqueue_waiting_jobs", "schedule": 20.0},
    "sweep-uploads": {"task": "videos.tasks.sweep_uploads", "schedule": 60.0},
    "abort-transfers": {"task": "videos.tasks.abort_transfers", "schedule": crontab(hour=3, minute=31)},
    "send-emails": {"task": "accounts.tasks.send_outgoing_emails", "schedule": 15.0},
    "mail-receipts": {"task": "videos.tasks.send_receipt_emails", "schedule": 30.0},
    "mail-failures": {"task": "videos.tasks.send_failure_emails", "schedule": 30.0},
    "mail-decisions": {"task": "videos.tasks.send_decision_emails", "schedule": 30.0},
    "answer-reports": {"task": "social.tasks.answer_reports", "schedule": 60.0},
    "serve-waitlists": {"task": "videos.tasks.serve_waitlists", "schedule": 30.0},
    "expire-slots": {"task": "videos.tasks.expire_held_slots", "schedule": 300.0},
    "mail-rating-requests": {"task": "social.tasks.mail_rating_requests", "schedule": 300.0},
    "forget-deleted-comments": {"task": "social.tasks.forget_deleted_comments", "schedule": 900.0},
    "read-links": {"task": "videos.tasks.read_links", "schedule": 60.0},
    "forget-removals": {"task": "social.tasks.forget_old_removals", "schedule": crontab(hour=4, minute=11)},
    "collect-notifications": {"task": "social.tasks.collect_notifications", "schedule": 60.0},
    "send-notifications": {"task": "social.tasks.send_notifications", "schedule": 60.0},
    "forget-notifications": {"task": "social.tasks.forget_notifications", "schedule": crontab(hour=3, minute=59)},
    "flag-drift": {"task": "videos.tasks.flag_drift", "schedule": 900.0},
    "enqueue-imports": {"task": "catalog.tasks.enqueue_imports", "schedule": 60.0},
    "fetch-sources": {"task": "catalog.tasks.fetch_sources", "schedule": 60.0},
    "fetch-pictures": {"task": "catalog.tasks.fetch_pictures", "schedule": 60.0},
    "forget-imports": {"task": "catalog.tasks.forget_imports", "schedule": crontab(hour=3, minute=41)},
    "forget-merchant-invitations": {
        "task": "catalog.tasks.forget_invitations_of_merchants",
        "schedule": crontab(hour=3, minute=53),
    },
    "move-prices": {"task": "catalog.tasks.move_prices", "schedule": 60.0},
    "expire-reservations": {"task": "shop.tasks.expire_unpaid_orders", "schedule": 60.0},
    "cancel-uncollected": {"task": "shop.tasks.cancel_uncollected_parcels", "schedule": 600.0},
    "forget-bags": {"task": "shop.tasks.forget_bags", "schedule": crontab(hour=3, minute=27)},
    "reconcile-payments": {"task": "shop.tasks.reconcile_payments", "schedule": 300.0},
    "send-refunds": {"task": "shop.tasks.send_waiting_refunds", "schedule": 60.0},
    "follow-samples": {"task": "shop.tasks.follow_sample_parcels", "schedule": 600.0},
    "mail-orders": {"task": "shop.tasks.mail_waiting_orders", "schedule": 30.0},
    "place-holds": {"task": "payouts.tasks.place_holds", "schedule": 600.0},
    "remind-of-holds": {"task": "payouts.tasks.remind_of_holds", "schedule": crontab(day_of_week=1, hour=6, minute=11)},
    "reconcile-payouts": {"task": "payouts.tasks.reconcile_payouts", "schedule": 120.0},
    "assess-commissions": {"task": "payouts.tasks.assess_commissions", "schedule": crontab(minute=19)},
    "tally": {"task": "payouts.tasks.tally", "schedule": 30.0},
    "count-click-outcomes": {"task": "feedsite.tasks.count_click_outcomes", "schedule": 10.0},
    "note-returning-people": {"task": "feedsite.tasks.note_returning_people", "schedule": crontab(minute="*/10")},
    "advance-sponsorships": {"task": "social.tasks.move_sponsorships_on", "schedule": 30.0},
    "charge-sponsored-views": {"task": "feed.tasks.charge_sponsored_views", "schedule": 10.0},
    "feed-learn": {"task": "feed.tasks.learn", "schedule": crontab(minute="*/15")},
    "feed-partitions": {"task": "feed.tasks.maintain_partitions", "schedule": crontab(hour=2, minute=41)},
    "count-days": {"task": "programme.tasks.count_days", "schedule": crontab(minute=37)},
    "send-webhooks": {"task": "programme.tasks.send_webhooks", "schedule": 10.0},
    "forget-webhooks": {"task": "programme.tasks.forget_webhooks", "schedule": crontab(hour=4, minute=31)},
    "check-ledger": {"task": "payouts.tasks.check_ledger", "schedule": crontab(hour=4, minute=23)},
    "erase-files": {"task": "videos.tasks.erase_files", "schedule": 300.0},
    "forget-paid-accounts": {"task": "payouts.tasks.forget_paid_accounts", "schedule": crontab(hour=3, minute=47)},
    "forget-invitations": {"task": "creators.tasks.forget_invitations", "schedule": crontab(hour=3, minute=7)},
    "clear-sessions": {"task": "accounts.tasks.clear_expired", "schedule": crontab(hour=3, minute=17)},
}


def period_of(schedule: float | crontab) -> float:
    """Return after how many seconds the next message follows, on average."""
    if not isinstance(schedule, crontab):
        return schedule
    fields = vars(schedule)
    return _WEEK_S / (len(fields["day_of_week"]) * len(fields["hour"]) * len(fields["minute"]))


SCHEDULE = {
    name: {**entry, "options": {"expires": max(60, period_of(entry["schedule"]))}} for name, entry in _PLAN.items()
}
"""The work is in the rows. So a message expires when the next one has followed, or after a minute if that is longer:
without a worker they do not pile up, and what is enqueued for a person does not wait behind them.
"""
