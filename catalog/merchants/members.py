"""Who acts for a merchant: people are invited, change roles, and are removed. Somebody always owns it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from catalog.merchants.mail import mail_merchant_invitation
from catalog.models import Merchant, MerchantInvitation, MerchantMember, MerchantRole
from catalog.models.merchant_invitation import hash_token

VALID_FOR = timedelta(days=14)
MOST_OPEN = 50
"""How many invitations of a merchant may be open."""
INVITING_PERIOD = timedelta(days=1)
MOST_IN_PERIOD = 50
"""How many a merchant may send in each INVITING_PERIOD, withdrawn ones too, so that nobody sends emails to the world."""


class MemberRefused(Exception):
    """A refused invitation or change of a member. Nothing was changed. The message says why."""


def invite_member(*, merchant_id: int, email: str, role: MerchantRole, by: User, now: datetime) -> MerchantInvitation:
    """Email a link with which somebody becomes a member. One that has expired is replaced. Raises MemberRefused."""
    email, token = email.lower(), secrets.token_urlsafe(32)
    try:
        with _locking(merchant_id) as merchant:
            if merchant.members.filter(user__email__iexact=email).exists():
                raise MemberRefused(_("This person acts for you already."))
            unsettled = merchant.invitations.unsettled()
            unsettled.filter(expires_at__lte=now).update(withdrawn_at=now)
            if unsettled.count() >= MOST_OPEN:
                raise MemberRefused(_("Withdraw some of your open invitations first."))
            if merchant.invitations.filter(created_at__gt=now - INVITING_PERIOD).count() >= MOST_IN_PERIOD:
                raise MemberRefused(_("You sent many invitations within a day. Wait until tomorrow to send more."))
            invitation = MerchantInvitation.objects.create(
                merchant=merchant,
                email=email,
                role=role,
                token_hash=hash_token(token),
                invited_by=by,
                created_at=now,
                expires_at=now + VALID_FOR,
            )
            mail_merchant_invitation(invitation=invitation, token=token)
    except IntegrityError as error:
        if violated_constraint(error) != "catalog_merchant_invited_once":
            raise
        raise MemberRefused(_("This person is invited already. Withdraw the invitation to send another.")) from error
    return invitation


def find_member_invitation(token: str, *, now: datetime) -> MerchantInvitation | None:
    """Return the invitation with this token if it can be accepted now, or None."""
    return MerchantInvitation.objects.open_at(now).with_token(token).select_related("merchant").first()


def accept_member_invitation(*, token: str, user: User, now: datetime) -> MerchantMember:
    """Make the user a member. Of several who use one link at once, one succeeds. Raises MemberRefused."""
    with transaction.atomic():
        invitation = find_member_invitation(token, now=now)
        if invitation is None:
            raise MemberRefused(_("This invitation was used, withdrawn, or is too old. Ask for a new one."))
        if MerchantMember.objects.filter(merchant=invitation.merchant_id, user=user).exists():
            raise MemberRefused(_("You act for this merchant already. The invitation was not used."))
        if not MerchantInvitation.objects.open_at(now).filter(pk=invitation.pk).update(accepted_at=now):
            raise MemberRefused(_("This invitation was used, withdrawn, or is too old. Ask for a new one."))
        return MerchantMember.objects.create(merchant=invitation.merchant, user=user, role=invitation.role)


def withdraw_member_invitation(*, merchant_id: int, invitation_id: int, now: datetime) -> None:
    """Make an invitation's link stop working. Raises MemberRefused."""
    own = MerchantInvitation.objects.unsettled().filter(merchant=merchant_id, pk=invitation_id)
    if not own.update(withdrawn_at=now):
        raise MemberRefused(_("This invitation was used or withdrawn already."))


def change_role(*, merchant_id: int, member_id: int, role: MerchantRole, now: datetime) -> None:
    """Give a member another role. Raises MemberRefused if they are no member, or the last owner."""
    with _locking(merchant_id) as merchant:
        member = _get_member(merchant, member_id)
        if role != MerchantRole.OWNER:
            _refuse_last_owner(merchant, member)
            _withdraw_sent(merchant, member, now)
        MerchantMember.objects.filter(pk=member.pk).update(role=role)


def remove_member(*, merchant_id: int, member_id: int, now: datetime) -> None:
    """End a member's access at once. Raises MemberRefused if they are no member, or the last owner."""
    with _locking(merchant_id) as merchant:
        member = _get_member(merchant, member_id)
        _refuse_last_owner(merchant, member)
        _withdraw_sent(merchant, member, now)
        member.delete()


@contextmanager
def _locking(merchant_id: int) -> Iterator[Merchant]:
    """Lock the merchant, so that two owners who remove each other do not both succeed."""
    with transaction.atomic():
        yield Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)


def _get_member(merchant: Merchant, member_id: int) -> MerchantMember:
    member = merchant.members.filter(pk=member_id).first()
    if member is None:
        raise MemberRefused(_("This person does not act for you any more."))
    return member


def _refuse_last_owner(merchant: Merchant, member: MerchantMember) -> None:
    others = merchant.members.exclude(pk=member.pk).filter(role=MerchantRole.OWNER, user__is_active=True)
    if member.role == MerchantRole.OWNER and not others.exists():
        raise MemberRefused(_("A merchant needs an owner. Make somebody else one first."))


def _withdraw_sent(merchant: Merchant, member: MerchantMember, now: datetime) -> None:
    """Withdraw what an owner sent who is none any more, so that no link of theirs lets anybody in afterwards."""
    merchant.invitations.unsettled().filter(invited_by=member.user_id).update(withdrawn_at=now)
