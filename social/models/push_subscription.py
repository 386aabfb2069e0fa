"""Browsers to which notifications are pushed."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _


class PushSubscription(models.Model):
    """A browser that takes notifications of whoever is signed in there. It ends with the session.

    Source: RFC 8030 for the endpoint, RFC 8291 for the two keys, which are base64url.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Without a constraint: processes of the version before this one do not know the table, and sign people out as well.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    session_epoch = models.PositiveIntegerField(
        help_text="`User.session_epoch` then. Under another, the session has ended."
    )
    endpoint = models.URLField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=100)
    auth_secret = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
