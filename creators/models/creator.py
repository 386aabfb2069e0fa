"""Profiles of those who post or write, and the handles that nobody else can take."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.blocks import hidden_from

HANDLE_PATTERN = r"^[a-z0-9_.]{3,30}$"
HANDLE_RESERVED_FOR = timedelta(days=90)
"""How long a handle that its holder gave up leads to the new one. Nobody else ever gets it."""


class CreatorQuerySet(models.QuerySet["Creator"]):
    def public(self) -> Self:
        """Exclude creators who are deactivated, erased, or suspended with their clips hidden."""
        return self.filter(is_hidden=False)

    def visible_to(self, user_id: int | None) -> Self:
        """Exclude hidden creators, those who have blocked the user, and those whom the user has blocked."""
        return self.public().exclude(hidden_from(user_id, includes_muted=False))

    def with_handle(self, handle: str) -> Self:
        """Return the creator who has this handle, or who gave it up and still has it reserved. Hidden ones are gone."""
        former = FormerHandle.objects.reserved().filter(handle=handle.lower())
        has_handle = Q(handle=handle.lower()) | Q(pk__in=former.values("creator"))
        return self.public().filter(has_handle)


class Creator(models.Model):
    """The profile of a user who posts or writes: a member. Whoever has joined a campaign is a creator in its sense.

    Having one means that its owner has stated to be 16 or over, or 18 or over.
    """

    AVATAR_WIDTHS_PX = (128, 384)

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="creator", verbose_name=_("user")
    )
    handle = models.CharField(
        _("handle"),
        max_length=30,
        validators=[RegexValidator(HANDLE_PATTERN, _("Use 3 to 30 lowercase letters, digits, dots or underscores."))],
    )
    display_name = models.CharField(_("display name"), max_length=60)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    avatar_stem = models.CharField(max_length=120, blank=True, editable=False)
    is_hidden = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Set by triggers while the user is deactivated, or suspended with their clips hidden."),
    )
    shows_likes = models.BooleanField(
        _("show publicly what I like"),
        default=False,
        db_default=False,
        help_text=_("Your profile then has a list of the posts that you like."),
    )
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects = CreatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        constraints = [
            models.UniqueConstraint(
                Lower("handle"),
                name="creators_creator_handle_unique",
                violation_error_message=_("This handle is taken. Choose another."),
            )
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("storefront", args=[self.handle])

    @property
    def avatar_url(self) -> str:
        """Return the URL of the small avatar, or "" if the creator has none."""
        return default_storage.url(f"{self.avatar_stem}-128.webp") if self.avatar_stem else ""


class FormerHandleQuerySet(models.QuerySet["FormerHandle"]):
    def reserved(self) -> Self:
        """Return the handles that still lead to their holders' new ones."""
        return self.filter(reserved_until__gt=Now())


class FormerHandle(models.Model):
    """A handle that its holder gave up. It redirects until `reserved_until`, and nobody else can take it, ever."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="former_handles")
    handle = models.CharField(_("handle"), max_length=30, unique=True)
    reserved_until = models.DateTimeField(_("reserved until"))

    objects = FormerHandleQuerySet.as_manager()

    class Meta:
        verbose_name = _("former handle")
        verbose_name_plural = _("former handles")

    def __str__(self) -> str:
        return f"@{self.handle}"


class RetiredHandle(models.Model):
    """A handle whose holder deleted their account. Nobody can take it, or one that looks like it.

    Only a hash of what it looks like is stored, so that the name itself is gone.
    """

    look_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the skeleton, see creators.names.")

    class Meta:
        verbose_name = _("retired handle")
        verbose_name_plural = _("retired handles")
        default_permissions = ()

    def __str__(self) -> str:
        return self.look_hash[:8]
