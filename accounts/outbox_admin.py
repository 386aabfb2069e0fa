"""Admin pages of emails: those that no mail server has accepted, and the addresses that were refused."""

from collections import Counter

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext

from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.models import OutgoingEmail, RefusedAddress
from accounts.outbox import discard, send_again
from accounts.readonly_admin import ReadOnlyAdmin


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(AskingActions[OutgoingEmail], ReadOnlyAdmin, admin.ModelAdmin[OutgoingEmail]):
    """Emails that no mail server has accepted yet. Their text may hold a sign-in code and is not shown."""

    list_display = ["subject", "to", "created_at", "attempts", "failure_text", "due_at", "given_up_at"]
    list_filter = [("given_up_at", admin.EmptyFieldListFilter)]
    search_fields = ["subject", "failure_text"]
    fields = ["subject", "to", "created_at", "attempts", "failure_text", "due_at", "given_up_at"]
    readonly_fields = ["to"]
    ordering = ["-created_at"]
    list_per_page = 50
    actions = ["send_again", "discard"]

    @admin.display(description=gettext_lazy("to"))
    def to(self, row: OutgoingEmail) -> str:
        return ", ".join(row.recipients)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.send_outgoingemail")

    @admin.action(description=gettext_lazy("Send again now"), permissions=["send"])
    def send_again(self, request: HttpRequest, emails: QuerySet[OutgoingEmail]) -> None:
        rows = list(emails)
        count = send_again(emails, now=timezone.now())
        for row in rows:
            self.log_change(request, row, gettext_noop("Sent again."))
        self.message_user(
            request,
            ngettext("%(count)d email will be sent again.", "%(count)d emails will be sent again.", count)
            % {"count": count},
        )

    @admin.action(description=gettext_lazy("Discard without sending"), permissions=["send"])
    def discard(self, request: HttpRequest, emails: QuerySet[OutgoingEmail]) -> TemplateResponse | None:
        question = Question(
            action="discard",
            title=gettext("Discard emails"),
            text=gettext("These emails are deleted and are not sent any more."),
            rows=[f"{email.subject} – {self.to(email)}" for email in emails.order_by("pk")],
        )
        answer = self.ask(request, question, Counter())
        if not isinstance(answer, Answer):
            return answer
        for row in emails:
            self.log_change(request, row, gettext_noop("Discarded."))
        count = discard(emails)
        self.message_user(
            request,
            ngettext("%(count)d email was discarded.", "%(count)d emails were discarded.", count) % {"count": count},
        )
        return None


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnlyAdmin, admin.ModelAdmin[RefusedAddress]):
    list_display = ["email", "answer_text", "refused_at"]
    search_fields = ["email"]
    ordering = ["-refused_at"]
    list_per_page = 50
