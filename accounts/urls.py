"""Routes for the account page, age confirmation and language. Allauth serves everything else under /accounts/."""

from django.urls import path, re_path

from accounts import views
from accounts.email_pages import EmailPage
from accounts.languages import choose_language
from accounts.password_links import ChoosePassword

urlpatterns = [
    path("", views.account_page, name="account"),
    path("email/", EmailPage.as_view(), name="account_email"),
    path("sign-in-again/", views.sign_in_again_page, name="sign-in-again"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ChoosePassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("staff-factor/", views.staff_factor_page, name="staff-factor"),
    path("adult/", views.confirm_adult_page, name="confirm-adult"),
    path("language/", choose_language, name="choose-language"),
]
