"""Requests for samples: they need an address to which a sample can be sent."""

from datetime import datetime

from django.utils.translation import gettext as _

from catalog.models import Variant
from creators.models import Creator, Sample
from creators.samples import SampleRefused, request_sample
from shop.addresses import find_default_address


def ask_for_sample(*, creator: Creator, variant: Variant, plan: str, now: datetime) -> Sample:
    """Save and return a request for one unit. Select the variant's product and merchant. Raises SampleRefused."""
    if find_default_address(creator.user) is None:
        raise SampleRefused(_("Save a delivery address first. The sample is sent there."))
    return request_sample(creator=creator, variant=variant, plan=plan, now=now)
