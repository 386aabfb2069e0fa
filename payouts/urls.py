"""Page routes for a creator's earnings."""

from django.urls import path

from payouts import merchant_pages, views

urlpatterns = [
    path("merchant/earnings/", merchant_pages.show_merchant_earnings, name="merchant-earnings"),
    path("merchant/earnings/account/", merchant_pages.edit_merchant_account, name="merchant-payout-account"),
    *(
        path(
            f"merchant/earnings/<int:year>-<int:month>.{ending}",
            merchant_pages.download_merchant_statement,
            {"ending": ending},
            name=f"merchant-statement-{ending}",
        )
        for ending in ("csv", "pdf")
    ),
    path("studio/earnings/", views.show_earnings, name="earnings"),
    path("studio/earnings/account/", views.edit_account, name="payout-account"),
    path("studio/earnings/best/", views.show_best_earners, name="best-earners"),
    path(
        "studio/earnings/<int:year>-<int:month>.csv", views.download_statement, {"ending": "csv"}, name="statement-csv"
    ),
    path(
        "studio/earnings/<int:year>-<int:month>.pdf", views.download_statement, {"ending": "pdf"}, name="statement-pdf"
    ),
]
