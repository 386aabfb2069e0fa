"""Catalogue routes under /api/v1/."""

from django.urls import path

from catalog.api import CategoryList, ProductDetail, ProductList

urlpatterns = [
    path("products/", ProductList.as_view(), name="api-products"),
    path("products/<slug:slug>/", ProductDetail.as_view(), name="api-product"),
    path("categories/", CategoryList.as_view(), name="api-categories"),
]
