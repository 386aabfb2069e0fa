"""A recount of what is kept of hashtags: the numbers of their posts, their keys, and the times of posts."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from videos.models import Hashtag, PostHashtag
from videos.states import ClipState
from videos.wording.hashtags import fold_hashtag

PUBLISHED = {"clip__state": ClipState.PUBLISHED, "clip__is_hidden": False}


def find_discrepancies() -> Iterator[str]:
    """Yield a sentence for each hashtag or post that differs from what it was made of. Takes three queries."""
    of_published = Q(**{f"post_hashtags__{name}": value for name, value in PUBLISHED.items()})
    counted = Hashtag.objects.annotate(counted=Count("post_hashtags", filter=of_published))
    wrong = counted.exclude(counted=F("post_count")).order_by("pk")
    for row in wrong.values_list("key", "post_count", "counted"):
        yield "#{}: {} posts are noted, {} are there.".format(*row)
    for key, name in Hashtag.objects.order_by("pk").values_list("key", "name").iterator():
        if fold_hashtag(name) != key:
            yield f"#{key}: its name {name} is another hashtag."
    moved = PostHashtag.objects.filter(**PUBLISHED).exclude(published_at=F("clip__published_at")).order_by("pk")
    for code, key in moved.values_list("clip__code", "hashtag__key"):
        yield f"{code}: its time under #{key} is not that of the post."
