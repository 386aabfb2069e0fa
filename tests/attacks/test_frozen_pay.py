"""Pay that a rival tries to have frozen: by clicks that cost nothing, by typing an account, or by an empty value."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from payouts.fraud import place_holds
from payouts.models import Hold, PayoutAccount
from shop.commission_holds import assess_pending
from shop.models import Click, SignalKind
from shop.related_buyers import Signal
from tests.factories import make_creator
from tests.shop.related import make_earning_clip, order_through, state_of
from videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip() -> Clip:
    return make_earning_clip(make_creator("maya"))


def click_often(clip: Clip, visitor: str, count: int = 31) -> None:
    product, now = clip.products.order_by("pk")[0], timezone.now()
    Click.objects.bulk_create(
        Click(clip=clip, product=product, visitor=visitor, clicked_at=now) for _index in range(count)
    )


def test_clicks_alone_hold_nobodys_pay(clip: Clip) -> None:
    click_often(clip, "robot")
    line = order_through(clip)
    assert place_holds(now=timezone.now()) == 0
    assert state_of(line) == ("", "", 200)


def test_purchase_among_scripted_clicks_holds_its_own_commission_only(clip: Clip) -> None:
    honest, robot = order_through(clip), Client()
    scripted = order_through(clip, robot)
    click = scripted.click
    assert click is not None
    start = click.clicked_at
    product = clip.products.order_by("pk")[0]
    Click.objects.bulk_create(
        Click(clip=clip, product=product, visitor=click.visitor, clicked_at=start) for _index in range(30)
    )
    for _time in range(2):
        assert place_holds(now=timezone.now()) == 0
        assert state_of(scripted) == ("held", "", 200)
        assert state_of(honest) == ("", "", 200)
    hold = scripted.commission_holds.get()
    assert [signal["signal"] for signal in hold.signals] == ["clicks"]
    assess_pending(lines=Q(pk=scripted.pk), now=timezone.now(), more=[Signal(scripted.pk, SignalKind.PAYOUT_HOLDER)])
    place_holds(now=timezone.now())
    hold = scripted.commission_holds.get()
    assert {signal["signal"] for signal in hold.signals} == {"clicks", SignalKind.PAYOUT_HOLDER.value}


def test_purchase_among_as_many_clicks_as_a_person_makes_holds_nothing(clip: Clip) -> None:
    line = order_through(clip)
    assert line.click is not None
    click_often(clip, line.click.visitor, 29)
    place_holds(now=timezone.now())
    assert state_of(line) == ("", "", 200)


def make_account(creator: Creator, number: str, **values: object) -> PayoutAccount:
    return PayoutAccount.objects.create(creator=creator, holder_name=creator.handle, number=number, **values)


def held() -> list[tuple[str, str]]:
    return list(Hold.objects.order_by("kind", "creator__handle").values_list("kind", "creator__handle"))


def test_rival_who_types_an_account_or_tax_id_is_held_alone() -> None:
    victim = make_account(make_creator("maya"), "DE12 3456", tax_id="77")
    make_account(make_creator("rival"), "de-123456", tax_id="77")
    assert place_holds(now=timezone.now()) == 2
    assert held() == [("same_account", "rival"), ("same_tax_id", "rival")]
    PayoutAccount.objects.filter(pk=victim.pk).update(changed_at=timezone.now() + timedelta(days=1))
    assert place_holds(now=timezone.now()) == 0  # the one who was held before stays the later one
    assert len(held()) == 2


def test_empty_values_join_nobody(clip: Clip) -> None:
    product, now = clip.products.order_by("pk")[0], timezone.now()
    for creator in (clip.creator, make_creator("twin")):
        for visitor in ("", ""):
            Click.objects.create(clip=clip, product=product, user=creator.user, visitor=visitor, clicked_at=now)
        make_account(creator, f"DE{creator.pk}", tax_id="")
    assert place_holds(now=now) == 0
    assert held() == []
