"""Routes of a merchant's own area, under /merchant/."""

from django.urls import include, path

from catalog.merchants.apply_pages import apply_page, member_invitation_page
from catalog.merchants.listing_pages import new_product_page
from catalog.merchants.owner_pages import change_member, leave_merchant, members_page, settings_page
from catalog.merchants.page_settings import page_settings_page
from catalog.merchants.pages import choose_merchant, show_home
from catalog.merchants.pickup_pages import pickup_place_page, pickup_places_page

urlpatterns = [
    path("", show_home, name="merchant-home"),
    path("page/", page_settings_page, name="merchant-page"),
    path("pickup-places/", pickup_places_page, name="merchant-pickup-places"),
    path("pickup-places/new/", pickup_place_page, name="merchant-new-pickup-place"),
    path("pickup-places/<int:pk>/", pickup_place_page, name="merchant-pickup-place"),
    path("apply/", apply_page, name="merchant-apply"),
    path("choose/", choose_merchant, name="merchant-choose"),
    path("settings/", settings_page, name="merchant-settings"),
    path("leave/", leave_merchant, name="merchant-leave"),
    path("invitations/<str:token>/", member_invitation_page, name="merchant-invitation"),
    path("members/", members_page, name="merchant-members"),
    path("members/<int:pk>/role/", change_member, {"action": "role"}, name="merchant-member-role"),
    path("members/<int:pk>/remove/", change_member, {"action": "remove"}, name="merchant-member-remove"),
    path("members/invitations/<int:pk>/withdraw/", change_member, {"action": "withdraw"}, name="merchant-withdraw"),
    path("new-product/", new_product_page, name="merchant-new-product"),
    path("imports/", include("catalog.merchants.import_urls")),
    path("products/", include("catalog.merchants.listing_urls")),
]
