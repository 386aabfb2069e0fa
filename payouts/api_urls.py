"""Routes of earnings under /api/v1/."""

from django.urls import path

from payouts import account_api, api

urlpatterns = [
    path("earnings/", api.Earnings.as_view(), name="api-earnings"),
    path("earnings/account/", account_api.PayoutAccountView.as_view(), name="api-payout-account"),
]
