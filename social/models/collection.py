"""Collections, and the clips in them."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from social.models.mark import OwnedQuerySet
from videos.models import Clip


def new_collection_code() -> str:
    return secrets.token_urlsafe(16)


class Collection(models.Model):
    """Saved clips that a user keeps together under a name. Nobody else sees it unless it is shared."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    code = models.CharField(max_length=32, unique=True, default=new_collection_code, editable=False)
    name = models.CharField(_("name"), max_length=60)
    share_code = models.CharField(
        _("code of the shared page"), max_length=32, unique=True, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [models.UniqueConstraint("user", Lower("name"), name="social_collection_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.code])

    @property
    def shared_url(self) -> str:
        """Return the address of the page that everyone with the link can open, or "" if it is not shared."""
        return reverse("shared-collection", args=[self.share_code]) if self.share_code else ""


class CollectedClip(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="clips")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("clip of a collection")
        verbose_name_plural = _("clips of collections")
        constraints = [models.UniqueConstraint(fields=["collection", "clip"], name="social_collected_clip_once")]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.clip_id}"
