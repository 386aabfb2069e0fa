"""Django admin for notices: a list, the desk of those that wait, paused senders, and the yearly numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Prefetch, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.models import User
from accounts.readonly_admin import ReadOnlyAdmin
from social.desk import DeskView
from social.models import LegalNotice, NoticeAction, NoticedPage, NoticeKind, NoticeState, NotifierPause, RemovalReason
from social.notices.decisions import count_infringements, decide_notice
from social.notices.forms import NoticeDecisionForm
from social.notices.pages import find_shown
from social.notices.transparency import download_numbers

PAUSED_FOR = timedelta(days=180)


class NoticeDesk(DeskView[LegalNotice]):
    """The notices that wait, the abuse of children first, then oldest first."""

    title, decided = _("Legal notices"), _("The notice was decided on, and both sides told.")
    permission, template = "social.change_legalnotice", "admin/social/notices.html"
    list_route, decide_route = "social_notices", "social_decide_notice"
    form_class = NoticeDecisionForm

    def waiting(self) -> QuerySet[LegalNotice]:
        is_urgent = Case(When(kind=NoticeKind.MINORS, then=0), default=1)
        pages = Prefetch("pages", NoticedPage.objects.select_related("profile").order_by("pk"))
        waiting = LegalNotice.objects.filter(state=NoticeState.OPEN).prefetch_related(pages)
        return waiting.order_by(is_urgent, "created_at", "pk")

    def all_rows(self) -> QuerySet[LegalNotice]:
        return LegalNotice.objects.all()

    def decide(self, row: LegalNotice, values: dict[str, Any], moderator: User) -> None:
        action = values.pop("answer")
        decide_notice(notice_id=row.pk, action=action, moderator=moderator, now=timezone.now(), **values)

    def describe(self, rows: Sequence[LegalNotice], moderator: User) -> dict[str, Any]:
        pages = [page for notice in rows for page in notice.pages.all()]
        shown = find_shown(pages)
        profiles = {page.profile_id for page in pages if page.profile_id}
        counts = count_infringements(profiles, now=timezone.now())
        described = {
            page.pk: {"page": page, "is_shown": page.pk in shown, "infringements": counts.get(page.profile_id or 0, 0)}
            for page in pages
        }
        listed = [(notice, [described[page.pk] for page in notice.pages.all()]) for notice in rows]
        return {"rows": listed, "actions": NoticeAction.choices, "reasons": RemovalReason.choices}


@admin.register(LegalNotice)
class LegalNoticeAdmin(ReadOnlyAdmin, AskingActions[LegalNotice]):
    change_list_template = "admin/social/notice_list.html"
    actions = ["pause_sender"]
    list_display = ["pk", "created_at", "kind", "name", "state", "action", "decided_by"]
    list_filter = ["state", "kind", "action"]
    list_select_related = ["decided_by"]
    search_fields = ["words", "right", "name", "email"]
    ordering = ["-created_at", "-pk"]
    fields = [
        *("kind", "page_list", "words", "right", "name", "email", "shares_contact", "created_at"),
        *("state", "action", "answer", "decided_by", "decided_at"),
    ]
    readonly_fields = ["page_list"]

    def get_urls(self) -> list[URLPattern]:
        numbers = self.admin_site.admin_view(download_numbers)
        numbers_url = path("transparency.csv", numbers, name="social_transparency")
        return [*NoticeDesk.urls(self.admin_site), numbers_url, *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.change_legalnotice")

    @admin.display(description=_("pages"))
    def page_list(self, notice: LegalNotice) -> str:
        return "\n".join(notice.pages.order_by("pk").values_list("address", flat=True))

    @admin.action(description=_("Pause notices from these senders for 180 days"), permissions=["decide"])
    def pause_sender(self, request: HttpRequest, notices: QuerySet[LegalNotice]) -> HttpResponse | None:
        """Take no notices from the addresses that sent these, because they were manifestly unfounded."""
        now, skipped = timezone.now(), Counter[str]()
        emails = _unpaused(notices, skipped)
        question = Question(
            "pause_sender",
            str(_("Pause senders")),
            str(_("For notices that are manifestly unfounded, many times over. Warn the sender first.")),
            emails,
            needs_reason=True,
            reason_help=str(_("The sender reads it when they send the next notice.")),
        )
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        values = {"until": now + PAUSED_FOR, "reason": answer.reason, "paused_at": now}
        by = signed_in_user(request)
        NotifierPause.objects.bulk_create(NotifierPause(email=email, paused_by=by, **values) for email in emails)
        sentence = ngettext("%(count)d sender was paused.", "%(count)d senders were paused.", len(emails))
        self.message_user(request, sentence % {"count": len(emails)}, messages.SUCCESS)
        return None


def _unpaused(notices: QuerySet[LegalNotice], skipped: Skipped) -> list[str]:
    """Return the addresses of the senders who are not paused, in order."""
    emails = sorted({email for email in notices.values_list("email", flat=True) if email})
    paused = set(
        NotifierPause.objects.filter(email__in=emails, until__gt=timezone.now()).values_list("email", flat=True)
    )
    if paused:
        skipped[str(_("This sender is paused already."))] += len(paused)
    return [email for email in emails if email not in paused]


@admin.register(NotifierPause)
class NotifierPauseAdmin(ReadOnlyAdmin, admin.ModelAdmin[NotifierPause]):
    list_display = ["email", "until", "reason", "paused_by", "paused_at"]
    list_select_related = ["paused_by"]
    search_fields = ["email"]
    ordering = ["-paused_at", "-pk"]
