"""Template tags for reports on staff pages: `{% load cases %}`."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, drop_empty
from social.cases import CaseReport, clip_reports, count_cases
from videos.models import Clip

register = template.Library()


@register.simple_tag
def count_open_cases() -> int:
    return sum(count_cases().values())


@register.simple_tag
def list_clip_reports(clip: Clip) -> list[CaseReport]:
    """Return the open reports on a clip, with the reporters' own words, newest first."""
    return clip_reports(clip.pk)


@register.simple_tag
def waiting_reports(user: User) -> list[WaitingWork]:
    """Return the reported products, creators and ratings that wait for an answer by this member of staff."""
    if not user.has_perm("social.change_report"):
        return []
    counts, desk = count_cases(), reverse("admin:social_cases")
    return drop_empty(
        WaitingWork(_("Reported products"), counts["product"], f"{desk}?kind=product"),
        WaitingWork(_("Reported creators"), counts["creator"], f"{desk}?kind=creator"),
        WaitingWork(_("Reported ratings"), counts["rating"], f"{desk}?kind=rating"),
    )
