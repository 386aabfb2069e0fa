"""Routes of a merchant's orders, parcels and returns, under /merchant/."""

from django.urls import path

from shop.delivery import merchant_pages, merchant_returns

urlpatterns = [
    path("orders/", merchant_pages.orders_page, name="merchant-orders"),
    path("orders/<str:code>/", merchant_pages.order_page, name="merchant-order"),
    path("parcels/<int:pk>/slip/", merchant_pages.slip_page, name="merchant-slip"),
    path("parcels/<int:pk>/<slug:step>/", merchant_pages.step_page, name="merchant-parcel-step"),
    path("returns/", merchant_returns.returns_page, name="merchant-returns"),
    path("returns/<int:pk>/", merchant_returns.return_page, name="merchant-return"),
    path("returns/<int:pk>/accept/", merchant_returns.answer_page, {"answer": "accept"}, name="merchant-return-accept"),
    path(
        "returns/<int:pk>/decline/", merchant_returns.answer_page, {"answer": "decline"}, name="merchant-return-decline"
    ),
]
