"""Whom the shop pays: creators, agencies and merchants."""

from typing import Any

from django.db.models import Q

from accounts.models import User
from catalog.models import Merchant, MerchantRole
from creators.models import Agency, Creator

type Payee = Creator | Agency | Merchant
type PayeeKey = tuple[int | None, int | None, int | None]
"""The ids of a creator, an agency and a merchant, as `values_list(*PAYEES)` returns them. Two of them are None."""

PAYEES = ("creator", "agency", "merchant")
"""The columns that name a payee, one of which is filled."""


class OfPayee:
    """A row with the columns PAYEES."""

    creator: Any
    agency: Any
    merchant: Any
    creator_id: Any
    agency_id: Any
    merchant_id: Any

    @property
    def payee(self) -> Payee:
        payee: Payee | None = self.creator or self.agency or self.merchant
        assert payee is not None  # a constraint requires one
        return payee

    @property
    def payee_key(self) -> PayeeKey:
        return self.creator_id, self.agency_id, self.merchant_id

    @property
    def payee_columns(self) -> dict[str, Any]:
        """Return the columns, two of which are None, to find or make other rows of the payee."""
        return {name: getattr(self, name) for name in PAYEES}


def is_one_payee() -> Q:
    """Return the condition that one of the columns is filled, and the others are not."""
    alone = [Q(**{f"{other}__isnull": other != name for other in PAYEES}) for name in PAYEES]
    return alone[0] | alone[1] | alone[2]


def column_of(payee: Payee) -> str:
    return "creator" if isinstance(payee, Creator) else "agency" if isinstance(payee, Agency) else "merchant"


def find_users(payee: Payee) -> list[User]:
    """Return who is told about a payee's money, and does not decide about it: of a merchant, its owners."""
    if isinstance(payee, Merchant):
        owners = payee.members.filter(role=MerchantRole.OWNER).select_related("user").order_by("pk")
        return [member.user for member in owners]
    return [payee.user] if payee.user else []


def is_paid_to(user: User) -> Q:
    """Return the condition that a row pays the user, or a merchant that they own."""
    owned = Merchant.objects.filter(members__user=user, members__role=MerchantRole.OWNER)
    return Q(creator__user=user) | Q(agency__user=user) | Q(merchant__in=owned.values("pk"))
