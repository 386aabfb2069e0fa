"""Users and idempotency keys. Users sign in with their e-mail address."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # how Django drops the column
    email = models.EmailField(_("e-mail address"), unique=True)
    adult_confirmed_at = models.DateTimeField(
        _("confirmed to be 18 or over at"), null=True, blank=True, help_text=_("Empty if the age is unknown.")
    )

    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Used for pages and e-mails.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_known_adult(self) -> bool:
        """Return whether the user has confirmed being 18 or over. False if their age is unknown."""
        return self.adult_confirmed_at is not None

    def confirm_adult(self, *, now: datetime) -> None:
        """Record when the user confirmed being 18 or over, unless an earlier time is already recorded."""
        if self.adult_confirmed_at is None:
            self.adult_confirmed_at = now
            self.save(update_fields=["adult_confirmed_at"])


class IdempotencyKey(models.Model):
    """A key that a client sent with a write, and the code of the object that was created. See accounts.idempotency."""

    owner = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the first request body."))
    result = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="accounts_idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
