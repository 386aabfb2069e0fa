"""Invitations to act for a merchant, by email."""

import hashlib
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from catalog.models.merchant import Merchant, MerchantRole


class MerchantInvitationQuerySet(models.QuerySet["MerchantInvitation"]):
    def unsettled(self) -> Self:
        """Return invitations that were neither accepted nor withdrawn, expired ones too."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open_at(self, now: datetime) -> Self:
        return self.unsettled().filter(expires_at__gt=now)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_token(token))


class MerchantInvitation(models.Model):
    """A link, sent by email, with which one person becomes a merchant's member. Only a hash of its token is stored."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("merchant")
    )
    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=8, choices=MerchantRole)
    token_hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token.")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = MerchantInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant's invitation")
        verbose_name_plural = _("merchants' invitations")
        default_permissions = ()
        indexes = [models.Index(fields=["email"], name="catalog_merchant_invited_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="catalog_merchant_invited_once",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="catalog_merchant_invited_lower"),
        ]

    def __str__(self) -> str:
        return self.email


def hash_token(token: str) -> str:
    """Return what is stored of a token. It is random and long, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
