"""Template tag for what waits for staff of the shop: money, parcels, and merchants: `{% load shop_work %}`."""

from typing import Any

from django import template
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, count_rows, drop_empty
from catalog.merchants.decisions import DECIDE
from catalog.models import ChangeState, ListingChange, Merchant, MerchantState
from shop.models import CommissionHold, Dispute, Order, ProviderEvent, Refund
from shop.states import RefundState

register = template.Library()


@register.simple_tag
def waiting_in_shop(user: User) -> list[WaitingWork]:
    """Return what waits for the user: returns, refunds, disputes, parcels, events, commissions, merchants and what they list.

    One query counts all but the disputes.
    """
    works, waiting = [], dict[str, QuerySet[Any]]()
    if user.has_perm("shop.add_refund"):
        waiting["requested"] = Refund.objects.filter(state=RefundState.REQUESTED)
        waiting["received"] = Refund.objects.filter(state=RefundState.RECEIVED)
        waiting["failed"] = Refund.objects.filter(state=RefundState.FAILED)
    if user.has_perm("shop.add_parcel"):
        waiting["unpacked"] = Order.objects.to_pack()
    if user.has_perm("shop.view_dispute"):
        disputes = Dispute.objects.open().aggregate(count=Count("pk"), first=Min("answer_by"))
        note = _("First by %(date)s") % {"date": date_format(disputes["first"])} if disputes["first"] else ""
        url = reverse("admin:shop_dispute_changelist")
        works.append(WaitingWork(_("Disputes to answer"), disputes["count"], f"{url}?closed_at__isnull=True", note))
    if user.has_perm("shop.change_providerevent"):
        waiting["events"] = ProviderEvent.objects.set_aside()
    if user.has_perm("shop.decide_commissionhold"):
        waiting["commissions"] = CommissionHold.objects.to_decide()
    if user.has_perm(DECIDE):
        waiting["applied"] = Merchant.objects.filter(state=MerchantState.APPLIED)
        waiting["changes"] = Merchant.objects.exclude(asked_changes={})
    if user.has_perm("catalog.change_listingchange"):
        waiting["listings"] = ListingChange.objects.filter(state=ChangeState.IN_REVIEW)
    counts, merchants = count_rows(waiting), reverse("admin:catalog_merchant_changelist")
    events = f"{reverse('admin:shop_providerevent_changelist')}?state__exact=set_aside"
    commissions = f"{reverse('admin:shop_commissionhold_changelist')}?state__exact=held"
    refunds = reverse("admin:shop_refund_changelist")
    listings = f"{reverse('admin:catalog_listingchange_changelist')}?state__exact=in_review"
    return drop_empty(
        WaitingWork(_("Returns to decide on"), counts.get("requested", 0), f"{refunds}?state__exact=requested"),
        WaitingWork(_("Returns to refund"), counts.get("received", 0), f"{refunds}?state__exact=received"),
        WaitingWork(_("Refunds that failed"), counts.get("failed", 0), f"{refunds}?state__exact=failed"),
        *works,
        WaitingWork(_("Orders to pack"), counts.get("unpacked", 0), reverse("admin:shop_parcel_packing_list")),
        WaitingWork(_("Payment events set aside"), counts.get("events", 0), events),
        WaitingWork(_("Commissions to decide on"), counts.get("commissions", 0), commissions),
        WaitingWork(_("Merchants that applied"), counts.get("applied", 0), f"{merchants}?state__exact=applied"),
        WaitingWork(_("Merchants that want to change their legal data"), counts.get("changes", 0), merchants),
        WaitingWork(_("Products of merchants to review"), counts.get("listings", 0), listings),
    )
