"""Files that browsers and crawlers expect at the root of a site: robots.txt and favicon.ico."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.site import current_site

FAVICON = Path(__file__).parent / "static" / "site" / "favicon.ico"
PRIVATE = (
    "/admin/",
    "/accounts/",
    "/api/",
    "/bag/",
    "/checkout/",
    "/orders/",
    "/studio/",
    "/out/",
    "/report/",
    "/reports/",
)
"""Paths that hold nothing for search engines. Nothing is secret for being listed here."""


@require_safe
@cache_control(public=True, max_age=3600)
def show_robots(request: HttpRequest) -> HttpResponse:
    """Return the rules for crawlers. Source: RFC 9309."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def show_favicon(request: HttpRequest) -> HttpResponse:
    """Return the icon for browsers that ask for no other: the shop's logo, or else ours."""
    logo = current_site().logo_url
    return redirect(logo) if logo else HttpResponse(FAVICON.read_bytes(), content_type="image/x-icon")
