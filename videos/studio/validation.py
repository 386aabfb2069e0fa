"""Checks of a clip before submission."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Category
from creators.models import Enrolment
from videos.models import Clip, ProductTag
from videos.models.hashtag import MAX_HASHTAGS, MAX_PEOPLE
from videos.review.caption_rules import evaluate_caption, submission_blockers, written_text
from videos.studio.unfinished import describe_unfinished
from videos.studio.unpaid_posts import find_film_refusal, find_posting_refusal
from videos.wording.links import LinkKind, find_links

Problems = dict[str, list[str]]
"""Maps each field to sentences for the creator."""


def find_problems(clip: Clip) -> Problems:
    """Return the problems that prevent a submission. This does not check whether a slot is free."""
    problems: Problems = defaultdict(list)
    if not clip.caption.strip():
        problems["caption"].append(_("Write a caption."))
    tags = list(clip.tags.select_related("product__category"))
    campaign_id = clip.enrolment.campaign_id if clip.enrolment else None
    matches = evaluate_caption(written_text(clip), [tag.product_id for tag in tags], campaign_id=campaign_id)
    for match in submission_blockers(matches):
        problems["caption"].append(f"“{match.words}”: {match.rule.message} {match.rule.suggestion}")
    problems["caption"].extend(_find_link_problems(clip.caption))
    if clip.is_photos:
        _check_photos(clip, tags, problems)
    else:
        _check_film(clip, tags, problems)
    if clip.enrolment is not None:
        _check_against_terms(clip, clip.enrolment, tags, problems)
    return {field: sentences for field, sentences in problems.items() if sentences}


def _find_link_problems(caption: str) -> Iterator[str]:
    keys: dict[LinkKind, set[str]] = defaultdict(set)
    for link in find_links(caption):
        keys[link.kind].add(link.key)
    if len(keys[LinkKind.HASHTAG]) > MAX_HASHTAGS:
        yield _("Use at most %(most)d hashtags in a caption.") % {"most": MAX_HASHTAGS}
    if len(keys[LinkKind.PERSON]) > MAX_PEOPLE:
        yield _("Mention at most %(most)d people in a caption.") % {"most": MAX_PEOPLE}


def _check_film(clip: Clip, tags: list[ProductTag], problems: Problems) -> None:
    if clip.source is None:
        problems["file"].append(describe_unfinished(clip, now=timezone.now()) or _("Choose a video file."))
    if not (clip.is_speechless or clip.captions_vtt.strip()):
        problems["captions"].append(_("Add captions, or mark the clip as having no speech."))
    problems["tags"].extend(_find_span_problems(tags, clip.source.duration_ms if clip.source else None))
    if clip.enrolment is None:
        if refusal := find_film_refusal(clip.creator, now=timezone.now()):
            problems["campaign"].append(refusal)
        if not tags:
            problems["tags"].append(_("Tag at least one product shown in your clip."))


def _check_photos(clip: Clip, tags: list[ProductTag], problems: Problems) -> None:
    if not clip.photos.exclude(position=None).exists():
        problems["photos"].append(_("Add at least one photo."))
    if not tags:
        problems["tags"].append(_("Tag at least one product on a photo."))
    if clip.enrolment is None and (refusal := find_posting_refusal(clip.creator)):
        problems["campaign"].append(refusal)


def _check_against_terms(clip: Clip, enrolment: Enrolment, tags: list[ProductTag], problems: Problems) -> None:
    terms, campaign = enrolment.terms, enrolment.campaign
    if clip.is_photos and not terms.accepts_photos:
        problems["campaign"].append(_("This campaign accepts films only."))
    if clip.kind not in terms.kinds:
        problems["kind"].append(_("This campaign doesn't accept this type of clip."))
    if len(tags) < terms.products_per_clip:
        problems["tags"].append(
            ngettext(
                "Tag at least %(count)d product shown in your clip.",
                "Tag at least %(count)d products shown in your clip.",
                terms.products_per_clip,
            )
            % {"count": terms.products_per_clip}
        )
    if terms.is_same_category and len({tag.product.category_id for tag in tags}) > 1:
        problems["tags"].append(_("In this campaign, all products in a clip must belong to the same category."))
    if campaign.category_slugs:
        allowed = set(Category.objects.branches(campaign.category_slugs).values_list("pk", flat=True))
        for tag in tags:
            if tag.product.category_id not in allowed:
                problems["tags"].append(
                    _("%(product)s is not in any of this campaign's categories.") % {"product": tag.product}
                )


def _find_span_problems(tags: list[ProductTag], duration_ms: int | None) -> list[str]:
    return [
        _("%(product)s is tagged until %(end)s s, but the clip ends at %(duration)s s.")
        % {"product": tag.product, "end": tag.end_ms / 1000, "duration": duration_ms / 1000}
        for tag in tags
        if duration_ms is not None and tag.end_ms is not None and tag.end_ms > duration_ms
    ]
