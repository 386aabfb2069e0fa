"""Routes of a merchant's own area, under /merchant/."""

from django.urls import path

from catalog.merchants.apply_pages import apply_page
from catalog.merchants.page_settings import page_settings_page
from catalog.merchants.pages import choose_merchant, show_home

urlpatterns = [
    path("", show_home, name="merchant-home"),
    path("page/", page_settings_page, name="merchant-page"),
    path("apply/", apply_page, name="merchant-apply"),
    path("choose/", choose_merchant, name="merchant-choose"),
]
