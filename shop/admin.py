"""Django admin for orders, payments, refunds and clicks. All rows are read-only, but refunds have actions."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.keys import parse_key
from accounts.models import RefusedAddress
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money import percent_of
from catalog.money_fields import find_amounts, money_column
from catalog.prices import format_money
from shop import commission_admin, discount_admin, payment_admin  # noqa: F401  # register their pages
from shop.delivery import admin as delivery_admin  # noqa: F401  # registers its pages
from shop.delivery import shipping_admin  # noqa: F401  # registers its pages
from shop.delivery.address_page import may_change_address, order_address_page
from shop.delivery.order_changes import is_changeable
from shop.delivery.pages import pack_page
from shop.delivery.return_pages import receive_page
from shop.digital import admin as digital_admin  # noqa: F401  # registers its pages
from shop.invoice_admin import InvoiceInline, InvoiceIssue
from shop.messages import admin as messages_admin  # noqa: F401  # registers its pages
from shop.models import Click, Order, OrderLine, Payment, Refund, RefundLine, TaxRate
from shop.order_cancel_page import order_cancel_page
from shop.order_email_page import order_email_page
from shop.refund_actions import RefundActions, RefundAmount
from shop.refund_pages import REASON_LENGTH, announce_refund, refund_page
from shop.refund_proposals import RefundRequest, refund_by_staff
from shop.refunds import RefundRefused
from shop.samples import admin as samples_admin  # noqa: F401  # registers its page
from shop.seen_refunds import find_latest_refund
from shop.share_admin import RefundShareInline
from shop.tax_admin import TaxRateAdmin, list_taxes

admin.site.register(TaxRate, TaxRateAdmin)


class OrderLineInline(ReadOnlyAdmin, admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    fields = ["product_name", "quantity", "refunded_quantity", "unit_price", "discount", "amount", "clip"]
    fields += ["discount_code", "creator", "tax", "commission_rate", "commission_rule_name", "commission"]
    fields += ["unpaid_reason", "payable_at", "merchant", "fee"]
    readonly_fields = ["unit_price", "discount", "amount", "tax", "commission_rate", "commission", "fee"]
    unit_price = money_column("unit_price_minor", _("price"), currency="order__currency")
    discount = money_column("discount_minor", _("discount"), currency="order__currency")
    amount = money_column("amount_minor", _("amount"), currency="order__currency")
    tax = money_column("tax_minor", _("tax"), currency="order__currency")
    commission = money_column("commission_minor", _("commission"), currency="order__currency")
    fee = money_column("fee_minor", _("merchant's fee"), currency="order__currency")

    @admin.display(description=_("commission rate"))
    def commission_rate(self, line: OrderLine) -> str:
        return f"{percent_of(line.commission_rate_bps)} %"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        related = ("order", "clip", "creator", "discount_code", "merchant")
        return super().get_queryset(request).select_related(*related).order_by("pk")


class PaymentInline(ReadOnlyAdmin, admin.TabularInline[Payment, Order]):
    model = Payment
    fields = ["provider", "reference", "amount", "state", "failure_text", "started_at", "settled_at"]
    readonly_fields = ["amount"]
    amount = money_column("amount_minor", _("amount"))


class RefundReasons:
    """Columns with the reasons of refunds, in the language of the reader."""

    @admin.display(description=_("reason"), ordering="reason")
    def local_reason(self, refund: Refund) -> str:
        return refund.local_reason

    @admin.display(description=_("reason for declining"))
    def local_decline_reason(self, refund: Refund) -> str:
        return refund.local_decline_reason


class RefundInline(RefundReasons, RefundAmount, ReadOnlyAdmin, admin.TabularInline[Refund, Order]):
    model = Refund
    fields = ["state", "amount", "local_reason", "created_by", "created_at", "settled_at", "reference"]
    readonly_fields = ["amount", "local_reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("created_by").order_by("pk")


def _join_lines(lines: Sequence[str]) -> SafeString:
    return format_html_join(SafeString("<br>"), "<bdi>{}</bdi>", ((line,) for line in lines if line))


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin, InvoiceIssue):
    """Admin pages for orders: what was bought, paid and refunded, with a page for one more refund."""

    change_form_template = "admin/shop/order/change_form.html"
    list_display = ["code", "state", "email", "name", "total", "refunded", "placed_at", "paid_at"]
    list_filter = ["state", "placed_at"]
    search_fields = ["code", "email", "name", "lines__product_name"]
    search_help_text = _("Code, email address, name of the shopper or of a product, or the total, such as 62.00")
    ordering = ["-placed_at"]
    fields = ["code", "state", "email", "email_problem", "user", "language", "address", "billing"]
    fields += ["shipping_name", "promised_from", "promised_by"]
    fields += ["goods", "discount", "discount_name", "shipping", "tax", "total", "refunded"]
    fields += ["tax_by_rate", "prices_include_tax", "vat_number", "is_reverse_charged"]
    fields += ["placed_at", "paid_at", "cancelled_at"]
    readonly_fields = [
        "email_problem",
        "address",
        "billing",
        "goods",
        "discount",
        "shipping",
        "tax",
        "tax_by_rate",
        "total",
        "refunded",
    ]
    inlines = [OrderLineInline, PaymentInline, RefundInline, InvoiceInline]
    actions = ["refund_remaining_amount", "issue_missing_invoices"]
    goods = money_column("goods_minor", _("goods"))
    discount = money_column("discount_minor", _("discount"))
    shipping = money_column("shipping_minor", _("shipping"))
    tax = money_column("tax_minor", _("tax"))
    total = money_column("total_minor", _("total"))
    refunded = money_column("refunded_minor", _("refunded"))

    def read_word(self, word: str) -> list[Q]:
        return [Q(total_minor=minor, currency=currency) for currency, minor in find_amounts(word)]

    @admin.display(description=_("refused by the mail server"))
    def email_problem(self, order: Order) -> str:
        return getattr(order, "refusal", "") or "–"

    @admin.display(description=_("tax by rate"), empty_value="–")
    def tax_by_rate(self, order: Order) -> SafeString:
        return list_taxes(order.taxes, order)

    @admin.display(description=_("delivery address"))
    def address(self, order: Order) -> SafeString:
        return _join_lines([*order.label_lines, order.phone])

    @admin.display(description=_("billing address"), empty_value="–")
    def billing(self, order: Order) -> SafeString:
        return _join_lines(order.billing_lines)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Order | None:
        refused = RefusedAddress.objects.filter(email=Lower(OuterRef("email"))).values("answer_text")
        shown = Order.objects.select_related("user", "billing_address").annotate(refusal=Subquery(refused))
        return shown.filter(pk=parse_key(object_id)).first()

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/refund/", wrap(refund_page), name="shop_order_refund"),
            path("<int:pk>/pack/", wrap(pack_page), name="shop_order_pack"),
            path("<int:pk>/cancel/", wrap(order_cancel_page), name="shop_order_cancel"),
            path("<int:pk>/email/", wrap(order_email_page), name="shop_order_email"),
            path("<int:pk>/address/", wrap(order_address_page), name="shop_order_address"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"can_refund": self.has_refund_permission(request), **(extra_context or {})}
        context["can_change"] = request.user.has_perm("shop.change_order")
        context["can_pack"] = request.user.has_perm("shop.add_parcel")
        order = Order.objects.filter(pk=parse_key(object_id)).first() if may_change_address(request) else None
        context["can_change_address"] = order is not None and is_changeable(order)
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Refund the remaining amount"), permissions=["refund"])
    def refund_remaining_amount(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        """Ask for the reason, then refund what is left of each order, or propose it if it is above the limit."""
        reason = " ".join(request.POST.get("reason", "").split())
        left, totals = {order: order.total_minor - order.refunded_minor for order in orders}, Counter[str]()
        for order, left_minor in left.items():
            totals[order.currency] += left_minor
        if "confirm" not in request.POST or not reason or len(reason) > REASON_LENGTH:
            context = self.admin_site.each_context(request) | {
                "title": gettext("Refund the remaining amount"),
                "opts": self.opts,
                "orders": [
                    (order, format_money(left_minor, order.currency), find_latest_refund(order))
                    for order, left_minor in left.items()
                ],
                "totals": [format_money(left_minor, currency) for currency, left_minor in sorted(totals.items())],
                "is_restocked": "is_restocked" in request.POST,
                "reason": reason,
                "reason_length": REASON_LENGTH,
                "is_incomplete": "confirm" in request.POST,
            }
            return TemplateResponse(request, "admin/shop/order/refund_many.html", context)
        for order in orders:
            is_restocked = "is_restocked" in request.POST
            refund_request = RefundRequest(order_id=order.pk, reason=reason, is_restocked=is_restocked)
            try:
                result = refund_by_staff(
                    request=refund_request,
                    user=signed_in_user(request),
                    now=timezone.now(),
                    seen_refund=parse_key(request.POST.get(f"seen-{order.pk}")),
                )
            except (RefundRefused, ProposalRefused) as refusal:
                self.message_user(request, f"{order.code}: {refusal}", level="error")
            else:
                announce_refund(request, result)
        return None

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_refund")


class RefundLineInline(ReadOnlyAdmin, admin.TabularInline[RefundLine, Refund]):
    model = RefundLine
    fields = ["order_line", "quantity", "received_quantity", "amount", "tax", "commission"]
    readonly_fields = ["amount", "tax", "commission"]
    amount = money_column("amount_minor", _("amount"), currency="refund__currency")
    tax = money_column("tax_minor", _("tax"), currency="refund__currency")
    commission = money_column("commission_minor", _("commission taken back"), currency="refund__currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundLine]:
        return super().get_queryset(request).select_related("refund", "order_line")


@admin.register(Refund)
class RefundAdmin(RefundReasons, RefundAmount, RefundActions, ReadOnlyAdmin, admin.ModelAdmin[Refund]):
    change_form_template = "admin/shop/refund/change_form.html"
    list_display = [
        "order",
        "prepayment",
        "state",
        "amount",
        "local_reason",
        "failure_text",
        "is_made_at_provider",
        "created_by",
    ]
    list_display += ["created_at", "settled_at"]
    list_filter = ["state", "is_made_at_provider"]
    list_select_related = ["order", "prepayment", "created_by"]
    search_fields = ["order__code", "order__email", "prepayment__code", "prepayment__email"]
    ordering = ["-created_at"]
    inlines = [RefundLineInline, RefundShareInline]

    fields = ["order", "prepayment", "state", "amount", "goods", "shipping", "tax", "tax_by_rate", "local_reason"]
    fields += ["local_decline_reason", "is_restocked", "failure_text", "is_made_at_provider"]
    fields += ["reference", "attempt", "created_by", "created_at", "received_at", "settled_at"]
    readonly_fields = ["amount", "goods", "shipping", "tax", "tax_by_rate", "local_reason", "local_decline_reason"]
    goods = money_column("goods_minor", _("goods"))
    shipping = money_column("shipping_minor", _("shipping"))
    tax = money_column("tax_minor", _("tax"))

    @admin.display(description=_("tax by rate"), empty_value="–")
    def tax_by_rate(self, refund: Refund) -> SafeString:
        return list_taxes(refund.taxes, refund.order) if refund.order else SafeString("")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(receive_page)
        return [path("<int:pk>/receive/", page, name="shop_refund_receive"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        can_receive = any(map(request.user.has_perm, ("shop.change_parcel", "shop.add_refund")))
        context = {"can_receive": can_receive, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        refunds = super().get_queryset(request)
        is_list = request.resolver_match is not None and request.resolver_match.url_name == "shop_refund_changelist"
        lines = RefundLine.objects.filter(refund=OuterRef("pk")).order_by().values("refund")
        goods = lines.annotate(
            minor=Sum(F("quantity") * F("order_line__amount_minor") / F("order_line__quantity"))
        ).values("minor")
        return refunds.annotate(requested_minor=Coalesce(Subquery(goods), 0)) if is_list else refunds


@admin.register(Click)
class ClickAdmin(ReadOnlyAdmin, admin.ModelAdmin[Click]):
    list_display = ["clicked_at", "clip", "product", "user"]
    list_select_related = ["clip", "product", "user"]
    search_fields = ["clip__code"]
    ordering = ["-clicked_at"]
