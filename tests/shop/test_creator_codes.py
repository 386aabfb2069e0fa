"""Creators' own discount codes: one attribution, explained on the statement, and never to the buyer themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts.models import StatementLine
from payouts.statements import get_balances
from payouts.tally import tally
from payouts.verification import find_discrepancies
from shop.models import Address, CommissionHold, Order, OrderLine
from tests.conftest import client_of
from tests.factories import make_category, make_creator, make_product, make_published_clip, make_user
from tests.payouts.test_statement import after_the_return_window
from tests.shop.conftest import ADDRESS, buy, token_of
from tests.shop.test_discounts import make_code
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]


@pytest.fixture
def maya() -> Creator:
    return make_creator("maya")


@pytest.fixture
def clip() -> Clip:
    """Return a clip of another creator that shows a mug, at a commission of 10 %."""
    mug = make_product("mug", price_minor=2000, category=make_category("beauty", commission_rate_bps=1000))
    return make_published_clip(make_creator("zoe"), products=[mug, make_product()])


def sell(client: Client, key: str = "key-0001", **fields: Any) -> OrderLine:
    """Sell a mug with Maya's code, and return the order line."""
    answer = buy(client, {"product": "mug", "address": ADDRESS, "discount_code": "maya 20", **fields}, key)
    assert answer.status_code == 201, answer.content
    return OrderLine.objects.get(order__code=answer.json()["code"])


def test_code_attributes_what_it_made_cheaper_to_its_creator(maya: Creator, clip: Clip, shopper: User) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    line = sell(client_of(shopper))
    assert (line.creator, line.clip, line.click, str(line.discount_code)) == (maya, None, None, "MAYA20")
    assert (line.amount_minor, line.commission_minor) == (1600, 160)  # 10 % of what was paid


def test_code_is_the_later_act_than_a_click_on_anothers_clip(maya: Creator, clip: Clip, shopper: User) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    client = client_of(shopper)
    line = sell(client, seen=token_of(clip, client))
    assert (line.creator, line.clip, line.click) == (maya, None, None)
    assert OrderLine.objects.filter(creator__handle="zoe").count() == 0


def test_click_on_a_clip_of_the_same_creator_stays(clip: Clip, shopper: User) -> None:
    make_code("MAYA20", percent_bps=2000, creator=clip.creator)
    client = client_of(shopper)
    line = sell(client, seen=token_of(clip, client))
    assert (line.clip, line.creator, line.discount_code) == (clip, clip.creator, None)


def test_line_that_the_code_does_not_make_cheaper_stays_with_the_click(
    maya: Creator, clip: Clip, shopper: User
) -> None:
    pan = make_product("pan")
    make_code("MAYA20", percent_bps=2000, creator=maya).products.add(pan)
    client = client_of(shopper)
    lines = [{"product": "mug", "seen": token_of(clip, client)}, {"product": "pan"}]
    buy(client, {"lines": lines, "address": ADDRESS, "discount_code": "MAYA20"})
    creators = dict(Order.objects.get().lines.values_list("product__slug", "creator__handle"))
    assert creators == {"mug": "zoe", "pan": "maya"}


def test_code_of_a_hidden_creator_takes_off_and_attributes_nothing(maya: Creator, clip: Clip, shopper: User) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    User.objects.filter(pk=maya.user_id).update(is_active=False)
    line = sell(client_of(shopper))
    assert (line.discount_minor, line.creator, line.discount_code, line.commission_minor) == (400, None, None, 0)


def test_statement_names_the_code_while_pending_and_when_booked_and_reverses_returns(
    maya: Creator, clip: Clip, shopper: User
) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    order = sell(client_of(shopper), quantity=2).order
    as_maya = client_of(maya.user)
    [pending] = as_maya.get("/api/v1/earnings/").json()["results"]
    assert (pending["kind"], pending["clip"], pending["pending"]["amount_minor"]) == ("pending", "", 320)
    rule = "10% of $32.00, excluding tax and shipping, because your code MAYA20 was used"
    assert pending["rule"].startswith(rule)
    after_the_return_window(order)
    [booked] = as_maya.get("/api/v1/earnings/").json()["results"]
    assert (booked["kind"], booked["net"]["amount_minor"], booked["rule"]) == ("commission", 320, rule)
    assert "MAYA20" in as_maya.get("/studio/earnings/").content.decode()
    [balance] = get_balances(creator=maya)
    assert balance.owed_minor == 320
    assert list(find_discrepancies()) == []


def test_creator_earns_nothing_with_their_own_code(maya: Creator, clip: Clip) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    line = sell(client_of(maya.user))
    line.refresh_from_db()
    assert (line.creator, line.unpaid_reason, line.commission_minor) == (maya, "self_purchase", 0)
    tally(now=timezone.now() + timedelta(days=30))
    [statement] = StatementLine.objects.of(maya)
    assert (statement.kind, statement.net_minor, statement.clip_code) == ("unpaid", 0, "")


def test_sale_to_the_creators_household_is_held(maya: Creator, clip: Clip) -> None:
    make_code("MAYA20", percent_bps=2000, creator=maya)
    Address.objects.create(user=maya.user, **ADDRESS)
    line = sell(client_of(make_user("cousin@example.com")))
    assert CommissionHold.objects.get(line=line).state == "held"
    [statement] = StatementLine.objects.of(maya)
    assert (statement.kind, statement.pending_minor) == ("held", 160)
