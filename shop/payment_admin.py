"""Admin pages for payments, disputes and the events of payment providers. All rows are read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import signed_in_user
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from shop.models import Dispute, Payment, ProviderEvent
from shop.provider_events import resolve_events


class DisputeInline(ReadOnlyAdmin, admin.TabularInline[Dispute, Payment]):
    model = Dispute
    fields = ["reference", "state", "amount", "fee", "cause", "answer_by", "opened_at", "closed_at"]
    readonly_fields = ["amount", "fee"]
    amount = money_column("amount_minor", _("amount"))
    fee = money_column("fee_minor", _("fee"), currency="fee_currency")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin, admin.ModelAdmin[Payment]):
    list_display = ["order", "provider", "state", "amount", "reference", "started_at", "settled_at"]
    list_filter = ["state", "provider"]
    list_select_related = ["order"]
    search_fields = ["order__code", "reference", "session"]
    search_help_text = _("Order, or the provider's reference")
    ordering = ["-started_at"]
    inlines = [DisputeInline]

    fields = ["order", "provider", "account", "is_live", "reference", "session", "amount", "state", "failure_text"]
    fields += ["fingerprint", "started_at", "expires_at", "settled_at"]
    readonly_fields = ["amount"]
    amount = money_column("amount_minor", _("amount"))


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin, admin.ModelAdmin[Dispute]):
    """Admin pages for disputes. They are answered in the provider's dashboard."""

    list_display = ["reference", "order", "state", "amount", "fee", "cause", "answer_by"]
    list_filter = ["state"]
    list_select_related = ["payment__order"]
    search_fields = ["payment__order__code", "payment__reference", "reference"]
    search_help_text = _("Order, or the provider's reference")
    ordering = ["-opened_at"]

    fields = ["reference", "payment", "order", "state", "amount", "fee", "cause", "answer_by", "opened_at", "closed_at"]
    readonly_fields = ["order", "amount", "fee"]
    amount = money_column("amount_minor", _("amount"))
    fee = money_column("fee_minor", _("fee"), currency="fee_currency")

    @admin.display(description=_("order"))
    def order(self, dispute: Dispute) -> SafeString:
        order = dispute.payment.order
        return format_html('<a href="{}">{}</a>', reverse("admin:shop_order_change", args=[order.pk]), order.code)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin, admin.ModelAdmin[ProviderEvent]):
    """Admin pages for events. Those that were set aside are for a person to compare with the provider's dashboard."""

    list_display = ["event_id", "kind", "state", "reason", "reference", "received_at"]
    list_filter = ["state", "reason", "provider"]
    search_fields = ["event_id", "reference", "payment_reference"]
    search_help_text = _("The provider's name of the event, the payment, the refund or the dispute")
    ordering = ["-received_at"]
    show_full_result_count = False
    actions = ["resolve"]

    fields = ["provider", "event_id", "kind", "received_at", "state", "reason", "reference", "payload"]
    fields += ["resolved_by", "resolved_at"]

    @admin.action(description=_("Mark as dealt with"), permissions=["resolve"])
    def resolve(self, request: HttpRequest, events: QuerySet[ProviderEvent]) -> None:
        count = resolve_events(
            event_ids=list(events.values_list("pk", flat=True)),
            resolved_by=signed_in_user(request),
            now=timezone.now(),
        )
        text = ngettext("%(count)d event is dealt with.", "%(count)d events are dealt with.", count)
        self.message_user(request, text % {"count": count})

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.change_providerevent")
