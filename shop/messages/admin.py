"""Admin pages of message threads. Staff read only threads with a reported message."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.readonly_admin import ReadOnlyAdmin
from shop.messages.threads import close_thread, settle_reports
from shop.models import MessageThread, ThreadMessage


class ThreadMessageInline(ReadOnlyAdmin, admin.TabularInline[ThreadMessage, MessageThread]):
    model = ThreadMessage
    fields = ["side", "words", "sent_at", "reported_at", "report_words", "report_settled_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ThreadMessage]:
        return super().get_queryset(request).order_by("sent_at", "pk")


@admin.register(MessageThread)
class MessageThreadAdmin(ReadOnlyAdmin, admin.ModelAdmin[MessageThread]):
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

    @admin.action(permissions=["moderate"], description=_("Close these threads, and settle the reports on them"))
    def close_threads(self, request: HttpRequest, threads: QuerySet[MessageThread]) -> None:
        for thread_id in list(threads.values_list("pk", flat=True)):
            close_thread(thread_id=thread_id)
        self.settle_thread_reports(request, threads)

    @admin.action(permissions=["moderate"], description=_("Settle the reports, and leave the threads open"))
    def settle_thread_reports(self, request: HttpRequest, threads: QuerySet[MessageThread]) -> None:
        thread_ids = list(threads.values_list("pk", flat=True))
        count = settle_reports(thread_ids=thread_ids, now=timezone.now())
        for thread in threads:
            self.log_change(request, thread, "Settled its reports.")
        sentence = ngettext("%(count)d report was settled.", "%(count)d reports were settled.", count)
        messages.success(request, sentence % {"count": count})
