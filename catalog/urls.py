"""Page routes of the catalogue app."""

from django.urls import include, path

from catalog.exports.google_files import GoogleFile
from catalog.exports.views import read_export
from catalog.views import show_legal_page

urlpatterns = [
    path("legal/<slug:kind>/", show_legal_page, name="legal"),
    path("merchant/", include("catalog.merchants.urls")),
    *(path(f"exports/<str:token>.{kind}", read_export, {"kind": kind}, name=f"export-{kind}") for kind in GoogleFile),
]
