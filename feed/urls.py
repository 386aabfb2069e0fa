"""Page routes of the feed. A post's own page, which is the feed opened at it, is in feedsite/shared_posts.py."""

from django.urls import path

from feed.search.views import show_search
from feed.views import (
    forget_viewer,
    show_feed,
    show_manifest,
    show_offline,
    show_welcome,
    show_worker,
    store_consent,
)

urlpatterns = [
    path("", show_feed, name="feed"),
    path("search/", show_search, name="search"),
    path("welcome/", show_welcome, name="welcome"),
    path("welcome/forget/", forget_viewer, name="forget"),
    path("welcome/consent/", store_consent, name="consent"),
    path("manifest.webmanifest", show_manifest, name="manifest"),
    path("offline/", show_offline, name="offline"),
    path("worker.js", show_worker, name="worker"),
]
