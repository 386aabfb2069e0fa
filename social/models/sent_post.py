"""Posts that people send to their friends."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from videos.models import Clip


class SentPost(models.Model):
    """A post that one member sent to another, without words. Each post is sent once, also if its recipient removed it."""

    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), db_default=Now())
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sent post")
        verbose_name_plural = _("sent posts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sender", "recipient", "clip"], name="social_sent_post_once"),
            models.CheckConstraint(condition=~Q(sender=F("recipient")), name="social_sent_post_to_other"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], condition=Q(removed_at=None), name="social_sent_post_received"),
            models.Index(fields=["sender", "sent_at"], name="social_sent_post_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} → {self.recipient_id}: {self.clip_id}"
