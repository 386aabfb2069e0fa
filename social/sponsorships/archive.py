"""The public archive of sponsored posts. Source: Regulation (EU) 2022/2065 (Digital Services Act), article 39."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from catalog.models import Category
from social.models import Sponsorship, SponsorshipState
from social.sponsorships.statement import FEWEST

KEPT = timedelta(days=365)
"""How long a sponsored post stays in the archive after it was last shown."""


def list_archived(now: datetime) -> QuerySet[Sponsorship]:
    """Return what is shown for money now, or was within the last year, the newest decision first."""
    shown = Q(place__last_shown_at__gt=now - KEPT) | Q(state=SponsorshipState.RUNNING)
    rows = Sponsorship.objects.filter(shown, place__isnull=False).select_related("clip__creator", "place")
    return rows.order_by("-decided_at", "-pk")


def describe_audience(rows: list[Sponsorship]) -> None:
    """Set `category_names` and `language_names` of each row: the main parameters of its audience."""
    ids = {category for row in rows for category in row.categories}
    categories = Category.objects.in_bulk(ids)
    languages = dict(settings.LANGUAGES)
    for row in rows:
        values = vars(row)
        values["category_names"] = [categories[pk].local_name for pk in row.categories if pk in categories]
        values["language_names"] = [languages[code] for code in row.languages if code in languages]
        values["reached"] = row.place.reached_count if row.place and row.place.reached_count >= FEWEST else None
