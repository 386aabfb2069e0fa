"""Routes of analytics and webhooks under /api/v1/."""

from django.urls import path

from programme import api
from programme.webhooks import api as webhooks_api

urlpatterns = [
    path("analytics/", api.CreatorAnalytics.as_view(), name="api-analytics"),
    path("clips/<slug:code>/analytics/", api.PostAnalytics.as_view(), name="api-post-analytics"),
    path("merchants/<slug:slug>/analytics/", api.MerchantAnalytics.as_view(), name="api-merchant-analytics"),
    path("merchants/<slug:merchant>/webhooks/", webhooks_api.MerchantWebhooks.as_view()),
    path("merchants/<slug:merchant>/webhooks/<int:pk>/", webhooks_api.MerchantWebhook.as_view()),
    path("merchants/<slug:merchant>/webhooks/<int:pk>/state/", webhooks_api.MerchantWebhookState.as_view()),
    path("merchants/<slug:merchant>/webhooks/<int:pk>/secret/", webhooks_api.MerchantWebhookSecret.as_view()),
    path("merchants/<slug:merchant>/webhooks/<int:pk>/test/", webhooks_api.MerchantWebhookTest.as_view()),
    path("merchants/<slug:merchant>/webhooks/<int:pk>/deliveries/", webhooks_api.MerchantWebhookDeliveries.as_view()),
]
