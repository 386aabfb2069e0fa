"""Admin pages for reasons, decisions, appeals and the audit log."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.translations import TranslationsFormField
from creators.slots import GRACE_PERIOD
from videos.admin.audit_words import explain_entry
from videos.admin.bulk import undo_address
from videos.models import Appeal, AuditEntry, Decision, DecisionAction, Reason


class ReasonTextForm(EditForm[Reason]):
    text = TranslationsFormField(
        label=_("Text"),
        max_characters=300,
        help_text=_("What the creator reads, in each language. Without one, the English text is shown."),
    )
    fix = TranslationsFormField(
        label=_("How to fix it"), max_characters=300, required=False, help_text=_("Advice below the text.")
    )

    class Meta:
        model = Reason
        fields = ("code", "text", "fix", "position", "is_active")


@admin.register(Reason)
class ReasonAdmin(EditableAdmin[Reason]):
    form = ReasonTextForm
    list_display = ["code", "__str__", "position", "is_active"]
    list_editable = ["position", "is_active"]
    ordering = ["position"]


@admin.register(Decision)
class DecisionAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Decision]):
    list_display = ["decided_at", "action", "basis", "clip", "moderator", "reason", "undone_at", "mailed_at", "undo"]
    list_filter = ["action", "basis", "reason", ("moderator", AutocompleteFilter), "decided_at"]
    list_select_related = ["clip", "moderator", "reason"]
    search_fields = ["clip__code", "words"]
    ordering = ["-decided_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        """Annotate each decision with whether the reader can undo it for the seconds that any decision has."""
        undoable = Q(moderator=request.user.pk, mailed_at=None, decided_at__gt=timezone.now() - GRACE_PERIOD)
        return super().get_queryset(request).annotate(is_undoable=ExpressionWrapper(undoable, BooleanField()))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out the column with the ways back for those who may not take them."""
        may_review = request.user.has_perm("videos.review_clip")
        return [name for name in self.list_display if may_review or name != "undo"]

    @admin.display(description=_("undo"))
    def undo(self, decision: Decision) -> str:
        if decision.undone_at is not None:
            return "–"
        if decision.action != DecisionAction.REMOVE:
            is_undoable = getattr(decision, "is_undoable", False)
            return format_html('<a href="{}">{}</a>', undo_address(decision), _("Undo")) if is_undoable else "–"
        address = reverse("admin:videos_take_down_undo", args=[decision.pk])
        return format_html('<a href="{}">{}</a>', address, _("Undo take-down"))


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin, admin.ModelAdmin[Appeal]):
    list_display = ["appealed_at", "decision", "words"]
    list_select_related = ["decision__clip"]
    ordering = ["-appealed_at"]


@admin.register(AuditEntry)
class AuditAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[AuditEntry]):
    list_display = ["at", "action", "clip", "moderator", "explanation"]
    fields = ["clip", "revision", "moderator", "action", "at", "explanation"]
    readonly_fields = ["explanation"]
    list_filter = ["action", ("moderator", AutocompleteFilter), "at"]
    list_select_related = ["clip", "moderator"]
    search_fields = ["clip__code"]
    ordering = ["-at"]

    @admin.display(description=_("details"), empty_value="–")
    def explanation(self, entry: AuditEntry) -> str | None:
        return explain_entry(entry) or None
