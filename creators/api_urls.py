"""Routes under /api/v1/ for campaigns and creators."""

from django.urls import path

from creators import api

urlpatterns = [
    path("campaigns/", api.CampaignList.as_view(), name="api-campaigns"),
    path("campaigns/<slug:slug>/enrol/", api.CampaignEnrol.as_view(), name="api-enrol"),
    path("creators/<str:handle>/", api.CreatorDetail.as_view(), name="api-creator"),
]
