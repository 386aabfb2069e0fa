"""A shop with at least one row of every model that has a page in admin, so that tests can open every address."""

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import OutgoingEmail, RefusedAddress, User
from catalog.models import (
    CatalogueSource,
    CategoryMapping,
    Import,
    ImportRow,
    LegalKind,
    LegalPage,
    ListingChange,
    MerchantRole,
    RowOutcome,
    SiteSettings,
    StockMovementKind,
    TaxClass,
)
from catalog.stock_movements import move_stock
from creators.models import Agency, Creator, LinkSign, SuspensionLink, WaitlistEntry
from creators.representation import offer_representation
from feed.models import ClipCount, EventKind, Goal
from feedsite.suspensions import suspend_creator
from payouts.account_proposals import propose_account
from payouts.batches import plan_batch
from payouts.models import Hold, LedgerCheck, PayoutAccount
from payouts.payout_accounts import AccountDetails
from shop.models import Address, DiscountCode, DiscountUse, Dispute, Order, ProviderEvent, TaxRate
from shop.refunds import plan_refund
from social.models import Comment, ReportReason
from social.ratings.authorship import save_rating
from social.ratings.content import RatingContent
from social.reports import report_subject
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_creator,
    make_draft,
    make_enrolment,
    make_member,
    make_merchant,
    make_product,
    make_published_clip,
    make_reason,
    make_user,
    make_waiting_clip,
    variant_of,
)
from tests.payouts.test_statement import after_the_return_window, sell
from tests.shop.conftest import ADDRESS
from videos.models import Clip, DecisionAction, Hashtag, WordingRule
from videos.review.appeals import appeal_decision
from videos.review.decisions import decide
from videos.review.take_downs import take_down


def make_full_shop() -> User:
    """Create the rows, and return a superuser who is also a shopper and a creator with clips in several states."""
    user = make_user("root@example.com", is_staff=True, is_superuser=True, adult_confirmed_at=NOW)
    other = make_user("other@example.com", is_staff=True, is_superuser=True)
    Address.objects.create(user=user, **ADDRESS)
    creator = make_creator("maya", user=user)
    _make_clips(creator, other)
    _make_orders(user, creator)
    _make_catalogue(other)
    _make_payouts(creator, other)
    agency = Agency.objects.create(slug="north", name="North")
    offer_representation(agency=agency, creator=creator, share_bps=1500, now=NOW)
    report_subject(user=other, subject=creator, reason=ReportReason.PRETENDER, words="Not her.", now=NOW)
    _make_ratings(user, other)
    _make_comments(creator)
    report_subject(user=other, subject=make_product(), reason=ReportReason.FAKE, words="Fake.", now=NOW)
    suspension = suspend_creator(
        creator=make_creator("zed"), reason="Spam.", hides_clips=True, is_for_fraud=True, by=other, now=timezone.now()
    )
    SuspensionLink.objects.create(creator=creator, suspension=suspension, sign=LinkSign.EMAIL, noted_at=NOW)
    return user


