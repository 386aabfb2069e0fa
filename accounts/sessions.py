"""The sessions of users, on every device."""

from django.db.models import F

from accounts.models import User


def end_sessions(*, user: User) -> None:
    """End all sessions of a user, on every device. The next request of each is that of a visitor."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
