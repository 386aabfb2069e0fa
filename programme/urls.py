"""Page routes for analytics and webhooks."""

from django.urls import path

from programme import views
from programme.webhooks import pages

urlpatterns = [
    path("studio/analytics/", views.show_analytics, name="analytics"),
    path("studio/analytics/days.csv", views.download_analytics, name="analytics-csv"),
    path("studio/clips/<slug:code>/analytics/", views.show_post_analytics, name="post-analytics"),
    path("studio/clips/<slug:code>/analytics/days.csv", views.download_post_analytics, name="post-analytics-csv"),
    path("merchant/analytics/", views.show_merchant_analytics, name="merchant-analytics"),
    path("merchant/analytics/days.csv", views.download_merchant_analytics, name="merchant-analytics-csv"),
    path("merchant/analytics/<slug:code>/", views.show_merchant_post_analytics, name="merchant-post-analytics"),
    path("merchant/webhooks/", pages.endpoints_page, name="merchant-webhooks"),
    path("merchant/webhooks/new/", pages.new_endpoint_page, name="merchant-new-webhook"),
    path("merchant/webhooks/<int:pk>/", pages.endpoint_page, name="merchant-webhook"),
    path("merchant/webhooks/<int:pk>/<slug:action>/", pages.change_endpoint, name="merchant-change-webhook"),
]
