"""Page routes of the catalogue app."""

from django.urls import include, path

from catalog.views import show_legal_page

urlpatterns = [
    path("legal/<slug:kind>/", show_legal_page, name="legal"),
    path("merchant/", include("catalog.merchants.urls")),
]
