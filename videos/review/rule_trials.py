"""Trial runs of a wording rule over captions that were submitted, before the rule is switched on."""

from dataclasses import dataclass

from catalog.models import Category
from creators.models import Campaign
from videos.models import Clip
from videos.wording.engine import RuleMatch, find_matches
from videos.wording.rules import Rule

TRIAL_SIZE = 1000
"""How many captions a rule is tried on."""


@dataclass(frozen=True)
class Trial:
    """How many captions were read, and the clips that the rule matches, each with the matches in its caption."""

    read_count: int
    flagged: list[tuple[Clip, list[RuleMatch]]]


def try_rule(rule: Rule, *, campaign: Campaign | None) -> Trial:
    """Try the rule on the last submitted captions to which it would apply. Change nothing."""
    clips = Clip.objects.exclude(submitted_at=None).exclude(caption="")
    if campaign is not None:
        clips = clips.filter(enrolment__campaign=campaign)
    if rule.categories:
        branches = Category.objects.branches(sorted(rule.categories))
        clips = clips.filter(pk__in=Clip.objects.filter(products__category__in=branches).values("pk"))
    newest = clips.select_related("creator").defer("captions_vtt").order_by("-submitted_at", "-pk")[:TRIAL_SIZE]
    rows = [(clip, find_matches(clip.caption, [rule], categories=rule.categories)) for clip in newest]
    return Trial(len(rows), [(clip, matches) for clip, matches in rows if matches])
