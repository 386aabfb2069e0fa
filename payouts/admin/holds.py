"""Admin pages for fraud holds: the evidence against a creator, and a form for releasing the hold."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.editable_admin import EditableAdmin
from accounts.lists import join_list
from catalog.prices import format_money
from payouts.evidence import get_evidence_facts
from payouts.fraud import ReleaseRefused, release_hold
from payouts.models import Hold
from payouts.statements import get_balances


@admin.register(Hold)
class HoldAdmin(EditableAdmin[Hold]):
    """Admin pages for holds. They show the evidence, and staff can release a hold by entering a reason."""

    class Media:
        css = {"all": ["payouts/admin.css"]}  # a mutable class attribute, as in Django's documentation

    list_display = ["creator", "kind", "placed_at", "released_at", "released_by"]
    list_filter = ["kind", ("released_at", admin.EmptyFieldListFilter)]
    list_select_related = ["creator", "released_by"]
    search_fields = ["creator__handle"]
    ordering = ["-placed_at"]
    fields = ["creator", "kind", "placed_at", "evidence_facts", "held_money", "other_holds"]
    fields += ["released_at", "released_by", "release_reason"]
    readonly_fields = ["creator", "kind", "placed_at", "evidence_facts", "held_money", "other_holds"]
    readonly_fields += ["released_at", "released_by", "release_text"]

    def get_fields(self, request: HttpRequest, obj: Hold | None = None) -> list[Any]:
        """Return the fields. The reason for a release is shown in the reader's language once it can't be edited."""
        is_released = obj is not None and obj.released_at is not None
        return [*self.fields[:-1], "release_text"] if is_released else list(self.fields)

    @admin.display(description=_("reason for the release"))
    def release_text(self, hold: Hold) -> str:
        return hold.release_text

    @admin.display(description=_("evidence"))
    def evidence_facts(self, hold: Hold) -> SafeString:
        return render_to_string("admin/payouts/hold/evidence.html", {"facts": get_evidence_facts(hold)})

    @admin.display(description=_("money on hold"), empty_value="–")
    def held_money(self, hold: Hold) -> str:
        balances = get_balances(creator=hold.creator)
        return join_list(format_money(balance.owed_minor, balance.currency) for balance in balances)

    @admin.display(description=_("other holds on this creator"))
    def other_holds(self, hold: Hold) -> str:
        count = Hold.objects.filter(creator=hold.creator_id).exclude(pk=hold.pk).count()
        url = reverse("admin:payouts_hold_changelist")
        return format_html('<a href="{}?q={}">{}</a>', url, hold.creator.handle, count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        """Return whether the user may release the hold. Return False if it has already been released."""
        is_active = obj is None or obj.released_at is None
        return is_active and request.user.has_perm("payouts.release_hold")

    def save_model(self, request: HttpRequest, hold: Hold, form: Any, change: bool) -> None:
        try:
            release_hold(hold=hold, released_by=signed_in_user(request), reason=hold.release_reason, now=timezone.now())
        except ReleaseRefused as refusal:
            raise ValidationError({"release_reason": str(refusal)}) from refusal
