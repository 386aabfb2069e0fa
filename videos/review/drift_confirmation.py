"""Confirmation of many clips at once after prices or names of their products have changed.

A moderator confirms changes, not clips: the new price and name become the approved ones in every affected clip. Creators
keep their fees and get no email, because nothing about their clips was decided.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from catalog.prices import format_money
from videos.models import AuditAction, AuditEntry, ProductTag
from videos.review.drift import clear_resolved_drift, find_drifted_tags

SHOWN_CHANGES = 100
"""How many changed products the page lists. The others can only be confirmed together with these."""


class ConfirmationRefused(Exception):
    """A refused confirmation. Nothing changed. The message says why."""


@dataclass(frozen=True)
class ProductChange:
    """A product that has changed since its clips were approved. `seen` identifies what the moderator saw."""

    product: Product
    clips: int
    filmed_from_minor: int
    filmed_to_minor: int
    former_name: str
    seen: str

    @property
    def filmed(self) -> str:
        """Return the price at the time of approval, or the lowest and highest if the clips differ."""
        prices = dict.fromkeys((self.filmed_from_minor, self.filmed_to_minor))
        return "–".join(format_money(price, self.product.currency) for price in prices)


@dataclass(frozen=True)
class DriftSummary:
    """All changes that wait for confirmation. `changes` holds those with most clips, at most `SHOWN_CHANGES`."""

    changes: list[ProductChange]
    products: int
    clips: int
    seen: str


def confirmable_tags(moderator: User) -> QuerySet[ProductTag]:
    """Return the drifted tags of published clips, without the moderator's own clips."""
    return find_drifted_tags().exclude(clip__creator__user=moderator)


def summarize_drift(*, moderator: User) -> DriftSummary:
    """Return what the moderator can confirm, products with most clips first."""
    tags = confirmable_tags(moderator)
    counts = tags.values("product").annotate(
        clips=Count("clip", distinct=True),
        lowest=Min("approved_price_minor"),
        highest=Max("approved_price_minor"),
        name=Max("approved_name"),
    )
    rows = list(counts.order_by("-clips", "product"))
    products = Product.objects.in_bulk([row["product"] for row in rows[:SHOWN_CHANGES]])
    changes = []
    for row in rows[:SHOWN_CHANGES]:
        product = products[row["product"]]
        former_name = row["name"] if row["name"] != product.name else ""
        seen = _digest([(product.pk, product.price_minor, product.name)])
        changes.append(ProductChange(product, row["clips"], row["lowest"], row["highest"], former_name, seen))
    clips = tags.values("clip").distinct().count()
    return DriftSummary(changes, len(rows), clips, _digest(_read_changes(tags)))


def confirm_drift(*, moderator: User, seen: str, now: datetime, product_ids: Collection[int] | None = None) -> int:
    """Approve the products' current prices and names in all affected clips. Return the number of clips.

    `product_ids` limits the confirmation to these products; None confirms all changes. `seen` comes from the summary
    that the moderator read. Raises ConfirmationRefused if a price or name has changed since.
    """
    with transaction.atomic():
        tags = confirmable_tags(moderator)
        if product_ids is not None:
            tags = tags.filter(product__in=product_ids)
        locked = Product.objects.select_for_update(no_key=True).order_by("pk")
        list(locked.filter(pk__in=tags.values("product")).values_list("pk", flat=True))
        if _digest(_read_changes(tags)) != seen:
            raise ConfirmationRefused(
                _("Prices or names have changed since you opened this page. Look at the changes again, then confirm.")
            )
        pairs = list(tags.values_list("pk", "clip"))
        product = Product.objects.filter(pk=OuterRef("product"))
        ProductTag.objects.filter(pk__in=[pk for pk, _clip in pairs]).update(
            approved_price_minor=Subquery(product.values("price_minor")),
            approved_name=Subquery(product.values("name")),
        )
        clip_ids = {clip for _pk, clip in pairs}
        AuditEntry.objects.bulk_create(
            (
                AuditEntry(clip_id=clip_id, moderator=moderator, action=AuditAction.CONFIRMED, at=now)
                for clip_id in sorted(clip_ids)
            ),
            batch_size=2000,
        )
        clear_resolved_drift(now=now)
    return len(clip_ids)


def _read_changes(tags: QuerySet[ProductTag]) -> list[tuple[int, int, str]]:
    products = Product.objects.filter(pk__in=tags.values("product")).order_by("pk")
    return list(products.values_list("pk", "price_minor", "name"))


def _digest(changes: list[tuple[int, int, str]]) -> str:
    """Return a short text that changes when one of the products' prices or names changes."""
    return hashlib.sha256(repr(changes).encode()).hexdigest()[:32]
