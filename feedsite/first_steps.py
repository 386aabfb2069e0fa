"""What an administrator of a new shop does next, in order, until the first clip is live."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff import ADMINISTER
from accounts.staff_work import WaitingWork, drop_empty
from catalog.models import Brand, Category, LegalKind, LegalPage, Product
from catalog.site import site_name
from creators.models import Campaign, Enrolment
from videos.models import Clip
from videos.states import ClipState

SUBMITTED = (ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.APPEALED)


@dataclass(frozen=True)
class FirstStep:
    """One step, with the page on which the reader can do it. Without `url`, somebody else does it."""

    title: str
    advice: str
    url: str
    is_done: bool
    is_next: bool = False


def read_progress(user: User) -> dict[str, Any]:
    """Return what a shop has already, with one query. Empty for readers who are not administrators."""
    if not user.has_perm(ADMINISTER):
        return {}
    colleagues = User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk)
    legal_kinds = (
        LegalPage.objects.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("kind", distinct=True))
    )
    facts = User.objects.filter(pk=user.pk).annotate(
        has_colleague=Exists(colleagues),
        has_imprint=Exists(LegalPage.objects.filter(kind=LegalKind.IMPRINT)),
        has_category=Exists(Category.objects.all()),
        has_brand=Exists(Brand.objects.all()),
        has_product=Exists(Product.objects.on_sale()),
        has_campaign=Exists(Campaign.objects.filter(is_published=True, terms__isnull=False)),
        has_creator=Exists(Enrolment.objects.all()),
        has_submission=Exists(Clip.objects.filter(state__in=SUBMITTED)),
        is_live=Exists(Clip.objects.published()),
        legal_kinds=Coalesce(Subquery(legal_kinds.values("n")), 0),
    )
    return dict(facts.values(*facts.query.annotations).get())


def list_first_steps(user: User, done: Mapping[str, Any]) -> list[FirstStep]:
    """Return the steps for an administrator, the first one to do marked. Empty for others, and once a clip is live.

    `done` is what `read_progress` returned.
    """
    if not done or done["is_live"]:
        return []
    steps = [
        *_shop_steps(user, done),
        *_catalogue_steps(user, done),
        *_campaign_steps(user, done),
    ]
    next_step = next((step for step in steps if not step.is_done), None)
    return [FirstStep(step.title, step.advice, step.url, step.is_done, is_next=step is next_step) for step in steps]


def list_missing_setup(user: User, done: Mapping[str, Any]) -> list[WaitingWork]:
    """Return what a shop in operation still lacks, for an administrator: own legal pages and a payment provider."""
    if not done or not done["is_live"]:
        return []
    unwritten = len(LegalKind) - done["legal_kinds"]
    return drop_empty(
        WaitingWork(
            _("Legal pages to write"),
            unwritten,
            _url(user, "catalog.add_legalpage", "admin:catalog_legalpage_changelist"),
            _("Neutral texts are shown until then."),
        ),
        WaitingWork(
            _("Payment provider to choose"),
            int(settings.PAYMENT_PROVIDER == "none"),
            "",
            _("Nothing can be bought without one. Whoever runs the server sets PAYMENT_PROVIDER and its keys."),
        ),
    )


def _shop_steps(user: User, done: Mapping[str, Any]) -> list[FirstStep]:
    return [
        FirstStep(
            _("Name the shop"),
            _("Pages and emails are signed with it. Add a logo, your colours and your address as well."),
            _url(user, "catalog.view_sitesettings", "admin:catalog_sitesettings_changelist"),
            site_name() != "feedsite",
        ),
        FirstStep(
            _("Choose a payment provider"),
            _("Nothing can be bought without one. Whoever runs the server sets PAYMENT_PROVIDER and its keys."),
            "",
            settings.PAYMENT_PROVIDER != "none",
        ),
        FirstStep(
            _("Write the legal pages"),
            _("The imprint, privacy, terms, returns and shipping pages show neutral texts until you replace them."),
            _url(user, "catalog.add_legalpage", "admin:catalog_legalpage_changelist"),
            done["has_imprint"],
        ),
        FirstStep(
            _("Invite a colleague"),
            _("Payouts and changes of terms need a second person. Give them the role that fits their work."),
            _url(user, "accounts.add_user", "admin:accounts_user_add"),
            done["has_colleague"],
        ),
    ]


def _catalogue_steps(user: User, done: Mapping[str, Any]) -> list[FirstStep]:
    return [
        FirstStep(
            _("Add a category"),
            _("It sets the commission that creators earn on its products."),
            _url(user, "catalog.add_category", "admin:catalog_category_add"),
            done["has_category"],
        ),
        FirstStep(
            _("Add a brand"),
            _("Every product has one."),
            _url(user, "catalog.add_brand", "admin:catalog_brand_add"),
            done["has_brand"],
        ),
        FirstStep(
            _("Add a product"),
            _("With a price, its stock and a picture. A clip shows two, so add at least two."),
            _url(user, "catalog.add_product", "admin:catalog_product_add"),
            done["has_product"],
        ),
    ]


def _campaign_steps(user: User, done: Mapping[str, Any]) -> list[FirstStep]:
    is_submitted = done["has_submission"]
    return [
        FirstStep(
            _("Publish a campaign with terms"),
            _("A brief says what to film. Its terms say what an approved clip pays, and how many clips there can be."),
            _url(user, "creators.add_campaign", "admin:creators_campaign_changelist"),
            done["has_campaign"],
        ),
        FirstStep(
            _("Get creators to join"),
            _("Invite them on the campaign's page, or send them to %(address)s.")
            % {"address": f"{settings.SITE_URL}{reverse('campaigns')}"},
            _url(user, "creators.view_campaign", "admin:creators_campaign_changelist"),
            done["has_creator"],
        ),
        FirstStep(
            _("Approve the first clip"),
            _("A clip is waiting at the review desk.") if is_submitted else _("It appears at the review desk."),
            _url(user, "videos.review_clip", "admin:videos_desk"),
            False,
        ),
    ]


def _url(user: User, permission: str, page: str) -> str:
    return reverse(page) if user.has_perm(permission) else ""
