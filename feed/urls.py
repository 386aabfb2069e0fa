"""Page routes of the feed."""

from django.urls import path

from feed.search.views import show_search
from feed.views import consent, forget, show_feed, show_manifest, show_offline, show_welcome, show_worker

urlpatterns = [
    path("", show_feed, name="feed"),
    path("c/<slug:code>/", show_feed, name="clip"),
    path("search/", show_search, name="search"),
    path("welcome/", show_welcome, name="welcome"),
    path("welcome/forget/", forget, name="forget"),
    path("welcome/consent/", consent, name="consent"),
    path("manifest.webmanifest", show_manifest, name="manifest"),
    path("offline/", show_offline, name="offline"),
    path("worker.js", show_worker, name="worker"),
]
