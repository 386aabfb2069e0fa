"""The feed's pages."""

from django.urls import path

from feed.views import show_feed, show_manifest

urlpatterns = [
    path("", show_feed, name="feed"),
    path("c/<slug:code>/", show_feed, name="clip"),
    path("manifest.webmanifest", show_manifest, name="manifest"),
]
