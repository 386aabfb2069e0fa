"""Routes of messages under /api/v1/: of shoppers, and the same under the slug of a merchant."""

from django.urls import URLPattern, path

from shop.messages.api import (
    MessageReport,
    ShopperBlock,
    ShopperThreads,
    ThreadClosing,
    ThreadDetail,
    ThreadList,
)

FOR_MERCHANT = "merchants/<slug:merchant>/messages/"


def _list_routes(prefix: str, name: str) -> list[URLPattern]:
    return [
        path(f"{prefix}<int:pk>/", ThreadDetail.as_view(), name=f"{name}-thread"),
        path(f"{prefix}<int:pk>/close/", ThreadClosing.as_view(), name=f"{name}-thread-close"),
        path(f"{prefix}report/<int:pk>/", MessageReport.as_view(), name=f"{name}-report"),
    ]


urlpatterns = [
    path("messages/", ShopperThreads.as_view(), name="api-messages"),
    *_list_routes("messages/", "api-message"),
    path(FOR_MERCHANT, ThreadList.as_view(), name="api-merchant-messages"),
    *_list_routes(FOR_MERCHANT, "api-merchant-message"),
    path(f"{FOR_MERCHANT}<int:pk>/block/", ShopperBlock.as_view(), name="api-merchant-message-block"),
]
