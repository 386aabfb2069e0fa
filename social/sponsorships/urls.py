"""Routes of sponsorships and of the archive of sponsored posts."""

from django.urls import path

from social.sponsorships.views import (
    archive_page,
    book_page,
    change_sponsorship,
    pay_sponsorship,
    sponsor_home,
    sponsorship_csv,
    sponsorship_page,
)

urlpatterns = [
    path("sponsor/", sponsor_home, name="sponsor"),
    path("sponsor/new/<slug:clip>/", book_page, name="sponsor-book"),
    path("sponsor/<slug:code>/", sponsorship_page, name="sponsorship"),
    path("sponsor/<slug:code>/pay/", pay_sponsorship, name="sponsorship-pay"),
    path("sponsor/<slug:code>/change/", change_sponsorship, name="sponsorship-change"),
    path("sponsor/<slug:code>/statement.csv", sponsorship_csv, name="sponsorship-csv"),
    path("sponsored/", archive_page, name="sponsored"),
]
