"""Routes of campaigns, agencies and the own profile under /api/v1/."""

from django.urls import path

from creators import agency_api, api, profile_api, rule_api

urlpatterns = [
    path("profile/", profile_api.OwnProfile.as_view(), name="api-profile"),
    path("profile/picture/", profile_api.ProfilePicture.as_view(), name="api-profile-picture"),
    path("campaigns/", api.CampaignList.as_view(), name="api-campaigns"),
    path("campaigns/<slug:slug>/enrol/", api.CampaignEnrol.as_view(), name="api-enrol"),
    path("commission-rules/", rule_api.CommissionRuleList.as_view(), name="api-commission-rules"),
    path("agency/", agency_api.AgencyView.as_view(), name="api-agency"),
    path("agency/<int:pk>/accept/", agency_api.AgencyChange.as_view(), {"action": "accept"}, name="api-agency-accept"),
    path("agency/<int:pk>/end/", agency_api.AgencyChange.as_view(), {"action": "end"}, name="api-agency-end"),
]
