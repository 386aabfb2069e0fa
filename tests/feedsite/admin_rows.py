"""One more row of each kind that staff see and that a shop does not get from shoppers and creators in these tests."""

import itertools
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from accounts.models import OutgoingEmail, Proposal, RefusedAddress, User
from catalog.models import (
    HOUSE_ID,
    CatalogueSource,
    CategoryMapping,
    ChangeState,
    DigitalFile,
    ExportAddress,
    Import,
    ImportRow,
    ImportState,
    LegalKind,
    LegalPage,
    ListingChange,
    MerchantMember,
    MerchantRole,
    PickupPlace,
    Postcode,
    Product,
    RowOutcome,
    SiteSettings,
    StockMovement,
    StockMovementKind,
    TaxClass,
)
from creators.models import (
    Agency,
    CommissionRule,
    Creator,
    LinkSign,
    Representation,
    Sample,
    SampleState,
    Slot,
    Suspension,
    SuspensionLink,
    WaitlistEntry,
)
from creators.models.waitlist import WaitlistState
from feed.models import ClipCount, EventKind, Goal
from payouts.models import Batch, Hold, HoldKind, LedgerCheck, Payout, PayoutAccount, PayoutState, Posting
from programme.models import AudienceCount, CountedDay, Measure, SalesCount, WebhookAttempt
from programme.webhooks.fan_out import send_test_event
from shop.models import (
    Click,
    CommissionHold,
    DiscountCode,
    DiscountUse,
    Dispute,
    Download,
    MessageThread,
    Order,
    Parcel,
    ParcelLine,
    Prepayment,
    ProviderEvent,
    Refund,
    RefundLine,
    ShippingOption,
    ShippingZone,
    TaxRate,
    ThreadMessage,
    ThreadSide,
)
from social.models import (
    Collection,
    Comment,
    LegalNotice,
    NoticedPage,
    NotifierPause,
    Rating,
    Removal,
    Report,
    ReportReason,
    Sponsorship,
)
from tests.factories import NOW, make_creator, make_merchant, make_product, make_user, variant_of
from tests.programme.hooks import make_endpoint
from videos.models import Appeal, Clip, Decision, Flag, FlagKind, Hashtag, WordingRule

_numbers = itertools.count(1)


def grow_records(creator: Creator, product: Product, staff: User) -> None:
    """Add a row of each kind. Those that belong to another belong to the creator, the product or the first of theirs."""
    number = next(_numbers)
    other = make_creator(f"other_{number}")
    _grow_people(creator, other, staff, number)
    _grow_catalogue(product, staff, number)
    _grow_money(creator, other, staff, number)
    _grow_moderation(creator, product, other, staff, number)
    for row in (creator, product, staff, Clip.objects.latest("pk"), Batch.objects.earliest("pk")):
        log_change(row, staff)


def log_change(row: Model, staff: User) -> None:
    content_type = ContentType.objects.get_for_model(row)
    values = {"object_id": str(row.pk), "object_repr": str(row), "action_flag": CHANGE, "change_message": "Changed."}
    LogEntry.objects.create(user=staff, content_type=content_type, **values)


def _grow_people(creator: Creator, other: Creator, staff: User, number: int) -> None:
    user = make_user(f"person-{number}@example.com")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    OutgoingEmail.objects.create(
        sender="a", recipients=[user.email], subject="Order", content=b"", created_at=NOW, due_at=NOW
    )
    RefusedAddress.objects.create(email=user.email, answer_text="550 no", refused_at=NOW)
    suspension = Suspension.objects.create(
        creator=creator, reason="x", suspended_at=NOW, suspended_by=staff, lifted_at=NOW, lifted_by=staff
    )
    SuspensionLink.objects.create(creator=other, suspension=suspension, sign=LinkSign.EMAIL, noted_at=NOW)
    variant = Product.objects.earliest("pk").variants.earliest("pk")
    Sample.objects.create(
        creator=other,
        variant=variant,
        merchant_id=HOUSE_ID,
        requested_at=NOW,
        state=SampleState.REFUSED,
        reason="x",
        decided_at=NOW,
        decided_by=staff,
    )
    agency = Agency.objects.create(slug=f"agency-{number}", name=f"Agency {number}", user=user)
    Representation.objects.create(creator=other, agency=agency, share_bps=1000, offered_at=NOW)
    rule = {"name": f"Rule {number}", "starts_at": timezone.now(), "rate_bps": 500, "approved_by": staff}
    CommissionRule.objects.create(scope="creator", creator=creator, **rule)
    enrolment = Slot.objects.earliest("pk").enrolment
    WaitlistEntry.objects.create(
        enrolment=enrolment, clip_code=f"w{number}", state=WaitlistState.SERVED, joined_at=NOW, settled_at=NOW
    )


