"""Routes for the account page, age confirmation and language. Allauth serves everything else under /accounts/."""

from django.urls import path

from accounts import views
from accounts.languages import choose_language

urlpatterns = [
    path("", views.account_page, name="account"),
    path("staff-factor/", views.staff_factor_page, name="staff-factor"),
    path("adult/", views.confirm_adult_page, name="confirm-adult"),
    path("language/", choose_language, name="choose-language"),
]
