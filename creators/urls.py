"""Routes of the pages on which users make profiles, become creators, join campaigns, open invitations and answer agencies' offers."""

from django.urls import path

from creators import views
from creators.invitation_views import invitation_page
from creators.profile_pages import make_profile_page
from creators.rate_pages import rates_page

urlpatterns = [
    path("accounts/profile/", make_profile_page, name="make-profile"),
    path("studio/join/", views.become_creator_page, name="become-creator"),
    path("studio/profile/", views.profile_page, name="profile"),
    path("studio/campaigns/", views.campaigns_page, name="campaigns"),
    path("studio/rates/", rates_page, name="rates"),
    path("studio/agency/", views.agency_page, name="agency"),
    path("studio/agency/<int:pk>/accept/", views.change_agency, {"action": "accept"}, name="agency-accept"),
    path("studio/agency/<int:pk>/end/", views.change_agency, {"action": "end"}, name="agency-end"),
    path("studio/campaigns/<slug:slug>/enrol/", views.enrol_page, name="enrol"),
    path("studio/invitations/<str:token>/", invitation_page, name="invitation"),
]
