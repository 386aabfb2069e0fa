"""What a user was told, wants to be told, and how, for the download of personal data."""

from typing import Any

from django.db.models import F

from accounts.models import User
from feedsite.personal_purchases import read_rows
from social.models import DigestDay, Notification, NotificationChoice, PushSubscription, Wish


def collect_notifications_of(user: User) -> dict[str, Any]:
    """Return a user's notifications and choices, the browsers that take pushes, without their keys, and wishes."""
    return {
        "notifications": read_rows(
            Notification.objects.filter(user=user).order_by("pk"), *("kind", "subject_id", "happened_at", "read_at")
        ),
        "notification_choices": read_rows(
            NotificationChoice.objects.filter(user=user).order_by("pk"), *("kind", "on_site", "mail", "push")
        ),
        "digest_day": read_rows(DigestDay.objects.filter(user=user), "sent_on"),
        "push_subscriptions": read_rows(
            PushSubscription.objects.filter(user=user).order_by("pk"), "endpoint", "created_at"
        ),
        "wishes": read_rows(
            Wish.objects.filter(user=user).order_by("pk"),
            *("waits_for", "price_minor", "created_at", "told_at"),
            product_slug=F("variant__product__slug"),
        ),
    }
