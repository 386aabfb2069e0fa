"""Descriptions of statement lines: what happened, and which rule set the amount."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.money import percent_of
from catalog.prices import format_money
from creators.models import SlotReason
from payouts.models import WAITING, PostingKind, StatementLine
from shop.models import OrderLine
from shop.states import OrderState

UNPAID_SENTENCES = {
    "self_purchase": gettext_lazy("You bought this yourself through your own clip, so it earns no commission."),
    "related_buyer": gettext_lazy(
        "Purchases by you, your agency or your household earn no commission. Write to us if this was not one of them."
    ),
    "under_a_cent": gettext_lazy("The commission is less than the smallest amount that we can pay."),
    "no_commission": gettext_lazy("This product's category paid no commission at the time of the order."),
    "free": gettext_lazy("The product was free, so there is nothing to earn a share of."),
}


@dataclass(frozen=True)
class LineDescription:
    """A description of a statement line: what happened, and which rule set the amount.

    `terms_version` is None if the amount does not depend on a campaign's terms.
    """

    what: str
    rule: str
    terms_version: int | None = None


def describe_line(line: StatementLine) -> LineDescription:
    """Return the description of a statement line. To avoid further queries, fetch the line using `with_reasons()`."""
    match line.kind:
        case PostingKind.FEE | "released":
            return _describe_slot(line)
        case "unpaid" if line.slot is not None:
            return _describe_unpaid_slot(line)
        case "pending" | "held":
            return _describe_pending_sale(line)
        case PostingKind.COMMISSION | PostingKind.RETURN | "unpaid":
            return _describe_sale(line)
        case PostingKind.REVERSAL:
            reason = line.posting.reason if line.posting else ""
            return LineDescription(_("Reversed by our finance team"), reason)
        case PostingKind.PAYOUT_FAILED:
            return LineDescription(
                _("A payout failed, and its amount was added back to your balance"),
                line.payout.get_failure_code_display() if line.payout else "",
            )
        case PostingKind.PAYOUT_RETURN:
            number = line.payout.number[-4:] if line.payout else ""
            return LineDescription(
                _("The bank returned a payout, and its amount was added back to your balance"),
                _("It had gone to your account ending in %(number)s. Check that the account is right.")
                % {"number": number},
            )
        case _:
            number = line.payout.number[-4:] if line.payout else ""
            is_waiting = line.payout is not None and line.payout.state in WAITING
            what = _("Payout on its way") if is_waiting else _("Paid out")
            return LineDescription(what, _("To your account ending in %(number)s") % {"number": number})


def _describe_slot(line: StatementLine) -> LineDescription:
    slot = line.slot
    assert slot is not None
    campaign, version = slot.terms.campaign.title, slot.terms.version
    if line.kind == PostingKind.FEE:
        values = {"campaign": campaign, "version": version, "fee": format_money(slot.fee_minor, slot.currency)}
        rule = _("%(fee)s for each approved clip: %(campaign)s, terms %(version)d") % values
        return LineDescription(_("Your clip was approved"), rule, version)
    what = str(SlotReason(line.reason).label)
    rule = _("Your slot in %(campaign)s, terms %(version)d, was released. Only approved clips are paid.")
    return LineDescription(what, rule % {"campaign": campaign, "version": version}, version)


def _describe_unpaid_slot(line: StatementLine) -> LineDescription:
    slot = line.slot
    assert slot is not None
    campaign, version = slot.terms.campaign.title, slot.terms.version
    rule = _("%(campaign)s, terms %(version)d, pays no fee for clips, only commission on sales.")
    return LineDescription(_("Your clip was approved"), rule % {"campaign": campaign, "version": version}, version)


def _describe_pending_sale(line: StatementLine) -> LineDescription:
    order_line = line.order_line
    assert order_line is not None and order_line.payable_at is not None
    what = name_sale(order_line)
    if not line.pending_minor:
        return LineDescription(what, _("Refunded within the return period, so it earns no commission."))
    payable_at = localtime(order_line.payable_at, get_default_timezone())
    parts = [f"{_describe_rate(order_line, line.currency)}."]
    if order_line.refunded_quantity:
        units = ngettext(
            "%(count)d unit of it was refunded, and earns nothing.",
            "%(count)d units of it were refunded, and earn nothing.",
            order_line.refunded_quantity,
        )
        parts.append(units % {"count": order_line.refunded_quantity})
    if order_line.agency_minor:
        parts.append(_("%(share)s%% of it goes to your agency.") % {"share": percent_of(order_line.agency_share_bps)})
    if line.kind == "held":
        parts.append(_("We are checking whether this sale may earn it. Nothing is lost, and you need not do anything."))
        return LineDescription(what, " ".join(parts))
    if order_line.order.state == OrderState.DISPUTED:
        parts.append(_("The buyer disputes the payment, so this waits until their bank has decided."))
        return LineDescription(what, " ".join(parts))
    counts = (
        _("It counts when the return period after delivery ends. As things stand, that is on %(date)s.")
        if order_line.order.records_parcels
        else _("It counts from %(date)s, when the return period ends.")
    )
    parts.append(counts % {"date": date_format(payable_at, "DATE_FORMAT")})
    return LineDescription(what, " ".join(parts))


def name_sale(order_line: OrderLine, name: str = "") -> str:
    """Return how many of which product an order line sold, as a sentence. `name` is for readers who need its options, too."""
    values = {"quantity": order_line.quantity, "product": name or order_line.product_name}
    return ngettext("%(product)s was sold", "%(quantity)d × %(product)s were sold", order_line.quantity) % values


def _describe_rate(order_line: OrderLine, currency: str) -> str:
    rate = {
        "rate": percent_of(order_line.commission_rate_bps),
        "amount": format_money(order_line.net_minor, currency),
    }
    if order_line.discount_code is None:
        words = _("%(rate)s%% of %(amount)s, excluding tax and shipping") % rate
    else:
        rate["code"] = order_line.discount_code.code
        words = _("%(rate)s%% of %(amount)s, excluding tax and shipping, because your code %(code)s was used") % rate
    return name_rule(words, order_line)


def name_rule(words: str, order_line: OrderLine) -> str:
    """Return the words about a rate with the name of its rule. Lines by the base rate of a category keep theirs alone."""
    if order_line.commission_rule_id is None:
        return words
    return _("%(rate)s (%(rule)s)") % {"rate": words, "rule": order_line.commission_rule_name}


def _describe_sale(line: StatementLine) -> LineDescription:
    order_line = line.order_line
    assert order_line is not None
    if line.kind == PostingKind.RETURN:
        return LineDescription(
            _("%(product)s was refunded") % {"product": order_line.product_name},
            _("Commission is reversed in proportion to what was refunded."),
        )
    what = name_sale(order_line)
    if line.kind == "unpaid":
        return LineDescription(what, _describe_unpaid_sale(line, order_line))
    return LineDescription(what, _describe_rate(order_line, line.currency))


def _describe_unpaid_sale(line: StatementLine, order_line: OrderLine) -> str:
    if line.reason == "no_commission" and order_line.commission_rule_id is not None:
        return _("No commission was paid at the time of the order: %(rule)s.") % {
            "rule": order_line.commission_rule_name
        }
    return str(UNPAID_SENTENCES.get(line.reason, ""))
