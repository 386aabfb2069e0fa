"""Wishes: variants about which somebody wants to be told."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Variant


class WishReason(models.TextChoices):
    STOCK = "stock", _("when it is back in stock")
    PRICE = "price", _("when its price drops")


class WishQuerySet(models.QuerySet["Wish"]):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def open(self) -> Self:
        return self.filter(told_at=None)


class Wish(models.Model):
    """A user wants to be told, once, when a variant is back in stock or costs less than `price_minor`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+", verbose_name=_("variant"))
    waits_for = models.CharField(_("to be told"), max_length=5, choices=WishReason)
    price_minor = models.PositiveIntegerField(_("price then"))
    created_at = models.DateTimeField(_("created at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "variant"], name="social_wish_once")]
        indexes = [models.Index(fields=["id"], condition=Q(told_at=None), name="social_wish_open")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.variant_id}"
