"""Commission rules: two people make and end them, orders keep the one that applied, and nothing about the past changes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Proposal
from catalog.models import Category
from creators.commission_rules import find_rate
from creators.models import CommissionRule
from payouts.descriptions import describe_line
from payouts.models import StatementLine
from payouts.tally import tally
from shop.models import OrderLine
from tests.conftest import client_of
from tests.factories import (
    make_campaign,
    make_category,
    make_commission_rule,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_user,
)
from tests.html_forms import read_form
from tests.shop.related import make_earning_clip, mature, order_through
from videos.models import Clip

pytestmark = pytest.mark.django_db
ADD = "/admin/creators/commissionrule/add/"


def make_staff(email: str, *roles: str) -> Client:
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return client_of(user)


@pytest.fixture
def manager() -> Client:
    return make_staff("manager@example.com", "Campaign manager")


@pytest.fixture
def finance() -> Client:
    return make_staff("finance@example.com", "Finance")


def ask(client: Client, **values: object) -> str:
    data = read_form(client.get(ADD).content.decode()) | {"name": "Autumn", "scope": "house", "rate_bps": "7"}
    return client.post(ADD, data | values, follow=True).content.decode()


def approve(client: Client) -> str:
    url = f"/admin/accounts/proposal/{Proposal.objects.latest('pk').pk}/decide/"
    return client.post(url, {"approve": ""}, follow=True).content.decode()


def test_rule_applies_once_a_second_person_approves_it(manager: Client, finance: Client) -> None:
    product = make_product()
    ask(manager, scope="category", category=str(product.category_id), rate_bps="0")
    assert find_rate(product, at=timezone.now()).rate_bps == 450
    approve(manager)
    assert not CommissionRule.objects.exists()
    approve(finance)
    applied = find_rate(product, at=timezone.now())
    assert (applied.rate_bps, applied.name) == (0, "Autumn")


def test_rule_ends_once_a_second_person_approves_it(manager: Client, finance: Client) -> None:
    rule, product = make_commission_rule("Autumn", 700), make_product()
    end = f"/admin/creators/commissionrule/{rule.pk}/end/"
    assert end in manager.get(f"/admin/creators/commissionrule/{rule.pk}/change/").content.decode()
    visitors = (finance, client_of(make_user()), Client())
    assert [client.get(end).status_code for client in visitors] == [403, 302, 302]
    assert [client.post(end, {}).status_code for client in visitors] == [403, 302, 302]
    assert not Proposal.objects.exists()
    manager.post(end, read_form(manager.get(end).content.decode()))
    assert find_rate(product, at=timezone.now()).rule == rule
    approve(finance)
    assert find_rate(product, at=timezone.now()).rate_bps == 450
    assert "already ended" in manager.post(end, {}).content.decode()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"scope": "brand"}, "Choose what the rule is for."),
        ({"scope": "house", "category": "books"}, "Leave this empty"),
        ({"starts_at_0": "2020-01-01", "starts_at_1": "00:00"}, "Rates are never changed for the past."),
        ({"ends_at_0": "2020-01-01", "ends_at_1": "00:00"}, "Enter a time after the rule begins."),
    ],
)
def test_unclear_or_backdated_rule_is_not_proposed(manager: Client, values: dict[str, str], refusal: str) -> None:
    books = make_category("books")
    values = values | ({"category": str(books.pk)} if "category" in values else {})
    assert refusal in ask(manager, **values)
    assert not Proposal.objects.exists()


def test_proposal_whose_time_has_passed_is_not_approved(manager: Client, finance: Client) -> None:
    ask(manager)
    late = (timezone.now() - timedelta(minutes=1)).isoformat()
    proposal = Proposal.objects.get()
    Proposal.objects.update(changes=proposal.changes | {"starts_at": late})
    assert "Propose it again." in approve(finance)
    assert (CommissionRule.objects.count(), Proposal.objects.get().is_open) == (0, True)


def test_creator_does_not_approve_a_rule_of_their_own(manager: Client, finance: Client) -> None:
    creator = make_creator("maya")
    creator.user.is_staff = True
    creator.user.save()
    creator.user.groups.set(Group.objects.filter(name="Finance"))
    ask(manager, scope="creator", creator=str(creator.pk))
    approve(client_of(creator.user))
    assert not CommissionRule.objects.exists()


@pytest.mark.parametrize("change", [{"rate_bps": 900}, {"name": "Other"}, {"ends_at": None}])
def test_database_keeps_rules_as_they_were(change: dict[str, object]) -> None:
    rule = make_commission_rule("Autumn", 700, ends_at=timezone.now() + timedelta(days=1))
    for forbidden in (
        lambda: CommissionRule.objects.update(**change),
        lambda: CommissionRule.objects.update(ends_at=timezone.now() - timedelta(days=1)),
        lambda: CommissionRule.objects.all().delete(),
        lambda: make_commission_rule("Past", 700, starts_at=timezone.now() - timedelta(days=1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            forbidden()
    assert CommissionRule.objects.get().rate_bps == rule.rate_bps


def test_rules_are_half_open_and_of_two_the_later_applies() -> None:
    product, now = make_product(), timezone.now() + timedelta(days=1)
    make_commission_rule("First", 700, product, starts_at=now, ends_at=now + timedelta(hours=2))
    make_commission_rule("Second", 800, product, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=3))
    moments = [now - timedelta(microseconds=1), *(now + timedelta(hours=hours) for hours in range(4))]
    names = [find_rate(product, at=moment).name for moment in moments]
    base = Category.objects.get(pk=product.category_id).name
    assert names == [base, "First", "Second", "Second", base]


def test_order_admin_and_statement_name_the_rule(admin_client: Client) -> None:
    maya = make_creator("maya")
    clip = make_earning_clip(maya)
    rule = make_commission_rule("Maya's own", 1500, maya)
    line = order_through(clip)
    assert (line.commission_rule, line.commission_rate_bps, line.commission_minor) == (rule, 1500, 300)
    assert "Maya&#x27;s own" in admin_client.get(f"/admin/shop/order/{line.order_id}/change/").content.decode()
    mature(line)
    tally(now=timezone.now())
    sale = StatementLine.objects.with_reasons().get(order_line=line, kind="commission")
    assert describe_line(sale).rule == "15% of $20.00, excluding tax and shipping (Maya's own)"


def test_sale_that_a_rule_leaves_unpaid_says_so() -> None:
    clip = make_earning_clip()
    make_commission_rule("No commission on mugs", 0, clip.products.order_by("pk")[0])
    line = order_through(clip)
    assert (line.commission_minor, line.commission_rule_name) == (0, "No commission on mugs")
    assert OrderLine.objects.get(pk=line.pk).creator == clip.creator


def test_creator_sees_the_rules_that_concern_them_and_no_others() -> None:
    maya = make_creator("maya")
    later = timezone.now() + timedelta(days=3)
    make_commission_rule("Maya's own", 1500, maya)
    make_commission_rule("Nour's own", 1600, make_creator("nour"))
    make_commission_rule("Next season", 250, starts_at=later)
    client = client_of(maya.user)
    page = client.get("/studio/rates/").content.decode()
    assert "Maya&#x27;s own" in page and "15%" in page and "Next season" in page and "Nour" not in page
    rules = client.get("/api/v1/commission-rules/").json()["results"]
    assert [(rule["name"], rule["rate_bps"]) for rule in rules] == [("Next season", 250), ("Maya's own", 1500)]
    assert client_of(make_user()).get("/api/v1/commission-rules/").status_code == 403
    assert Client().get("/api/v1/commission-rules/").status_code in (401, 403)


def test_clip_is_labelled_if_only_a_rule_pays() -> None:
    category = make_category("free", commission_rate_bps=0)
    enrolment = make_enrolment(campaign=make_campaign(fee_minor=0))
    clip = make_published_clip(
        enrolment=enrolment, products=[make_product(category=category), make_product(category=category)]
    )
    assert Clip.objects.with_interest().values_list("interest", flat=True).get(pk=clip.pk) == "none"
    make_commission_rule("Campaign", 500, enrolment.campaign)
    assert Clip.objects.with_interest().values_list("interest", flat=True).get(pk=clip.pk) == "commission"


def test_command_names_lines_whose_rate_is_not_that_of_their_rule() -> None:
    clip = make_earning_clip()
    make_commission_rule("Autumn", 700)
    line = order_through(clip)
    call_command("verify_commissions")
    OrderLine.objects.filter(pk=line.pk).update(commission_rate_bps=800)
    with pytest.raises(CommandError):
        call_command("verify_commissions")
