"""Categories in admin. What is sold in them pays commission, so a high rate waits for a second person."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.proposals import ProposalRefused
from catalog.models import Category
from catalog.money import percent_of
from catalog.money_fields import MoneyAdmin, MoneyForm
from catalog.rate_proposals import find_limit_bps, is_rate_waiting, propose_rate

RATE_PROPOSED = _("A commission of %(new)s is proposed. It stays at %(old)s until a second person approves it.")


class CategoryForm(MoneyForm[Category]):
    """A form for a category. A raise above the limit is not saved, but kept as `proposed_bps`.

    A new category has the limit until the raise is approved.
    """

    proposed_bps: int | None = None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        rate, limit = values.get("commission_rate_bps"), find_limit_bps()
        known = self.instance.commission_rate_bps if self.instance.pk else None
        if rate is None or rate <= max(limit, known or 0):
            return values
        if known is not None and is_rate_waiting(self.instance, now=timezone.now()):
            refusal = gettext("A proposal for this is already waiting for a second person.")
            self.add_error("commission_rate_bps", refusal)
            return values
        self.proposed_bps = rate
        values["commission_rate_bps"] = limit if known is None else known
        if known is not None:
            self.changed_data.remove("commission_rate_bps")
        return values


@admin.register(Category)
class CategoryAdmin(MoneyAdmin[Category]):
    form = CategoryForm
    list_display = ["name", "parent", "commission", "is_age_restricted", "position"]
    list_filter = ["is_age_restricted", "tax_class"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]
    ordering = ["parent__position", "parent_id", "position"]

    @admin.display(description=_("commission"), ordering="commission_rate_bps")
    def commission(self, category: Category) -> str:
        return _in_percent(category.commission_rate_bps)

    def save_model(self, request: HttpRequest, category: Category, form: Any, change: bool) -> None:
        """Save what was changed. A rate above the limit is proposed to a second person instead."""
        super().save_model(request, category, form, change)
        if form.proposed_bps is None:
            return
        try:
            by = signed_in_user(request)
            propose_rate(category=category, rate_bps=form.proposed_bps, proposed_by=by, now=timezone.now())
        except ProposalRefused as refusal:
            raise ValidationError({"commission_rate_bps": str(refusal)}) from refusal
        words = {"new": _in_percent(form.proposed_bps), "old": _in_percent(category.commission_rate_bps)}
        self.message_user(request, RATE_PROPOSED % words, level="warning")


def _in_percent(bps: int) -> str:
    return f"{percent_of(bps)}%"
