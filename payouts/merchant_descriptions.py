"""What the lines of a merchant's statement say: what happened, and which rule set the amount."""

from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _

from catalog.money import percent_of
from catalog.prices import format_money
from payouts.descriptions import LineDescription, name_rule, name_sale
from payouts.merchant_statements import MerchantLine
from payouts.models import WAITING, Posting, PostingKind
from shop.models import OrderLine, RefundShare
from shop.states import OrderState


def describe_merchant_line(line: MerchantLine) -> LineDescription:
    posting, order_line = line.posting, line.posting.order_line
    if posting.refund_share:
        return _describe_refund(posting.refund_share)
    if order_line is None:
        return _describe_payout(posting)
    if posting.kind == PostingKind.SALE:
        return LineDescription(name_sale(order_line, order_line.local_name), _describe_fee(order_line))
    if posting.kind == PostingKind.COMMISSION:
        values = {
            "rate": percent_of(order_line.commission_rate_bps),
            "amount": format_money(order_line.net_minor, line.currency),
        }
        rule = _("%(rate)s%% of %(amount)s, excluding tax and shipping") % values
        rule = name_rule(rule, order_line)
        return LineDescription(_("A creator's clip or code sold %(product)s") % _name(order_line), rule)
    if posting.kind == PostingKind.RETURN:
        rule = _("Commission is reversed in proportion to what was refunded.")
        return LineDescription(_("Commission on %(product)s comes back to you") % _name(order_line), rule)
    return LineDescription(_("Commission on %(product)s comes back to you") % _name(order_line), posting.reason)


def describe_pending_sale(order_line: OrderLine) -> LineDescription:
    """Return what a sale is whose return period goes on, and when it counts."""
    assert order_line.payable_at is not None
    if order_line.order.state == OrderState.DISPUTED:
        counts = _("The buyer disputes the payment, so this waits until their bank has decided.")
    else:
        day = date_format(localtime(order_line.payable_at, get_default_timezone()), "DATE_FORMAT")
        counts = _("It counts when the return period ends. As things stand, that is on %(date)s.") % {"date": day}
    return LineDescription(name_sale(order_line, order_line.local_name), f"{_describe_fee(order_line)} {counts}")


def _describe_fee(order_line: OrderLine) -> str:
    currency = order_line.order.currency
    parts = [_("%(amount)s was paid, tax included.") % {"amount": format_money(order_line.sale_minor, currency)}]
    if order_line.discount_minor:
        amount = format_money(order_line.discount_minor, currency)
        parts.append(_("We add the discount of %(amount)s, which the shop gave.") % {"amount": amount})
    values = {"rate": percent_of(order_line.fee_bps), "amount": format_money(order_line.net_minor, currency)}
    parts.append(_("Our fee is %(rate)s%% of %(amount)s, excluding tax and shipping.") % values)
    return " ".join(parts)


def _describe_refund(share: RefundShare) -> LineDescription:
    refund = share.refund
    returned = [line for line in refund.lines.all() if line.order_line.merchant_id == share.merchant_id]
    names = [f"{line.quantity} × {line.order_line.local_name}" for line in returned]
    what = _("Refund of order %(code)s") % {"code": refund.order.code}
    if not names:
        return LineDescription(what, _("A part of the price was given back, and the goods were kept. Our fee stays."))
    rule = _("%(products)s. Our fee on them comes back to you.") % {"products": ", ".join(names)}
    return LineDescription(what, rule)


def _describe_payout(posting: Posting) -> LineDescription:
    payout = posting.payout
    number = {"number": payout.number[-4:] if payout else ""}
    if posting.kind == PostingKind.PAYOUT_FAILED:
        code = payout.get_failure_code_display() if payout else ""
        return LineDescription(_("A payout failed, and its amount was added back to your balance"), code)
    if posting.kind == PostingKind.PAYOUT_RETURN:
        rule = _("It had gone to your account ending in %(number)s. Check that the account is right.") % number
        return LineDescription(_("The bank returned a payout, and its amount was added back to your balance"), rule)
    what = _("Payout on its way") if payout and payout.state in WAITING else _("Paid out")
    return LineDescription(what, _("To your account ending in %(number)s") % number)


def _name(order_line: OrderLine) -> dict[str, str]:
    return {"product": order_line.local_name}
