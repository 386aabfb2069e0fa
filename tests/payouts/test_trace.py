"""Every paid cent is traced to order, click, clip, the revision that was live, and who approved it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Agency, Creator
from creators.representation import accept_representation, offer_representation
from payouts.batches import plan_batch
from payouts.models import PayoutAccount
from payouts.tally import tally
from payouts.trace import trace_payout
from payouts.transfers import send_payout
from shop.models import Address, Click
from shop.refunds import plan_refund
from tests.factories import NOW, make_published_clip
from tests.payouts.test_statement import after_the_return_window, sell
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db


def test_sale_is_traced_to_order_click_revision_and_approver(
    as_shopper: Client, shopper: User, creator: Creator, django_assert_num_queries: Any
) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    payout = plan_batch(created_by=None, currency="USD", now=NOW).payouts.get()
    send_payout(payout_id=payout.pk, now=NOW)
    with django_assert_num_queries(1):
        origins = trace_payout(payout)
    assert sum(origin.net_minor for origin in origins) == payout.amount_minor == 2900
    clip, click = creator.clips.get(), Click.objects.get()
    traced = {
        (
            origin.net_minor,
            origin.order_code,
            origin.clicked_at,
            origin.clip_code,
            origin.revision_number,
            origin.approver,
        )
        for origin in origins
    }
    assert traced == {
        (2500, None, None, clip.code, 1, "desk@example.com"),
        (600, order.code, click.clicked_at, clip.code, 1, "desk@example.com"),
        (-200, order.code, click.clicked_at, clip.code, 1, "desk@example.com"),
    }


def test_agency_payout_is_traced_to_the_clips(creator: Creator) -> None:
    agency = Agency.objects.create(slug="north", name="North Talent")
    offer = offer_representation(agency=agency, creator=creator, share_bps=2000, now=NOW)
    accept_representation(representation=offer, now=NOW)
    clips = [make_published_clip(creator), make_published_clip(creator)]
    tally(now=timezone.now())
    PayoutAccount.objects.create(agency=agency, holder_name="North", number="DE002")
    payout = plan_batch(created_by=None, currency="USD", now=NOW).payouts.get(agency=agency)
    send_payout(payout_id=payout.pk, now=NOW)
    origins = trace_payout(payout)
    assert sum(origin.net_minor for origin in origins) == payout.amount_minor == 1000
    traced = [(origin.net_minor, origin.clip_code, origin.revision_number, origin.approver) for origin in origins]
    assert traced == [(500, clip.code, 1, "desk@example.com") for clip in clips]
