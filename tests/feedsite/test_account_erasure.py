"""Anyone can delete their account. What the books need stays, without personal data; pay that is owed is still paid."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import IdempotencyKey, OutgoingEmail, Proposal, User
from creators.invitations import invite
from creators.models import Creator, Invitation, Slot
from creators.tasks import forget_invitations
from feedsite.schedule import SCHEDULE
from payouts.batches import plan_batch
from payouts.closed_accounts import forget_paid_accounts
from payouts.models import Payout, PayoutAccount, PayoutState, Posting
from payouts.tally import tally
from shop.models import Address, Order, Refund
from tests.conftest import client_of
from tests.factories import (
    NOW,
    PASSWORD,
    make_campaign,
    make_creator,
    make_draft,
    make_enrolment,
    make_product,
    make_published_clip,
    make_user,
    make_waiting_clip,
)
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip, Decision, Revision, Source
from videos.studio.erasure import erase_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def sign_in(user: User) -> Client:
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def leave(client: Client, **fields: str) -> Any:
    return client.post("/accounts/leave/", fields)


def remaining_texts(user_id: int) -> list[str]:
    """Return every text that the user's row still has."""
    return [value for value in User.objects.filter(pk=user_id).values().get().values() if isinstance(value, str)]


def test_shopper_with_paid_cancelled_and_refunded_orders_is_gone_and_the_orders_stay(shopper: User) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    client = sign_in(shopper)
    for slug in ("mug", "lamp"):
        make_product(slug)
        assert buy(client, {"product": slug}, key=f"order-of-{slug}").status_code < 300
    cancelled = Order.objects.order_by("pk").first()
    assert cancelled is not None
    assert client.post(f"/orders/{cancelled.code}/cancel/").status_code == 302
    assert Refund.objects.get().created_by == shopper
    assert leave(client)["Location"] == "/"
    assert not User.objects.filter(pk=shopper.pk).exists()
    assert list(Order.objects.values_list("user", "visitor")) == [(None, "")] * 2
    assert Refund.objects.get().created_by is None
    assert client.get(f"/orders/{cancelled.code}/").status_code == 404


