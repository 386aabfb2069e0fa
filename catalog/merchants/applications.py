"""Applications to sell here, and changes of an organisation's profile by its owners."""

import logging
from collections.abc import Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from catalog.merchants.forms import LEGAL
from catalog.merchants.names import is_name_taken, make_slug
from catalog.models import Merchant, MerchantMember, MerchantRole, MerchantState

logger = logging.getLogger(__name__)


class ApplicationRefused(Exception):
    """A refused application or change of a profile. Nothing was changed. The message says why."""


class MerchantNameTaken(ApplicationRefused):
    """The name looks like another merchant's."""


def find_application(user: User) -> Merchant | None:
    """Return the user's application that waits or was declined, or None."""
    states = (MerchantState.APPLIED, MerchantState.REFUSED)
    return Merchant.objects.filter(applicant=user, state__in=states).order_by("-applied_at").first()


def has_verified_address(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True).exists())


def apply_as_merchant(*, user: User, profile: Mapping[str, str], sells: str, now: datetime) -> Merchant:
    """Record an application, or one that was declined again, and return it. The applicant becomes its owner.

    Raises ApplicationRefused if the user has no verified address or an application that waits, and MerchantNameTaken.
    """
    if not has_verified_address(user):
        raise ApplicationRefused(_("Confirm your email address first. We answer there."))
    values = {**profile, "sells": sells, "applicant": user, "applied_at": now, "terms_accepted_at": now}
    try:
        with transaction.atomic():
            earlier = find_application(user)
            check_name(profile["name"], merchant_id=earlier.pk if earlier else None)
            if earlier is not None:
                if not Merchant.objects.move(
                    earlier.pk, MerchantState.REFUSED, MerchantState.APPLIED, decision_reason="", **values
                ):
                    raise ApplicationRefused(_("You have applied already. We will reply by email."))
                return Merchant.objects.get(pk=earlier.pk)
            merchant = Merchant.objects.create(slug=make_slug(profile["name"]), **values)
            MerchantMember.objects.create(merchant=merchant, user=user, role=MerchantRole.OWNER)
    except IntegrityError as error:
        if violated_constraint(error) != "catalog_merchant_one_application":
            raise
        raise ApplicationRefused(_("You have applied already. We will reply by email.")) from error
    logger.info("somebody applied as a merchant", extra={"merchant": merchant.pk, "user": user.pk})
    return merchant


def change_profile(*, merchant_id: int, changes: Mapping[str, str]) -> bool:
    """Change an organisation's contact, and keep changes of its name and legal data until staff decide on them.

    Return whether any of them wait. Raises MerchantNameTaken.
    """
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
        if "name" in changes:
            check_name(changes["name"], merchant_id=merchant_id)
        at_once = {name: value for name, value in changes.items() if name not in LEGAL}
        waiting = merchant.asked_changes | {name: value for name, value in changes.items() if name in LEGAL}
        waiting = {name: value for name, value in waiting.items() if value != getattr(merchant, name)}
        Merchant.objects.filter(pk=merchant_id).update(asked_changes=waiting, **at_once)
    return bool(waiting)


def check_name(name: str, *, merchant_id: int | None) -> None:
    """Raise MerchantNameTaken if the name looks like another merchant's. Call it in the transaction that takes the name."""
    lock_names()
    if is_name_taken(name, merchant_id=merchant_id):
        raise MerchantNameTaken(_("This name looks too much like another merchant's. Choose another."))


def lock_names() -> None:
    """Let names be taken one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.merchant_names'))")
