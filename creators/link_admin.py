"""Admin page of signs that a suspended person has come back. Staff dismiss those that are chance."""

from collections import Counter

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from creators.models import SuspensionLink
from creators.suspensions import SUSPEND


@admin.register(SuspensionLink)
class SuspensionLinkAdmin(ReadOnlyAdmin, AskingActions[SuspensionLink]):
    actions = ["dismiss"]
    list_display = ["creator", "suspension", "sign", "noted_at", "dismissed_at", "dismissed_by"]
    list_filter = ["sign"]
    list_select_related = ["creator", "suspension__creator", "dismissed_by"]
    search_fields = ["creator__handle"]
    ordering = ["-noted_at", "-pk"]

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SUSPEND)

    @admin.action(description=_("Dismiss as chance"), permissions=["dismiss"])
    def dismiss(self, request: HttpRequest, links: QuerySet[SuspensionLink]) -> HttpResponse | None:
        chosen = list(links.filter(dismissed_at=None).select_related("creator").order_by("pk"))
        question = Question(
            "dismiss",
            str(_("Dismiss as chance")),
            str(
                _(
                    "Dismiss these signs? Posts of these profiles can then be published without review, as those of others."
                )
            ),
            [str(link) for link in chosen],
            needs_reason=True,
            reason_help=str(_("Only staff read it, in the history of the sign.")),
        )
        answer = self.ask(request, question, Counter())
        if not isinstance(answer, Answer):
            return answer
        user = signed_in_user(request)
        with transaction.atomic():
            rows = SuspensionLink.objects.filter(pk__in=[link.pk for link in chosen], dismissed_at=None)
            rows.update(dismissed_at=timezone.now(), dismissed_by=user)
            line = history_line(gettext_noop("Dismissed: %(reason)s"), reason=answer.reason)
            LogEntry.objects.log_actions(user.pk, chosen, CHANGE, change_message=line)
        done = ngettext("%(count)d sign was dismissed.", "%(count)d signs were dismissed.", len(chosen))
        self.message_user(request, done % {"count": len(chosen)}, messages.SUCCESS)
        return None