def _make_clips(creator: Creator, moderator: User) -> None:
    enrolment = make_enrolment(creator)
    make_draft(enrolment=enrolment)
    make_waiting_clip(enrolment=enrolment)
    make_waiting_clip()
    clips = [make_waiting_clip(enrolment=enrolment), make_waiting_clip(enrolment=enrolment), make_waiting_clip()]
    actions = (DecisionAction.REJECT, DecisionAction.REQUEST_CHANGES, DecisionAction.REJECT)
    for clip, action in zip(clips, actions, strict=True):
        revision = clip.revisions.get()
        decide(revision=revision, moderator=moderator, action=action, now=NOW, reason=make_reason(), words="Dark.")
    appeal_decision(clip_id=clips[2].pk, words="It is shown.", now=NOW)
    removed = make_published_clip(enrolment=enrolment, captions_vtt="WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    take_down(clips=[removed], moderator=moderator, reason=make_reason(), words="", now=NOW)
    make_published_clip(captions_vtt="WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    WaitlistEntry.objects.create(enrolment=enrolment, clip_code=Clip.objects.earliest("pk").code, joined_at=NOW)
    ClipCount.objects.create(clip=Clip.objects.latest("pk"))
    Goal.objects.get_or_create(kind=EventKind.LIKE, defaults={"weight": 1})
    WordingRule.objects.create(code="cure", phrases="cures", message="No cures.", must_match="It cures all.")


def _make_orders(user: User, creator: Creator) -> None:
    client = client_of(user)
    after_the_return_window(sell(client, creator))
    for number in range(2):
        sell(client, make_creator(), quantity=3, key=f"key-{number:05}")
    order = Order.objects.latest("pk")
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    code = DiscountCode.objects.create(code="SUMMER10", percent_bps=1000, currency="USD", valid_from=NOW)
    DiscountUse.objects.create(code=code, order=order, email="root@example.com", used_at=NOW)
    payment = order.payments.get()
    Dispute.objects.create(
        payment=payment, reference="dp_1", state="won", amount_minor=1, currency="USD", opened_at=NOW
    )
    ProviderEvent.objects.create(provider="stripe", event_id="evt_1", kind="x", received_at=NOW, state="set_aside")
    TaxRate.objects.create(
        country_code="DE", tax_class=TaxClass.objects.create(name="Books"), rate_bps=700, valid_from=NOW
    )
    client.post("/api/v1/bag/", {"product": make_product("mug").slug}, content_type="application/json")


def _make_catalogue(user: User) -> None:
    SiteSettings.objects.create(pk=SiteSettings.ONLY_PK, name="Inspire")
    LegalPage.objects.create(kind=LegalKind.TERMS, language="en", text="Ours.")
    source = CatalogueSource.objects.create(name="Warehouse")
    CategoryMapping.objects.create(source=source, words="Pans")
    run = Import.objects.create(source=source, file_name="a.csv", created_by=user, created_at=NOW, active_at=NOW)
    ImportRow.objects.create(run=run, row=1, outcome=RowOutcome.UNCHANGED, title="Pan")
    merchant = make_merchant("lamps")
    make_member(merchant, MerchantRole.PACKER, user)
    lamp = make_product(merchant=merchant)
    ListingChange.objects.create(product=lamp, values={"name": "Lamp"}, sent_by=user, sent_at=NOW)
    kind = StockMovementKind.RECEIVED
    move_stock(variant_id=variant_of(make_product()).pk, kind=kind, number=3, reason="Pallet", created_by=user, now=NOW)
    now = timezone.now()
    OutgoingEmail.objects.create(
        sender="a@example.com", recipients=["b@example.com"], subject="Order", created_at=now, due_at=now
    )
    RefusedAddress.objects.create(email="b@example.com", answer_text="550 no", refused_at=now)


def _make_ratings(user: User, moderator: User) -> None:
    """Create a visible rating, and one that waits."""
    for author, words in ((user, "It pours well."), (moderator, "It cures colds.")):
        EmailAddress.objects.create(user=author, email=author.email, verified=True)
        User.objects.filter(pk=author.pk).update(date_joined=NOW.replace(year=2020))
        author.refresh_from_db()
        content = RatingContent(4, words, "Ann")
        save_rating(user=author, product=make_product(), content=content, now=timezone.now())


def _make_comments(creator: Creator) -> None:
    """Create a visible comment, and one that waits."""
    clip = Clip.objects.published().latest("pk")
    Comment.objects.create(clip=clip, author=creator, words="It pours well.", created_at=NOW)
    Hashtag.objects.create(key="summer", name="Summer", block_reason="Spam.")
    Comment.objects.create(
        clip=clip, author=creator, words="www.example.com", state="held", hold_reason="link", created_at=NOW
    )


def _make_payouts(creator: Creator, user: User) -> None:
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    plan_batch(created_by=user, currency="USD", now=timezone.now())
    Hold.objects.create(creator=creator, kind="click_pattern", subject="x", placed_at=NOW)
    LedgerCheck.objects.create(started_at=NOW)
    details = AccountDetails("Maya", "DE002", "")
    propose_account(payee=creator, details=details, reason="She called.", proposed_by=user, now=NOW)
