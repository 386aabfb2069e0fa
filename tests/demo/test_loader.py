"""The loader: repeatable, and limited to the rows that it created."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.idempotency import do_once
from accounts.models import User
from catalog.models import Brand, Category, Merchant, Product, ProductImage
from creators.models import Campaign, Creator, Enrolment, Slot, Terms
from demo.clips import Reviewer, code_of, submit_clip
from demo.creators import create_campaigns, enrol_creators
from demo.datasets import CATEGORIES, CLIPS, CREATORS, PRODUCTS, RATINGS
from demo.loader import load_demo
from demo.orders import place_orders
from demo.progress import Progress
from feedsite.roles import sync_roles
from shop.models import Order, OrderLine
from social.models import Rating
from tests.factories import make_draft, make_enrolment, make_published_clip, make_user, make_waiting_clip
from videos.models import AuditEntry, Clip, Decision, DecisionAction, Revision, Source, Upload
from videos.states import ClipState

pytestmark = pytest.mark.django_db

BY_SLUG = {clip.slug: clip for clip in CLIPS}
APPROVED = BY_SLUG["desk-back-rescue"]
REFUSED = BY_SLUG["bottle-drop-test"]
LEFT = replace(BY_SLUG["dog-gifts"], shape="square")
SHOWN = {*APPROVED.products, *LEFT.products}
PRODUCTS_SHOWN = [product for product in PRODUCTS if product.slug in SHOWN]
TABLES = (
    *(User, Brand, Category, Product, ProductImage, Creator, Campaign, Terms, Enrolment, Slot, Upload, Source),
    *(Clip, Revision, Decision, AuditEntry, Order, OrderLine, Rating),
)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "originals": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "originals", "base_url": None},
        }
    }
    sync_roles()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(out: io.StringIO) -> Progress:
    return Progress(out, steps=10)


@pytest.fixture
def moderator_of_the_demo() -> User:
    return make_user("moderator@demo.example", is_staff=True)


def count_rows() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def load(progress: Progress) -> None:
    load_demo(progress, lambda: None, products=PRODUCTS_SHOWN, clips=[APPROVED, LEFT], processing_timeout_s=0)


def finish_processing() -> None:
    Clip.objects.filter(state=ClipState.UPLOADED).update(state=ClipState.IN_REVIEW)


def make_demo_clip(record: Any = APPROVED, *, state: str = "waiting") -> Clip:
    """Return a clip as the loader would have submitted it, but without drawing it."""
    creator = next(creator for creator in CREATORS if creator.handle == record.creator)
    existing = Creator.objects.filter(handle=creator.handle).first()
    user = existing.user if existing else make_user(creator.email, adult_confirmed_at=timezone.now())
    row = existing or Creator.objects.create(user=user, handle=creator.handle, display_name=creator.display_name)
    make = make_published_clip if state == "published" else make_waiting_clip
    return make(enrolment=make_enrolment(row), code=code_of(record))


def test_loading_again_adds_nothing_and_decides_only_on_the_clips_of_the_demo(
    progress: Progress, out: io.StringIO
) -> None:
    load(progress)
    clips = {clip.code: clip for clip in Clip.objects.all()}
    assert {code: clip.state for code, clip in clips.items()} == {
        code_of(APPROVED): ClipState.UPLOADED,
        code_of(LEFT): ClipState.UPLOADED,
    }
    assert Product.objects.count() == len(SHOWN)
    assert Category.objects.count() == len(CATEGORIES)
    assert ProductImage.objects.count() == 3 * len(SHOWN)
    assert Creator.objects.exclude(avatar_stem="").count() == 2

    finish_processing()
    visitors_clip = make_waiting_clip()
    copy = make_waiting_clip()
    Clip.objects.filter(pk=copy.pk).update(source=clips[code_of(APPROVED)].source)
    load(progress)
    states = dict(Clip.objects.values_list("code", "state"))
    assert states == {
        code_of(APPROVED): ClipState.PUBLISHED,
        code_of(LEFT): ClipState.IN_REVIEW,
        visitors_clip.code: ClipState.IN_REVIEW,
        copy.code: ClipState.IN_REVIEW,
    }
    assert Slot.objects.earned().count() == 1
    assert list(Order.objects.values_list("user__email", flat=True)) == ["shopper@demo.example"] * 2
    assert Order.objects.to_pack_by(Merchant.objects.get(slug="good-dog").pk).count() == 1

    rows = count_rows()
    assert rows["Rating"] == 1 + sum(rating.product in SHOWN for rating in RATINGS)
    load(progress)
    assert count_rows() == rows
    assert dict(Clip.objects.values_list("code", "state")) == states
    assert "\n" not in out.getvalue()


def test_a_refused_decision_is_noted_once_and_the_rest_is_decided(
    progress: Progress, out: io.StringIO, moderator_of_the_demo: User
) -> None:
    copy, other = make_demo_clip(), make_demo_clip(LEFT)
    original = make_published_clip()
    Clip.objects.filter(pk=copy.pk).update(source=original.source)
    reviewer = Reviewer(moderator_of_the_demo, progress)
    reviewer.review_waiting()
    reviewer.review_waiting()
    copy.refresh_from_db()
    other.refresh_from_db()
    assert (copy.state, other.state) == (ClipState.IN_REVIEW, ClipState.IN_REVIEW)
    assert out.getvalue().count("No decision on the clip desk-back-rescue") == 1
    assert not Decision.objects.filter(moderator=moderator_of_the_demo).exists()


def test_a_clip_is_refused_with_the_words_of_its_record(progress: Progress, moderator_of_the_demo: User) -> None:
    clip = make_demo_clip(REFUSED)
    Reviewer(moderator_of_the_demo, progress).review_waiting()
    decision = Decision.objects.get(clip=clip)
    assert REFUSED.refusal is not None
    assert (decision.action, decision.words) == (DecisionAction.REQUEST_CHANGES, REFUSED.refusal.words)


def test_a_clip_that_a_visitor_changed_or_decided_on_is_left_alone(
    progress: Progress, moderator_of_the_demo: User
) -> None:
    changed, decided = make_demo_clip(), make_demo_clip(BY_SLUG["slow-morning"], state="published")
    revision = changed.revisions.get()
    Revision.objects.create(
        clip=changed,
        number=2,
        source=revision.source,
        content=revision.content,
        digest="other",
        submitted_at=timezone.now(),
    )
    Clip.objects.filter(pk=decided.pk).update(state=ClipState.IN_REVIEW)
    decisions = Decision.objects.count()
    Reviewer(moderator_of_the_demo, progress).review_waiting()
    assert Decision.objects.count() == decisions
    assert set(Clip.objects.values_list("state", flat=True)) == {ClipState.IN_REVIEW}


def test_a_code_that_a_visitor_took_first_is_left_to_them(progress: Progress) -> None:
    draft = make_draft(code=code_of(APPROVED), caption="Mine")
    campaign = create_campaigns(now=timezone.now())[0]
    enrolments = enrol_creators(campaign, [APPROVED.creator], progress, now=timezone.now())
    submit_clip(APPROVED, enrolments[APPROVED.creator], progress)
    draft.refresh_from_db()
    assert (draft.state, draft.caption, Clip.objects.count()) == (ClipState.DRAFT, "Mine", 1)


def test_a_clip_without_its_products_is_noted(progress: Progress, out: io.StringIO) -> None:
    campaign = create_campaigns(now=timezone.now())[0]
    enrolments = enrol_creators(campaign, [APPROVED.creator], progress, now=timezone.now())
    submit_clip(APPROVED, enrolments[APPROVED.creator], progress)
    assert "The clip desk-back-rescue was not submitted: There is no product" in out.getvalue()
    assert Upload.objects.count() == 0


def test_a_closed_campaign_and_a_taken_handle_are_noted(progress: Progress, out: io.StringIO) -> None:
    campaign = create_campaigns(now=timezone.now())[0]
    other = Creator.objects.create(user=make_user(), handle=CREATORS[0].handle, display_name="Another Mina")
    handles = [CREATORS[0].handle, CREATORS[1].handle]
    assert set(enrol_creators(campaign, handles, progress, now=timezone.now())) == {handles[1]}
    assert f"The creator @{other.handle} did not join: " in out.getvalue()
    Enrolment.objects.all().delete()
    Terms.objects.update(closes_at=timezone.now() - timedelta(days=1), opens_at=timezone.now() - timedelta(days=2))
    campaign.refresh_from_db()
    assert enrol_creators(campaign, handles, progress, now=timezone.now()) == {}


def test_orders_come_from_the_clips_of_the_demo_alone(progress: Progress, shopper: User) -> None:
    make_published_clip()
    clip = make_demo_clip(state="published")
    now = timezone.now()
    place_orders(shopper, progress, now=now)
    place_orders(shopper, progress, now=now + timedelta(minutes=5))
    assert list(OrderLine.objects.values_list("clip__code", flat=True)) == [clip.code]


def test_an_order_that_is_refused_is_noted(progress: Progress, out: io.StringIO, shopper: User) -> None:
    clip = make_demo_clip(state="published")
    do_once(owner=f"checkout user {shopper.pk}", key=f"demo-{clip.code}", content="another", make=lambda: "order")
    place_orders(shopper, progress, now=timezone.now())
    assert f"The order from the clip {clip.code} was not placed" in out.getvalue()
    assert Order.objects.count() == 0


def test_existing_rows_are_not_reset(progress: Progress) -> None:
    load_demo(progress, lambda: None, products=[], clips=[], processing_timeout_s=0)
    user = User.objects.get(email="moderator@demo.example")
    user.groups.clear()
    user.set_password("another password")
    user.save()
    Category.objects.filter(slug="books").update(name="Reading")
    Campaign.objects.filter(slug="inspire-2026").update(clips_cap=7)
    load_demo(progress, lambda: None, products=[], clips=[], processing_timeout_s=0)
    user.refresh_from_db()
    assert not user.groups.exists()
    assert user.check_password("another password")
    assert Category.objects.get(slug="books").name == "Reading"
    assert Campaign.objects.get(slug="inspire-2026").clips_cap == 7
