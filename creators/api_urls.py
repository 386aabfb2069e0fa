"""Campaign and creator routes under /api/v1/."""

from django.urls import path

from creators import agency_api, api

urlpatterns = [
    path("campaigns/", api.CampaignList.as_view(), name="api-campaigns"),
    path("campaigns/<slug:slug>/enrol/", api.CampaignEnrol.as_view(), name="api-enrol"),
    path("agency/", agency_api.AgencyView.as_view(), name="api-agency"),
    path("agency/<int:pk>/accept/", agency_api.AgencyChange.as_view(), {"action": "accept"}, name="api-agency-accept"),
    path("agency/<int:pk>/end/", agency_api.AgencyChange.as_view(), {"action": "end"}, name="api-agency-end"),
    path("creators/<str:handle>/", api.CreatorDetail.as_view(), name="api-creator"),
]
