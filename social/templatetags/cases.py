"""Template tags for reports on staff pages: `{% load cases %}`."""

from typing import Any

from django import template
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff_work import WaitingWork, count_rows, drop_empty
from catalog.models import Product
from creators.models import Creator
from social.cases import CaseReport, clip_reports, count_cases
from social.models import Comment, CommentState, LegalNotice, NoticeState, Rating, RatingState, Removal, Report
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
    """Return what waits for this member of staff: what was reported, and ratings and comments to check."""
    cases, desk = reverse("admin:social_cases"), reverse("admin:social_held_ratings")
    labels = {"product": _("Reported products"), "creator": _("Reported creators"), "rating": _("Reported ratings")}
    labels["comment"] = _("Reported comments")
    waiting: dict[str, QuerySet[Any]] = {}
    if user.has_perm("social.change_report"):
        subjects = {"product": Product.objects, "creator": Creator.objects, "rating": Rating.objects}
        subjects |= {"comment": Comment.objects}
        waiting = {kind: rows.filter(pk__in=Report.objects.open().values(kind)) for kind, rows in subjects.items()}
    if user.has_perm("social.change_rating"):
        waiting["held"] = Rating.objects.filter(state=RatingState.HELD)
    if user.has_perm("social.change_comment"):
        waiting["held_comments"] = Comment.objects.filter(state=CommentState.HELD)
    if user.has_perm("social.change_removal"):
        waiting["appeals"] = Removal.objects.waiting_for(user)
    if user.has_perm("social.change_legalnotice"):
        waiting["notices"] = LegalNotice.objects.filter(state=NoticeState.OPEN)
    counts = count_rows(waiting)
    works = [WaitingWork(label, counts.get(kind, 0), f"{cases}?kind={kind}") for kind, label in labels.items()]
    works.append(WaitingWork(_("Ratings to check"), counts.get("held", 0), desk))
    held_comments = counts.get("held_comments", 0)
    works.append(WaitingWork(_("Comments to check"), held_comments, reverse("admin:social_held_comments")))
    works.append(WaitingWork(_("Legal notices"), counts.get("notices", 0), reverse("admin:social_notices")))
    return drop_empty(*works, WaitingWork(_("Appeals"), counts.get("appeals", 0), reverse("admin:social_appeals")))
