"""Admin pages for wording rules: those that came with the product, and the shop's own."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import ExpressionWrapper, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from accounts.history import history_line
from accounts.lists import join_list
from catalog.forms import CategorySlugsField
from catalog.models import Category
from videos.admin.rule_trials import category_widget, let_texts_set_direction, trial_page
from videos.models import WordingRule
from videos.models.wording import SeverityChoice
from videos.review.shipped_rules import (
    SHIPPED,
    TEXTS,
    RuleChanged,
    RuleOrigin,
    origin_of,
    restore_shipped_text,
    shipped_texts,
    text_hash,
)


class WordingRuleForm(EditForm[WordingRule]):
    class Meta:
        model = WordingRule
        fields = ("code", "is_active", "campaign", "category_slugs", "language", *TEXTS)
        field_classes: ClassVar[dict[str, Any]] = {"category_slugs": CategorySlugsField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_texts_set_direction(self.fields)
        slugs = self.instance.category_slugs
        if "category_slugs" not in self.fields or not slugs:
            return
        known = Category.objects.filter(slug__in=slugs).values_list("slug", flat=True)
        missing = sorted(set(slugs).difference(known))
        if missing:
            sentence = gettext(
                "Until you choose others here, the rule also applies to categories with these slugs as soon as the "
                "shop has them: %(slugs)s."
            )
            field = self.fields["category_slugs"]
            field.help_text = f"{field.help_text} {sentence % {'slugs': ', '.join(missing)}}"


@admin.register(WordingRule)
class WordingRuleAdmin(AutocompleteFilterMixin, EditableAdmin[WordingRule]):
    """Admin pages for wording rules. They refuse a rule that gives the wrong result for an example sentence.

    Shipped rules can be changed and switched off, but not deleted, because the next `migrate` would create them again.
    No filter by category: categories are slugs, no relation, so the search field finds their names.
    """

    form = WordingRuleForm
    list_display = ["code", "is_active", "language_name", "severity", "scope", "origin", "trial"]
    list_editable = ["is_active"]
    list_filter = ["is_active", "severity", "language", ("campaign", AutocompleteFilter)]
    list_select_related = ["campaign"]
    search_fields = ["code", "phrases", "message", "category_slugs", "category_names"]
    search_help_text = _("Searches codes, phrases, messages and categories.")
    autocomplete_fields = ["campaign"]
    ordering = ["code", "language"]
    fieldsets = [
        (None, {"fields": ["code", "origin", "is_active"]}),
        (_("Where it applies"), {"fields": ["campaign", "category_slugs", "language"]}),
        (_("What it matches"), {"fields": ["phrases", "unless", "must_match", "must_not_match"]}),
        (_("What the creator sees"), {"fields": ["severity", "message", "suggestion"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        urls = [
            path("trial/", guard(trial_page), name="videos_rule_trial"),
            path("<int:pk>/restore/", guard(self.restore_page), name="videos_rule_restore"),
        ]
        return urls + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[WordingRule]:
        """Annotate each rule with the names of its categories."""
        slugs = ExpressionWrapper(OuterRef("category_slugs"), WordingRule._meta.get_field("category_slugs"))
        chosen = Category.objects.alias(chosen=slugs).filter(chosen__contains=[F("slug")])  # type: ignore[misc]  # an array
        names = ArraySubquery(chosen.order_by("name").values("name"))
        return super().get_queryset(request).annotate(category_names=names)

    def get_readonly_fields(self, request: HttpRequest, obj: WordingRule | None = None) -> list[str]:
        return ["origin", "code", "language"] if _is_shipped(obj) else ["origin"]

    def has_delete_permission(self, request: HttpRequest, obj: WordingRule | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_shipped(obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "category_slugs":
            return db_field.formfield(**{**kwargs, "widget": category_widget()})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: WordingRule | None = None,
    ) -> HttpResponse:
        context["trial_url"] = _trial_url(obj)
        context["is_restorable"] = obj is not None and _is_restorable(obj) and self.has_change_permission(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def restore_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the shop's text of a shipped rule beside that of this version, which replaces it on POST."""
        user_with_permission(request, "videos.change_wordingrule")
        rule = get_object_or_404(WordingRule, pk=pk)
        back = redirect("admin:videos_wordingrule_change", pk)
        if not _is_restorable(rule):
            return back
        shipped = shipped_texts(SHIPPED[rule.shipped_as or ""])
        changed = [name for name in TEXTS if getattr(rule, name) != shipped[name]]
        if request.method == "POST":
            try:
                restore_shipped_text(pk, seen=request.POST.get("seen", ""))
            except RuleChanged:
                messages.error(request, _("Somebody else changed this rule meanwhile. Look at its text again."))
                return redirect("admin:videos_rule_restore", pk)
            before = "; ".join(f"{name}: {getattr(rule, name)}" for name in changed)
            self.log_change(
                request,
                rule,
                history_line(gettext_noop("Restored the shipped text. Before: %(before)s"), before=before),
            )
            messages.success(request, _("The shipped text has been restored."))
            return back
        context = self.admin_site.each_context(request) | {
            "title": _("Restore the shipped text"),
            "opts": self.opts,
            "original": rule,
            "seen": text_hash(rule),
            "changes": [_change(name, getattr(rule, name), shipped[name]) for name in changed],
        }
        return TemplateResponse(request, "admin/videos/wordingrule/restore.html", context)

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, rule: WordingRule) -> str:
        return rule.get_language_display()

    @admin.display(description=_("applies to"))
    def scope(self, rule: WordingRule) -> str:
        parts = [str(rule.campaign)] if rule.campaign else []
        if rule.category_slugs:
            names: list[str] = rule.category_names  # type: ignore[attr-defined]  # annotated by get_queryset
            parts.append(join_list(names) or gettext("Categories that the shop doesn't have"))
        return " · ".join(parts) or gettext("Everything")

    @admin.display(description=_("origin"))
    def origin(self, rule: WordingRule) -> str:
        return str(origin_of(rule).label)

    @admin.display(description=_("trial"))
    def trial(self, rule: WordingRule) -> str:
        return format_html('<a href="{}">{}</a>', _trial_url(rule), _("Try"))


def _trial_url(rule: WordingRule | None) -> str:
    address = reverse("admin:videos_rule_trial")
    return address if rule is None or rule.pk is None else f"{address}?rule={rule.pk}"


def _is_shipped(rule: WordingRule | None) -> bool:
    """Return whether this version ships the rule. A rule that it no longer ships is the shop's own."""
    return rule is not None and rule.shipped_as in SHIPPED


def _is_restorable(rule: WordingRule) -> bool:
    return origin_of(rule) in (RuleOrigin.EDITED, RuleOrigin.OUTDATED)


def _change(name: str, present: str, shipped: str) -> tuple[str, str, str]:
    """Return the label of a field, its present text and the shipped one, in words."""
    label = str(WordingRule._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # none of them is a relation
    if name == "severity":
        return label, str(SeverityChoice(present).label), str(SeverityChoice(shipped).label)
    return label, present, shipped
