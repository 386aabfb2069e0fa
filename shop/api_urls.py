"""Shop routes under /api/v1/."""

from django.urls import include, path

from shop import address_api, api, card_api, checkout_api, guest_api, return_api, seller_api, webhooks
from shop.delivery import api as delivery_api
from shop.last_options_api import LastOptions
from shop.samples import api as samples_api

urlpatterns = [
    path("", include("shop.messages.api_urls")),
    path("samples/", samples_api.SampleList.as_view(), name="api-samples"),
    path("samples/<int:pk>/withdraw/", samples_api.SampleWithdrawal.as_view(), name="api-sample-withdraw"),
    path("merchants/<slug:merchant>/samples/", samples_api.MerchantSamples.as_view(), name="api-merchant-samples"),
    *(
        path(
            f"merchants/<slug:merchant>/samples/<int:pk>/{answer}/",
            samples_api.MerchantSampleAnswer.as_view(),
            {"answer": answer},
            name=f"api-merchant-sample-{answer}",
        )
        for answer in ("send", "decline")
    ),
    path("viewer/options/", LastOptions.as_view(), name="api-last-options"),
    path("bag/", api.BagView.as_view(), name="api-bag"),
    path("clicks/", api.ClickView.as_view(), name="api-clicks"),
    path("quote/", checkout_api.QuoteView.as_view(), name="api-quote"),
    path("checkout/", checkout_api.CheckoutView.as_view(), name="api-checkout"),
    path("addresses/", address_api.AddressList.as_view(), name="api-addresses"),
    path("addresses/<int:pk>/", address_api.AddressDetail.as_view(), name="api-address"),
    path("cards/", card_api.CardList.as_view(), name="api-cards"),
    path("cards/<int:pk>/", card_api.CardDetail.as_view(), name="api-card"),
    path("address-fields/<str:country_code>/", address_api.AddressFields.as_view(), name="api-address-fields"),
    path("webhooks/stripe/", webhooks.receive_stripe_event, name="stripe-webhook"),
    path("merchants/<slug:merchant>/", include("shop.delivery.merchant_api_urls")),
    path("sellers/<slug:slug>/", seller_api.SellerDetail.as_view(), name="api-seller"),
    path("orders/", api.OrderList.as_view(), name="api-orders"),
    path("orders/find/", guest_api.OrderFind.as_view(), name="api-order-find"),
    path("orders/<str:code>/", api.OrderDetail.as_view(), name="api-order"),
    path("orders/<str:code>/returns/", return_api.OrderReturns.as_view(), name="api-order-returns"),
    path("orders/<str:code>/claim/", guest_api.OrderClaim.as_view(), name="api-order-claim"),
    path("orders/<str:code>/pay/", guest_api.OrderPay.as_view(), name="api-order-pay"),
    path("orders/<str:code>/address/", delivery_api.OrderAddress.as_view(), name="api-order-address"),
    path("orders/<str:code>/cancel-items/", delivery_api.OrderCancelItems.as_view(), name="api-order-cancel-items"),
    path("orders/<str:code>/question/", delivery_api.OrderQuestion.as_view(), name="api-order-question"),
    path("orders/<str:code>/cancel/", api.OrderCancel.as_view(), name="api-order-cancel"),
]
