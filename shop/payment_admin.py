"""Admin pages for payments, disputes and the events of payment providers. All rows are read-only."""

from collections import Counter

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.access import signed_in_user
from accounts.admin_filters import known_values_filter
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from shop.models import Dispute, Payment, Prepayment, ProviderEvent, Refund
from shop.models.payment import NO_PROVIDER
from shop.models.provider_event import ProviderEventState
from shop.provider_events import resolve_events

PROVIDERS = {"stripe": "Stripe", "demo": gettext_lazy("Demo"), NO_PROVIDER: gettext_lazy("None, it cost nothing")}


class DisputeInline(ReadOnlyAdmin, admin.TabularInline[Dispute, Payment]):
    model = Dispute
    fields = ["reference", "state", "amount", "fee", "cause", "answer_by", "opened_at", "closed_at"]
    readonly_fields = ["amount", "fee"]
    amount = money_column("amount_minor", gettext_lazy("amount"))
    fee = money_column("fee_minor", gettext_lazy("dispute fee"), currency="fee_currency")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin, admin.ModelAdmin[Payment]):
    list_display = ["purchase", "provider_name", "state", "amount", "reference", "started_at", "settled_at"]
    list_filter = ["state", known_values_filter("provider", gettext_lazy("payment provider"), PROVIDERS.items)]
    list_select_related = ["order", "prepayment"]
    search_fields = ["order__code", "prepayment__code", "reference", "session"]
    search_help_text = gettext_lazy("Order, or the provider's reference")
    ordering = ["-started_at"]
    inlines = [DisputeInline]

    fields = ["order", "prepayment", "provider_name", "account", "is_live", "reference", "session", "amount", "state"]
    fields += [
        "failure_text",
        "fingerprint",
        "customer",
        "card",
        "keeps_card",
        "started_at",
        "expires_at",
        "settled_at",
    ]
    readonly_fields = ["provider_name", "amount"]
    amount = money_column("amount_minor", gettext_lazy("amount"))

    @admin.display(description=gettext_lazy("paid for"), ordering="order")
    def purchase(self, payment: Payment) -> str:
        return payment.purchase.code

    @admin.display(description=gettext_lazy("provider"), ordering="provider")
    def provider_name(self, payment: Payment) -> str:
        return str(PROVIDERS.get(payment.provider, payment.provider))


class PrepaymentPaymentInline(ReadOnlyAdmin, admin.TabularInline[Payment, Prepayment]):
    model = Payment
    fields = ["provider", "state", "amount", "reference", "started_at", "settled_at"]
    readonly_fields = ["amount"]
    amount = money_column("amount_minor", gettext_lazy("amount"))


class PrepaymentRefundInline(ReadOnlyAdmin, admin.TabularInline[Refund, Prepayment]):
    model = Refund
    fields = ["state", "amount", "failure_text", "created_at", "settled_at"]
    readonly_fields = ["amount"]
    amount = money_column("amount_minor", gettext_lazy("amount"))


@admin.register(Prepayment)
class PrepaymentAdmin(ReadOnlyAdmin, admin.ModelAdmin[Prepayment]):
    list_display = ["code", "purpose", "email", "state", "total", "refunded", "created_at"]
    list_filter = ["state"]
    search_fields = ["code", "email", "purpose"]
    ordering = ["-created_at"]
    inlines = [PrepaymentPaymentInline, PrepaymentRefundInline]

    fields = ["code", "purpose", "user", "email", "state", "total", "refunded", "created_at", "paid_at"]
    readonly_fields = ["total", "refunded"]
    total = money_column("total_minor", gettext_lazy("total"))
    refunded = money_column("refunded_minor", gettext_lazy("refunded"))


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin, admin.ModelAdmin[Dispute]):
    """Admin pages for disputes. They are answered in the provider's dashboard."""

    list_display = ["reference", "order", "state", "amount", "fee", "cause", "answer_by"]
    list_filter = ["state"]
    list_select_related = ["payment__order", "payment__prepayment"]
    search_fields = ["payment__order__code", "payment__prepayment__code", "payment__reference", "reference"]
    search_help_text = gettext_lazy("Order, or the provider's reference")
    ordering = ["-opened_at"]

    fields = ["reference", "payment", "order", "state", "amount", "fee", "cause", "answer_by", "opened_at", "closed_at"]
    readonly_fields = ["order", "amount", "fee"]
    amount = money_column("amount_minor", gettext_lazy("amount"))
    fee = money_column("fee_minor", gettext_lazy("dispute fee"), currency="fee_currency")

    @admin.display(description=gettext_lazy("order"))
    def order(self, dispute: Dispute) -> SafeString:
        purchase = dispute.payment.purchase
        page = reverse(f"admin:shop_{purchase._meta.model_name}_change", args=[purchase.pk])
        return format_html('<a href="{}">{}</a>', page, purchase.code)


@admin.register(ProviderEvent)
class ProviderEventAdmin(AskingActions[ProviderEvent], ReadOnlyAdmin, admin.ModelAdmin[ProviderEvent]):
    """Admin pages for events. Those that were set aside are for a person to compare with the provider's dashboard."""

    list_display = ["event_id", "kind", "state", "reason", "reference", "received_at"]
    list_filter = [
        "state",
        "reason",
        known_values_filter("provider", gettext_lazy("payment provider"), PROVIDERS.items),
    ]
    search_fields = ["event_id", "reference", "payment_reference"]
    search_help_text = gettext_lazy("The provider's name of the event, the payment, the refund or the dispute")
    ordering = ["-received_at"]
    actions = ["resolve"]

    fields = ["provider", "event_id", "kind", "received_at", "state", "reason", "reference", "payload"]
    fields += ["resolved_by", "resolved_at"]

    @admin.action(description=gettext_lazy("Mark as dealt with"), permissions=["resolve"])
    def resolve(self, request: HttpRequest, events: QuerySet[ProviderEvent]) -> HttpResponse | None:
        """Ask first, because what the events contained is forgotten."""
        waiting = list(events.filter(state=ProviderEventState.SET_ASIDE).order_by("pk"))
        others = events.count() - len(waiting)
        skipped = Counter({_("it was not set aside."): others} if others else {})
        text = _("Mark these events as dealt with? What they contain is deleted.")
        rows = [f"{event} – {event.kind} – {event.get_reason_display()}" for event in waiting]
        answer = self.ask(request, Question("resolve", _("Mark as dealt with"), text, rows), skipped)
        if not isinstance(answer, Answer):
            return answer
        ids = [event.pk for event in waiting]
        count = resolve_events(event_ids=ids, resolved_by=signed_in_user(request), now=timezone.now())
        for event in waiting:
            self.log_change(request, event, gettext_noop("Marked as dealt with."))
        done = ngettext("%(count)d event is dealt with.", "%(count)d events are dealt with.", count)
        self.message_user(request, done % {"count": count}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.change_providerevent")
