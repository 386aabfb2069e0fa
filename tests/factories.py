"""Plain functions that create rows for tests. Callers pass what matters to the test; the rest has defaults."""

import hashlib
import itertools
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model
from django.db.models.functions import Now

from accounts.models import User
from catalog.models import (
    Brand,
    Category,
    Merchant,
    MerchantMember,
    MerchantRole,
    MerchantState,
    Product,
    StockMovement,
    StockMovementKind,
    Variant,
)
from creators.campaigns import publish_terms
from creators.enrolment import enrol
from creators.models import Campaign, CommissionRule, Creator, Enrolment, RuleScope, Terms
from videos.models import Clip, DecisionAction, Job, JobState, ProductTag, Reason, Source
from videos.review.decisions import decide
from videos.studio.submission import submit_clip

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_user(email: str = "", **fields: Any) -> User:
    return User.objects.create_user(email or f"person{next(_numbers)}@example.com", PASSWORD, **fields)


def make_creator(handle: str = "", **fields: Any) -> Creator:
    number = next(_numbers)
    values: dict[str, Any] = {"handle": handle or f"creator{number}", "display_name": f"Creator {number}"} | fields
    values.setdefault("user", None)
    values["user"] = values["user"] or make_user(adult_confirmed_at=NOW)
    return Creator.objects.create(**values)


def make_category(slug: str = "", **fields: Any) -> Category:
    slug = slug or f"category-{next(_numbers)}"
    values = {"name": slug.replace("-", " ").title(), "commission_rate_bps": 450} | fields
    category, _created = Category.objects.get_or_create(slug=slug, defaults=values)
    return category


def make_merchant(slug: str = "", **fields: Any) -> Merchant:
    """Return an approved merchant. Its products are made with `make_product(merchant=…)`."""
    slug = slug or f"merchant-{next(_numbers)}"
    values = {"name": slug.replace("-", " ").title(), "state": MerchantState.APPROVED, "approved_at": NOW} | fields
    return Merchant.objects.create(slug=slug, **values)


def make_member(merchant: Merchant, role: MerchantRole = MerchantRole.OWNER, user: User | None = None) -> User:
    """Return a user who acts for the merchant."""
    user = user or make_user()
    MerchantMember.objects.create(merchant=merchant, user=user, role=role)
    return user


def make_product(slug: str = "", **fields: Any) -> Product:
    slug = slug or f"product-{next(_numbers)}"
    brand, _created = Brand.objects.get_or_create(slug="north", defaults={"name": "North"})
    values: dict[str, Any] = {"name": slug.replace("-", " ").title(), "brand": brand, "price_minor": 1999, "stock": 10}
    values |= fields
    values["category"] = values.get("category") or make_category("books")
    return Product.objects.create(slug=slug, **values)


def variant_of(product: Product) -> Variant:
    """Return the variant of a product that has one."""
    return product.variants.select_related("product__category").get()


def make_variants(product: Product, *options: str, **fields: Any) -> list[Variant]:
    """Give a product one option, “Size”, with these values, at its price and stock. Its first variant takes the first."""
    Product.objects.filter(pk=product.pk).update(option_names=["Size"])
    first = variant_of(product)
    values: dict[str, Any] = {"price_minor": first.price_minor, "stock": first.stock} | fields
    variants = [first, *(Variant(product=product) for _option in options[1:])]
    for position, (variant, option) in enumerate(zip(variants, options, strict=True)):
        before = variant.stock if variant.pk else 0
        for name, value in (values | {"position": position, "option_values": [option]}).items():
            setattr(variant, name, value)
        variant.save()
        StockMovement.objects.create(
            product=product,
            variant=variant,
            kind=StockMovementKind.OPENING,
            change=variant.stock - before,
            stock_after=variant.stock,
            created_at=NOW,
        )
    product.refresh_from_db()
    return variants


