"""Routes of social under /api/v1/."""

from django.urls import path

from social.api import ReportClip

urlpatterns = [path("clips/<slug:code>/report/", ReportClip.as_view(), name="api-report")]
