"""Commissions are not earned from oneself, one's agency or household; doubtful ones are held."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from creators.models import Creator, Representation
from payouts.models import PayoutAccount
from payouts.related_payees import assess_commissions
from payouts.tally import tally
from shop.models import Address, BillingAddress, BrowserAccount, Click, CommissionHold, Order, OrderLine, Payment
from tests.conftest import client_of
from tests.factories import PASSWORD, make_creator, make_product
from tests.shop.conftest import ADDRESS, buy, page_of
from tests.shop.related import ELSEWHERE, make_earning_clip, mature, order_through, represent, state_of
from tests.shop.stripe import StandInStripe, deliver

pytestmark = pytest.mark.django_db
PHONE = "+12175550123"


def place_own_order(user: User, **address: str) -> Order:
    """Let the creator or agency buy something else, and return the order."""
    body = {"product": make_product().slug, "address": {**ADDRESS, **address}}
    assert buy(client_of(user), body, key=f"own-{Order.objects.count():08}").status_code == 201
    return Order.objects.filter(user=user).latest("pk")


def share_card(line: OrderLine, user: User) -> None:
    own = place_own_order(user, street="5 Own Street")
    Payment.objects.filter(order__in=[own.pk, line.order_id]).update(fingerprint="card-1")


def share_saved_address(line: OrderLine, user: User) -> None:
    Address.objects.create(user=user, **(ELSEWHERE | {"name": "Other", "street": "99 FAR RD"}))


def share_address_of_own_order(line: OrderLine, user: User) -> None:
    place_own_order(user, **ELSEWHERE)


def share_billing_address(line: OrderLine, user: User) -> None:
    BillingAddress.objects.create(order=line.order, **ADDRESS)
    Address.objects.create(user=user, **ADDRESS)


def share_phone(line: OrderLine, user: User) -> None:
    Order.objects.filter(pk=line.order_id).update(phone=PHONE)
    Address.objects.create(user=user, **(ADDRESS | {"phone": PHONE}))


def share_session(line: OrderLine, user: User) -> None:
    Click.objects.create(
        clip=line.clip, product=line.product, user=user, visitor=line.order.visitor, clicked_at=timezone.now()
    )


def share_browser(line: OrderLine, user: User) -> None:
    BrowserAccount.objects.create(order=line.order, user=user, recorded_at=timezone.now())


def use_account(line: OrderLine, user: User) -> None:
    Order.objects.filter(pk=line.order_id).update(user=user)


def use_email(line: OrderLine, user: User) -> None:
    local, _at, domain = user.email.partition("@")
    Order.objects.filter(pk=line.order_id).update(email=f"{local.upper()}+gift@{domain}")


def use_similar_email(line: OrderLine, user: User) -> None:
    Order.objects.filter(pk=line.order_id).update(email=f"{user.email[0]}.{user.email[1:]}")


CERTAIN: dict[str, Callable[[OrderLine, User], None]] = {"account": use_account, "email": use_email, "card": share_card}
DOUBTFUL: dict[str, Callable[[OrderLine, User], None]] = {
    "address": share_saved_address,
    "address of an order": share_address_of_own_order,
    "billing address": share_billing_address,
    "phone": share_phone,
    "device": share_session,
    "browser": share_browser,
    "similar_email": use_similar_email,
}
KINDS = {"address of an order": "address", "billing address": "address", "browser": "device"}


@pytest.fixture
def line() -> OrderLine:
    """Return a line that @maya earns $2.00 from, bought by a guest with whom she has nothing in common."""
    return order_through(make_earning_clip(make_creator("maya")))


@pytest.fixture
def maya(line: OrderLine) -> Creator:
    return Creator.objects.get(handle="maya")


def test_purchase_by_somebody_else_earns(line: OrderLine) -> None:
    assess_commissions(now=timezone.now())
    mature(line)
    assert tally(now=timezone.now()).commissions == 1
    assert state_of(line) == ("", "", 200)
    assert CommissionHold.objects.count() == 0


@pytest.mark.parametrize("signal", CERTAIN | DOUBTFUL)
@pytest.mark.parametrize("is_agency", [False, True])
def test_each_signal_is_noticed_late_and_at_the_last_moment(
    line: OrderLine, maya: Creator, signal: str, is_agency: bool
) -> None:
    """The signals appear after the order was paid: some are found by the sweep, all of them when the line matures."""
    user = represent(maya).user if is_agency else maya.user
    assert user is not None
    later = order_through(line.clip) if line.clip else line
    (CERTAIN | DOUBTFUL)[signal](line, user)
    mature(later)
    expected = ("held", "", 200)
    if signal in CERTAIN:
        is_own = signal == "email" or (signal == "account" and not is_agency)
        expected = ("refused", "self_purchase" if is_own else "related_buyer", 0)
    assert state_of(line) == ("", "", 200)
    assess_commissions(now=timezone.now())
    assert state_of(line) == expected
    mature(line)
    counts = tally(now=timezone.now())
    assert counts.commissions == (0 if state_of(later)[0] else 1)
    assert state_of(line) == expected
    assert list(line.postings.all()) == []
    kind = "agency" if is_agency and signal == "account" else KINDS.get(signal, signal)
    [hold] = line.commission_holds.all()
    assert kind in hold.kinds


@pytest.mark.parametrize("signal", CERTAIN | DOUBTFUL)
def test_signal_that_appears_after_the_last_sweep_stops_the_booking(
    line: OrderLine, maya: Creator, signal: str
) -> None:
    mature(line)
    (CERTAIN | DOUBTFUL)[signal](line, maya.user)
    assert tally(now=timezone.now()).commissions == 0
    assert state_of(line)[0] == ("refused" if signal in CERTAIN else "held")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(sorted(CERTAIN | DOUBTFUL)), max_size=4), is_agency=st.booleans())
def test_any_combination_of_signals_is_refused_if_one_is_certain_and_held_otherwise(
    db: None, names: set[str], is_agency: bool
) -> None:
    line = order_through(make_earning_clip())
    assert line.creator is not None
    user = represent(line.creator, f"agency-{line.pk}").user if is_agency else line.creator.user
    assert user is not None
    for name in sorted(names - ({"similar_email"} if "email" in names else set())):
        (CERTAIN | DOUBTFUL)[name](line, user)
    mature(line)
    tally(now=timezone.now())
    expected = "refused" if names & set(CERTAIN) else "held" if names else ""
    assert state_of(line)[0] == expected
    assert line.postings.count() == (not names)


def test_colleagues_of_one_agency_earn_nothing_from_each_other(line: OrderLine, maya: Creator) -> None:
    colleague = make_creator("colleague")
    represent(maya)
    represent(colleague)
    bought = order_through(make_earning_clip(maya), client_of(colleague.user))
    assert state_of(bought) == ("refused", "related_buyer", 0)
    Representation.objects.filter(creator=colleague).update(ends_at=timezone.now() - timedelta(hours=1))
    assert state_of(order_through(make_earning_clip(maya), client_of(colleague.user), address=ELSEWHERE))[0] == ""


def test_agency_that_was_left_before_the_order_does_not_count(line: OrderLine, maya: Creator) -> None:
    agency = represent(maya)
    Representation.objects.update(ends_at=line.order.placed_at - timedelta(minutes=1))
    assert agency.user is not None
    use_account(line, agency.user)
    assess_commissions(now=timezone.now())
    assert state_of(line)[0] == ""


@pytest.mark.parametrize(
    ("holder", "number", "expected"),
    [
        ("Maya M.", "DE89 3704 0044 0532 0130 00", ("refused", "related_buyer", 0)),
        ("Somebody", "de89370400440532013000", ("refused", "related_buyer", 0)),
        ("M., MAYA", "GB33BUKB20201555555555", ("held", "", 200)),
        ("Somebody", "GB33BUKB20201555555555", ("", "", 200)),
    ],
)
@pytest.mark.parametrize("is_agency", [False, True])
def test_buyer_who_is_paid_to_the_same_account(
    line: OrderLine, maya: Creator, holder: str, number: str, expected: object, is_agency: bool
) -> None:
    buyer = make_creator("buyer")
    Order.objects.filter(pk=line.order_id).update(user=buyer.user)
    owner: dict[str, Any] = {"agency": represent(maya)} if is_agency else {"creator": maya}
    PayoutAccount.objects.create(**owner, holder_name="Maya M.", number="DE89370400440532013000")
    PayoutAccount.objects.create(creator=buyer, holder_name=holder, number=number)
    mature(line)
    tally(now=timezone.now())
    assert state_of(line) == expected


def test_nothing_is_compared_with_orders_of_guests(line: OrderLine, maya: Creator) -> None:
    """Anybody can type a creator's email address, so that it must not spoil later sales to this card and address."""
    again = order_through(make_earning_clip(maya), email=maya.user.email)
    Payment.objects.update(fingerprint="card-of-a-guest")
    assess_commissions(now=timezone.now())
    assert (state_of(again)[0], state_of(line)[0]) == ("refused", "")


