"""Admin pages for commissions that are held or were refused: the evidence, and the decision by staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import user_with_permission
from accounts.history import history_line
from accounts.keys import parse_key
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from shop.address_matching import AddressMatch
from shop.commission_holds import CommissionDecisionRefused, decide_hold
from shop.models import CommissionHold, Order, SignalKind
from shop.states import COMMISSION_HOLD_MOVES, CommissionHoldState

NOTES = {
    AddressMatch.SAME_HOME: gettext_lazy("the same apartment"),
    AddressMatch.UNIT_MISSING: gettext_lazy("the same house; not both name an apartment"),
}


class CommissionDecisionForm(forms.Form):
    """Asks for the reason of a decision. Which decision it is depends on the button."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "dir": "auto"}),
        help_text=gettext_lazy("Only staff read it."),
    )


@admin.register(CommissionHold)
class CommissionHoldAdmin(ReadOnlyAdmin, admin.ModelAdmin[CommissionHold]):
    """Held commissions. Staff release or refuse each with a reason."""

    change_form_template = "admin/shop/commissionhold/change_form.html"

    class Media:
        css = {"all": ["payouts/admin.css"]}  # a mutable class attribute, as in Django's documentation

    list_display = ["creator", "product", "commission", "evidence", "state", "placed_at", "decided_by"]
    list_display_links = ["creator", "product"]
    list_filter = ["state"]
    list_select_related = ["line__creator", "line__order", "decided_by"]
    search_fields = ["line__creator__handle", "line__order__code"]
    search_help_text = gettext_lazy("Creator, or order")
    ordering = ["-placed_at", "-pk"]
    fields = ["creator", "order", "product", "commission", "agency_part", "facts", "state", "placed_at"]
    fields += ["decided_at", "decided_by", "reason"]
    readonly_fields = ["creator", "order", "product", "commission", "agency_part", "facts"]
    commission = money_column("commission_minor", gettext_lazy("commission"), currency="line__order__currency")
    agency_part = money_column("agency_minor", gettext_lazy("agency"), currency="line__order__currency")

    @admin.display(description=gettext_lazy("creator"))
    def creator(self, hold: CommissionHold) -> str:
        return str(hold.line.creator)

    @admin.display(description=gettext_lazy("product"))
    def product(self, hold: CommissionHold) -> str:
        return str(hold.line)

    @admin.display(description=gettext_lazy("order"))
    def order(self, hold: CommissionHold) -> SafeString:
        url = reverse("admin:shop_order_change", args=[hold.line.order_id])
        return format_html('<a href="{}">{}</a>', url, hold.line.order.code)

    @admin.display(description=gettext_lazy("evidence"))
    def evidence(self, hold: CommissionHold) -> str:
        return "; ".join(str(kind.label) for kind in hold.kinds)

    @admin.display(description=gettext_lazy("evidence"))
    def facts(self, hold: CommissionHold) -> SafeString:
        return render_to_string("admin/shop/commissionhold/evidence.html", {"facts": list_facts(hold)})

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.decide_page)
        return [path("<int:pk>/decide/", page, name="shop_commissionhold_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        hold = CommissionHold.objects.filter(pk=parse_key(object_id)).first()
        moves = COMMISSION_HOLD_MOVES[CommissionHoldState(hold.state)] if hold else frozenset()
        can_decide = bool(moves) and request.user.has_perm("shop.decide_commissionhold")
        return super().change_view(request, object_id, form_url, {"can_decide": can_decide, **(extra_context or {})})

    def decide_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the evidence and ask for the reason. On POST, release or refuse the commission."""
        user = user_with_permission(request, "shop.decide_commissionhold")
        holds = CommissionHold.objects.select_related("line__creator", "line__order", "line__product")
        hold = get_object_or_404(holds, pk=pk)
        form = CommissionDecisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            is_released, reason = "release" in request.POST, form.cleaned_data["reason"]
            try:
                decide_hold(hold_id=pk, is_released=is_released, decided_by=user, reason=reason, now=timezone.now())
            except CommissionDecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                words = gettext_noop("Released: %(reason)s") if is_released else gettext_noop("Refused: %(reason)s")
                self.log_change(request, hold, history_line(words, reason=reason))
                done = _("The commission is released.") if is_released else _("The sale earns no commission.")
                messages.success(request, done)
                return redirect("admin:shop_commissionhold_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide on a commission"),
            "opts": self.opts,
            "hold": hold,
            "facts": list_facts(hold),
            "form": form,
            "can_refuse": CommissionHoldState.REFUSED in COMMISSION_HOLD_MOVES[CommissionHoldState(hold.state)],
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/shop/commissionhold/decide.html", context, status=status)


def list_facts(hold: CommissionHold) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each kind of signal with what it was found in: pairs of a text and the admin page of an order, or empty."""
    codes = {signal["source"] for signal in hold.signals}
    orders = dict(Order.objects.filter(code__in=codes - {""}).values_list("code", "pk"))
    facts: dict[SignalKind, list[tuple[str, str]]] = {kind: [] for kind in hold.kinds}
    for signal in hold.signals:
        kind, code, note = SignalKind(signal["signal"]), signal["source"], signal["note"]
        text = _("order %(code)s") % {"code": code} if code else str(SOURCES.get(kind, ""))
        if note:
            text = f"{text}: {NOTES[AddressMatch(note)]}"
        url = reverse("admin:shop_order_change", args=[orders[code]]) if code in orders else ""
        facts[kind].append((text, url))
    return [(str(kind.label), items) for kind, items in facts.items()]


SOURCES = {
    SignalKind.CARD: gettext_lazy("kept card"),
    SignalKind.ADDRESS: gettext_lazy("saved address"),
    SignalKind.PHONE: gettext_lazy("saved address"),
    SignalKind.DEVICE: gettext_lazy("signed in there, or clicked there"),
}
"""Where a signal was found, if not in an order. The others speak for themselves."""
