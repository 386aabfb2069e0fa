"""Report routes under /api/v1/."""

from django.urls import path

from social.api import ReportClip, ReportCreator, ReportProduct

urlpatterns = [
    path("clips/<slug:code>/report/", ReportClip.as_view(), name="api-report"),
    path("products/<slug:code>/report/", ReportProduct.as_view(), name="api-report-product"),
    path("creators/<str:code>/report/", ReportCreator.as_view(), name="api-report-creator"),
]
