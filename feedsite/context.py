"""Context processor that adds variables to every template."""

from django.conf import settings
from django.http import HttpRequest

from catalog.colours import theme_css
from catalog.site import Site, current_site


def site(request: HttpRequest) -> dict[str, str | bool | Site]:
    """Return template variables: the shop's settings, its name and address, and whether it is the demo shop."""
    shown = current_site()
    return {
        "site": shown,
        "site_name": shown.name,
        "site_url": settings.SITE_URL,
        "theme_css": theme_css(shown.light_accent, shown.dark_accent),
        "is_demo": settings.DEMO,
    }
