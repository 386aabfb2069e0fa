"""Admin pages for agencies and for their offers to creators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.editable_admin import EditableAdmin
from catalog.money_fields import MoneyAdmin
from creators.admin_forms import RepresentationForm
from creators.models import Agency, Representation
from creators.representation import offer_representation


@admin.register(Agency)
class AgencyAdmin(EditableAdmin[Agency]):
    list_display = ["name", "notice_days"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    ordering = ["name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Agency | None = None) -> list[str]:
        """Let only those choose the agency's user who may look up users."""
        return [] if request.user.has_perm("accounts.view_user") else ["user"]


@admin.register(Representation)
class RepresentationAdmin(MoneyAdmin[Representation]):
    """Admin for agencies' offers to creators. Only the creator can accept an offer or end the agency's share."""

    form = RepresentationForm
    list_display = ["creator", "agency", "version", "share", "accepted_at", "ends_at"]
    list_select_related = ["creator", "agency"]
    fields = ["creator", "agency", "share_bps"]
    autocomplete_fields = ["creator", "agency"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("share"), ordering="share_bps")
    def share(self, representation: Representation) -> str:
        return representation.share_percent

    def get_fields(self, request: HttpRequest, obj: Representation | None = None) -> Any:
        return super().get_fields(request, obj) if obj else [*self.fields, "confirms_zero"]

    def has_change_permission(self, request: HttpRequest, obj: Representation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Representation | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, offer: Representation, form: Any, change: bool) -> None:
        created = offer_representation(
            agency=offer.agency, creator=offer.creator, share_bps=offer.share_bps, now=timezone.now()
        )
        offer.pk, offer.version, offer.offered_at = created.pk, created.version, created.offered_at
