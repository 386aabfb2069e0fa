"""Django admin for campaigns, terms and creators."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.forms import Select
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.access import signed_in_user
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin, yes_or_no_filter
from accounts.editable_admin import EditableAdmin
from accounts.key_selects import KeySelectMultiple
from accounts.keys import parse_key
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.models import Product
from catalog.money_fields import MoneyAdmin, money_column
from creators import agency_admin, link_admin, rule_admin  # noqa: F401  # registers its pages
from creators.admin_forms import CampaignForm, CreatorNameForm, TermsForm
from creators.cap_proposals import propose_cap
from creators.forecast import CHART_HEIGHT, CHART_WIDTH, burn_down_points, forecast
from creators.invitation_pages import change_invitation, invitations_page
from creators.models import Campaign, Creator, Enrolment, Slot, Suspension, Terms, WaitlistEntry
from creators.suspensions import find_refusal, find_suspension
from creators.terms_proposals import COLUMNS, propose_terms

CAP_PROPOSED = gettext_lazy(
    "The maximum of %(new)s is proposed. It stays at %(old)s until a second person approves it."
)


@admin.register(Terms)
class TermsAdmin(AutocompleteFilterMixin, MoneyAdmin[Terms]):
    """Admin for terms. Staff can add new versions, but cannot change published ones."""

    form = TermsForm
    list_display = ["campaign", "version", "fee", "clips_per_creator", "opens_at", "closes_at"]
    list_filter = [("campaign", AutocompleteFilter)]
    autocomplete_fields = ["campaign"]
    fee = money_column("fee_minor", gettext_lazy("fee per approved clip"))
    list_select_related = ["campaign"]
    ordering = ["campaign", "-version"]

    def has_change_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the campaign's current terms as the form's initial values."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        campaign = Campaign.objects.with_terms().filter(pk=initial.get("campaign") or 0).first()
        if campaign is not None and campaign.terms is not None:
            initial |= {name: getattr(campaign.terms, name) for name in COLUMNS}
        return initial

    def get_form(self, request: HttpRequest, obj: Terms | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form. If the address names a campaign, whose terms it begins with, it offers no other."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        key = parse_key(request.GET.get("campaign", ""))
        if obj is None and key and Campaign.objects.filter(pk=key).exists():
            field = form.base_fields["campaign"]
            field.widget, field.empty_label = Select(), None
            field.queryset = Campaign.objects.filter(pk=key)
        return form

    def save_model(self, request: HttpRequest, terms: Terms, form: Any, change: bool) -> None:
        """Propose the terms. A second person publishes them by approving the proposal."""
        try:
            proposal = propose_terms(terms=terms, proposed_by=signed_in_user(request), now=timezone.now())
        except ProposalRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        terms.proposal_id = proposal.pk

    def log_addition(self, request: HttpRequest, terms: Terms, message: Any) -> Any:
        """Log nothing: the proposal is the record."""

    def response_add(self, request: HttpRequest, terms: Terms, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, gettext("Proposed. Nothing changes until a second person approves it."))
        return redirect("admin:accounts_proposal_change", terms.proposal_id)


class TermsInline(ReadOnlyAdmin, admin.TabularInline[Terms, Campaign]):
    model = Terms
    fk_name = "campaign"
    fields = ["version", "fee", "clips_per_creator", "hold_days", "opens_at", "closes_at"]
    readonly_fields = ["fee"]
    fee = money_column("fee_minor", gettext_lazy("fee per approved clip"))
    ordering = ["-version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Terms]:
        return super().get_queryset(request).annotate(creator_count=Count("enrolments"))


@admin.register(Campaign)
class CampaignAdmin(EditableAdmin[Campaign]):
    """Admin for campaigns, with a burn-down chart.

    A cap cannot be lowered below the number of slots that are held or earned. To change terms, add a new version.
    """

    change_form_template = "admin/creators/campaign/change_form.html"
    list_display = ["title", "slots", "is_published", "is_by_invitation"]
    list_filter = ["is_published", ("is_by_invitation", yes_or_no_filter(gettext_lazy("invitation")))]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    form = CampaignForm
    autocomplete_fields = ["invited"]
    inlines = [TermsInline]
    ordering = ["-pk"]

    def get_urls(self) -> list[URLPattern]:
        page, change = self.admin_site.admin_view(invitations_page), self.admin_site.admin_view(change_invitation)
        return [
            path("<int:pk>/invitations/", page, name="creators_campaign_invitations"),
            *(
                path(
                    f"<int:pk>/invitations/<int:invitation_id>/{action}/",
                    change,
                    {"action": action},
                    name=f"creators_invitation_{action}",
                )
                for action in ("resend", "withdraw")
            ),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "category_slugs":
            # The widget searches as the category of a product does.
            kwargs["widget"] = KeySelectMultiple(Product._meta.get_field("category"), self.admin_site)
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        waiting = WaitlistEntry.objects.waiting().filter(enrolment__campaign=OuterRef("pk")).order_by()
        counts = waiting.values("enrolment__campaign").annotate(count=Count("pk")).values("count")
        campaigns = Campaign.objects.with_terms().with_counts().annotate(waiting_count=Subquery(counts))
        return campaigns.order_by("-pk")

    @admin.display(description=gettext_lazy("paid / held / free"))
    def slots(self, campaign: Campaign) -> str:
        return f"{campaign.earned_count:,} / {campaign.held_count:,} / {campaign.free_count:,}"

    def save_model(self, request: HttpRequest, campaign: Campaign, form: Any, change: bool) -> None:
        """Save what was changed. A larger cap of a campaign with terms is proposed to a second person instead."""
        super().save_model(request, campaign, form, change)
        if form.proposed_cap is None:
            return
        try:
            by = signed_in_user(request)
            propose_cap(campaign=campaign, clips_cap=form.proposed_cap, proposed_by=by, now=timezone.now())
        except ProposalRefused as refusal:
            raise ValidationError({"clips_cap": str(refusal)}) from refusal
        words = {"new": f"{form.proposed_cap:,}", "old": f"{campaign.clips_cap:,}"}
        self.message_user(request, CAP_PROPOSED % words, level="warning")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        campaign = context.get("original")
        if isinstance(campaign, Campaign):
            burn_down = forecast(campaign=campaign, now=timezone.now())
            context |= {"campaign": campaign, "forecast": burn_down}
            context |= {"terms_in_use": _list_terms_in_use(campaign, context["inline_admin_formsets"])}
            context |= {"waiting_count": getattr(campaign, "waiting_count", 0)}
            context |= {"points": burn_down_points(burn_down, campaign.clips_cap)}
            context |= {"chart_width": CHART_WIDTH, "chart_height": CHART_HEIGHT}
        return super().render_change_form(request, context, *args, **kwargs)


def _list_terms_in_use(campaign: Campaign, inlines: Iterable[Any]) -> list[Any]:
    """Return, from what the page lists anyway, the newest terms and those that creators are still on, newest first."""
    versions = [form.instance for inline in inlines for form in inline.formset.initial_forms]
    return [terms for terms in versions if terms.pk == campaign.terms_id or getattr(terms, "creator_count", 0)]


@admin.register(Creator)
class CreatorAdmin(EditableAdmin[Creator]):
    """Admin for creators. The buttons lead to feedsite.suspension_pages."""

    form = CreatorNameForm
    change_form_template = "admin/creators/creator/change_form.html"
    list_display = ["handle", "display_name", "user", "joined_at", "is_suspended"]
    list_select_related = ["user"]
    search_fields = ["handle", "display_name", "user__email"]
    fields = ["handle", "display_name", "bio", "user", "joined_at"]
    readonly_fields = ["user", "joined_at"]
    ordering = ["handle"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Creator]:
        active = Suspension.objects.active().filter(creator=OuterRef("pk"))
        return super().get_queryset(request).annotate(has_suspension=Exists(active))

    @admin.display(description=gettext_lazy("suspended"), boolean=True)
    def is_suspended(self, creator: Creator) -> bool:
        return bool(getattr(creator, "has_suspension", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Creator | None = None) -> bool:
        return False  # people delete their own accounts; staff suspend them

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        creator = context.get("original")
        if isinstance(creator, Creator):
            context["suspension"] = find_suspension(creator.pk)
            context["may_suspend"] = not find_refusal(creator=creator, by=signed_in_user(request))
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin, admin.ModelAdmin[Suspension]):
    """Admin for suspensions, past ones too. They are made and lifted on the creator's page."""

    list_display = ["creator", "suspended_at", "suspended_by", "hides_clips", "is_for_fraud", "lifted_at", "lifted_by"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter), "is_for_fraud"]
    list_select_related = ["creator", "suspended_by", "lifted_by"]
    search_fields = ["creator__handle"]
    ordering = ["-suspended_at"]


