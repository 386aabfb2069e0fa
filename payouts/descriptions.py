"""What a statement line says: what happened, and by which rule it earned what it did."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.money import percent_of
from catalog.prices import format_money
from creators.models import SlotReason
from payouts.models import PostingKind, StatementLine

UNPAID_WORDS = {
    "self_purchase": gettext_lazy("You bought this yourself through your own clip, so it earns no commission."),
    "under_a_cent": gettext_lazy("The commission rounds to less than the smallest coin."),
}


@dataclass(frozen=True)
class LineDescription:
    """`terms_version` is None where no terms apply."""

    what: str
    rule: str
    terms_version: int | None = None


def describe_line(line: StatementLine) -> LineDescription:
    """Put a line into words; read the line `with_reasons()`."""
    match line.kind:
        case PostingKind.FEE | "released":
            return _describe_slot(line)
        case PostingKind.COMMISSION | PostingKind.RETURN | "unpaid":
            return _describe_sale(line)
        case PostingKind.REVERSAL:
            reason = line.posting.reason if line.posting else ""
            return LineDescription(_("Corrected by our finance team"), reason)
        case PostingKind.PAYOUT_FAILED:
            return LineDescription(
                _("A payout came back and is yours again"), line.payout.failure_text if line.payout else ""
            )
        case _:
            number = line.payout.number[-4:] if line.payout else ""
            return LineDescription(_("Paid out"), _("To your account ending in %(number)s") % {"number": number})


def _describe_slot(line: StatementLine) -> LineDescription:
    slot = line.slot
    assert slot is not None
    campaign, version = slot.terms.campaign.title, slot.terms.version
    if line.kind == PostingKind.FEE:
        values = {"campaign": campaign, "version": version, "fee": format_money(slot.fee_minor, slot.currency)}
        rule = _("%(fee)s for each approved clip: %(campaign)s, terms %(version)d") % values
        return LineDescription(_("Your clip was approved"), rule, version)
    what = str(SlotReason(line.reason).label)
    rule = _("A place of %(campaign)s, terms %(version)d, went back: only approved clips are paid.")
    return LineDescription(what, rule % {"campaign": campaign, "version": version}, version)


def _describe_sale(line: StatementLine) -> LineDescription:
    sold = line.order_line
    assert sold is not None
    values = {"quantity": sold.quantity, "product": sold.product_name}
    if line.kind == PostingKind.RETURN:
        return LineDescription(
            _("%(product)s came back") % values, _("The commission on what is returned is taken back in proportion.")
        )
    what = ngettext("%(product)s was sold", "%(quantity)d × %(product)s were sold", sold.quantity) % values
    if line.kind == "unpaid":
        return LineDescription(what, str(UNPAID_WORDS.get(line.reason, "")))
    rate = {"rate": percent_of(sold.commission_rate_bps), "amount": format_money(sold.amount_minor, line.currency)}
    return LineDescription(what, _("%(rate)s %% of %(amount)s, without tax and shipping") % rate)
