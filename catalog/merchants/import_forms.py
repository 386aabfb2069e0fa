"""Forms of merchants' imports: a file to upload, what a source's files leave open, and its categories."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from catalog.imports.names import UNSORTED_SLUG
from catalog.models import CatalogueSource, Category, CategoryMapping, Merchant


class MerchantUploadForm(forms.Form):
    """A file for one of the merchant's sources, or for a new one."""

    source = forms.ModelChoiceField(
        label=capfirst(_("source")), queryset=CatalogueSource.objects.none(), required=False
    )
    new_source = forms.CharField(
        label=_("Or a new source"),
        max_length=80,
        required=False,
        help_text=_("A name for where the file comes from, such as “Warehouse”. Its next file has the same source."),
    )
    file = forms.FileField(
        label=capfirst(_("file")),
        help_text=_(
            "A catalogue as CSV, TSV, XML or JSON, up to 32 MB. Larger ones can be sent gzipped. "
            "Nothing changes before you start the import."
        ),
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._merchant = merchant
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = CatalogueSource.objects.filter(merchant=merchant).order_by("name")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if bool(values.get("source")) == bool(values.get("new_source")):
            self.add_error("source", gettext("Choose a source, or name a new one."))
        return values

    def get_source(self) -> CatalogueSource:
        """Return the chosen source, or the new one. One that has the name already is the same."""
        chosen: CatalogueSource | None = self.cleaned_data["source"]
        name = " ".join(self.cleaned_data["new_source"].split())
        return chosen or CatalogueSource.objects.get_or_create(merchant=self._merchant, name=name)[0]


class SourceForm(EditForm[CatalogueSource]):
    class Meta:
        model = CatalogueSource
        fields = ("in_stock_means", "in_stock_units", "decimal_sign", "encoding")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("in_stock_means") == "number" and not values.get("in_stock_units"):
            self.add_error("in_stock_units", gettext("Enter how many units “in stock” means."))
        return values


class MappingsForm(forms.Form):
    """A category of the shop for each of these categories of a source."""

    def __init__(self, data: Any, *, mappings: list[CategoryMapping]) -> None:
        super().__init__(data)
        self.mappings = {f"category-{mapping.pk}": mapping for mapping in mappings}
        choices = [(str(pk), name) for pk, name in self._categories().values_list("pk", "name")]
        for name, mapping in self.mappings.items():
            self.fields[name] = forms.TypedChoiceField(
                label=mapping.words or gettext("No category"),
                choices=[("", "–"), *choices],
                coerce=int,
                empty_value=None,
                required=False,
                initial=str(mapping.category_id or ""),
            )

    @property
    def chosen(self) -> list[tuple[CategoryMapping, int]]:
        """Return the mappings for which another category was chosen, with its id."""
        pairs = [(mapping, self.cleaned_data[name]) for name, mapping in self.mappings.items()]
        return [(mapping, pk) for mapping, pk in pairs if pk is not None and pk != mapping.category_id]

    def _categories(self) -> Any:
        return Category.objects.exclude(slug=UNSORTED_SLUG).order_by("name")
