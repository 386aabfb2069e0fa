"""A row of each model that staff can change in a form, for the tests of admin's forms."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone

from accounts.models import User
from catalog.models import (
    Brand,
    CatalogueSource,
    Category,
    CategoryMapping,
    ExportAddress,
    LegalKind,
    LegalPage,
    Merchant,
    PickupPlace,
    Product,
    SiteSettings,
    TaxClass,
    Variant,
)
from creators.models import Agency, Campaign, Creator
from feed.models import EventKind, Goal
from programme.models import WebhookEndpoint
from shop.checkout import check_out
from shop.models import DiscountCode, Download, ShippingOption, ShippingZone, TaxRate
from shop.orders import RequestedItem
from tests.catalog.test_distance import make_place
from tests.concurrency.test_shop_race import buyer
from tests.factories import (
    make_campaign,
    make_category,
    make_creator,
    make_merchant,
    make_product,
    make_reason,
    make_user,
    variant_of,
)
from tests.programme.hooks import make_endpoint
from videos.models import Hashtag, Reason, WordingRule


def make_rule() -> WordingRule:
    return WordingRule.objects.create(code="cure", phrases="cures", message="No cures.", must_match="It cures all.")


def make_mapping() -> CategoryMapping:
    return CategoryMapping.objects.create(source=CatalogueSource.objects.create(name="Warehouse"), words="Pans")


def make_download() -> Download:
    make_product("mug")
    order = check_out(buyer=buyer(1), items=[RequestedItem("mug", 1)], key="key-00001", now=timezone.now()).order
    return Download.objects.create(order_line=order.lines.get(), left=5, expires_at=timezone.now())


def make_zone() -> ShippingZone:
    return ShippingZone.objects.create(name="Here", countries=["US"])


ROWS: Mapping[type[models.Model], Callable[[], Any]] = {
    Agency: lambda: Agency.objects.create(slug="north", name="North"),
    Brand: lambda: Brand.objects.create(slug="south", name="South"),
    Campaign: lambda: make_campaign("autumn"),
    CatalogueSource: lambda: CatalogueSource.objects.create(name="Warehouse"),
    CategoryMapping: make_mapping,
    Category: lambda: make_category("music"),
    Creator: lambda: make_creator("maya"),
    DiscountCode: lambda: DiscountCode.objects.create(
        code="SUMMER10", percent_bps=1000, currency="USD", valid_from=timezone.now()
    ),
    Download: make_download,
    EmailAddress: lambda: EmailAddress.objects.create(user=make_user("a@example.com"), email="a@example.com"),
    ExportAddress: lambda: ExportAddress.objects.create(name="Google"),
    Goal: lambda: Goal.objects.create(kind=EventKind.LIKE, weight=1),
    Group: lambda: Group.objects.create(name="Interns"),
    Hashtag: lambda: Hashtag.objects.create(key="summer", name="Summer"),
    LegalPage: lambda: LegalPage.objects.create(kind=LegalKind.TERMS, language="en", text="Ours."),
    Merchant: lambda: make_merchant("lamps"),
    PickupPlace: lambda: make_place(53.35, -6.26),
    Product: lambda: make_product("lamp", description="First line\nsecond line"),
    Reason: make_reason,
    SiteSettings: lambda: SiteSettings.objects.create(pk=SiteSettings.ONLY_PK, name="Inspire"),
    TaxClass: lambda: TaxClass.objects.create(name="Books"),
    ShippingOption: lambda: ShippingOption.objects.create(zone=make_zone(), name="Standard", price_minor=100),
    ShippingZone: lambda: make_zone(),
    TaxRate: lambda: TaxRate.objects.create(country_code="DE", rate_bps=700, valid_from=date(2026, 1, 1)),
    User: lambda: make_user("reader@example.com"),
    Variant: lambda: variant_of(make_product("shirt")),
    WebhookEndpoint: make_endpoint,
    WordingRule: make_rule,
}
"""How to make a row of each model that staff can change in a form."""
