"""Page routes for analytics."""

from django.urls import path

from programme import views

urlpatterns = [
    path("studio/analytics/", views.show_analytics, name="analytics"),
    path("studio/analytics/days.csv", views.download_analytics, name="analytics-csv"),
    path("studio/clips/<slug:code>/analytics/", views.show_post_analytics, name="post-analytics"),
    path("studio/clips/<slug:code>/analytics/days.csv", views.download_post_analytics, name="post-analytics-csv"),
    path("merchant/analytics/", views.show_merchant_analytics, name="merchant-analytics"),
    path("merchant/analytics/days.csv", views.download_merchant_analytics, name="merchant-analytics-csv"),
    path("merchant/analytics/<slug:code>/", views.show_merchant_post_analytics, name="merchant-post-analytics"),
]
