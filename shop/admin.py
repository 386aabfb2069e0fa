"""Django admin for orders, payments, refunds and clicks. All rows are read-only, but refunds have actions."""

from functools import partial

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.prices import format_money
from shop.models import Click, Order, OrderLine, Payment, Refund, RefundLine
from shop.refund_dispatch import mark_refunded_elsewhere, retry_refund
from shop.refunds import RefundRefused, accept_return, plan_refund, refuse_return
from shop.tasks import send_refund_by_id


class OrderLineInline(ReadOnlyAdmin, admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    fields = ["product_name", "quantity", "refunded_quantity", "unit_price_minor", "amount_minor", "clip", "creator"]
    fields += ["commission_rate_bps", "commission_minor", "unpaid_reason", "payable_at"]


class PaymentInline(ReadOnlyAdmin, admin.TabularInline[Payment, Order]):
    model = Payment
    fields = ["provider", "reference", "amount_minor", "state", "failure_text", "started_at", "settled_at"]


class RefundInline(ReadOnlyAdmin, admin.TabularInline[Refund, Order]):
    model = Refund
    fields = ["state", "amount_minor", "reason", "created_by", "created_at", "settled_at", "reference"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin, admin.ModelAdmin[Order]):
    list_display = ["code", "state", "email", "total", "refunded", "placed_at", "paid_at"]
    list_filter = ["state", "placed_at"]
    search_fields = ["code", "email"]
    ordering = ["-placed_at"]
    inlines = [OrderLineInline, PaymentInline, RefundInline]
    actions = ["refund_remaining_amount"]

    @admin.display(description=_("total"), ordering="total_minor")
    def total(self, order: Order) -> str:
        return format_money(order.total_minor, order.currency)

    @admin.display(description=_("refunded"), ordering="refunded_minor")
    def refunded(self, order: Order) -> str:
        return format_money(order.refunded_minor, order.currency) if order.refunded_minor else "–"

    @admin.action(description=_("Refund the remaining amount"), permissions=["refund"])
    def refund_remaining_amount(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders:
            try:
                refund = plan_refund(order_id=order.pk, created_by=signed_in_user(request), now=timezone.now())
            except RefundRefused as refusal:
                self.message_user(request, f"{order.code}: {refusal}", level="error")
            else:
                transaction.on_commit(partial(send_refund_by_id.delay, refund.pk))

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_refund")


class RefundLineInline(ReadOnlyAdmin, admin.TabularInline[RefundLine, Refund]):
    model = RefundLine
    fields = ["order_line", "quantity", "amount_minor", "commission_minor"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin, admin.ModelAdmin[Refund]):
    list_display = ["order", "state", "amount", "reason", "failure_text", "created_by", "created_at", "settled_at"]
    list_filter = ["state"]
    list_select_related = ["order", "created_by"]
    search_fields = ["order__code", "order__email"]
    ordering = ["-created_at"]
    inlines = [RefundLineInline]
    actions = ["accept", "refuse", "retry_failed", "mark_paid_elsewhere"]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, refund: Refund) -> str:
        return format_money(refund.amount_minor, refund.currency)

    @admin.action(description=_("Accept the return and issue the refund"), permissions=["refund"])
    def accept(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        for refund in refunds:
            try:
                accept_return(refund_id=refund.pk, created_by=signed_in_user(request), now=timezone.now())
            except RefundRefused as refusal:
                self.message_user(request, f"{refund.order.code}: {refusal}", level="error")
            else:
                transaction.on_commit(partial(send_refund_by_id.delay, refund.pk))

    @admin.action(description=_("Decline the return"), permissions=["refund"])
    def refuse(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        for refund in refunds:
            refuse_return(refund_id=refund.pk, created_by=signed_in_user(request), now=timezone.now())

    @admin.action(description=_("Retry failed refunds"), permissions=["refund"])
    def retry_failed(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        for refund in refunds:
            if retry_refund(refund_id=refund.pk, now=timezone.now()):
                transaction.on_commit(partial(send_refund_by_id.delay, refund.pk))

    @admin.action(description=_("Mark failed refunds as paid in another way"), permissions=["refund"])
    def mark_paid_elsewhere(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        for refund in refunds:
            mark_refunded_elsewhere(refund_id=refund.pk, now=timezone.now())

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_refund")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin, admin.ModelAdmin[Payment]):
    list_display = ["order", "provider", "state", "amount", "reference", "started_at", "settled_at"]
    list_filter = ["state", "provider"]
    list_select_related = ["order"]
    search_fields = ["order__code", "reference"]
    ordering = ["-started_at"]

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, payment: Payment) -> str:
        return format_money(payment.amount_minor, payment.currency)


@admin.register(Click)
class ClickAdmin(ReadOnlyAdmin, admin.ModelAdmin[Click]):
    list_display = ["clicked_at", "clip", "product", "user"]
    list_select_related = ["clip", "product", "user"]
    search_fields = ["clip__code"]
    ordering = ["-clicked_at"]
    show_full_result_count = False