def _grow_imports(staff: User, number: int) -> None:
    source = CatalogueSource.objects.create(name=f"Source {number}")
    CategoryMapping.objects.create(source=source, words="Pans")
    run = Import.objects.create(
        source=source, file_name="a.csv", created_by=staff, created_at=NOW, active_at=NOW, state=ImportState.CHECKED
    )
    ImportRow.objects.create(run=run, row=1, outcome=RowOutcome.UNCHANGED, title="Pan")
    ExportAddress.objects.create(name=f"Reader {number}")


def _grow_listings(product: Product, staff: User, number: int) -> None:
    decided = {"state": ChangeState.REFUSED, "reason": "x", "decided_by": staff, "decided_at": NOW}
    ListingChange.objects.create(
        product=product, values={"name": f"Pan {number}"}, sent_by=staff, sent_at=NOW, **decided
    )


def _grow_catalogue(product: Product, staff: User, number: int) -> None:
    StockMovement.objects.create(
        product=product,
        kind=StockMovementKind.RECEIVED,
        change=1,
        stock_after=1,
        reason="Delivery",
        created_by=staff,
        created_at=NOW,
    )
    _grow_imports(staff, number)
    _grow_listings(product, staff, number)
    Product.objects.create(
        slug=f"twin-{number}", name="Twin", brand=product.brand, category=product.category, price_minor=100
    )
    WordingRule.objects.create(
        code=f"rule-{number}",
        category_slugs=[product.category.slug],
        phrases="cheapest",
        message="Say how.",
        must_match="cheapest",
    )
    MerchantMember.objects.create(merchant=make_merchant(), user=staff, role=MerchantRole.PACKER)
    values = {"stored_name": f"digital/{number}.pdf", "file_name": "Book.pdf", "content_type": "application/pdf"}
    values |= {"size_bytes": 1, "uploaded_by": staff, "uploaded_at": NOW}
    DigitalFile.objects.create(variant=variant_of(make_product()), **values)
    PickupPlace.objects.create(name=f"Place {number}", address="1 Mill Lane", latitude=53.3, longitude=-6.2)
    Postcode.objects.create(country_code="IE", code=f"D{number}", town="Dublin", latitude=53.3, longitude=-6.2)
    SiteSettings.objects.get_or_create(pk=SiteSettings.ONLY_PK, defaults={"name": "Shop"})
    LegalPage.objects.get_or_create(kind=LegalKind.IMPRINT, language="en", defaults={"text": "Ours."})
    Goal.objects.get_or_create(kind=EventKind.LIKE, defaults={"weight": 1})


def _grow_money(creator: Creator, other: Creator, staff: User, number: int) -> None:
    PayoutAccount.objects.create(creator=other, holder_name=f"Holder {number}", number="DE89370400440532013000")
    first = Batch.objects.order_by("pk").first()
    own = Batch.objects.create(currency="USD", provider="file", created_by=staff, created_at=NOW)
    for batch, payee in ((own, creator), (first or own, other)):
        Payout.objects.create(
            batch=batch, creator=payee, state=PayoutState.PAID, amount_minor=100, currency="USD", settled_at=NOW
        )
    Hold.objects.create(creator=creator, kind=HoldKind.CLICK_PATTERN, subject=f"clicks {number}", placed_at=NOW)
    LedgerCheck.objects.create(started_at=NOW, finished_at=NOW)
    order = Order.objects.latest("pk")
    refund = Refund.objects.create(order=order, amount_minor=1, currency="USD", created_at=NOW, send_after=NOW)
    line = order.lines.earliest("pk")
    RefundLine.objects.create(refund=refund, order_line=line, quantity=1, amount_minor=1, commission_minor=0)
    zone = ShippingZone.objects.create(name=f"Zone {number}", countries=["US"])
    ShippingOption.objects.create(zone=zone, name="Standard", price_minor=100)
    Download.objects.get_or_create(order_line=line, defaults={"left": 5, "expires_at": NOW})
    parcel = Parcel.objects.create(order=order, created_by=staff, packed_at=NOW)
    ParcelLine.objects.create(parcel=parcel, order_line=line, quantity=1)
    CommissionHold.objects.create(
        line=line, signals=[{"signal": "device", "source": order.code, "note": ""}], commission_minor=1, placed_at=NOW
    )
    code = DiscountCode.objects.create(
        code=f"CODE{number}", percent_bps=1000, currency="USD", valid_from=NOW, creator=creator
    )
    DiscountUse.objects.get_or_create(order=order, defaults={"code": code, "email": order.email, "used_at": NOW})
    payment = order.payments.earliest("pk")
    Dispute.objects.create(
        payment=payment, reference=f"dp_{number}", state="won", amount_minor=1, currency="USD", opened_at=NOW
    )
    ProviderEvent.objects.create(
        provider="stripe",
        event_id=f"evt_{number}",
        kind="x",
        reference=f"re_{number}",
        received_at=NOW,
        resolved_by=staff,
    )
    tax_class = TaxClass.objects.create(name=f"Class {number}")
    TaxRate.objects.create(country_code="DE", tax_class=tax_class, rate_bps=700, valid_from=NOW)
    posting = Posting.objects.earliest("pk")
    Proposal.objects.create(
        kind="reversal",
        subject=f"{posting.key}-{number}",
        changes={"posting": posting.pk, "reason": "Paid twice."},
        proposed_by=staff,
        proposed_at=NOW,
    )


