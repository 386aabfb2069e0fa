"""The download of personal data has a group for every relation to a person, or a reason why it has none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from creators.models import Agency, Creator
from shop.models import Order
from shop.returns import request_return
from tests.conftest import client_of
from tests.factories import PASSWORD, make_product
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]

GROUPS = {
    "accounts.Block.user": "blocks",
    "accounts.Mute.user": "mutes",
    "account.EmailAddress.user": "email_addresses",
    "catalog.Merchant.applicant": "merchant_applications",
    "catalog.MerchantMember.user": "merchants",
    "creators.Agency.user": "agency",
    "creators.Campaign.invited": "open_to_creator",
    "creators.Creator.user": "creator",
    "creators.Enrolment.creator": "enrolments",
    "creators.FormerHandle.creator": "former_handles",
    "creators.Invitation.accepted_by": "invitations",
    "creators.Representation.agency": "representations",
    "creators.Representation.creator": "representations",
    "creators.Sample.creator": "samples",
    "creators.Suspension.creator": "suspensions",
    "feed.Viewer.user": "feed",
    "mfa.Authenticator.user": "second_factors",
    "payouts.Hold.creator": "held_pay",
    "payouts.Payout.agency": "payouts",
    "payouts.Payout.creator": "payouts",
    "payouts.PayoutAccount.agency": "payout_account",
    "payouts.PayoutAccount.creator": "payout_account",
    "payouts.StatementLine.creator": "statement",
    "shop.Address.user": "address",
    "shop.Bag.user": "bag",
    "shop.BillingAddress.order": "billing_addresses",
    "shop.BrowserAccount.user": "browsers",
    "shop.Click.user": "clicks",
    "shop.DiscountCode.creator": "discount_codes",
    "shop.DiscountUse.order": "discounts",
    "shop.Invoice.order": "invoices",
    "shop.SampleOrder.order": "samples",
    "shop.MessageBlock.user": "message_blocks",
    "shop.MessageThread.order": "message_threads",
    "shop.MessageThread.user": "message_threads",
    "shop.Order.user": "orders",
    "programme.AudienceCount.clip": "audience_counts",
    "programme.SalesCount.clip": "sales_counts",
    "shop.OrderLine.order": "order_lines",
    "shop.Parcel.order": "parcels",
    "shop.Payment.order": "payments",
    "shop.Prepayment.user": "prepayments",
    "shop.ProviderCustomer.user": "payment_customers",
    "shop.Refund.order": "refunds",
    "shop.ThreadMessage.author": "messages_for_merchants",
    "social.Collection.user": "collections",
    "social.Comment.author": "comments",
    "social.CommentLike.user": "comment_likes",
    "social.Follow.user": "follows",
    "social.HashtagFollow.user": "hashtag_follows",
    "social.Hidden.user": "hidden",
    "social.HelpfulVote.user": "helpful_votes",
    "social.LegalNotice.user": "legal_notices",
    "social.Like.user": "likes",
    "social.DigestDay.user": "digest_day",
    "social.Notification.user": "notifications",
    "social.NotificationChoice.user": "notification_choices",
    "social.PushSubscription.user": "push_subscriptions",
    "social.Rating.user": "ratings",
    "social.RatingMailStop.user": "rating_mail_stop",
    "social.RatingRequest.order": "rating_requests",
    "social.Removal.owner": "removals",
    "social.Removal.profile": "removals",
    "social.Report.user": "reports",
    "social.Save.user": "saves",
    "social.SentPost.recipient": "received_posts",
    "social.SentPost.sender": "sent_posts",
    "social.ShareLink.user": "share_links",
    "social.Wish.user": "wishes",
    "social.Sponsorship.booked_by": "sponsorships",
    "videos.Clip.creator": "clips",
    "videos.Decision.clip": "decisions",
    "videos.Photo.clip": "photos",
    "videos.Source.creator": "files",
    "videos.Upload.creator": "uploads",
}
WORK = "What staff do at work is the shop's record. Their names stand in it as long as the record is kept."
OTHERS = "It tells about other people: who follows, blocks, reports, looks at or buys from a creator."
EVIDENCE = "Who reads it could avoid it the next time. It goes with the account."
LEDGER = "The statement has it in words, line by line."
OF_THE_CLIP = "It is made from the clip, for its review, and goes with it."
LEFT_OUT = {
    "accounts.Block.blocked_user": OTHERS,
    "accounts.Mute.muted_user": OTHERS,
    "accounts.Proposal.decided_by": WORK,
    "accounts.Proposal.proposed_by": WORK,
    "admin.LogEntry.user": WORK,
    "catalog.DigitalFile.uploaded_by": WORK,
    "catalog.Import.created_by": WORK,
    "catalog.MerchantInvitation.invited_by": WORK,
    "catalog.ListingChange.decided_by": WORK,
    "catalog.ListingChange.sent_by": "What somebody lists for a merchant is the merchant's record.",
    "catalog.ScheduledPrice.created_by": WORK,
    "catalog.StockMovement.created_by": WORK,
    "programme.WebhookEndpoint.created_by": WORK,
    "creators.CommissionRule.approved_by": WORK,
    "creators.CommissionRule.creator": LEDGER,
    "creators.CommissionRule.proposed_by": WORK,
    "creators.Invitation.invited_by": WORK,
    "creators.Sample.decided_by": WORK,
    "creators.Slot.agency": LEDGER,
    "creators.Suspension.lifted_by": WORK,
    "creators.Suspension.suspended_by": WORK,
    "creators.SuspensionLink.creator": EVIDENCE,
    "creators.SuspensionLink.dismissed_by": WORK,
    "creators.Terms.approved_by": WORK,
    "creators.Terms.created_by": WORK,
    "feed.ClipCount.clip": OTHERS,
    "feed.SponsoredPlace.booked_by": "It is a copy of the sponsorship, for the feed.",
    "feed.SponsoredPlace.clip": "It is a copy of the sponsorship, for the feed.",
    "payouts.Account.agency": LEDGER,
    "payouts.Account.creator": LEDGER,
    "payouts.Batch.approved_by": WORK,
    "payouts.Batch.created_by": WORK,
    "payouts.Hold.released_by": WORK,
    "payouts.Payout.decided_by": WORK,
    "payouts.Posting.created_by": WORK,
    "payouts.Posting.creator": LEDGER,
    "shop.BagLine.clip": OTHERS,
    "shop.BrowserAccount.order": OTHERS,
    "shop.Click.clip": OTHERS,
    "social.LegalNotice.decided_by": WORK,
    "social.NoticedPage.profile": OTHERS,
    "social.NotifierPause.paused_by": WORK,
    "social.Removal.decided_by": WORK,
    "social.Removal.removed_by": WORK,
    "shop.CommissionHold.decided_by": WORK,
    "shop.OrderLine.agency": OTHERS,
    "shop.OrderLine.clip": OTHERS,
    "shop.OrderLine.creator": OTHERS,
    "shop.Parcel.created_by": WORK,
    "shop.ProviderEvent.resolved_by": WORK,
    "shop.Refund.created_by": WORK,
    "social.CollectedClip.clip": OTHERS,
    "social.Comment.clip": OTHERS,
    "social.CommentDecision.moderator": WORK,
    "social.Follow.creator": OTHERS,
    "social.FollowCount.creator": OTHERS,
    "social.Hidden.clip": OTHERS,
    "social.Like.clip": OTHERS,
    "social.Mention.person": OTHERS,
    "social.Notification.actor": OTHERS,
    "social.PostAnnouncement.clip": OF_THE_CLIP,
    "social.Rating.replied_by": WORK,
    "social.Report.clip": OTHERS,
    "social.Report.creator": OTHERS,
    "social.Report.settled_by": WORK,
    "social.Save.clip": OTHERS,
    "social.SentPost.clip": OTHERS,
    "social.ShareLink.clip": OTHERS,
    "social.Sponsorship.clip": OTHERS,
    "social.Sponsorship.decided_by": WORK,
    "videos.AuditEntry.clip": WORK,
    "videos.AuditEntry.moderator": WORK,
    "videos.Clip.copy_of": OF_THE_CLIP,
    "videos.Decision.moderator": WORK,
    "videos.Flag.clip": OF_THE_CLIP,
    "videos.PausedClip.clip": OF_THE_CLIP,
    "videos.PostHashtag.clip": OF_THE_CLIP,
    "videos.PostMention.clip": OF_THE_CLIP,
    "videos.PostMention.person": OTHERS,
    "videos.ProductTag.clip": OF_THE_CLIP,
    "videos.ReviewLock.clip": WORK,
    "videos.ReviewLock.moderator": WORK,
    "videos.Revision.clip": OF_THE_CLIP,
}


def list_relations(*people: type[Model]) -> Iterator[str]:
    """Yield the names of all fields that point at one of these models, also those that have no way back."""
    for model in apps.get_models():
        for field in [*model._meta.concrete_fields, *model._meta.local_many_to_many]:
            if field.related_model in people and not model._meta.auto_created:
                yield f"{model._meta.label}.{field.name}"


def download(user: User) -> dict[str, Any]:
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data: dict[str, Any] = json.loads(client.get("/accounts/data/").content)
    return data


def test_every_relation_to_a_person_is_in_the_download_or_left_out_for_a_reason(shopper: User) -> None:
    relations = {
        name
        for name in list_relations(User, Creator, Agency, Order, Clip)
        if not name.startswith(("accounts.User.", "auth."))
    }
    assert relations - set(GROUPS) - set(LEFT_OUT) == set(), "Add them to the download, or say why not."
    assert (set(GROUPS) | set(LEFT_OUT)) - relations == set()
    assert not set(GROUPS) & set(LEFT_OUT)
    assert set(GROUPS.values()) <= set(download(shopper))


def test_second_addresses_passkeys_and_the_words_of_returns_are_in_the_download(shopper: User) -> None:
    EmailAddress.objects.create(user=shopper, email="second@example.com", verified=True)
    data = {"name": "Sam's phone", "credential": {"secret": "do not show"}}
    Authenticator.objects.create(user=shopper, type=Authenticator.Type.WEBAUTHN, data=data)
    make_product("mug", stock=5)
    assert buy(client_of(shopper), {"product": "mug", "address": ADDRESS}).status_code == 201
    order = Order.objects.get()
    quantities = {order.lines.get().pk: 1}
    request_return(order=order, quantities=quantities, reason="It is chipped", now=timezone.now())
    content = download(shopper)
    assert "second@example.com" in [address["email"] for address in content["email_addresses"]]
    [factor] = content["second_factors"]
    assert (factor["name"], factor["type"]) == ("Sam's phone", "webauthn")
    [refund] = content["refunds"]
    assert (refund["reason"], refund["order_code"]) == ("It is chipped", order.code)
    assert [line["product_slug"] for line in content["refund_lines"]] == ["mug"]
    assert [payment["order_code"] for payment in content["payments"]] == [order.code]
    assert "do not show" not in json.dumps(content)
