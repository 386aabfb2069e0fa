"""Routes of a merchant's imports, under /merchant/imports/."""

from django.urls import path

from catalog.merchants.import_pages import act_on_import, download_refused, import_page, imports_page, source_page

urlpatterns = [
    path("", imports_page, name="merchant-imports"),
    path("sources/<int:pk>/", source_page, name="merchant-source"),
    path("<int:pk>/", import_page, name="merchant-import"),
    path("<int:pk>/refused.csv", download_refused, name="merchant-import-refused"),
    path("<int:pk>/<slug:action>/", act_on_import, name="merchant-import-act"),
]
