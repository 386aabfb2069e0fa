"""Context processor that adds variables to every template."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str | bool]:
    """Return template variables: the site's name and address, and whether it is the demo shop."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "is_demo": settings.DEMO}
