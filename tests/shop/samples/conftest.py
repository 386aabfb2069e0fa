"""A merchant that offers samples of its lamp, and a creator who has joined a campaign and saved an address."""

from dataclasses import dataclass

import pytest
from django.test import Client

from catalog.models import Merchant, Product, Variant
from creators.models import Creator, Sample
from shop.models import Address
from tests.conftest import client_of
from tests.factories import make_creator, make_enrolment, make_member, make_merchant, make_product, variant_of
from tests.shop.conftest import ADDRESS


@dataclass(frozen=True)
class Scene:
    merchant: Merchant
    lamp: Product
    creator: Creator
    as_creator: Client
    as_merchant: Client

    @property
    def variant(self) -> Variant:
        return variant_of(self.lamp)

    def request(self, plan: str = "I read beside it.") -> Sample:
        """Ask for the lamp on its page, and return the request."""
        sent = {"variant": self.variant.pk, "plan": plan}
        assert self.as_creator.post("/studio/samples/new/lamp/", sent).status_code == 302
        return Sample.objects.get()

    def send(self, sample: Sample) -> Sample:
        """Let the merchant send the sample."""
        assert self.as_merchant.post(f"/merchant/samples/{sample.pk}/send/").status_code == 302
        sample.refresh_from_db()
        return sample


def make_scene() -> Scene:
    merchant = make_merchant("lamps", name="Lamp House", offers_samples=True)
    lamp = make_product("lamp", merchant=merchant, stock=5, price_minor=4900)
    make_enrolment(creator := make_creator("ada"))
    Address.objects.create(user=creator.user, is_default=True, **ADDRESS)
    return Scene(merchant, lamp, creator, client_of(creator.user), client_of(make_member(merchant)))


@pytest.fixture
def scene() -> Scene:
    return make_scene()
