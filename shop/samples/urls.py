"""Page routes for samples."""

from django.urls import path

from shop.samples import merchant_pages, pages

urlpatterns = [
    path("studio/samples/", pages.samples_page, name="samples"),
    path("studio/samples/<int:pk>/withdraw/", pages.withdraw_page, name="sample-withdraw"),
    path("studio/samples/new/<slug:slug>/", pages.request_page, name="sample-request"),
    path("merchant/samples/", merchant_pages.merchant_samples_page, name="merchant-samples"),
    *(
        path(
            f"merchant/samples/<int:pk>/{answer}/",
            merchant_pages.sample_answer_page,
            {"answer": answer},
            name=f"merchant-sample-{answer}",
        )
        for answer in ("send", "decline")
    ),
]