def make_campaign(slug: str = "", *, clips_cap: int = 35_000, open_clips_cap: int = 500, **terms: Any) -> Campaign:
    """Return an open campaign with the reference terms: $25.00 a clip, 500 clips a creator, two products."""
    slug = slug or f"campaign-{next(_numbers)}"
    campaign = Campaign.objects.create(
        slug=slug, title=slug.title(), brief="Film it.", clips_cap=clips_cap, open_clips_cap=open_clips_cap
    )
    values: dict[str, Any] = {
        "fee_minor": 2500,
        "currency": "USD",
        "clips_per_creator": 500,
        "products_per_clip": 2,
        "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    publish_terms(terms=Terms(campaign=campaign, **(values | terms)))
    campaign.refresh_from_db()
    return campaign


def make_commission_rule(name: str, rate_bps: int, of: Model | None = None, **fields: Any) -> CommissionRule:
    """Return a rule for a creator, campaign, product, brand or category, or the whole shop, that begins now."""
    scope = RuleScope.HOUSE if of is None else RuleScope(str(of._meta.model_name))
    values: dict[str, Any] = {"starts_at": Now()} | ({} if of is None else {scope.value: of}) | fields
    return CommissionRule.objects.create(name=name, scope=scope, rate_bps=rate_bps, **values)


def make_enrolment(creator: Creator | None = None, campaign: Campaign | None = None) -> Enrolment:
    campaign = campaign or make_campaign()
    creator = creator or make_creator()
    creator.user.confirm_adult(now=NOW)
    assert campaign.terms is not None
    return enrol(creator=creator, campaign=campaign, terms_version=campaign.terms.version, now=NOW)


def make_source(creator: Creator, *, is_ready: bool = True, duration_ms: int = 8000) -> Source:
    """Create a source. If `is_ready`, it has a finished job and the duration that the pipeline would measure."""
    number = next(_numbers)
    source = Source.objects.create(
        creator=creator,
        storage_name=f"{number}.mp4",
        user_file_name="holiday.mp4",
        size_bytes=1000,
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        duration_ms=duration_ms if is_ready else None,
    )
    Job.objects.create(source=source, state=JobState.DONE if is_ready else JobState.QUEUED, queued_at=NOW)
    return source


def make_draft(
    creator: Creator | None = None,
    enrolment: Enrolment | None = None,
    products: list[Product] | None = None,
    *,
    is_ready: bool = True,
    **fields: Any,
) -> Clip:
    """Return a complete draft: two tagged products, a file, and the mark "no speech"."""
    enrolment = enrolment or make_enrolment(creator)
    values: dict[str, Any] = {"caption": "Two things that I use every day", "is_speechless": True} | fields
    source = make_source(enrolment.creator, is_ready=is_ready)
    clip = Clip.objects.create(creator=enrolment.creator, enrolment=enrolment, source=source, **values)
    for index, product in enumerate(products if products is not None else [make_product(), make_product()]):
        ProductTag.objects.create(clip=clip, product=product, start_ms=index * 2000, end_ms=index * 2000 + 2000)
    return clip


def make_waiting_clip(*args: Any, **kwargs: Any) -> Clip:
    """Return a clip in review, with a held slot."""
    return submit_clip(clip_id=make_draft(*args, **kwargs).pk, now=NOW)


def make_published_clip(*args: Any, now: datetime = NOW, **kwargs: Any) -> Clip:
    """Return a published clip, with an earned slot."""
    return approve(make_waiting_clip(*args, **kwargs), now=now)


def approve(clip: Clip, *, now: datetime = NOW) -> Clip:
    """Approve the clip's latest revision as the moderator desk@example.com."""
    moderator = User.objects.filter(email="desk@example.com").first() or make_user("desk@example.com", is_staff=True)
    revision = clip.revisions.order_by("number").last()
    assert revision is not None
    decide(revision=revision, moderator=moderator, action=DecisionAction.APPROVE, now=now)
    clip.refresh_from_db()
    return clip


def make_reason(code: str = "not_in_view") -> Reason:
    text = {"en": "A product is not shown."}
    reason, _created = Reason.objects.get_or_create(code=code, defaults={"text": text})
    return reason
