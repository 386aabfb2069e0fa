"""The installation id: one for each database, kept by backups, renewed in copies that are used for trials."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.installation import get_installation_id
from accounts.models import Installation, User
from shop.models import Address, Order, Payment
from tests.factories import make_product
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db


def test_id_is_made_once_and_there_is_one_row() -> None:
    first = get_installation_id()
    assert (len(first), first, Installation.objects.count()) == (12, get_installation_id(), 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Installation.objects.create(pk=2, code="another")


def test_copy_gets_an_id_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    old = get_installation_id()
    call_command("new_installation_id")
    assert get_installation_id() != old
    assert get_installation_id() in capsys.readouterr().out


@pytest.fixture
def open_payment(as_shopper: Client, shopper: User) -> Payment:
    make_product("mug")
    Address.objects.create(user=shopper, **ADDRESS)
    buy(as_shopper, {"product": "mug"})
    Payment.objects.all().delete()
    return Payment.objects.create(
        order=Order.objects.get(), provider="stripe", amount_minor=1, currency="USD", started_at=timezone.now()
    )


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_shop_with_money_on_its_way_keeps_its_id(open_payment: Payment, settings: Any, key: str) -> None:
    old = get_installation_id()
    settings.STRIPE_SECRET_KEY = key
    with pytest.raises(CommandError, match="1 payments, refunds or payouts are on their way"):
        call_command("new_installation_id")
    assert get_installation_id() == old
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    call_command("new_installation_id")
    assert get_installation_id() != old
