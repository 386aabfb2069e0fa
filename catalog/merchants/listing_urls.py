"""Routes of a merchant's products, under /merchant/products/."""

from django.urls import path

from catalog.merchants.digital_pages import digital_file_page
from catalog.merchants.listing_pages import (
    export_listings,
    pickup_page,
    product_page,
    remove_picture_page,
    sale_page,
    show_products,
)
from catalog.merchants.variant_pages import prices_page, stock_page, variant_page

urlpatterns = [
    path("", show_products, name="merchant-products"),
    path("products.csv", export_listings, name="merchant-export"),
    path("<slug:slug>/", product_page, name="merchant-product"),
    path("<slug:slug>/sale/", sale_page, name="merchant-sale"),
    path("<slug:slug>/pickup/", pickup_page, name="merchant-product-pickup"),
    path("<slug:slug>/pictures/<int:image_id>/delete/", remove_picture_page, name="merchant-picture-delete"),
    path("<slug:slug>/variants/new/", variant_page, name="merchant-new-variant"),
    path("<slug:slug>/variants/<int:variant_id>/", variant_page, name="merchant-variant"),
    path("<slug:slug>/variants/<int:variant_id>/file/", digital_file_page, name="merchant-digital-file"),
    path("<slug:slug>/variants/<int:variant_id>/prices/", prices_page, name="merchant-prices"),
    path("<slug:slug>/variants/<int:variant_id>/stock/", stock_page, name="merchant-stock"),
]
