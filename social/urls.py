"""Routes for pages on which users make reports and see their own."""

from django.urls import path

from social.views import report_page, reports_page

urlpatterns = [
    path("reports/", reports_page, name="reports"),
    path("report/clip/<slug:code>/", report_page, {"kind": "clip"}, name="report-clip"),
    path("report/product/<slug:code>/", report_page, {"kind": "product"}, name="report-product"),
    path("report/creator/<str:code>/", report_page, {"kind": "creator"}, name="report-creator"),
]
