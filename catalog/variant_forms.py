"""The form with which staff change a variant."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.imports.values.barcodes import read_barcode
from catalog.models import Product, Variant
from catalog.models.variant import make_key
from catalog.money_fields import MoneyForm
from catalog.option_fields import OptionTextsField
from catalog.stock import LARGEST_STOCK, MAX_VARIANTS


class VariantForm(MoneyForm[Variant]):
    """A variant without its stock, which only movements change. A new one may have an opening stock."""

    new_of: Product | None = None
    """The product that gets a new variant."""
    option_values = OptionTextsField(labels=[""], label=capfirst(gettext_lazy("options")))
    opening_stock = forms.IntegerField(
        label=capfirst(gettext_lazy("in stock")),
        min_value=0,
        max_value=LARGEST_STOCK,
        required=False,
        help_text=gettext_lazy("Empty is none."),
    )

    class Meta:
        model = Variant
        fields = ["option_values", "sku", "price_minor", "compare_at_minor", "confirms_zero", "opening_stock"]
        fields += ["is_counted", "is_active", "barcode", "weight_g", "picture", "position"]

    def __init__(self, *args: Any, instance: Variant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance or Variant(product=self.new_of), **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.instance.pk is None and self._others.count() >= MAX_VARIANTS:
            self.add_error(None, _("A product can have %(most)d variants at most.") % {"most": MAX_VARIANTS})
        return values

    def clean_option_values(self) -> list[str]:
        """Raise ValidationError if a value is missing, or if another variant of the product has the same values."""
        values: list[str] = self.cleaned_data["option_values"]
        if not self._others.exists():
            return values
        if len(values) < len(self.instance.product.option_names) or not all(values):
            raise forms.ValidationError(_("Enter a value for each option."))
        if self._others.filter(options_key=make_key(values)).exists():
            raise forms.ValidationError(_("Another variant of this product has these options."))
        return values

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        own = Variant.objects.filter(sku_key=make_key([sku]), merchant=self.instance.product.merchant_id)
        others = own.exclude(pk=self.instance.pk).select_related("product")
        if sku and (other := others.first()):
            raise forms.ValidationError(_("%(variant)s has this SKU already.") % {"variant": other.full_name})
        return sku

    def clean_barcode(self) -> str:
        text = str(self.cleaned_data["barcode"]).strip()
        barcode, _remark = read_barcode(text)
        if text and not barcode:
            sentence = _("This is not a barcode: a digit is wrong or missing. Check it, or leave the field empty.")
            raise forms.ValidationError(sentence)
        return barcode

    def save_changes(self) -> None:
        """Write the changed columns, and what SKU and options are compared by."""
        names = [column.name for column in self.instance._meta.concrete_fields if column.name in self.changed_data]
        if names:
            self.instance.save(update_fields=[*names, "sku_key", "options_key"])

    @property
    def _others(self) -> Any:
        product_id = self.instance.product.pk  # None of a product that is being added
        return Variant.objects.filter(product_id=product_id).exclude(pk=self.instance.pk)
