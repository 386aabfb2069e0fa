"""Shop routes under /api/v1/."""

from django.urls import path

from shop import api, return_api, webhooks

urlpatterns = [
    path("bag/", api.BagView.as_view(), name="api-bag"),
    path("clicks/", api.ClickView.as_view(), name="api-clicks"),
    path("checkout/", api.CheckoutView.as_view(), name="api-checkout"),
    path("webhooks/stripe/", webhooks.receive_stripe_event, name="stripe-webhook"),
    path("orders/", api.OrderList.as_view(), name="api-orders"),
    path("orders/<str:code>/", api.OrderDetail.as_view(), name="api-order"),
    path("orders/<str:code>/returns/", return_api.OrderReturns.as_view(), name="api-order-returns"),
    path("orders/<str:code>/cancel/", api.OrderCancel.as_view(), name="api-order-cancel"),
]
