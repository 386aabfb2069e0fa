"""The forms with which merchants list products. What waits for review stands in them as if it were approved."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from accounts.pasted_text import visible_text
from accounts.picture_forms import PictureForm, PictureInput
from catalog.forms import require_fitting_names
from catalog.images import RULES
from catalog.imports.names import UNSORTED_SLUG
from catalog.merchants.listing_values import find_brand
from catalog.models import Category, ChangeState, ListingChange, Product, Variant
from catalog.money_fields import MoneyField
from catalog.option_fields import OptionNamesField, OptionTextsField
from catalog.variant_forms import VariantForm


def find_waiting(product: Product) -> ListingChange | None:
    return ListingChange.objects.filter(product=product, state=ChangeState.IN_REVIEW).first()


def with_waiting_text(product: Product, change: ListingChange | None) -> Product:
    """Set on the product, which is not saved, what its merchant sent for review. Return it."""
    values = change.values if change else {}
    for name in ("name", "description", "option_names"):
        setattr(product, name, values.get(name, getattr(product, name)))
    product.category_id = values.get("category", product.category_id)
    return product


class ListingForm(PictureForm, EditForm[Product]):
    """What is reviewed of a product."""

    picture_field, picture_rules = "new_picture", RULES

    brand_name = forms.CharField(
        label=capfirst(_("brand")), max_length=80, help_text=_("A name that is new here is added when it is approved.")
    )
    category = forms.ModelChoiceField(label=capfirst(_("category")), queryset=Category.objects.none())
    option_names = OptionNamesField(
        label=capfirst(_("options")),
        help_text=_("What its variants differ in, such as colour and size: at most three."),
    )
    new_picture = forms.FileField(
        label=capfirst(_("add a picture")),
        required=False,
        widget=PictureInput,
        help_text=_("JPEG, PNG, WebP, GIF, HEIC or AVIF, up to 25 MB."),
    )
    field_order = ["name", "brand_name", "category", "description", "option_names", "new_picture"]

    class Meta:
        model = Product
        fields = ["name", "category", "description", "option_names"]

    def __init__(self, data: Any = None, files: Any = None, *, product: Product | None = None) -> None:
        change = find_waiting(product) if product else None
        if product:
            waiting_brand = change.values.get("brand", product.brand.name) if change else product.brand.name
            initial = {"brand_name": waiting_brand}
            super().__init__(data, files, instance=with_waiting_text(product, change), initial=initial)
        else:
            super().__init__(data, files)
        self.fields["brand_name"].show_hidden_initial = self.fields["name"].show_hidden_initial
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Category.objects.exclude(slug=UNSORTED_SLUG).order_by("name")

    def read_row(self) -> Product | None:
        row = super().read_row()
        return row and with_waiting_text(row, find_waiting(row))

    def clean_name(self) -> str:
        return visible_text(self.cleaned_data["name"])

    def clean_brand_name(self) -> str:
        name = visible_text(self.cleaned_data["brand_name"])
        brand = find_brand(name)
        return brand.name if brand else name

    def clean_option_names(self) -> list[str]:
        """Raise ValidationError if the product's variants would have values for more options than it has."""
        names: list[str] = self.cleaned_data["option_names"]
        require_fitting_names(self.instance, names)
        return names

    @property
    def values(self) -> dict[str, Any]:
        """Return what was changed, as listings take it."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}
        values.pop("new_picture", None)
        if "brand_name" in values:
            values["brand"] = values.pop("brand_name")
        if "category" in values:
            values["category"] = values["category"].pk
        return values


class MerchantVariantForm(VariantForm):
    """A variant of a merchant's product. Its place follows from the order in which variants were added."""

    class Meta(VariantForm.Meta):
        fields = ["option_values", "sku", "price_minor", "compare_at_minor", "confirms_zero", "opening_stock"]
        fields += ["is_counted", "is_active", "barcode", "weight_g", "picture"]
        field_classes: ClassVar = {"price_minor": MoneyField, "compare_at_minor": MoneyField}

    def read_row(self) -> Variant | None:
        row = super().read_row()
        return row and with_waiting_options(row)

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns that were changed."""
        columns = {column.name for column in Variant._meta.concrete_fields}
        return [name for name in self.changed_data if name in columns]


def with_waiting_options(variant: Variant) -> Variant:
    change = ListingChange.objects.filter(product=variant.product_id, state=ChangeState.IN_REVIEW).first()
    options = change.values.get("options", {}) if change else {}
    variant.option_values = options.get(str(variant.pk), variant.option_values)
    return variant


def make_variant_form(data: Any, *, product: Product, variant: Variant | None, prefix: str = "") -> MerchantVariantForm:
    """Return the form for a variant, or for a new one, with a field for each option of the product.

    The first variant of a new product has no options and no picture, and is on sale as the product is.
    """
    is_first = product.pk is None
    names = product.option_names if is_first else with_waiting_text(product, find_waiting(product)).option_names
    left_out = {"picture", "is_active"} if is_first else set()
    left_out |= (set() if names else {"option_values"}) | ({"opening_stock"} if variant else set())
    fields = [name for name in MerchantVariantForm.Meta.fields if name not in left_out]
    attributes: dict[str, Any] = {"Meta": type("Meta", (MerchantVariantForm.Meta,), {"fields": fields})}
    attributes["option_values"] = OptionTextsField(labels=names, label=capfirst(_("options"))) if names else None
    if variant is not None:
        attributes["opening_stock"] = None
        variant = with_waiting_options(variant)
        variant.product = product
    form_class: Any = type("VariantOfListingForm", (MerchantVariantForm,), attributes)
    instance = variant or Variant(product=product, merchant_id=product.merchant_id, position=_next_position(product))
    form: MerchantVariantForm = form_class(data, instance=instance, prefix=prefix or None)
    if "picture" in form.fields:
        form.fields["picture"].queryset = product.images.order_by("position")  # type: ignore[attr-defined]
    if variant is not None and not variant.is_reviewed:
        form.fields["is_active"].disabled = True
    return form


def _next_position(product: Product) -> int:
    last = product.variants.aggregate(last=Max("position"))["last"] if product.pk else None
    return 0 if last is None else last + 1
