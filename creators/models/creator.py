"""Creator profiles."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

HANDLE_PATTERN = r"^[a-z0-9_.]{3,30}$"


class Creator(models.Model):
    """A user who films clips for campaigns."""

    AVATAR_WIDTHS_PX = (128, 384)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="creator")
    handle = models.CharField(
        _("handle"),
        max_length=30,
        validators=[RegexValidator(HANDLE_PATTERN, _("Use 3 to 30 lowercase letters, digits, dots or underscores."))],
    )
    display_name = models.CharField(_("display name"), max_length=60)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    avatar_stem = models.CharField(max_length=120, blank=True, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        constraints = [models.UniqueConstraint(Lower("handle"), name="creators_creator_handle_unique")]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("storefront", args=[self.handle])

    @property
    def avatar_url(self) -> str:
        """Return the URL of the small avatar, or "" if the creator has none."""
        return default_storage.url(f"{self.avatar_stem}-128.webp") if self.avatar_stem else ""
