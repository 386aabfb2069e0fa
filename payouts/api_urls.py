"""Routes of earnings under /api/v1/."""

from django.urls import path

from payouts import api

urlpatterns = [path("earnings/", api.Earnings.as_view(), name="api-earnings")]
