"""How staff propose each kind of change that a second person approves."""

import secrets
from collections.abc import Callable, Mapping

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from payouts.batches import plan_batch
from payouts.models import Batch, PayoutAccount, Posting
from payouts.tally import tally
from payouts.transfers import send_payout
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import Address, Order
from shop.orders import RequestedItem
from shop.shopper import Shopper
from social.models import EndReason
from social.sponsorships.lifecycle import end
from tests.factories import (
    PASSWORD,
    make_campaign,
    make_category,
    make_commission_rule,
    make_merchant,
    make_product,
    make_published_clip,
    make_user,
)
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS
from tests.sponsors import make_paid_sponsorship

IBAN = "DE89370400440532013000"
ROLES = ("Administrator", "Finance", "Campaign manager", "Catalogue manager")


def make_member(email: str, *roles: str) -> User:
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def buy(quantity: int = 1) -> Order:
    """Return a paid order of a product for $19.99."""
    shopper, address = Shopper(None, secrets.token_hex(8)), Address(**ADDRESS)
    items = [RequestedItem(make_product().slug, quantity)]
    buyer = Buyer(shopper, "sam@example.com", address)
    return check_out(buyer=buyer, items=items, key=secrets.token_hex(8), now=timezone.now()).order


def propose_account(client: Client) -> None:
    creator = Creator.objects.get(handle="maya")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = {"creator": creator.pk, "holder_name": "Maya", "number": IBAN, "tax_id": "", "reason": "She called."}
    assert client.post("/admin/payouts/payoutaccount/propose/", data).status_code == 302


def propose_terms(client: Client) -> None:
    campaign = make_campaign("autumn")
    data = read_form(client.get(f"/admin/creators/terms/add/?campaign={campaign.pk}").content.decode())
    assert client.post("/admin/creators/terms/add/", data | {"fee_minor": "30"}).status_code == 302


def propose_cap(client: Client) -> None:
    url = f"/admin/creators/campaign/{make_campaign('autumn', clips_cap=20).pk}/change/"
    assert client.post(url, read_form(client.get(url).content.decode()) | {"clips_cap": "7000"}).status_code == 302


def propose_rate(client: Client) -> None:
    url = f"/admin/catalog/category/{make_category('shoes').pk}/change/"
    data = read_form(client.get(url).content.decode()) | {"commission_rate_bps": "90"}
    assert client.post(url, data).status_code == 302


def propose_reversal(client: Client) -> None:
    make_published_clip(Creator.objects.get(handle="maya"))
    tally(now=timezone.now())
    url = f"/admin/payouts/posting/{Posting.objects.get(kind='fee').pk}/reverse/"
    assert client.post(url, {"reason": "Copied."}).status_code == 302


def propose_refund(client: Client) -> None:
    order = buy()
    url = f"/admin/shop/order/{order.pk}/refund/"
    data = {f"line-{order.lines.get().pk}": "1", "reason": "Broken."}
    confirmation = client.post(url, data)
    assert client.post(url, read_form(confirmation.content.decode())).status_code == 302


def propose_outcome(client: Client) -> None:
    creator = Creator.objects.get(handle="maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number=IBAN)
    payout = plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.get()
    Batch.objects.update(approved_at=timezone.now())
    send_payout(payout_id=payout.pk, now=timezone.now())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = {"outcome": "not_sent", "reason": "The bank lost it."}
    assert client.post(f"/admin/payouts/payout/{payout.pk}/outcome/", data).status_code == 302


def propose_access(client: Client) -> None:
    make_member("third@example.com", "Administrator")
    newcomer = make_user("newcomer@example.com")
    finance = Group.objects.get(name="Finance")
    data = {"language": "en", "roles": [finance.pk]}
    assert client.post(f"/admin/accounts/user/{newcomer.pk}/change/", data).status_code == 302


def propose_merchant_fee(client: Client) -> None:
    url = f"/admin/catalog/merchant/{make_merchant('lamps', fee_bps=1000).pk}/fee/"
    assert client.post(url, {"fee": "5", "reason": "Their first year."}).status_code == 302


def propose_remainder(client: Client) -> None:
    sponsorship = make_paid_sponsorship(make_published_clip(), budget_minor=100_000)
    end(sponsorship_id=sponsorship.pk, reason=EndReason.STAFF, now=timezone.now())
    url = "/admin/social/sponsorship/"
    data = {"action": "refund", "_selected_action": sponsorship.pk}
    question = client.post(url, data).context["question"]
    confirmed = {"confirmed": "1", "seen": question.digest, "reason": "It is over."}
    assert client.post(url, data | confirmed).status_code == 302


def propose_rule(client: Client) -> None:
    data = read_form(client.get("/admin/creators/commissionrule/add/").content.decode())
    subject = {"scope": "category", "category": make_category("shoes").pk}
    values = subject | {"name": "Shoes", "rate_bps": "12.5"}
    assert client.post("/admin/creators/commissionrule/add/", data | values).status_code == 302


def propose_rule_end(client: Client) -> None:
    rule = make_commission_rule("Shoes", 1250)
    assert client.post(f"/admin/creators/commissionrule/{rule.pk}/end/", {}).status_code == 302


PROPOSERS: Mapping[str, Callable[[Client], None]] = {
    "payout_account": propose_account,
    "terms": propose_terms,
    "payout_outcome": propose_outcome,
    "clips_cap": propose_cap,
    "commission_rate": propose_rate,
    "reversal": propose_reversal,
    "refund": propose_refund,
    "sponsorship_refund": propose_remainder,
    "access": propose_access,
    "commission_rule": propose_rule,
    "commission_rule_end": propose_rule_end,
    "merchant_fee": propose_merchant_fee,
}
