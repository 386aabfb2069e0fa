"""How many people follow a profile."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Creator


class FollowCount(models.Model):
    """The number of follows of a profile. Triggers keep it; see `social/migrations/_follow_sql.py`.

    It is a row of its own, so that those who follow a creator do not wait for those who lock the creator's row.
    """

    creator = models.OneToOneField(
        Creator, on_delete=models.CASCADE, primary_key=True, related_name="follow_count", verbose_name=_("profile")
    )
    followers = models.PositiveIntegerField(_("followers"), default=0)

    class Meta:
        verbose_name = _("number of followers")
        verbose_name_plural = _("numbers of followers")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.creator}: {self.followers}"
