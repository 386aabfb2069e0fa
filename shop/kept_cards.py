"""Functions for the cards that shoppers keep at the payment provider.

The provider's list of a customer's cards is the truth; ours follows it, after each payment that keeps a card and after
each event about one. A card that is removed here is forgotten at once, and detached at the provider as soon as it answers.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sweeps import do_each
from shop.models import KeptCard, ProviderCustomer
from shop.providers import CardKeeper, ProviderUnavailable, find_card_keeper, get_payment_provider
from shop.providers.port import CardFacts, CardNews, CustomerGone, Decline, SearchTooLong

logger = logging.getLogger(__name__)

NOTHING = {"brand": "", "wallet": "", "last_four": "", "fingerprint": "", "expiry_month": 0, "expiry_year": 0}


def keeps_cards(user: User | None) -> bool:
    """Return whether this shopper may keep a card: only those who are signed in may."""
    return user is not None and find_card_keeper() is not None


def find_usable_cards(user: User | None, *, now: datetime) -> list[KeptCard]:
    """Return the cards with which the user can pay now, the default one first. Expired ones are left out."""
    if not keeps_cards(user):
        return []
    provider = get_payment_provider()
    cards = KeptCard.objects.owned_by(user).filter(
        customer__provider=provider.name, customer__is_live=provider.is_live()
    )
    return [card for card in cards.default_first() if not card.is_expired_at(now)]


def find_usable_card(user: User | None, card_id: int, *, now: datetime) -> KeptCard | None:
    return next((card for card in find_usable_cards(user, now=now) if card.pk == card_id), None)


def explain_missing_card() -> str:
    return _("This card can't be used any more. Nothing was charged. Choose how to pay.")


def explain_decline(decline: Decline | None) -> str:
    """Return what to tell a shopper whose kept card was not charged."""
    match decline:
        case Decline.EXPIRED:
            return _("Your card has expired. Nothing was charged. You can pay in another way.")
        case Decline.FUNDS:
            return _("Your card does not have enough money on it. Nothing was charged. You can pay in another way.")
        case Decline.UNCONFIRMED:
            return _(
                "Your bank did not confirm the payment. Nothing was charged. You can try again or pay in another way."
            )
        case Decline.GONE:
            return _(
                "This card is no longer kept at our payment provider. Nothing was charged. You can pay in another way."
            )
        case Decline.REFUSED:
            return _("The payment service does not take this payment. Nothing was charged. Please contact the shop.")
    return _("Your bank declined the card. Nothing was charged. You can pay in another way.")


def prepare_customer(user: User) -> str:
    """Return the provider's name of the user as a customer. Make one if there is none. Raises ProviderUnavailable."""
    provider, keeper = get_payment_provider(), _get_keeper()
    customer, is_new = ProviderCustomer.objects.get_or_create(
        user=user, provider=provider.name, account=provider.account(), is_live=provider.is_live()
    )
    if customer.reference:
        return customer.reference
    try:
        name = "" if is_new else keeper.find_customer(key=customer.key, since=customer.created_at)
    except SearchTooLong as failure:  # then the key alone keeps a second customer from being made, for a day
        logger.warning(
            "a customer is made without having been looked for: %s", failure, extra={"customer": customer.pk}
        )
        name = ""
    name = name or keeper.create_customer(key=customer.key, installation=customer.installation, email=user.email)
    ProviderCustomer.objects.filter(pk=customer.pk, reference="").update(reference=name)
    return name


def note_kept_card(*, customer: str, provider: str, card: CardFacts | None, now: datetime) -> None:
    """Have the cards of a customer fetched, or store the one that the provider told with the payment."""
    rows = ProviderCustomer.objects.filter(provider=provider, reference=customer)
    if card is None:
        rows.update(is_sync_due=True)
    elif (row := rows.first()) is not None:
        _write_cards(row, [card, *_facts_of(row)], now)


def note_gone(*, customer: str, provider: str, card: str, now: datetime) -> None:
    """Forget a card, or a customer, that the provider no longer has."""
    rows = ProviderCustomer.objects.filter(provider=provider, reference=customer)
    if card:
        _forget(KeptCard.objects.filter(customer__in=rows, reference=card), now)
    else:
        rows.delete()


def record_card_news(*, provider: str, news: CardNews) -> bool:
    """Have the cards of a customer of ours fetched. Return False if it is none: the account may serve other shops."""
    customers = ProviderCustomer.objects.filter(provider=provider, reference=news.customer)
    if news.particulars.account:
        customers = customers.filter(account=news.particulars.account)
    if news.particulars.is_live is not None:
        customers = customers.filter(is_live=news.particulars.is_live)
    return customers.update(is_sync_due=True) > 0


def remove_card(*, card: KeptCard, now: datetime) -> None:
    """Forget a card. It is detached at the provider at once, or later if the provider does not answer."""
    with transaction.atomic():
        _forget(KeptCard.objects.filter(pk=card.pk), now)
        ProviderCustomer.objects.filter(pk=card.customer_id).update(is_sync_due=True)
    try:
        _sync(ProviderCustomer.objects.get(pk=card.customer_id), now)
    except ProviderUnavailable as failure:
        logger.warning("a card is still to be detached: %s", failure, extra={"card": card.pk})