def test_card_that_the_webhook_brings_later_is_compared(client: Client, stripe: StandInStripe) -> None:
    creator = make_creator("maya")
    clip = make_earning_clip(creator)
    lines = [
        order_through(clip, client_of(creator.user), address=ADDRESS),
        order_through(clip, Client()),
    ]
    for line in lines:
        stripe.pay(page_of(line.order), fingerprint="card_of_maya")
    deliver(client, stripe)
    assert [state_of(line)[1] for line in lines] == ["self_purchase", "related_buyer"]


def sign_in(client: Client, user: User) -> None:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert page.status_code == 302, page.content


def test_browser_in_which_the_creator_was_signed_in_is_recognized_after_signing_out() -> None:
    clip = make_earning_clip()
    browser = Client()
    sign_in(browser, clip.creator.user)
    browser.get("/")
    browser.post("/accounts/logout/")
    assert browser.get("/accounts/").status_code == 302
    line = order_through(clip, browser)
    assert state_of(line) == ("held", "", 200)
    assert line.commission_holds.get().signals == [{"signal": "device", "source": "", "note": ""}]
    other = order_through(make_earning_clip(), browser, address=ADDRESS)
    assert (state_of(other)[0], BrowserAccount.objects.count()) == ("", 1)


def test_creator_who_signs_in_after_buying_as_a_guest_is_recognized() -> None:
    clip = make_earning_clip()
    browser = Client()
    line = order_through(clip, browser)
    assert state_of(line)[0] == ""
    sign_in(browser, clip.creator.user)
    assess_commissions(now=timezone.now())
    assert state_of(line)[0] == "held"


def test_forged_browser_cookie_is_ignored() -> None:
    clip = make_earning_clip()
    browser = Client()
    browser.cookies["browser"] = f"{clip.creator.user.pk}:forged"
    assert state_of(order_through(clip, browser))[0] == ""


def test_accounts_of_a_browser_are_forgotten_after_half_a_year(line: OrderLine, maya: Creator) -> None:
    share_browser(line, maya.user)
    assess_commissions(now=timezone.now() + timedelta(days=179))
    assert BrowserAccount.objects.count() == 1
    assess_commissions(now=timezone.now() + timedelta(days=181))
    assert BrowserAccount.objects.count() == 0


def test_assessing_takes_as_many_queries_for_many_lines_as_for_one(
    line: OrderLine, maya: Creator, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        assess_commissions(now=timezone.now())
    number = len(for_one)
    for _index in range(5):
        order_through(make_earning_clip(maya), address=ELSEWHERE | {"street": "1 Other Street"})
    with django_assert_num_queries(number):
        assess_commissions(now=timezone.now())
