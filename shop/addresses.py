"""The address book of a user: saving, choosing the default, deleting. The first address is the default one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from shop.address_rules import ADDRESS_FIELDS, home_country
from shop.models import Address, PostalAddress
from shop.models.address import MAX_ADDRESSES
from shop.rates import Destination
from shop.shopper import Shopper


class AddressBookFull(Exception):
    """A refusal to save one more address. The message tells the user what to do."""


def destination_of(address: PostalAddress, vat_number: str = "") -> Destination:
    return Destination(address.country_code, address.region, vat_number)


def find_default_address(user: User | None) -> Address | None:
    return Address.objects.owned_by(user).default_first().first()


def guess_destination(shopper: Shopper) -> Destination:
    """Return where the shopper's default address is or, if there is none, the country of the shop."""
    address = find_default_address(shopper.user)
    return destination_of(address) if address else Destination(home_country())


def save_address(*, user: User, values: dict[str, str], label: str = "", address: Address | None = None) -> Address:
    """Save a new address of the user, or change `address`. Return it. Raises AddressBookFull without changing anything.

    `values` has been cleaned by shop.address_rules.
    """
    with transaction.atomic():
        own = _lock_addresses(user)
        if address is None and len(own) >= MAX_ADDRESSES:
            raise AddressBookFull(
                _("You can save %(most)d addresses. Delete one that you no longer need.") % {"most": MAX_ADDRESSES}
            )
        saved = address or Address(user=user, is_default=not own)
        for name in ADDRESS_FIELDS:
            setattr(saved, name, values[name])
        saved.label = label
        saved.save()
    return saved


def remember_address(*, user: User, address: PostalAddress) -> None:
    """Save an address that was typed at checkout, unless the user has it already or has too many."""
    with transaction.atomic():
        own = _lock_addresses(user)
        if len(own) < MAX_ADDRESSES and all(saved.address_values != address.address_values for saved in own):
            Address.objects.create(user=user, is_default=not own, **address.address_values)


def make_default(*, address: Address) -> None:
    """Make an address the default one of its user."""
    with transaction.atomic():
        own = _lock_addresses(address.user)
        Address.objects.filter(pk__in=[other.pk for other in own]).update(is_default=False)
        Address.objects.filter(pk=address.pk).update(is_default=True)


def delete_address(*, address: Address) -> None:
    """Delete an address. If it was the default one, the oldest of the others becomes it. Orders keep their copies."""
    with transaction.atomic():
        own = [other for other in _lock_addresses(address.user) if other.pk != address.pk]
        Address.objects.filter(pk=address.pk).delete()
        if own and not any(other.is_default for other in own):
            Address.objects.filter(pk=own[0].pk).update(is_default=True)


def _lock_addresses(user: User) -> list[Address]:
    """Lock the user, so that two requests cannot make two defaults, and return their addresses, oldest first."""
    User.objects.select_for_update().get(pk=user.pk)
    return list(Address.objects.filter(user=user).select_related("user").order_by("pk"))
