"""Commissions that wait for staff, or were refused, because the buyer seems to belong to whoever would earn them."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.prices import Price
from shop.models.order import Order
from shop.models.order_line import OrderLine
from shop.states import COMMISSION_HOLD_MOVES, CommissionHoldState


class SignalKind(models.TextChoices):
    """What a buyer has in common with the creator, or with the agency that represents them."""

    ACCOUNT = "account", _("Bought with the creator's own account")
    EMAIL = "email", _("Ordered with an email address of the creator or the agency")
    AGENCY = "agency", _("Bought by the creator's agency, or by a creator whom it also represents")
    CARD = "card", _("Paid with a card that the creator or the agency also uses")
    PAYOUT_ACCOUNT = "payout_account", _("The buyer is paid to the same bank account")
    SIMILAR_EMAIL = "similar_email", _("The email address differs only in its dots")
    ADDRESS = "address", _("Same address")
    PHONE = "phone", _("Same phone number")
    DEVICE = "device", _("Same browser")
    PAYOUT_HOLDER = "payout_holder", _("The buyer is paid under the same name")
    CLICKS = "clicks", _("More clicks in a minute than a person can make")


CERTAIN = frozenset(
    {SignalKind.ACCOUNT, SignalKind.EMAIL, SignalKind.AGENCY, SignalKind.CARD, SignalKind.PAYOUT_ACCOUNT}
)
"""Signals that leave no doubt. A commission with one of the others is held until a person decides."""


class CommissionHoldQuerySet(TransitionQuerySet["CommissionHold"]):
    transitions = COMMISSION_HOLD_MOVES

    def open(self) -> Self:
        """Return holds that wait for a decision."""
        return self.filter(state=CommissionHoldState.HELD)

    def to_decide(self) -> Self:
        """Return open holds, without those whose goods were all returned: nothing is left to earn there."""
        return self.open().filter(line__refunded_quantity__lt=models.F("line__quantity"))


class CommissionHold(models.Model):
    """The commission of an order line, with the signals because of which it is not paid.

    `signals` is a list of `signal`, `source` and `note`. The source is the code of an order by the creator or agency, or
    empty. Cards, accounts, addresses and phone numbers are not copied here. `commission_minor` and `agency_minor` are
    what is at stake, so that nothing is lost if staff release a commission that was refused.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="commission_holds")
    state = models.CharField(_("state"), max_length=10, choices=CommissionHoldState, default=CommissionHoldState.HELD)
    signals: models.Field[Any, list[dict[str, str]]] = models.JSONField(_("evidence"), default=list)
    commission_minor = models.PositiveBigIntegerField(_("commission"))
    agency_minor = models.PositiveBigIntegerField(_("agency"), default=0)
    placed_at = models.DateTimeField(_("held since"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Empty if the evidence left no doubt."),
    )
    reason = models.CharField(_("reason for the decision"), max_length=300, blank=True)

    objects = CommissionHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("held commission")
        verbose_name_plural = _("held commissions")
        permissions = [("decide_commissionhold", "Can decide on held commissions")]
        indexes = [
            models.Index(fields=["placed_at"], name="shop_commission_hold_by_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="held"), name="shop_commission_hold_one_open_per_line"
            ),
            models.CheckConstraint(
                condition=Q(state="held") ^ Q(decided_at__isnull=False), name="shop_commission_hold_decided_iff_closed"
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(decided_by__isnull=False),
                name="shop_commission_hold_released_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(reason=""), name="shop_commission_hold_decided_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)

    @property
    def commission(self) -> Price:
        return Price(self.commission_minor, self.line.order.currency)

    @property
    def kinds(self) -> list[SignalKind]:
        """Return the kinds of its signals, each once."""
        return [SignalKind(kind) for kind in dict.fromkeys(signal["signal"] for signal in self.signals)]


class BrowserAccount(models.Model):
    """A creator or agency who was signed in with the browser from which an order was placed through their clip.

    Only such accounts are recorded, and only for orders that could pay them. See docs/decisions/0014-related-buyers.md.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="browser_accounts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "user"], name="shop_browser_account_once")]
        indexes = [models.Index(fields=["recorded_at"], name="shop_browser_account_by_date")]

    def __str__(self) -> str:
        return f"user {self.user_id} on order {self.order_id}"
