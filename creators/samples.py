"""Functions by which samples are requested, declined and withdrawn, and by which clips answer them.

shop.samples sends what is approved and follows the parcels.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from catalog.models import Variant
from creators.models import FILMABLE, Creator, Enrolment, Sample, SampleState
from creators.suspensions import CreatorSuspended, refuse_suspended

MOST_OPEN = 3
"""How many samples of a creator may be open at the same time."""


class SampleRefused(Exception):
    """A refused step of a sample. Nothing was changed. The message says why."""


class SampleMoved(SampleRefused):
    """A refused step because somebody else was faster."""


def request_sample(*, creator: Creator, variant: Variant, plan: str, now: datetime) -> Sample:
    """Save and return a request for one unit of the variant. Select its product and merchant. Raises SampleRefused."""
    try:
        with transaction.atomic():
            _lock(creator)
            _refuse_unfit(creator, variant)
            return Sample.objects.create(
                creator=creator, variant=variant, merchant=variant.product.merchant, plan=plan, requested_at=now
            )
    except IntegrityError as error:
        if violated_constraint(error) != "creators_sample_once":
            raise
        raise SampleRefused(_("You have already asked for a sample of this product.")) from error


def _lock(creator: Creator) -> None:
    """Let requests of one creator follow each other, so that each counts those before it."""
    Creator.objects.select_for_update().get(pk=creator.pk)


def _refuse_unfit(creator: Creator, variant: Variant) -> None:
    """Raise SampleRefused if the creator may ask for no sample, or not for this one. Lock the creator before."""
    try:
        refuse_suspended(creator.pk)
    except CreatorSuspended as refusal:
        raise SampleRefused(str(refusal)) from refusal
    if not Enrolment.objects.filter(creator=creator).exists():
        raise SampleRefused(_("Samples are for creators who have joined a campaign."))
    if not variant.product.merchant.offers_samples:
        raise SampleRefused(_("The seller of this product offers no samples."))
    if (overdue := creator.samples.filter(state=SampleState.OVERDUE).with_names().first()) is not None:
        product = {"product": overdue.variant.product.local_name}
        raise SampleRefused(_("Submit your clip about %(product)s first. It is overdue.") % product)
    if creator.samples.open().count() >= MOST_OPEN:
        most = {"most": MOST_OPEN}
        raise SampleRefused(_("You can have %(most)d open samples. Submit a clip about one of them first.") % most)


def decline_sample(*, sample: Sample, reason: str, decided_by: User, now: datetime) -> None:
    """Decline a request, with a reason to the creator. Raises SampleRefused, SampleMoved."""
    refuse_own(sample, decided_by)
    values = {"reason": reason, "decided_at": now, "decided_by": decided_by}
    if not Sample.objects.move(sample.pk, SampleState.REQUESTED, SampleState.REFUSED, **values):
        raise explain_moved(sample)


def withdraw_sample(*, sample: Sample) -> None:
    """Withdraw a request that nobody has answered. Raises SampleMoved."""
    if not Sample.objects.move(sample.pk, SampleState.REQUESTED, SampleState.WITHDRAWN):
        raise explain_moved(sample)


def refuse_own(sample: Sample, user: User) -> None:
    """Raise SampleRefused if the user would decide on a request of their own."""
    if sample.creator.user_id == user.pk:
        raise SampleRefused(_("This is a request of your own. A colleague has to decide."))


def explain_moved(sample: Sample) -> SampleMoved:
    """Return an exception that says which state another writer has moved the sample to."""
    sample.refresh_from_db(fields=["state"])
    state = {"state": sample.get_state_display()}
    return SampleMoved(_("This request has changed in the meantime. It is now: %(state)s.") % state)


def has_received(creator_id: int, product_ids: Iterable[int]) -> bool:
    """Return whether the creator got one of these products as a sample, so that posts about it are gifted."""
    return Sample.objects.received().filter(creator=creator_id, variant__product__in=product_ids).exists()


def answer_with_clip(*, creator_id: int, product_ids: Iterable[int], clip_code: str) -> None:
    """Note a submitted clip on the sample that it answers: the one of these products whose clip is due first.

    A clip answers one sample. It takes the place of another clip that was noted before.
    """
    own = Sample.objects.filter(creator=creator_id)
    waiting = own.filter(state__in=FILMABLE, variant__product__in=product_ids)
    first = waiting.order_by("due_on", "requested_at", "pk").first()
    if first is None or own.filter(clip_code=clip_code).exists():
        return
    waiting.filter(pk=first.pk).update(clip_code=clip_code)


def finish_sample(*, clip_code: str) -> None:
    """Mark the sample that a published clip answers as done."""
    sample = Sample.objects.filter(clip_code=clip_code, state__in=FILMABLE).first()
    if sample is not None:
        Sample.objects.move(sample.pk, sample.state, SampleState.DONE)


def erase_samples(*, creator: Creator) -> None:
    """Withdraw the requests of an account that is deleted, and remove what its creator wrote."""
    Sample.objects.filter(creator=creator, state=SampleState.REQUESTED).update(state=SampleState.WITHDRAWN)
    Sample.objects.filter(creator=creator).update(plan="", reason="")
