"""Catalogue routes under /api/v1/."""

from django.urls import path

from catalog.api import CategoryList, ProductDetail, ProductList
from catalog.import_api import ImportDetail, ImportList, ImportRows
from catalog.merchants.api import MerchantDetail, MerchantList, MerchantMemberDetail, MerchantMembers

urlpatterns = [
    path("products/", ProductList.as_view(), name="api-products"),
    path("products/<slug:slug>/", ProductDetail.as_view(), name="api-product"),
    path("imports/", ImportList.as_view(), name="api-imports"),
    path("imports/<int:pk>/", ImportDetail.as_view(), name="api-import"),
    path("imports/<int:pk>/rows/", ImportRows.as_view(), name="api-import-rows"),
    path("merchants/", MerchantList.as_view(), name="api-merchants"),
    path("merchants/<slug:merchant>/", MerchantDetail.as_view(), name="api-merchant"),
    path("merchants/<slug:merchant>/members/", MerchantMembers.as_view(), name="api-merchant-members"),
    path("merchants/<slug:merchant>/members/<int:pk>/", MerchantMemberDetail.as_view(), name="api-merchant-member"),
    path("categories/", CategoryList.as_view(), name="api-categories"),
]
