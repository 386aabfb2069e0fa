"""Routes of analytics under /api/v1/."""

from django.urls import path

from programme import api

urlpatterns = [
    path("analytics/", api.CreatorAnalytics.as_view(), name="api-analytics"),
    path("clips/<slug:code>/analytics/", api.PostAnalytics.as_view(), name="api-post-analytics"),
    path("merchants/<slug:slug>/analytics/", api.MerchantAnalytics.as_view(), name="api-merchant-analytics"),
]
