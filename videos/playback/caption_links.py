"""The caption of a post as pages and cards show it: plain pieces, and links to hashtags and people."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from videos.models import PostHashtag, PostMention
from videos.wording.links import LinkKind, LinkTarget, Segment, split_text


def link_rows() -> Mapping[str, ArraySubquery]:
    """Return annotations of a clip with what its caption names and people may see, in the format of `split_caption`."""
    hashtags = PostHashtag.objects.filter(clip=OuterRef("pk"), hashtag__block_reason="").order_by("pk")
    mentions = PostMention.objects.filter(clip=OuterRef("pk"), person__is_hidden=False).order_by("pk")
    return {
        "hashtag_keys": ArraySubquery(hashtags.values("hashtag__key")),
        "mention_rows": ArraySubquery(mentions.values_list(JSONObject(key="key", handle=F("person__handle")))),
    }


def split_caption(clip: Any) -> Sequence[Segment]:
    """Return the pieces of a clip's caption. `clip` is annotated with `link_rows`."""
    targets = {(LinkKind.HASHTAG, key): LinkTarget(reverse("hashtag", args=[key])) for key in clip.hashtag_keys}
    for row in clip.mention_rows:
        targets[LinkKind.PERSON, row["key"]] = LinkTarget(reverse("storefront", args=[row["handle"]]))
    return list(split_text(clip.caption, targets))