def make_default_card(*, card: KeptCard) -> None:
    """Make this the card that is offered first."""
    with transaction.atomic():
        ProviderCustomer.objects.select_for_update().get(pk=card.customer_id)
        KeptCard.objects.filter(customer=card.customer_id, is_default=True).update(is_default=False)
        KeptCard.objects.filter(pk=card.pk, removed_at=None).update(is_default=True)


def forget_customer(*, user: User) -> None:
    """Forget the cards of a user whose account is deleted. They and the customer are deleted at the provider later."""
    KeptCard.objects.filter(customer__user=user).delete()
    ProviderCustomer.objects.filter(user=user).update(user=None, is_sync_due=True)


def sync_cards(*, now: datetime, at_most: int = 200) -> None:
    """Compare the cards of customers whose cards changed with the provider's list, and do there what was done here."""
    due = ProviderCustomer.objects.filter(is_sync_due=True).order_by("created_at")
    do_each(due[:at_most], lambda customer: _try_sync(customer, now))


def _try_sync(customer: ProviderCustomer, now: datetime) -> None:
    try:
        _sync(customer, now)
    except ProviderUnavailable as failure:
        logger.warning("kept cards are not compared: %s", failure, extra={"customer": customer.pk})


def _get_keeper(name: str = "") -> CardKeeper:
    keeper = find_card_keeper(name)
    if keeper is None:
        raise ProviderUnavailable(f"{name or settings.PAYMENT_PROVIDER} keeps no cards.")
    return keeper


def _sync(customer: ProviderCustomer, now: datetime) -> None:
    """Raises ProviderUnavailable, also if the customer belongs to another account or mode than that of today's key."""
    provider, keeper = get_payment_provider(customer.provider), _get_keeper(customer.provider)
    if (provider.account(), provider.is_live()) != (customer.account, customer.is_live):
        raise ProviderUnavailable(f"{customer} was made with another account or mode than that of today's key.")
    if customer.user_id is None:
        _delete_at_provider(customer, keeper)
        return
    ProviderCustomer.objects.filter(pk=customer.pk).update(is_sync_due=False)
    try:
        cards = keeper.list_cards(customer.reference) if customer.reference else []
        if cards is not None:
            _write_cards(customer, cards, now)
        for card in customer.cards.filter(removed_at__isnull=False, detached_at=None):
            keeper.remove_card(card.reference)
            KeptCard.objects.filter(pk=card.pk).update(detached_at=now)
    except CustomerGone:
        customer.delete()
    except ProviderUnavailable:
        ProviderCustomer.objects.filter(pk=customer.pk).update(is_sync_due=True)
        raise


def _delete_at_provider(customer: ProviderCustomer, keeper: CardKeeper) -> None:
    name = customer.reference or keeper.find_customer(key=customer.key, since=customer.created_at)
    if name:
        try:
            for card in keeper.list_cards(name) or ():
                keeper.remove_card(card.reference)
            keeper.delete_customer(name)
        except CustomerGone:
            logger.info("a customer was gone already", extra={"customer": customer.pk})
    customer.delete()


def _write_cards(customer: ProviderCustomer, cards: list[CardFacts], now: datetime) -> None:
    """Store the cards that the provider keeps for a customer, and forget all others.

    Of several copies of one card, which the provider makes when it is kept again, the newest stays. A card that is the
    only one is the default one.
    """
    newest = {card.fingerprint or card.reference: card for card in reversed(cards)}
    with transaction.atomic():
        ProviderCustomer.objects.select_for_update().get(pk=customer.pk)
        rows = KeptCard.objects.filter(customer=customer)
        old_default = rows.filter(is_default=True).first()
        removed = set(rows.exclude(removed_at=None).values_list("reference", flat=True))
        listed = [card for card in newest.values() if card.reference not in removed]
        for card in listed:
            values = {
                "brand": card.brand[:30],
                "wallet": card.wallet[:30],
                "last_four": card.last_four[:4],
                "expiry_month": card.expiry_month,
                "expiry_year": card.expiry_year,
                "fingerprint": card.fingerprint,
            }
            rows.update_or_create(
                customer=customer, reference=card.reference, defaults=values, create_defaults={**values, "kept_at": now}
            )
        copies = {card.reference for card in cards} - {card.reference for card in listed} - removed
        for reference in copies:
            rows.get_or_create(customer=customer, reference=reference, defaults={"kept_at": now})
        _forget(rows.filter(removed_at=None).exclude(reference__in=[card.reference for card in listed]), now)
        gone = rows.exclude(reference__in=[card.reference for card in cards])
        gone.filter(detached_at=None, removed_at__isnull=False).exclude(reference__in=removed).update(detached_at=now)
        if old_default is not None and old_default.fingerprint:
            successor = rows.filter(removed_at=None, fingerprint=old_default.fingerprint)
            successor.filter(~Q(customer__cards__is_default=True)).update(is_default=True)
        if len(listed) == 1:
            rows.filter(removed_at=None).update(is_default=True)


def _forget(cards: QuerySet[KeptCard], now: datetime) -> None:
    cards.filter(removed_at=None).update(removed_at=now, is_default=False, **NOTHING)


def _facts_of(customer: ProviderCustomer) -> list[CardFacts]:
    return [
        CardFacts(
            reference=card.reference,
            brand=card.brand,
            last_four=card.last_four,
            expiry_month=card.expiry_month,
            expiry_year=card.expiry_year,
            fingerprint=card.fingerprint,
            wallet=card.wallet,
        )
        for card in customer.cards.filter(removed_at=None).order_by("-pk")
    ]
