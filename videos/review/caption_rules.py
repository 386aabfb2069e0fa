"""Wording checks on clips. They run while the creator types, at submission, and in review."""

from collections.abc import Iterable, Sequence

from django.db.models.expressions import RawSQL

from catalog.models import Category
from videos.models import Clip, WordingRule
from videos.playback.transcript import SpokenMatch, read_transcript
from videos.wording.engine import RuleMatch, find_matches
from videos.wording.rules import Rule, Severity

_CATEGORIES_AND_ANCESTORS = """
    WITH RECURSIVE branch (id, parent_id) AS (
        SELECT category.id, category.parent_id FROM catalog_category category
        JOIN catalog_product product ON product.category_id = category.id WHERE product.id = ANY(%s)
        UNION SELECT parent.id, parent.parent_id FROM catalog_category parent JOIN branch ON branch.parent_id = parent.id
    )
    SELECT id FROM branch
"""


def category_slugs(product_ids: Iterable[int]) -> list[str]:
    """Return the slugs of the products' categories, including all parent categories."""
    ids = list(product_ids)
    if not ids:
        return []
    categories = Category.objects.filter(pk__in=RawSQL(_CATEGORIES_AND_ANCESTORS, [ids]))
    return list(categories.values_list("slug", flat=True))


def active_rules(campaign_id: int | None) -> list[Rule]:
    """Return the active rules for all campaigns and for this campaign."""
    return [row.as_rule() for row in WordingRule.objects.active_for(campaign_id)]


def evaluate_caption(caption: str, product_ids: Iterable[int], *, campaign_id: int | None = None) -> list[RuleMatch]:
    """Return the wording-rule matches in a caption, most severe first.

    A rule for a category applies only if one of the products is in that category.
    """
    return find_matches(caption, active_rules(campaign_id), categories=category_slugs(product_ids))


def written_text(clip: Clip) -> str:
    """Return what is written about a clip: its caption and, each on a line of its own, what its photos show."""
    texts = (
        clip.photos.exclude(position=None).exclude(alternative_text="").order_by("position") if clip.is_photos else ()
    )
    return "\n".join([clip.caption, *(photo.alternative_text for photo in texts)])


def evaluate_clip(clip: Clip) -> tuple[list[RuleMatch], list[RuleMatch]]:
    """Return two lists of rule matches: those in the written text, and those in the transcript.

    The offsets of transcript matches refer to `Transcript.text`.
    """
    categories = category_slugs(clip.tags.values_list("product_id", flat=True))
    rules = active_rules(clip.enrolment.campaign_id if clip.enrolment else None)
    texts = (written_text(clip), read_transcript(clip.captions_vtt).text)
    written, spoken = (find_matches(text, rules, categories=categories) for text in texts)
    return written, spoken


def find_rule_violations(clip: Clip) -> list[SpokenMatch]:
    """Return the rule matches to show to the creator. Matches in the caption come first, then those in the transcript.

    Matches in the caption have no time.
    """
    written, spoken = evaluate_clip(clip)
    transcript = read_transcript(clip.captions_vtt)
    return [SpokenMatch(match, None) for match in written] + [transcript.locate(match) for match in spoken]


def submission_blockers(matches: Sequence[RuleMatch]) -> list[RuleMatch]:
    """Return the rule matches that must be fixed before the clip can be submitted."""
    return [match for match in matches if match.rule.severity != Severity.HINT]


def approval_blockers(matches: Sequence[RuleMatch]) -> list[RuleMatch]:
    """Return the rule matches that must be fixed before the clip can be approved."""
    return [match for match in matches if match.rule.severity == Severity.BLOCK]
