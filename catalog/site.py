"""The shop's name, logo, colours and contact, as staff set them in admin. Every page and email reads them from here.

Each process keeps them for LIFETIME_S, so that a change shows on every process within seconds.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage

from catalog.models.site import Posters, SiteSettings

LIFETIME_S = 3.0


@dataclass(frozen=True)
class Site:
    """The settings in effect. Colours are empty for our own, such as "#b3261e" otherwise."""

    name: str
    logo_stem: str = ""
    light_accent: str = ""
    dark_accent: str = ""
    postal_address: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    vat_number: str = ""
    posters: str = Posters.CREATORS

    @property
    def logo_url(self) -> str:
        """Return the address of the logo, or "" if there is none."""
        return str(default_storage.url(f"{self.logo_stem}-384.webp")) if self.logo_stem else ""


_cached: tuple[float, Site] | None = None


def current_site() -> Site:
    """Return the shop's settings, at most LIFETIME_S old."""
    if _cached is None or time.monotonic() >= _cached[0]:
        return keep_site(_read_site())
    return _cached[1]


def keep_site(site: Site, *, seconds: float = LIFETIME_S) -> Site:
    """Use these settings for a while in this process."""
    global _cached
    _cached = (time.monotonic() + seconds, site)
    return site


def site_name() -> str:
    return current_site().name


def forget_site() -> None:
    """Read the settings again at the next use, because this process has changed them."""
    global _cached
    _cached = None


def _read_site() -> Site:
    row = SiteSettings.objects.filter(pk=SiteSettings.ONLY_PK).first()
    if row is None:
        return Site(str(settings.SITE_NAME))
    return Site(
        name=row.name or str(settings.SITE_NAME),
        logo_stem=row.logo_stem,
        light_accent=row.light_accent,
        dark_accent=row.dark_accent,
        postal_address=row.postal_address,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        vat_number=row.vat_number,
        posters=row.posters,
    )
