"""The wording rules applied to clips: while typing, at submission, and in review."""

from collections.abc import Iterable, Sequence

from django.db.models.expressions import RawSQL

from catalog.models import Category
from videos.models import Clip, WordingRule
from videos.playback.transcript import SpokenMatch, read_transcript
from videos.wording.engine import RuleMatch, find_matches
from videos.wording.rules import Rule, Severity

_ABOVE = """
    WITH RECURSIVE branch (id, parent_id) AS (
        SELECT category.id, category.parent_id FROM catalog_category category
        JOIN catalog_product product ON product.category_id = category.id WHERE product.id = ANY(%s)
        UNION SELECT parent.id, parent.parent_id FROM catalog_category parent JOIN branch ON branch.parent_id = parent.id
    )
    SELECT id FROM branch
"""


def categories_of(product_ids: Iterable[int]) -> list[str]:
    """Return the slugs of the products' categories and of everything above them."""
    ids = list(product_ids)
    if not ids:
        return []
    return list(Category.objects.filter(pk__in=RawSQL(_ABOVE, [ids])).values_list("slug", flat=True))


def active_rules(campaign_id: int | None) -> list[Rule]:
    """Return what the shop and the campaign have added to the shipped rules."""
    return [row.as_rule() for row in WordingRule.objects.active_for(campaign_id)]


def evaluate_caption(caption: str, product_ids: Iterable[int], *, campaign_id: int | None = None) -> list[RuleMatch]:
    return find_matches(caption, categories=categories_of(product_ids), extra=active_rules(campaign_id))


def evaluate_clip(clip: Clip) -> tuple[list[RuleMatch], list[RuleMatch]]:
    """Return what fires in the caption, and in what is said (places in the text of `videos.playback.transcript`)."""
    categories = categories_of(clip.tags.values_list("product_id", flat=True))
    extra = active_rules(clip.enrolment.campaign_id if clip.enrolment else None)
    texts = (clip.caption, read_transcript(clip.captions_vtt).text)
    written, said = (find_matches(text, categories=categories, extra=extra) for text in texts)
    return written, said


def find_rule_violations(clip: Clip) -> list[SpokenMatch]:
    """Return what fires in the caption (without a time) and in what is said, as the creator is shown it."""
    written, said = evaluate_clip(clip)
    transcript = read_transcript(clip.captions_vtt)
    return [SpokenMatch(hit, None) for hit in written] + [transcript.place(hit) for hit in said]


def submission_blockers(hits: Sequence[RuleMatch]) -> list[RuleMatch]:
    return [hit for hit in hits if hit.rule.severity != Severity.HINT]


def approval_blockers(hits: Sequence[RuleMatch]) -> list[RuleMatch]:
    return [hit for hit in hits if hit.rule.severity == Severity.BLOCK]
