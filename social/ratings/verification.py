"""A recount of what triggers keep of ratings: sums and counts of products, votes, and hidden authors."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from catalog.models import Product
from creators.models import Creator
from social.models import Rating, RatingState


def find_discrepancies() -> Iterator[str]:
    """Yield a sentence for each row that differs from a recount of the ratings and votes. Takes three queries."""
    is_public = Q(ratings__state=RatingState.VISIBLE, ratings__is_author_hidden=False)
    recounted = Product.objects.annotate(
        counted=Count("ratings", filter=is_public), summed=Coalesce(Sum("ratings__stars", filter=is_public), 0)
    )
    wrong = recounted.exclude(counted=F("rating_count"), summed=F("rating_sum")).order_by("pk")
    for slug, *numbers in wrong.values_list("slug", "rating_count", "rating_sum", "counted", "summed"):
        yield "{}: {} ratings with {} stars are noted, {} with {} stars are there.".format(slug, *numbers)
    miscounted = Rating.objects.annotate(voted=Count("votes")).exclude(voted=F("helpful_count")).order_by("pk")
    for row in miscounted.values_list("pk", "helpful_count", "voted"):
        yield "Rating {}: {} votes are noted, {} are there.".format(*row)
    is_hidden = Q(user__is_active=False) | Exists(Creator.objects.filter(user=OuterRef("user"), is_hidden=True))
    unlike = Rating.objects.filter(is_hidden, is_author_hidden=False)
    unlike = unlike | Rating.objects.filter(~is_hidden, is_author_hidden=True)
    for rating in unlike.order_by("pk"):
        yield f"Rating {rating.pk}: its author is {'not ' if rating.is_author_hidden else ''}hidden."
