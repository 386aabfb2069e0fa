"""What the operator says about the shop: its name and look, how to reach it, and its legal pages."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

validate_colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six digits, such as #b3261e."))


class Posters(models.TextChoices):
    """Who may post without a campaign. Whoever has joined one may in any case."""

    CREATORS = "creators", _("Only creators who have joined a campaign")
    BUYERS = "buyers", _("People who have bought something here")
    MEMBERS = "members", _("Everybody with a profile")


class SiteSettings(models.Model):
    """The shop's own settings, in a single row. An empty field means the default. Read them from catalog.site."""

    LOGO_WIDTHS_PX = (96, 384)
    ONLY_PK = 1

    name = models.CharField(
        _("name of the shop"), max_length=60, blank=True, help_text=_("Shown on every page and in every email.")
    )
    logo_stem = models.CharField(max_length=120, blank=True, editable=False)
    light_accent = models.CharField(
        _("colour on light pages"),
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("Of buttons and links. It must be dark enough to be read on white. Empty for ours."),
    )
    dark_accent = models.CharField(
        _("colour on dark pages"),
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("For people whose device uses dark colours. It must be light enough to be read on black."),
    )
    postal_address = models.TextField(
        _("company and address"),
        max_length=500,
        blank=True,
        help_text=_("Shown in the imprint, the privacy notice and on invoices."),
    )
    contact_email = models.EmailField(
        _("contact email"), blank=True, help_text=_("Shown in the footer and legal pages.")
    )
    vat_number = models.CharField(
        _("VAT number"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("Printed on invoices and credit notes, below the company and address."),
    )
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    posters = models.CharField(
        _("who may post"),
        max_length=8,
        choices=Posters,
        default=Posters.CREATORS,
        db_default=Posters.CREATORS,
        help_text=_("Posts without a campaign are unpaid. The first ones of a person are always reviewed."),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="catalog_sitesettings_single_row")]

    def __str__(self) -> str:
        return self.name or str(settings.SITE_NAME)


class LegalKind(models.TextChoices):
    """A legal page. The value is part of its address."""

    IMPRINT = "imprint", _("Imprint")
    PRIVACY = "privacy", _("Privacy")
    TERMS = "terms", _("Terms")
    RETURNS = "returns", _("Returns")
    SHIPPING = "shipping", _("Shipping")


class LegalPage(models.Model):
    """The shop's own text of a legal page in one language. Without a row, a neutral text is shown."""

    kind = models.CharField(_("page"), max_length=12, choices=LegalKind)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    text = models.TextField(
        _("text"),
        max_length=100_000,
        help_text=_("Leave an empty line between paragraphs. A line that begins with # becomes a heading."),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="catalog_legalpage_once_per_language")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"
