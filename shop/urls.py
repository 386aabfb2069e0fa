"""Page routes for the shop."""

from django.urls import path

from shop import views
from shop.outbound import redirect_to_merchant

urlpatterns = [
    path("bag/", views.show_bag, name="bag"),
    path("out/<str:signed>/", redirect_to_merchant, name="outbound"),
    path("checkout/", views.show_checkout, name="checkout"),
    path("orders/", views.list_orders, name="orders"),
    path("orders/<str:code>/", views.show_order, name="order"),
    path("orders/<str:code>/cancel/", views.change_order, {"action": "cancel"}, name="order-cancel"),
    path("orders/<str:code>/pay/", views.change_order, {"action": "pay"}, name="order-pay"),
    path("orders/<str:code>/return/", views.change_order, {"action": "return"}, name="order-return"),
]
