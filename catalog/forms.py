"""Forms for products and for movements of their stock."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.keys import parse_key
from accounts.picture_forms import PictureForm, PictureInput
from catalog.amounts import write_amount
from catalog.images import RULES, append_image
from catalog.models import Category, Product, StockMovement, StockMovementKind, Variant
from catalog.models.stock_movement import BY_STAFF
from catalog.money_fields import UNCONFIRMED_ZERO, MoneyForm
from catalog.option_fields import OptionNamesField
from catalog.stock import LARGEST_STOCK
from catalog.stock_movements import find_latest_movement


class ProductForm(PictureForm, MoneyForm[Product]):
    """A product without its stock, which only movements change. A new product may have an opening stock."""

    picture_field, picture_rules = "new_picture", RULES

    opening_stock = forms.IntegerField(
        label=capfirst(_("in stock")),
        min_value=0,
        max_value=LARGEST_STOCK,
        required=False,
        help_text=_("Empty is none."),
    )
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

    class Meta:
        model = Product
        fields = [
            "name",
            "name_translations",
            "slug",
            "brand",
            "category",
            "tax_class",
            "description",
            "option_names",
            "price_minor",
            "confirms_zero",
            "currency",
        ]
        fields += ["opening_stock", "is_listed", "can_be_picked_up", "outbound_url", "new_picture"]

    def clean(self) -> dict[str, Any]:
        """Refuse a price that was typed before the product had several variants: it has no field any more."""
        values = super().clean()
        typed = self.data.get("price_minor")
        if self.instance.pk is None or typed is None or "price_minor" in self.fields:
            return values
        prices = self.instance.variants.values_list("price_minor", flat=True)
        if typed.strip() not in {write_amount(price_minor, self.instance.currency) for price_minor in prices}:
            sentence = gettext("The price was not saved: this product has several variants by now. Change theirs.")
            self.add_error(None, sentence)
        return values

    def clean_option_names(self) -> list[str]:
        """Raise ValidationError if the product's variants would have values for more options than it has."""
        names: list[str] = self.cleaned_data["option_names"]
        require_fitting_names(self.instance, names)
        return names

    def save_picture(self, product: Product) -> None:
        """Add the stored picture, if there is one, to the product."""
        if self.stored_picture is not None:
            append_image(product=product, stored=self.stored_picture, alternative_text=product.name)


def require_fitting_names(product: Product, option_names: list[str]) -> None:
    """Raise ValidationError if the product's variants have values for more options than these."""
    values_of_variants = product.variants.values_list("option_values", flat=True) if product.pk else ()
    longest = max(map(len, values_of_variants), default=0)
    if longest > len(option_names):
        sentence = gettext(
            "Its variants have values for %(count)d options. Rename options, or remove the values first."
        )
        raise forms.ValidationError(sentence % {"count": longest})


class StockMovementForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("What happened"),
        choices=[(kind.value, kind.label) for kind in BY_STAFF],
        coerce=StockMovementKind,
        widget=forms.RadioSelect,
    )
    number = forms.IntegerField(
        label=_("Number"),
        min_value=-LARGEST_STOCK,
        max_value=LARGEST_STOCK,
        help_text=_(
            "Received: how many arrived. Recounted: how many can still be sold, without units of orders that are not "
            "yet sent. Corrected: how many to add, or with a minus to take away."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=StockMovement._meta.get_field("reason").max_length, help_text=_("Staff read it.")
    )
    confirms_zero = forms.BooleanField(label=_("0 is intended"), required=False)
    seen_stock = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_movement = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, variant: Variant) -> None:
        self.variant = variant
        super().__init__(data, initial=self._read_variant())

    def clean(self) -> dict[str, Any]:
        """Ask before everything that could be sold is gone."""
        values = super().clean() or self.cleaned_data
        is_emptied = values.get("kind") == StockMovementKind.RECOUNTED and values.get("number") == 0
        if is_emptied and not values.get("confirms_zero"):
            self.add_error("number", UNCONFIRMED_ZERO)
        return values

    @property
    def movement(self) -> dict[str, Any]:
        """Return what `move_stock` takes of a valid form. One that was shown no movement has seen none."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "confirms_zero"}
        return values | {"seen_movement": values["seen_movement"] or 0}

    def refuse(self, sentence: str) -> None:
        """Add a sentence to the number, and let the form stand for the present stock."""
        self.add_error("number", sentence)
        self.variant.refresh_from_db()
        typed = {name: self.data[name] for name in self.fields if name in self.data}
        self.data = typed | self._read_variant()

    def _read_variant(self) -> dict[str, int]:
        return {"seen_stock": self.variant.stock, "seen_movement": find_latest_movement(self.variant)}


class CategorySlugsField(forms.ModelMultipleChoiceField[Category]):
    """Categories that are chosen by name and stored as a list of slugs."""

    def __init__(self, **kwargs: Any) -> None:
        options = {name: kwargs[name] for name in ("label", "help_text", "required", "widget") if name in kwargs}
        super().__init__(Category.objects.order_by("name"), **options)
        self._keys: tuple[tuple[str, ...], list[int]] | None = None

    def clean(self, value: Any) -> Any:
        """Return the slugs of the categories with these keys. Raises ValidationError."""
        for key in [] if self.disabled else value or []:
            if not parse_key(key):
                raise forms.ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return sorted(category.slug for category in super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        is_slugs = isinstance(value, (list, tuple)) and not all(str(part).isdecimal() for part in value)
        if is_slugs:
            return self._find_keys(tuple(part for part in map(str, value) if "\0" not in part))
        return super().prepare_value(value)

    def _find_keys(self, slugs: tuple[str, ...]) -> list[int]:
        """Return the categories' keys. A page asks several times, and reads them once."""
        if self._keys is None or self._keys[0] != slugs:
            keys = Category.objects.filter(slug__in=slugs).order_by("pk").values_list("pk", flat=True)
            self._keys = slugs, list(keys)
        return self._keys[1]

    def to_python(self, value: Any) -> Any:
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {str(part) for part in self.prepare_value(initial) or ()} != {str(part) for part in data or ()}
