"""Page routes for the shop."""

from django.urls import include, path

from shop import (
    address_pages,
    bag_pages,
    cancel_pages,
    card_pages,
    checkout_pages,
    guest_pages,
    invoice_pages,
    merchant_invoices,
    views,
)
from shop.delivery import order_pages
from shop.digital import pages as digital_pages
from shop.outbound import redirect_to_merchant

urlpatterns = [
    path("", include("shop.messages.urls")),
    path("", include("shop.samples.urls")),
    path("bag/", bag_pages.show_bag, name="bag"),
    path("out/<str:signed>/", redirect_to_merchant, name="outbound"),
    path("checkout/", checkout_pages.show_checkout, name="checkout"),
    path("addresses/", address_pages.list_addresses, name="addresses"),
    path("addresses/fields/", checkout_pages.show_address_fields, name="address-fields"),
    path("addresses/new/", address_pages.edit_address, name="address-new"),
    path("addresses/<int:pk>/", address_pages.edit_address, name="address"),
    path("addresses/<int:pk>/default/", address_pages.choose_default, name="address-default"),
    path("addresses/<int:pk>/delete/", address_pages.remove_address, name="address-delete"),
    path("cards/<int:pk>/default/", card_pages.choose_default_card, name="card-default"),
    path("cards/<int:pk>/remove/", card_pages.remove_kept_card, name="card-remove"),
    path("merchant/invoices/", merchant_invoices.list_merchant_invoices, name="merchant-invoices"),
    path("merchant/invoices/<str:number>/", merchant_invoices.download_merchant_invoice, name="merchant-invoice"),
    path("merchant/", include("shop.delivery.merchant_urls")),
    path("orders/", views.list_orders, name="orders"),
    path("orders/find/", guest_pages.find_order, name="order-find"),
    path("orders/<str:code>/link/<str:token>/", guest_pages.follow_link, name="order-link"),
    path("orders/<str:code>/", views.show_order, name="order"),
    path("orders/<str:code>/downloads/<int:pk>/<str:token>/", digital_pages.download_page, name="download"),
    path("orders/<str:code>/downloads/<int:pk>/<str:token>/file/", digital_pages.download_file, name="download-file"),
    path("orders/<str:code>/invoices/<str:number>/", invoice_pages.download_invoice, name="order-invoice"),
    path("orders/<str:code>/email/", views.change_order, {"action": "email"}, name="order-email"),
    path("orders/<str:code>/claim/", views.change_order, {"action": "claim"}, name="order-claim"),
    path("orders/<str:code>/cancel/", cancel_pages.cancel_order, name="order-cancel"),
    path("orders/<str:code>/again/", cancel_pages.order_again, name="order-again"),
    path("orders/<str:code>/pay/", views.change_order, {"action": "pay"}, name="order-pay"),
    path("orders/<str:code>/address/", order_pages.address_page, name="order-address"),
    path("orders/<str:code>/cancel-items/", order_pages.cancel_items, name="order-cancel-items"),
    path("orders/<str:code>/question/", order_pages.ask_question, name="order-question"),
    path("orders/<str:code>/return/", views.change_order, {"action": "return"}, name="order-return"),
]