def _grow_removals(other: Creator, staff: User, number: int) -> None:
    notice = LegalNotice.objects.create(kind="illegal", words="It is forbidden.", name="Riley", created_at=NOW)
    NoticedPage.objects.create(notice=notice, address=f"/@other_{number}/", kind="creator", profile=other)
    email = f"notifier-{number}@example.com"
    NotifierPause.objects.create(email=email, until=NOW, reason="x", paused_by=staff, paused_at=NOW)
    appealed = {"state": "appealed", "appeal_words": "It is wrong.", "appealed_at": NOW}
    removed = {"reason": "spam", "removed_by": staff, "removed_at": NOW, "notice": notice}
    Removal.objects.create(
        kind="profile", profile=other, owner=other.user, before={"bio": "Buy"}, **removed, **appealed
    )


def _grow_moderation(creator: Creator, product: Product, other: Creator, staff: User, number: int) -> None:
    clip = Clip.objects.published().latest("pk")
    Click.objects.create(clip=clip, product=product, visitor=f"visitor-{number}", clicked_at=NOW)
    ClipCount.objects.create(clip=clip)
    counted = {"clip": clip, "on": NOW.date() - timedelta(days=number), "people": 5}
    AudienceCount.objects.create(**counted, measure=Measure.VIEWS)
    delivery = send_test_event(endpoint=make_endpoint(), now=NOW)
    WebhookAttempt.objects.create(delivery=delivery, sent_at=NOW, status=204, duration_ms=number)
    amounts = {"orders": 5, "currency": "USD", "sold_minor": 5000, "commission_minor": 500}
    SalesCount.objects.create(**counted, **amounts, merchant=product.merchant)
    CountedDay.objects.create(on=counted["on"], counted_at=NOW)
    Flag.objects.create(clip=clip, kind=FlagKind.REPORTS, raised_at=NOW)
    Hashtag.objects.create(key=f"summer{number}", name=f"Summer{number}")
    for subject in ({"clip": clip}, {"product": product}, {"creator": creator}):
        Report.objects.create(**subject, user=other.user, reason=ReportReason.OTHER, created_at=NOW)
    Collection.objects.create(user=other.user, name=f"Kitchen {number}", share_code=f"code-{number}", created_at=NOW)
    rating = {"product": product, "user": other.user, "state": "held", "hold_reason": "newcomer"}
    Rating.objects.create(**rating, author_name="Ann", stars=4, words="Good.", created_at=NOW, changed_at=NOW)
    comment = {"clip": clip, "author": other, "state": "held", "hold_reason": "newcomer"}
    Comment.objects.create(**comment, words=f"Number {number}", created_at=NOW)
    _grow_removals(other, staff, number)
    about = {"user": other.user, "merchant": product.merchant, "product": product}
    thread = MessageThread.objects.create(**about, created_at=NOW, last_message_at=NOW)
    message = {"side": ThreadSide.SHOPPER, "author": other.user, "words": "Buy elsewhere."}
    ThreadMessage.objects.create(thread=thread, **message, sent_at=NOW, reported_at=NOW)
    _grow_sponsorship(clip, f"North {number}")
    decision = Decision.objects.filter(appeal=None).earliest("pk")
    Appeal.objects.create(decision=decision, words="It is in view.", appealed_at=NOW + timedelta(days=1))


def _grow_sponsorship(clip: Clip, sponsor: str) -> None:
    values = {"email": "sam@example.com", "purpose": "Sponsorship", "currency": "USD", "total_minor": 10_000}
    prepayment = Prepayment.objects.create(**values, return_path="/sponsor/", state="paid", created_at=NOW)
    amounts = {"currency": "USD", "budget_minor": 10_000, "bid_minor": 2000, "daily_cap_minor": 5000}
    days = {"starts_on": NOW.date(), "ends_on": NOW.date(), "created_at": NOW, "submitted_at": NOW}
    who = {"sponsor": sponsor, "payer": sponsor, "state": "in_review", "prepayment": prepayment}
    Sponsorship.objects.create(clip=clip, **who, **amounts, **days)
