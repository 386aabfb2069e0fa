"""Who may book which post, what a booking must be like, and how many views it may bring."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import has_verified_address
from accounts.models import User
from catalog.merchants.access import list_memberships
from catalog.models import HOUSE_ID, Merchant, MerchantRole, MerchantState
from catalog.prices import format_money
from catalog.site import site_name
from feed.models import ClipCount
from feed.training import TRAINING_PERIOD
from shop.providers import get_payment_provider
from social.models import Sponsorship
from social.models.sponsorship import MAY_BOOK
from videos.models import Clip
from videos.models.clip import ClipQuerySet

LONGEST = timedelta(days=365)
EARLIEST = timedelta(days=365)
"""How far ahead the first day may be."""


class SponsorshipRefused(Exception):
    """A refused change of a sponsorship. Nothing was changed. The message says why."""


@dataclass(frozen=True)
class Booking:
    """What somebody books. Amounts are in minor units of the shop's currency; an empty audience is everybody."""

    budget_minor: int
    bid_minor: int
    daily_cap_minor: int
    starts_on: date
    ends_on: date
    categories: Sequence[int] = ()
    languages: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Booker:
    """On whose behalf a user books: a merchant's, the house's, or their own if `merchant` is None."""

    user: User
    merchant: Merchant | None

    @property
    def name(self) -> str:
        if self.merchant is None:
            return str(self.user.creator.display_name)
        return site_name() if self.merchant.pk == HOUSE_ID else self.merchant.name

    @property
    def payer(self) -> str:
        """Return who pays, as the archive says: the company if it has another name."""
        return (self.merchant.legal_name if self.merchant else "") or self.name


def list_bookers(user: User) -> list[Booker]:
    """Return on whose behalf the user may book: their merchants first, then the house, then themselves."""
    roles = (MerchantRole.OWNER, MerchantRole.MANAGER)
    members = list_memberships(user).filter(role__in=roles, merchant__state=MerchantState.APPROVED)
    bookers = [Booker(user, member.merchant) for member in members]
    if user.has_perm(MAY_BOOK):
        bookers.append(Booker(user, Merchant.objects.get(pk=HOUSE_ID)))
    if hasattr(user, "creator"):
        bookers.append(Booker(user, None))
    return bookers


def list_bookable(booker: Booker) -> ClipQuerySet:
    """Return the published posts that may be booked, newest first.

    A merchant books posts that show a product of its own, the house any post, and a member their own posts.
    """
    posts = Clip.objects.published().select_related("creator").order_by("-published_at", "-pk")
    if booker.merchant is None:
        return posts.owned_by(booker.user)
    if booker.merchant.pk == HOUSE_ID:
        return posts
    return posts.filter(pk__in=Clip.objects.filter(products__merchant=booker.merchant).values("pk"))


def find_booker(user: User, clip: Clip, merchant: str | None = None) -> Booker:
    """Return the first on whose behalf the user may book the post. `merchant` is a slug, or "" for themselves.

    Raises SponsorshipRefused.
    """
    bookers = list_bookers(user)
    if merchant is not None:
        bookers = [booker for booker in bookers if (booker.merchant.slug if booker.merchant else "") == merchant]
    for booker in bookers:
        if list_bookable(booker).filter(pk=clip.pk).exists():
            return booker
    raise SponsorshipRefused(_("You can book published posts of your own, or with a product of your merchant."))


def book(*, booker: Booker, clip: Clip, booking: Booking, now: datetime) -> Sponsorship:
    """Save a booking as a draft, which is to be paid, and return it. Raises SponsorshipRefused."""
    if not has_verified_address(booker.user):
        raise SponsorshipRefused(_("Confirm your email address first."))
    if not list_bookable(booker).filter(pk=clip.pk).exists():
        raise SponsorshipRefused(_("This post can't be booked."))
    if refusal := "".join(find_faults(booking, today=timezone.localdate(now)).values()):
        raise SponsorshipRefused(refusal)
    return Sponsorship.objects.create(
        clip=clip,
        merchant=booker.merchant,
        booked_by=booker.user,
        sponsor=booker.name,
        payer=booker.payer,
        currency=settings.CURRENCY,
        budget_minor=booking.budget_minor,
        bid_minor=booking.bid_minor,
        daily_cap_minor=booking.daily_cap_minor,
        starts_on=booking.starts_on,
        ends_on=booking.ends_on,
        categories=sorted(set(booking.categories)),
        languages=sorted(set(booking.languages)),
        created_at=now,
    )


def find_faults(booking: Booking, *, today: date) -> dict[str, str]:
    """Return a sentence for each field that does not fit, or an empty mapping."""
    faults: dict[str, str] = {}
    if booking.daily_cap_minor > booking.budget_minor:
        faults["daily_cap_minor"] = _("The daily cap can't be more than the budget.")
    elif booking.daily_cap_minor * 1000 < booking.bid_minor:
        faults["daily_cap_minor"] = _("The daily cap must pay for at least one view.")
    if booking.bid_minor < 1:
        faults["bid_minor"] = _("Bid more than 0.")
    if booking.starts_on < today or booking.starts_on > today + EARLIEST:
        faults["starts_on"] = _("Choose a first day from today on, within a year.")
    if not booking.starts_on <= booking.ends_on <= booking.starts_on + LONGEST:
        faults["ends_on"] = _("Choose a last day on or after the first day, at most a year later.")
    if unpayable := _explain_unpayable(booking.budget_minor):
        faults["budget_minor"] = unpayable
    return faults


def _explain_unpayable(amount_minor: int) -> str:
    """Return why the payment provider cannot charge the amount, or "" if it can."""
    provider, currency = get_payment_provider(), settings.CURRENCY
    step_minor = provider.payable_step(currency)
    least_minor, most_minor = max(1, provider.least_payable(currency)), provider.most_payable(currency)
    if not step_minor:
        return _("Payments in %(currency)s are not possible here.") % {"currency": currency}
    if not least_minor <= amount_minor <= most_minor:
        values = {"least": format_money(least_minor, currency), "most": format_money(most_minor, currency)}
        return _("The budget has to be from %(least)s to %(most)s.") % values
    if amount_minor % step_minor:
        return _("The payment service takes steps of %(step)s.") % {"step": format_money(step_minor, currency)}
    return ""


def estimate_views(booking: Booking) -> int:
    """Return about how many views a booking brings: what the budget pays for, or what the feed can show if that is less.

    The feed can show one in SPONSORED_SPACING of its views, as many as there were a day over the last 90 days. Other
    sponsors and the audience may leave fewer.
    """
    days = (booking.ends_on - booking.starts_on).days + 1
    payable = min(booking.budget_minor, booking.daily_cap_minor * days) * 1000 // max(booking.bid_minor, 1)
    shown = ClipCount.objects.filter(Q(shown__gt=0)).aggregate(total=Sum("shown"))["total"] or 0
    showable = shown * days // (TRAINING_PERIOD.days * settings.SPONSORED_SPACING)
    return int(min(payable, showable) if shown else payable)
