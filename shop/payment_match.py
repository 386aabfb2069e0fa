"""Comparison of what a provider says with our payments. Whatever does not fit in every particular is never booked.

A provider's account may be shared by several shops, by older versions and copies of this one, and by people who take
money in other ways. Therefore a name that looks like ours proves nothing.
"""

from accounts.installation import get_installation_id
from accounts.keys import parse_key
from shop.models import Payment
from shop.models.provider_event import SetAsideReason
from shop.providers.port import Particulars


class SetAside(Exception):
    """News that a person has to look at. `reason` says why it was not booked."""

    def __init__(self, reason: SetAsideReason) -> None:
        super().__init__(reason.label)
        self.reason = reason


def match_payment(*, provider: str, particulars: Particulars, reference: str, session: str = "") -> Payment:
    """Return the payment that the news is about. Raises SetAside.

    A payment is found by the provider's reference or session, if it told us before, and otherwise by our key. The key
    counts only together with our installation id. Therefore a payment that is older than the installation id is found
    by its reference or session alone: reconciliation finds the session by the address to which it leads back.
    """
    payment = _find_by_reference(provider, reference, session) or _find_by_key(provider, particulars)
    if payment is None:
        is_ours = particulars.installation in ("", get_installation_id())
        raise SetAside(SetAsideReason.UNKNOWN_PAYMENT if is_ours else SetAsideReason.OTHER_INSTALLATION)
    check_origin(payment, particulars)
    if (reference and payment.reference not in ("", reference)) or (session and payment.session not in ("", session)):
        raise SetAside(SetAsideReason.UNKNOWN_PAYMENT)
    return payment


def check_origin(payment: Payment, particulars: Particulars) -> None:
    """Raise SetAside if the news comes from another installation, account or mode than the payment."""
    if particulars.installation not in ("", payment.installation, get_installation_id()):
        raise SetAside(SetAsideReason.OTHER_INSTALLATION)
    if particulars.account and particulars.account != payment.account:
        raise SetAside(SetAsideReason.OTHER_ACCOUNT)
    if None not in (particulars.is_live, payment.is_live) and particulars.is_live != payment.is_live:
        raise SetAside(SetAsideReason.OTHER_ACCOUNT)


def check_amount(payment: Payment, particulars: Particulars) -> None:
    """Raise SetAside if the provider collected another amount than we asked for, or does not tell how much."""
    if (particulars.amount_minor, particulars.currency) != (payment.amount_minor, payment.currency):
        raise SetAside(SetAsideReason.OTHER_AMOUNT)


def check_currency(payment: Payment, particulars: Particulars) -> int:
    """Return the amount of a refund or dispute in minor units. Raises SetAside if its currency is another one."""
    if particulars.amount_minor is None or particulars.currency not in ("", payment.currency):
        raise SetAside(SetAsideReason.OTHER_AMOUNT)
    return particulars.amount_minor


def _find_by_reference(provider: str, reference: str, session: str) -> Payment | None:
    payments = Payment.objects.filter(provider=provider).select_related("order", "prepayment")
    by_reference = payments.filter(reference=reference).first() if reference else None
    return by_reference or (payments.filter(session=session).first() if session else None)


def _find_by_key(provider: str, particulars: Particulars) -> Payment | None:
    """Return the payment with this key, if the installation id of the news is that of the payment."""
    payment_id = parse_key(particulars.key.rpartition("-payment-")[2])
    if not particulars.installation or not payment_id:
        return None
    payments = Payment.objects.filter(provider=provider, installation=particulars.installation, pk=payment_id)
    payment = payments.select_related("order", "prepayment").first()
    return payment if payment is not None and payment.key == particulars.key else None
