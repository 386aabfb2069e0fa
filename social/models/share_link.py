"""People's own links to posts, and how many came by them. Who came is stored nowhere."""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from social.models.mark import OwnedQuerySet
from videos.models import Clip


def new_share_code() -> str:
    return secrets.token_urlsafe(9)


class ShareLink(models.Model):
    """A user's own link to a post, which counts how many people open it. Its code says neither who nor what."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True, default=new_share_code, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "clip"], name="social_share_link_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.clip.get_absolute_url()}?{urlencode({'via': self.code})}"


class ShareLinkDay(models.Model):
    """How many people opened a share link on a day, and how many orders came of it."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    opens = models.PositiveIntegerField(_("opens"), default=0, db_default=0)
    orders = models.PositiveIntegerField(_("orders"), default=0, db_default=0)

    class Meta:
        verbose_name = _("day of a share link")
        verbose_name_plural = _("days of share links")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="social_share_link_day_once")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"
