"""What is erased of merchants with a person's account, and of invitations some time after they are over."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from accounts.models import User
from catalog.models import Merchant, MerchantInvitation, MerchantMember, MerchantRole, MerchantState

FORGET_INVITATIONS_AFTER = timedelta(days=30)
OWNER_LEFT = gettext_noop("Its last owner deleted their account.")


def owned_alone(user: User) -> QuerySet[Merchant]:
    """Return the merchants that sell, or are suspended, and that nobody would own without the user."""
    owners = MerchantMember.objects.filter(merchant=OuterRef("pk"), role=MerchantRole.OWNER)
    is_alone = Exists(owners.filter(user=user)), ~Exists(owners.exclude(user=user))
    return Merchant.objects.filter(*is_alone, approved_at__isnull=False).order_by("pk")


def erase_memberships(*, user: User) -> None:
    """Suspend merchants that nobody owns any more, and delete applications and the invitations to a user's addresses."""
    for merchant in owned_alone(user):
        Merchant.objects.move(merchant.pk, MerchantState.APPROVED, MerchantState.SUSPENDED, decision_reason=OWNER_LEFT)
    Merchant.objects.filter(applicant=user, approved_at=None).delete()
    merchant_invitations_of(user).delete()


def merchant_invitations_of(user: User) -> QuerySet[MerchantInvitation]:
    """Return the invitations to an address of the user's."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return MerchantInvitation.objects.filter(Q(email=user.email.lower()) | Q(email__in=verified)).order_by("pk")


def forget_merchant_invitations(*, now: datetime) -> None:
    """Delete invitations that were accepted, withdrawn or expired over 30 days ago."""
    limit = now - FORGET_INVITATIONS_AFTER
    is_over = Q(accepted_at__lt=limit) | Q(withdrawn_at__lt=limit) | Q(expires_at__lt=limit)
    MerchantInvitation.objects.filter(is_over).delete()
