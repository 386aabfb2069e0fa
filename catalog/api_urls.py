"""Catalogue routes under /api/v1/."""

from django.urls import path

from catalog.api import CategoryList, ProductDetail, ProductList
from catalog.import_api import ImportDetail, ImportList, ImportRows
from catalog.source_api import SourceDetail, SourceFetches, SourceList

urlpatterns = [
    path("products/", ProductList.as_view(), name="api-products"),
    path("products/<slug:slug>/", ProductDetail.as_view(), name="api-product"),
    path("imports/", ImportList.as_view(), name="api-imports"),
    path("imports/<int:pk>/", ImportDetail.as_view(), name="api-import"),
    path("imports/<int:pk>/rows/", ImportRows.as_view(), name="api-import-rows"),
    path("sources/", SourceList.as_view(), name="api-sources"),
    path("sources/<int:pk>/", SourceDetail.as_view(), name="api-source"),
    path("sources/<int:pk>/fetches/", SourceFetches.as_view(), name="api-source-fetches"),
    path("categories/", CategoryList.as_view(), name="api-categories"),
]
