"""What a clip still lacks before it can be submitted."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Category
from creators.models import Enrolment
from videos.models import Clip, ProductTag
from videos.review.caption_rules import evaluate_caption, submission_blockers

Problems = dict[str, list[str]]
"""Sentences for the creator by the field that they belong to."""


def find_problems(clip: Clip) -> Problems:
    """Return what keeps `clip` from being submitted, but for a place in its campaign; empty when nothing does."""
    problems: Problems = defaultdict(list)
    if clip.source is None:
        problems["file"].append(_("Choose a video file."))
    if not clip.caption.strip():
        problems["caption"].append(_("Write a caption."))
    if not (clip.is_speechless or clip.captions_vtt.strip()):
        problems["captions"].append(_("Add a captions file, or mark that nobody speaks in this clip."))
    tags = list(clip.tags.select_related("product__category"))
    campaign_id = clip.enrolment.campaign_id if clip.enrolment else None
    hits = evaluate_caption(clip.caption, [tag.product_id for tag in tags], campaign_id=campaign_id)
    for hit in submission_blockers(hits):
        problems["caption"].append(f"“{hit.words}”: {hit.rule.message} {hit.rule.suggestion}")
    problems["tags"].extend(_find_span_problems(tags, clip.source.duration_ms if clip.source else None))
    if clip.enrolment is None:
        problems["campaign"].append(_("Choose a campaign that you have joined."))
    else:
        _check_against_terms(clip, clip.enrolment, tags, problems)
    return {field: sentences for field, sentences in problems.items() if sentences}


def _check_against_terms(clip: Clip, enrolment: Enrolment, tags: list[ProductTag], problems: Problems) -> None:
    terms, campaign = enrolment.terms, enrolment.campaign
    if clip.kind not in terms.kinds:
        problems["kind"].append(_("This campaign does not take clips of this kind."))
    if len(tags) < terms.products_per_clip:
        problems["tags"].append(
            ngettext(
                "Tag at least %(count)d product that your clip shows.",
                "Tag at least %(count)d products that your clip shows.",
                terms.products_per_clip,
            )
            % {"count": terms.products_per_clip}
        )
    if terms.is_same_category and len({tag.product.category_id for tag in tags}) > 1:
        problems["tags"].append(_("All products of a clip must be in the same category in this campaign."))
    if campaign.category_slugs:
        allowed = set(Category.objects.branches(campaign.category_slugs).values_list("pk", flat=True))
        for tag in tags:
            if tag.product.category_id not in allowed:
                problems["tags"].append(
                    _("%(product)s is outside this campaign's categories.") % {"product": tag.product}
                )


def _find_span_problems(tags: list[ProductTag], duration_ms: int | None) -> list[str]:
    return [
        _("%(product)s is marked until %(end)s s, but the clip ends at %(duration)s s.")
        % {"product": tag.product, "end": tag.end_ms / 1000, "duration": duration_ms / 1000}
        for tag in tags
        if duration_ms is not None and tag.end_ms > duration_ms
    ]
