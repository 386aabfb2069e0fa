"""Which creator earns a commission on an order line, by a click or a discount code, and how much."""

from collections.abc import Sequence
from datetime import datetime

from catalog.money import shares_of
from creators.commission_rules import hold_rules, read_rulebook
from creators.models import Representation
from creators.representation import agency_part
from shop.models import Click, DiscountCode, OrderLine

DEFAULT_AGENCY_CAP_BPS = 2000


def attribute_line(line: OrderLine, click: Click | None, code: DiscountCode | None) -> None:
    """Attribute an order line to one creator: by a code that made it cheaper, or else by the click.

    Typing a creator's code is a later act than the click, so it counts, unless the click was on a clip of the same creator:
    that says more. Codes of creators who are hidden attribute nothing.
    """
    creator = code.creator if code is not None and line.discount_minor else None
    is_same = click is not None and creator is not None and click.clip.creator_id == creator.pk
    if creator is not None and not creator.is_hidden and not is_same:
        line.discount_code, line.creator = code, creator
    elif click is not None:
        line.click, line.clip, line.creator = click, click.clip, click.clip.creator


def set_rates(lines: Sequence[OrderLine], now: datetime) -> None:
    """Set the commission rate of each line, and the rule that it is by. A clip outside any campaign earns 0 %.

    Call it in the transaction that places the order, so that no rule begins unseen.
    """
    hold_rules()
    campaign_ids = [_find_campaign_id(line) for line in lines]
    rulebook = read_rulebook(
        [line.product for line in lines],
        creator_ids={line.creator_id for line in lines if line.creator_id is not None},
        campaign_ids={campaign_id for campaign_id in campaign_ids if campaign_id is not None},
        at=now,
    )
    for line, campaign_id in zip(lines, campaign_ids, strict=True):
        if line.clip is not None and campaign_id is None:
            continue
        applied = rulebook.find_rate(line.product, creator_id=line.creator_id, campaign_id=campaign_id)
        line.commission_rate_bps = applied.rate_bps
        line.commission_rule, line.commission_rule_name = applied.rule, applied.name


def _find_campaign_id(line: OrderLine) -> int | None:
    enrolment = line.clip.enrolment if line.clip else None
    return enrolment.campaign_id if enrolment else None


def set_commissions(lines: Sequence[OrderLine], now: datetime) -> None:
    """Set the commission, and the agency's part of it, on each order line that earns one.

    Commission is earned on amounts after the discount and without tax. A creator's commission on the order is rounded
    once and then divided among the lines, so rounding loses no cent.
    """
    for creator_id in {line.creator_id for line in lines if line.creator_id is not None}:
        earning_lines = [line for line in lines if line.creator_id == creator_id]
        representation = Representation.objects.active_at(now).filter(creator=creator_id).order_by("-starts_at").first()
        shares = shares_of([(line.net_minor, line.commission_rate_bps) for line in earning_lines])
        for line, share in zip(earning_lines, shares, strict=True):
            line.commission_minor = share
            if representation is not None:
                line.agency_id, line.agency_share_bps = (
                    representation.agency_id,
                    min(representation.share_bps, _get_agency_cap_bps(line)),
                )
                line.agency_minor = agency_part(share, line.agency_share_bps)


def _get_agency_cap_bps(line: OrderLine) -> int:
    """Return the largest share, in basis points, that the clip's campaign allows an agency. A code has no campaign."""
    enrolment = line.clip.enrolment if line.clip else None
    return enrolment.terms.agency_cap_bps if enrolment else DEFAULT_AGENCY_CAP_BPS
