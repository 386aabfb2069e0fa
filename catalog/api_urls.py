"""Catalogue routes under /api/v1/."""

from django.urls import path

from catalog.api import CategoryList, ProductDetail, ProductList
from catalog.import_api import ImportDetail, ImportList, ImportRows
from catalog.merchants.api import MerchantDetail, MerchantList, MerchantMemberDetail, MerchantMembers
from catalog.merchants.listing_api import (
    ListedFile,
    ListedStock,
    ListedVariantDetail,
    ListedVariantList,
    ListingDetail,
    ListingList,
)
from catalog.merchants.pickup_api import MerchantPickupPlaceDetail, MerchantPickupPlaces
from catalog.merchants.price_api import ScheduledPriceDetail, ScheduledPriceList
from catalog.source_api import SourceDetail, SourceFetches, SourceList

LISTING = "merchants/<slug:merchant>/products/<slug:slug>/"

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
    path("merchants/<slug:merchant>/pickup-places/", MerchantPickupPlaces.as_view(), name="api-pickup-places"),
    path(
        "merchants/<slug:merchant>/pickup-places/<int:pk>/",
        MerchantPickupPlaceDetail.as_view(),
        name="api-pickup-place",
    ),
    path("merchants/<slug:merchant>/products/", ListingList.as_view(), name="api-listings"),
    path(LISTING, ListingDetail.as_view(), name="api-listing"),
    path(f"{LISTING}variants/", ListedVariantList.as_view(), name="api-listed-variants"),
    path(f"{LISTING}variants/<int:pk>/", ListedVariantDetail.as_view(), name="api-listed-variant"),
    path(f"{LISTING}variants/<int:pk>/file/", ListedFile.as_view(), name="api-listed-file"),
    path(f"{LISTING}variants/<int:pk>/prices/", ScheduledPriceList.as_view(), name="api-scheduled-prices"),
    path(
        f"{LISTING}variants/<int:pk>/prices/<int:price_id>/",
        ScheduledPriceDetail.as_view(),
        name="api-scheduled-price",
    ),
    path(f"{LISTING}variants/<int:pk>/stock/", ListedStock.as_view(), name="api-listed-stock"),
    path("sources/", SourceList.as_view(), name="api-sources"),
    path("sources/<int:pk>/", SourceDetail.as_view(), name="api-source"),
    path("sources/<int:pk>/fetches/", SourceFetches.as_view(), name="api-source-fetches"),
    path("categories/", CategoryList.as_view(), name="api-categories"),
]
