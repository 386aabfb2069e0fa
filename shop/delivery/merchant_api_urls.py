"""Routes of a merchant's orders, parcels and returns, under /api/v1/merchants/<merchant>/."""

from django.urls import path

from shop.delivery.merchant_api import MerchantOrderDetail, MerchantOrders, MerchantParcels, MerchantParcelStep
from shop.delivery.merchant_return_api import MerchantReturnAnswer, MerchantReturns

urlpatterns = [
    path("orders/", MerchantOrders.as_view(), name="api-merchant-orders"),
    path("orders/<str:code>/", MerchantOrderDetail.as_view(), name="api-merchant-order"),
    path("orders/<str:code>/parcels/", MerchantParcels.as_view(), name="api-merchant-parcels"),
    path("parcels/<int:pk>/<slug:step>/", MerchantParcelStep.as_view(), name="api-merchant-parcel-step"),
    path("returns/", MerchantReturns.as_view(), name="api-merchant-returns"),
    *(
        path(
            f"returns/<int:pk>/{answer}/",
            MerchantReturnAnswer.as_view(),
            {"answer": answer},
            name=f"api-merchant-return-{answer}",
        )
        for answer in ("accept", "decline", "receive")
    ),
]
