"""Every address of the site. Each app names its own; nothing else is reachable."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from feedsite.health import is_alive, is_ready, metrics
from shop.product_page import show_product

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", is_alive),
    path("readyz/", is_ready),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("feedsite.api_urls")),
    path("", include("creators.urls")),
    path("", include("videos.urls")),
    path("", include("shop.urls")),
    path("", include("social.urls")),
    path("", include("feed.urls")),
    path("", include("payouts.urls")),
    path("p/<slug:slug>/", show_product, name="product"),
]
