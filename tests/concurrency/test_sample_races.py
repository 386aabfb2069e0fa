"""Requests for samples at the same moment: the limit and one order each hold only with the guards."""

from functools import partial

import pytest

from catalog.models import Product
from creators import samples
from creators.models import Sample, SampleState
from creators.samples import MOST_OPEN, SampleMoved, SampleRefused, request_sample
from shop.models import Order
from shop.samples.orders import approve_sample
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_product, make_user, variant_of
from tests.shop.samples.conftest import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


def ask_at_once(scene: Scene, products: list[Product]) -> set[str]:
    Sample.objects.all().delete()
    calls = [
        partial(request_sample, creator=scene.creator, variant=variant_of(product), plan="", now=NOW)
        for product in products
    ]
    return {outcome.error for outcome in run_at_once(calls)}


def test_requests_at_once_pass_the_limit_only_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene()
    products = [make_product(f"shade-{number}", merchant=scene.merchant) for number in range(MOST_OPEN + 9)]
    assert ask_at_once(scene, products) == {"", SampleRefused.__name__}
    assert Sample.objects.count() == MOST_OPEN
    monkeypatch.setattr(samples, "_lock", lambda creator: creator)
    ask_at_once(scene, products)
    assert Sample.objects.count() > MOST_OPEN


def test_a_request_that_is_answered_twice_at_once_is_sent_once() -> None:
    scene = make_scene()
    request = request_sample(creator=scene.creator, variant=scene.variant, plan="", now=NOW)
    sample = Sample.objects.with_names().get(pk=request.pk)
    calls = [partial(approve_sample, sample=sample, decided_by=make_user(), now=NOW) for _index in range(6)]
    errors = sorted(outcome.error for outcome in run_at_once(calls, threads=3))
    assert errors == ["", *[SampleMoved.__name__] * 5]
    assert (Order.objects.count(), Sample.objects.get().state) == (1, SampleState.APPROVED)
    assert variant_of(scene.lamp).stock == 4
