"""Admin pages of the legal pages. Page and language are chosen first, so that the text given belongs to them."""

from itertools import product
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from catalog.legal import neutral_text
from catalog.models import LegalKind, LegalPage


class LegalPageForm(EditForm[LegalPage]):
    """A text of a legal page. The neutral text of another page or language is refused."""

    class Meta:
        model = LegalPage
        fields = ["kind", "language", "text"]

    def clean(self) -> dict[str, Any]:
        """Refuse an untouched neutral text that belongs elsewhere."""
        values = super().clean()
        kind = values.get("kind") or self.instance.kind
        language = values.get("language") or self.instance.language
        if kind in LegalKind.values and values.get("text"):
            owner = _find_owner(str(values["text"]), kind, language)
            if owner:
                sentence = gettext("This is the text of another page or language, unchanged: %(page)s.")
                self.add_error("text", sentence % {"page": owner})
        return values


class LegalPageChoiceForm(forms.Form):
    """Which page to write, and in which language."""

    kind = forms.ChoiceField(label=capfirst(_("page")), choices=LegalKind)
    language = forms.ChoiceField(label=capfirst(_("language")), choices=settings.LANGUAGES)


@admin.register(LegalPage)
class LegalPageAdmin(EditableAdmin[LegalPage]):
    """The shop's own legal texts. A new one begins with our neutral text."""

    form = LegalPageForm
    change_list_template = "admin/catalog/legalpage/change_list.html"
    list_display = ["kind", "language", "updated_at"]
    list_filter = ["kind", "language"]
    fields = ["kind", "language", "text"]
    ordering = ["kind", "language"]

    def view_on_site(self, page: LegalPage) -> str:
        return reverse("legal", args=[page.kind])

    def get_readonly_fields(self, request: HttpRequest, obj: LegalPage | None = None) -> list[str]:
        return ["kind", "language"] if obj else []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the texts, and a link for each page and language that has none."""
        written = set(LegalPage.objects.values_list("kind", "language"))
        missing = [
            (_name(kind, language), f"{reverse('admin:catalog_legalpage_add')}?kind={kind}&language={language}")
            for kind, (language, _label) in product(LegalKind, settings.LANGUAGES)
            if (kind, language) not in written
        ]
        context = {"missing": missing if self.has_add_permission(request) else [], **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for the page and the language first. Without JavaScript, too, the text is then the right one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        choice = LegalPageChoiceForm(request.GET)
        if request.method == "POST":
            return super().add_view(request, form_url, extra_context)
        if not choice.is_valid():
            chosen = {name: request.GET[name] for name in choice.fields if not choice[name].errors}
            return self._ask(request, LegalPageChoiceForm(initial={"language": get_language(), **chosen}))
        page = LegalPage.objects.filter(**choice.cleaned_data).first()
        if page is not None:
            return redirect("admin:catalog_legalpage_change", page.pk)
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: LegalPage | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form. If the address chose the page and the language, it offers no others."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        choice = LegalPageChoiceForm(request.GET)
        if obj is None and choice.is_valid():
            for name, chosen in choice.cleaned_data.items():
                field = form.base_fields[name]
                field.choices = [(value, label) for value, label in field.choices if value == chosen]
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the page and the language of the address, and their neutral text."""
        choice = LegalPageChoiceForm(request.GET)
        if not choice.is_valid():
            return {}
        values = choice.cleaned_data
        return values | {"text": neutral_text(LegalKind(values["kind"]), values["language"])}

    def _ask(self, request: HttpRequest, form: LegalPageChoiceForm) -> HttpResponse:
        title = gettext("Write a legal page")
        context = self.admin_site.each_context(request) | {"opts": self.opts, "form": form, "title": title}
        return TemplateResponse(request, "admin/catalog/legalpage/choose.html", context)


def _name(kind: str, language: str) -> str:
    return str(LegalPage(kind=kind, language=language))


def _find_owner(text: str, kind: str, language: str) -> str:
    """Return the name of the page whose neutral text this is, or "" if it is none or the page's own."""
    words = text.split()
    if words == neutral_text(LegalKind(kind), language).split():
        return ""
    for other, (code, _label) in product(LegalKind, settings.LANGUAGES):
        if words == neutral_text(other, code).split():
            return _name(other, code)
    return ""
