"""Admin pages of message threads. Staff read only threads with a reported message."""

from collections import Counter

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from shop.messages.threads import close_thread, settle_reports
from shop.models import MessageThread, ThreadMessage

CLOSE = _("Close these threads, and settle the reports on them")
SETTLE = _("Settle the reports, and leave the threads open")


class ThreadMessageInline(ReadOnlyAdmin, admin.TabularInline[ThreadMessage, MessageThread]):
    model = ThreadMessage
    fields = ["side", "words", "sent_at", "reported_at", "report_words", "report_settled_at", "removal"]
    readonly_fields = ["removal"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ThreadMessage]:
        return super().get_queryset(request).order_by("sent_at", "pk")

    @admin.display(description=_("removal"))
    def removal(self, message: ThreadMessage) -> SafeString:
        """Return a link to the page on which `social` removes the message, or say that it is removed."""
        if not message.words:
            return format_html("{}", _("Removed"))
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:social_remove_message", args=[message.pk]), _("Remove")
        )


@admin.register(MessageThread)
class MessageThreadAdmin(ReadOnlyAdmin, AskingActions[MessageThread]):
    list_display = ["__str__", "merchant", "user", "state", "last_message_at"]
    list_filter = ["state"]
    list_select_related = ["merchant", "user"]
    search_fields = ["merchant__name", "user__email"]
    search_help_text = _("Merchant or email address")
    ordering = ["-last_message_at"]
    fields = ["merchant", "user", "order", "product", "state", "created_at", "last_message_at"]
    inlines = [ThreadMessageInline]
    actions = ["close_threads", "settle_thread_reports"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageThread]:
        reported = MessageThread.objects.reported().select_related("merchant", "user", "order", "product")
        return reported.order_by("-last_message_at")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.change_messagethread")

    @admin.action(permissions=["moderate"], description=CLOSE)
    def close_threads(self, request: HttpRequest, threads: QuerySet[MessageThread]) -> HttpResponse | None:
        text = _("Nobody can write in these threads any more. What was written stays readable.")
        return self._ask_and_settle(request, threads, "close_threads", str(CLOSE), str(text))

    @admin.action(permissions=["moderate"], description=SETTLE)
    def settle_thread_reports(self, request: HttpRequest, threads: QuerySet[MessageThread]) -> HttpResponse | None:
        text = _("The threads stay open. Nobody is told.")
        return self._ask_and_settle(request, threads, "settle_thread_reports", str(SETTLE), str(text))

    def _ask_and_settle(
        self, request: HttpRequest, threads: QuerySet[MessageThread], name: str, title: str, text: str
    ) -> HttpResponse | None:
        chosen = list(threads.select_related("merchant", "user").order_by("pk"))
        answer = self.ask(request, Question(name, title, text, [str(thread) for thread in chosen]), Counter())
        if not isinstance(answer, Answer):
            return answer
        ids = [thread.pk for thread in chosen]
        for thread_id in ids if name == "close_threads" else ():
            close_thread(thread_id=thread_id)
        count = settle_reports(thread_ids=ids, now=timezone.now())
        line = history_line(gettext_noop("Settled the reports on it."))
        LogEntry.objects.log_actions(signed_in_user(request).pk, chosen, CHANGE, change_message=line)
        sentence = ngettext("%(count)d report was settled.", "%(count)d reports were settled.", count)
        messages.success(request, sentence % {"count": count})
        return None