def test_stored_answers_with_addresses_are_erased_and_nobody_elses(shopper: User, stranger: User) -> None:
    for user in (shopper, stranger):
        headers = {"Idempotency-Key": "same-key"}
        body = {**ADDRESS, "street": f"{user.pk} Side Street"}
        answer = client_of(user).post("/api/v1/addresses/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201
    assert leave(sign_in(shopper))["Location"] == "/"
    assert [f"{stranger.pk} Side Street" in key.result for key in IdempotencyKey.objects.all()] == [True]


def test_creators_clips_disappear_and_earned_pay_is_still_paid(
    creator: Creator, django_capture_on_commit_callbacks: Any
) -> None:
    enrolment = make_enrolment(creator)
    published = make_published_clip(enrolment=enrolment)
    waiting = make_waiting_clip(enrolment=enrolment)
    draft = make_draft(enrolment=enrolment)
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE02120300000000202051")
    tally(now=NOW + timedelta(hours=1))
    client = sign_in(creator.user)
    page = client.get("/accounts/leave/").content.decode()
    assert "$25.00" in page
    assert "•••• 2051" in page
    assert leave(client).status_code == 302

    states = dict(Clip.objects.values_list("code", "state"))
    assert states == {published.code: "removed", waiting.code: "draft", draft.code: "draft"}
    assert set(Clip.objects.values_list("caption", flat=True)) == {""}
    assert list(Slot.objects.order_by("pk").values_list("state", flat=True)) == ["earned", "released"]
    for address in ("/@maya/", f"/c/{published.code}/", "/api/v1/creators/maya/"):
        assert Client().get(address).status_code == 404, address
    user = User.objects.get(pk=creator.user_id)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert not any("maya" in text or "example.com" in text for text in remaining_texts(user.pk))
    creator.refresh_from_db()
    assert (creator.display_name, creator.bio, creator.handle) == ("–", "", f"deleted.{creator.pk}")
    assert not Decision.objects.filter(mailed_at=None).exists()
    assert not Revision.objects.filter(receipt_mailed_at=None).exists()

    batch = plan_batch(created_by=None, currency="USD", now=NOW + timedelta(days=1))
    assert batch.payouts.get().amount_minor == 2500
    assert forget_paid_accounts() == 0
    batch.payouts.update(state=PayoutState.FAILED)
    assert forget_paid_accounts() == 0, "Pay that came back is still owed."
    assert PayoutAccount.objects.exists()
    assert Posting.objects.exists()


def test_less_than_the_minimum_is_paid_to_a_closed_account(creator: Creator, settings: Any) -> None:
    settings.PAYOUT_MINIMUM_MINOR = 5000
    make_published_clip(creator)
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE02120300000000202051")
    tally(now=NOW + timedelta(hours=1))
    leave(sign_in(creator.user))
    assert plan_batch(created_by=None, currency="USD", now=NOW).payouts.get().amount_minor == 2500


def test_pay_of_an_erased_creator_whose_bank_account_is_closed_goes_to_another(
    creator: Creator, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.PAYOUT_ACCOUNT_DELAY_DAYS = 0
    email = creator.user.email
    make_published_clip(creator)
    PayoutAccount.objects.create(
        creator=creator, holder_name="Maya", number="DE02120300000000202051", owner_email=email
    )
    tally(now=NOW + timedelta(hours=1))
    leave(sign_in(creator.user))
    mailoutbox.clear()
    first, second = (make_user(f"{name}@example.com", is_staff=True) for name in ("first", "second"))
    for user in (first, second):
        user.groups.add(Group.objects.get(name="Finance"))
    data = {"creator": creator.pk, "holder_name": "Maya", "number": "GB33BUKB20201555555555", "reason": "She wrote."}
    assert sign_in(first).post("/admin/payouts/payoutaccount/propose/", data).status_code == 302
    url = f"/admin/accounts/proposal/{Proposal.objects.get().pk}/decide/"
    assert PayoutAccount.objects.get().number == "DE02120300000000202051"
    assert sign_in(second).post(url, {"approve": ""}).status_code == 302
    account = PayoutAccount.objects.get()
    assert (account.number, account.owner_email) == ("GB33BUKB20201555555555", email)
    assert [mail.to for mail in mailoutbox if "payout account" in mail.subject] == [[email]]
    payout = plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.get()
    assert (payout.amount_minor, payout.number) == (2500, "GB33BUKB20201555555555")


def test_bank_details_are_erased_once_nothing_is_owed(creator: Creator) -> None:
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE02120300000000202051")
    leave(sign_in(creator.user))
    assert not PayoutAccount.objects.exists()
    assert not Payout.objects.exists()


def test_creator_without_an_account_is_asked_before_giving_up_pay(creator: Creator) -> None:
    clip = make_published_clip(creator)
    tally(now=NOW + timedelta(hours=1))
    client = sign_in(creator.user)
    answer = leave(client)
    assert answer.status_code == 409
    assert "Add a payout account first" in answer.content.decode()
    assert "$25.00" in answer.content.decode()
    clip.refresh_from_db()
    creator.refresh_from_db()
    assert (clip.state, creator.handle, creator.user.is_active) == ("published", "maya", True)
    assert leave(client, gives_up_pay="on").status_code == 302
    clip.refresh_from_db()
    assert clip.state == "removed"


def test_files_of_an_erased_creator_are_deleted_and_nobody_elses(creator: Creator) -> None:
    own, other = make_published_clip(creator), make_published_clip(make_creator("lou"))
    assert own.source is not None
    assert other.source is not None
    names = [
        default_storage.save(f"{source.media_folder}/1/720.mp4", ContentFile(b"0"))
        for source in (own.source, other.source)
    ]
    assert erase_files() == 0
    leave(sign_in(creator.user), gives_up_pay="on")
    assert erase_files() == 1
    assert [default_storage.exists(name) for name in names] == [False, True]
    assert Source.objects.get(pk=own.source.pk).user_file_name == ""
    assert erase_files() == 0


def test_former_moderators_decisions_stay_without_their_name() -> None:
    clip = make_published_clip()
    moderator = Decision.objects.get().moderator
    assert moderator is not None
    client = sign_in(moderator)
    assert leave(client).status_code == 409
    assert User.objects.filter(pk=moderator.pk, is_active=True).exists()
    User.objects.filter(pk=moderator.pk).update(is_staff=False)
    LogEntry.objects.log_actions(moderator.pk, [moderator], 2, "Changed")
    assert leave(client).status_code == 302
    decision = Decision.objects.get(clip=clip)
    assert decision.moderator_id == moderator.pk
    assert "desk@example.com" not in str(decision.moderator)
    assert LogEntry.objects.get().object_repr == "–"
    assert client.get("/accounts/").status_code == 302


def test_address_of_a_deleted_account_can_sign_up_again(creator: Creator) -> None:
    email = creator.user.email
    leave(sign_in(creator.user))
    assert not User.objects.filter(email__iexact=email).exists()
    assert make_user(email).is_active


def test_handle_of_a_deleted_account_is_free(creator: Creator) -> None:
    leave(sign_in(creator.user))
    other = make_creator("maya")
    assert Client().get("/@maya/").status_code == 200
    assert other.user.erased_at is None
    assert User.objects.get(pk=creator.user_id).erased_at <= timezone.now()


def test_addresses_of_invitations_are_erased_and_nobody_elses(shopper: User, creator: Creator) -> None:
    EmailAddress.objects.create(user=shopper, email="second@example.com", verified=True)
    EmailAddress.objects.create(user=shopper, email="not-theirs@example.com", verified=False)
    staff, now = make_user(is_staff=True), timezone.now()
    emails = [shopper.email, "second@example.com", "not-theirs@example.com", "used@example.com"]
    invite(campaign=make_campaign(), emails=emails, by=staff, now=now)
    invite(campaign=make_campaign(), emails=[shopper.email, creator.user.email], by=staff, now=now)
    used = Invitation.objects.filter(email__in=["used@example.com", creator.user.email])
    used.update(accepted_by=creator, accepted_at=now)
    assert leave(sign_in(shopper)).status_code == 302
    left = {"not-theirs@example.com", "used@example.com", creator.user.email}
    assert set(Invitation.objects.values_list("email", flat=True)) == left
    assert leave(sign_in(creator.user)).status_code == 302
    assert set(Invitation.objects.values_list("email", flat=True)) == {"not-theirs@example.com", ""}
    assert Invitation.objects.filter(accepted_by=creator).count() == 2


def test_addresses_of_invitations_are_erased_30_days_after_their_end(creator: Creator) -> None:
    campaign, now = make_campaign(), timezone.now()
    ages = {"old": now - timedelta(days=31), "new": now - timedelta(days=29)}
    kinds = ["expired", "declined", "withdrawn", "accepted", "open"]
    emails = [f"{kind}.{age}@example.com" for kind in kinds for age in ages]
    invite(campaign=campaign, emails=emails, by=make_user(is_staff=True), now=now)
    for age, moment in ages.items():
        for kind in ("declined", "withdrawn", "accepted"):
            who = {"accepted_by": creator} if kind == "accepted" else {}
            Invitation.objects.filter(email=f"{kind}.{age}@example.com").update(**{f"{kind}_at": moment}, **who)
        Invitation.objects.filter(email=f"expired.{age}@example.com").update(expires_at=moment)
    for _night in range(2):
        forget_invitations()
        left = {f"{kind}.new@example.com" for kind in kinds} | {"open.old@example.com", ""}
        assert sorted(Invitation.objects.values_list("email", flat=True)) == sorted(left)
    assert Invitation.objects.get(email="").accepted_by == creator
    assert "creators.tasks.forget_invitations" in {entry["task"] for entry in SCHEDULE.values()}


def test_an_invitation_that_waits_for_the_mail_server_is_erased_with_the_account(
    shopper: User, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "accounts.mail_backend.OutboxBackend"}}
    emails = [shopper.email, "other@example.com"]
    invite(campaign=make_campaign(), emails=emails, by=make_user(is_staff=True), now=timezone.now())
    leave(sign_in(shopper))
    assert [email.recipients for email in OutgoingEmail.objects.filter(subject__contains="invites")] == [[emails[1]]]


def test_accepted_address_of_an_account_that_another_used_is_erased(shopper: User, creator: Creator) -> None:
    invite(campaign=make_campaign(), emails=[shopper.email], by=make_user(is_staff=True), now=timezone.now())
    Invitation.objects.update(accepted_by=creator, accepted_at=timezone.now())
    leave(sign_in(shopper))
    assert (Invitation.objects.get().email, Invitation.objects.get().accepted_by) == ("", creator)
