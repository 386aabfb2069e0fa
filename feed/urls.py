"""The feed's pages."""

from django.urls import path

from feed.views import show_captions, show_feed

urlpatterns = [
    path("", show_feed, name="feed"),
    path("c/<slug:code>/", show_feed, name="clip"),
    path("c/<slug:code>/captions.vtt", show_captions, name="clip-captions"),
]
