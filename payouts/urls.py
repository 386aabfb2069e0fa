"""Page routes for a creator's earnings."""

from django.urls import path

from payouts import views

urlpatterns = [
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
