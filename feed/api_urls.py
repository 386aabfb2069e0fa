"""The feed's routes below /api/v1/."""

from django.urls import path

from feed.api import Events, FeedPage, LessOfThis

urlpatterns = [
    path("feed/", FeedPage.as_view(), name="api-feed"),
    path("feed/less/", LessOfThis.as_view(), name="api-feed-less"),
    path("events/", Events.as_view(), name="api-events"),
]
