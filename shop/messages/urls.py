"""Page routes of messages: of shoppers under /messages/, of merchants under /merchant/messages/."""

from django.urls import path

from shop.messages.merchant_pages import (
    block_shopper,
    close_merchant_thread,
    merchant_thread_page,
    merchant_threads_page,
    report_shopper_message,
)
from shop.messages.pages import (
    close_own_thread,
    new_thread_page,
    report_seller_message,
    thread_page,
    threads_page,
)

urlpatterns = [
    path("sellers/<slug:slug>/message/", new_thread_page, name="seller-message"),
    path("messages/", threads_page, name="messages"),
    path("messages/<int:pk>/", thread_page, name="message-thread"),
    path("messages/<int:pk>/close/", close_own_thread, name="message-thread-close"),
    path("messages/report/<int:pk>/", report_seller_message, name="message-report"),
    path("merchant/messages/", merchant_threads_page, name="merchant-messages"),
    path("merchant/messages/<int:pk>/", merchant_thread_page, name="merchant-thread"),
    path("merchant/messages/<int:pk>/close/", close_merchant_thread, name="merchant-thread-close"),
    path("merchant/messages/<int:pk>/block/", block_shopper, name="merchant-thread-block"),
    path("merchant/messages/report/<int:pk>/", report_shopper_message, name="merchant-message-report"),
]