@admin.register(Enrolment)
class EnrolmentAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Enrolment]):
    list_display = ["creator", "campaign", "terms", "earned_count", "held_count", "clips_cap", "accepted_at"]
    list_select_related = ["creator", "campaign", "terms"]
    list_filter = [("campaign", AutocompleteFilter)]
    search_fields = ["creator__handle"]
    ordering = ["-pk"]


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin, admin.ModelAdmin[Slot]):
    list_display = ["clip_code", "creator", "state", "reason", "fee", "agency_part", "held_at", "settled_at"]
    fields = ["clip_code", "creator", "state", "reason", "fee", "agency", "agency_part", "held_at", "settled_at"]
    readonly_fields = ["creator", "fee", "agency_part"]
    fee = money_column("fee_minor", gettext_lazy("fee"))
    agency_part = money_column("agency_minor", gettext_lazy("agency's part"))
    list_select_related = ["enrolment__creator"]
    list_filter = ["state", "reason"]
    search_fields = ["clip_code", "enrolment__creator__handle"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("creator"))
    def creator(self, slot: Slot) -> str:
        return str(slot.enrolment.creator)


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[WaitlistEntry]):
    """Admin for waitlist entries, including those that got a slot or left. A task submits waiting clips in order."""

    list_display = ["clip_code", "number", "creator", "campaign", "state", "joined_at", "settled_at"]
    list_filter = ["state", ("enrolment__campaign", AutocompleteFilter)]
    search_fields = ["clip_code", "enrolment__creator__handle"]
    ordering = ["joined_at", "pk"]
    fields = ["clip_code", "creator", "campaign", "state", "joined_at", "settled_at", "mailed_at"]
    readonly_fields = ["creator", "campaign"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitlistEntry]:
        entries = WaitlistEntry.objects.with_number().select_related("enrolment__creator", "enrolment__campaign")
        return entries.in_order()

    @admin.display(description=gettext_lazy("number"), empty_value="–")
    def number(self, entry: WaitlistEntry) -> int | None:
        return entry.number

    @admin.display(description=gettext_lazy("creator"), ordering="enrolment__creator__handle")
    def creator(self, entry: WaitlistEntry) -> str:
        return str(entry.enrolment.creator)

    @admin.display(description=gettext_lazy("campaign"), ordering="enrolment__campaign__title")
    def campaign(self, entry: WaitlistEntry) -> str:
        return entry.enrolment.campaign.title
