"""What the house keeps of the sales of merchants, copied to the lines when an order is placed."""

from collections.abc import Sequence
from datetime import datetime

from catalog.models import HOUSE_ID
from catalog.money import shares_of
from shop.models import OrderLine


def set_fees(lines: Sequence[OrderLine], now: datetime) -> None:
    """Set the fee on the lines of merchants. A merchant's fee on an order is rounded once and divided among its lines.

    It is taken of amounts after the discount and without tax, as commissions are. Select the lines' merchants.
    """
    for merchant_id in {line.merchant_id for line in lines} - {HOUSE_ID}:
        sold = [line for line in lines if line.merchant_id == merchant_id]
        fee_bps = sold[0].merchant.fee_at(now)
        shares = shares_of([(line.net_minor, fee_bps) for line in sold])
        for line, share in zip(sold, shares, strict=True):
            line.fee_bps, line.fee_minor = fee_bps, share
