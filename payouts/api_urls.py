"""Earnings routes under /api/v1/."""

from django.urls import path

from payouts import api, merchant_api, payout_account_api

urlpatterns = [
    path("earnings/", api.Earnings.as_view(), name="api-earnings"),
    path("earnings/account/", payout_account_api.PayoutAccountView.as_view(), name="api-payout-account"),
    path("merchants/<slug:slug>/earnings/", merchant_api.MerchantEarnings.as_view(), name="api-merchant-earnings"),
    path(
        "merchants/<slug:slug>/payout-account/",
        merchant_api.MerchantPayoutAccount.as_view(),
        name="api-merchant-payout-account",
    ),
]
