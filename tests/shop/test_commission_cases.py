"""The collected orders: which commission rule applies to each line, and what it earns to the minor unit."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from catalog.models import Brand, Category
from catalog.money import part_reversed
from creators.models import Agency, Campaign, Creator, Enrolment, Representation
from creators.representation import accept_representation
from shop.commissions import set_commissions, set_rates
from shop.models import Order, OrderLine
from tests.factories import (
    make_campaign,
    make_category,
    make_commission_rule,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
)

pytestmark = pytest.mark.django_db
CASES = json.loads((Path(__file__).parent / "cases" / "commission_cases.json").read_text())


def make_subject(scope: str, slug: str) -> Model | None:
    """Return the row of this name, made if there is none."""
    match scope:
        case "house":
            return None
        case "category":
            return Category.objects.get(slug=slug)
        case "brand":
            return Brand.objects.get_or_create(slug=slug, defaults={"name": slug})[0]
        case "campaign":
            return Campaign.objects.filter(slug=slug).first() or make_campaign(slug)
        case "creator":
            return Creator.objects.filter(handle=slug).first() or make_creator(slug)
        case _:
            raise ValueError(scope)


def make_line(line: dict[str, Any], products: dict[str, Any]) -> OrderLine:
    """Return an unsaved order line, bought through a clip of its creator in its campaign."""
    creator, campaign = make_subject("creator", line["creator"]), line.get("campaign", "unruled")
    pair = {"creator": creator, "campaign": make_subject("campaign", campaign)}
    enrolment = Enrolment.objects.filter(**pair).first() or make_enrolment(**pair)
    product = products[line.get("product", "")] if line.get("product") else make_product(**placement(line))
    amount_minor = line["unit"] * line["quantity"]
    clip = make_published_clip(enrolment=enrolment, products=[product, make_product()])
    values = {"quantity": line["quantity"], "unit_price_minor": line["unit"], "amount_minor": amount_minor}
    order = Order(prices_include_tax=False)
    return OrderLine(order=order, product=product, clip=clip, creator=clip.creator, **values)


def placement(line: dict[str, Any]) -> dict[str, Any]:
    brand = {"brand": make_subject("brand", line["brand"])} if "brand" in line else {}
    return brand | {"category": Category.objects.get(slug=line["category"])}


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["name"]))
def test_each_line_names_its_rule_and_earns_exactly_this(case: dict[str, Any]) -> None:
    for slug, parent in CASES["tree"].items():
        make_category(slug, parent=Category.objects.get(slug=parent) if parent else None, commission_rate_bps=0)
    products = {
        line["product"]: make_product(line["product"], **placement(line)) for line in case["lines"] if "product" in line
    }
    placed_at, in_case = timezone.now() + timedelta(days=1), datetime.fromisoformat(case["at"])
    for rule in [*CASES["rules"], *case.get("more_rules", [])]:
        of = products[rule["of"]] if rule["scope"] == "product" else make_subject(rule["scope"], rule["of"])
        begins = placed_at + (datetime.fromisoformat(rule["from"]) - in_case) if "from" in rule else timezone.now()
        make_commission_rule(rule["name"], rule["bps"], of, starts_at=begins)
    lines = [make_line(line, products) for line in case["lines"]]
    if "agency_bps" in case:
        offer = {"agency": Agency.objects.create(slug="stars", name="Stars"), "share_bps": case["agency_bps"]}
        creator = Creator.objects.get(handle="mina")
        now = timezone.now()
        accept_representation(
            representation=Representation.objects.create(creator=creator, offered_at=now, **offer), now=now
        )
    set_rates(lines, placed_at)
    set_commissions(lines, placed_at)
    returned = case.get("returned", [0] * len(lines))
    for line, expected, units in zip(lines, case["result"], returned, strict=True):
        assert (line.commission_rule_name, line.commission_rate_bps) == (expected["rule"], expected["bps"])
        assert line.commission_minor == expected["commission"]
        assert line.agency_minor == expected.get("agency", 0)
        left = line.commission_minor - part_reversed(line.commission_minor, units, line.quantity)
        assert left == expected.get("left_after_return", line.commission_minor)
