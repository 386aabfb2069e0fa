"""Feed routes under /api/v1/."""

from django.urls import path

from feed.events.api import EventBatchView
from feed.interests_api import ViewerInterests
from feed.page.api import FeedPageView, LessOfThisView

urlpatterns = [
    path("feed/", FeedPageView.as_view(), name="api-feed"),
    path("feed/less/", LessOfThisView.as_view(), name="api-feed-less"),
    path("viewer/interests/", ViewerInterests.as_view(), name="api-interests"),
    path("events/", EventBatchView.as_view(), name="api-events"),
]
