"""Earnings routes under /api/v1/."""

from django.urls import path

from payouts import api, payout_account_api

urlpatterns = [
    path("earnings/", api.Earnings.as_view(), name="api-earnings"),
    path("earnings/account/", payout_account_api.PayoutAccountView.as_view(), name="api-payout-account"),
]
