"""Form fields for money, rates and currencies, and the forms and admin pages that use them for every such column.

People type amounts in the currency's own decimals and rates in percent. Forms clean them to minor units and basis
points, which the columns ending in `_minor` and `_bps` store.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from catalog.amounts import (
    AmountUnclear,
    currency_choices,
    read_amount,
    read_percent,
    write_amount,
    write_percent,
)
from catalog.currencies import currencies_in_use
from catalog.money import WHOLE_BPS
from catalog.prices import format_money

UNCONFIRMED_ZERO = _("This is 0. If that is intended, tick “0 is intended” and save again.")
LARGEST_MINOR = 2_147_483_647
"""What a PositiveIntegerField holds."""


class NumberTextField(forms.Field):
    """Base of fields that are typed as text in the person's language and cleaned to an integer."""

    def __init__(self, *, min_value: int = 0, max_value: int = LARGEST_MINOR, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "dir": "ltr", "size": "14", "autocomplete": "off"}
        super().__init__(**{**kwargs, "widget": forms.TextInput(attrs=attributes)})
        self.min_value, self.max_value = min_value, max_value

    def read(self, text: str) -> int:
        raise NotImplementedError

    def write(self, value: int) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value if isinstance(value, int) else None
        try:
            number = self.read(str(value))
        except AmountUnclear as refusal:
            raise forms.ValidationError(str(refusal), code="unclear") from refusal
        limits = {"least": self.write(self.min_value), "most": self.write(self.max_value)}
        if number > self.max_value:
            raise forms.ValidationError(gettext("Enter %(most)s or less.") % limits, code="max_value")
        if number < self.min_value:
            raise forms.ValidationError(gettext("Enter %(least)s or more.") % limits, code="min_value")
        return number

    def prepare_value(self, value: Any) -> Any:
        return self.write(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True


class MoneyField(NumberTextField):
    """An amount that is typed in `currency`, which the form sets. Cleans to minor units."""

    currency = ""
    row: Any = None
    """The row whose stored amount is shown, in its own currency."""

    def read(self, text: str) -> int:
        return read_amount(text, self.currency or settings.CURRENCY)

    def write(self, value: int) -> str:
        return write_amount(value, str(getattr(self.row, "currency", "") or self.currency or settings.CURRENCY))


class RateField(NumberTextField):
    """A rate in percent. Cleans to basis points."""

    def __init__(self, *, max_value: int = WHOLE_BPS, **kwargs: Any) -> None:
        super().__init__(max_value=min(max_value, WHOLE_BPS), **kwargs)
        self.help_text = self.help_text or _("In percent.")

    def read(self, text: str) -> int:
        return read_percent(text)

    def write(self, value: int) -> str:
        return write_percent(value)


class CurrencyField(forms.ChoiceField):
    """A currency in use, chosen from a list that begins with the shop's own."""

    def __init__(self, **kwargs: Any) -> None:
        options = {name: kwargs[name] for name in ("label", "help_text", "required", "initial") if name in kwargs}
        super().__init__(choices=_own_currency_first, **options)


def _own_currency_first() -> list[tuple[str, str]]:
    return sorted(currency_choices(), key=lambda choice: choice[0] != settings.CURRENCY)


def find_amounts(text: str) -> list[tuple[str, int]]:
    """Return what a text can mean as an amount in the shop's currencies: pairs of one and minor units that rows can have."""
    amounts = []
    for currency in sorted({settings.CURRENCY, *settings.SHIPPING_BY_CURRENCY}):
        with suppress(AmountUnclear):
            amounts.append((currency, read_amount(text, currency)))
    return [(currency, minor) for currency, minor in amounts if 0 <= minor <= LARGEST_MINOR]


class MoneyForm[Row: models.Model](EditForm[Row]):
    """Base of model forms with amounts: tells them their currency, and asks before an amount becomes 0.

    The currency is what the form's `currency` field says, or else the row's, or else the shop's.
    """

    confirms_zero = forms.BooleanField(label=_("0 is intended"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = str(self["currency"].value() or "") if "currency" in self.fields else ""
        if currency not in currencies_in_use():
            currency = str(getattr(self.instance, "currency", "") or settings.CURRENCY)
        for field in self._amounts.values():
            field.currency, field.row = currency, self.instance

    @cached_property
    def _amounts(self) -> dict[str, MoneyField]:
        return {name: field for name, field in self.fields.items() if isinstance(field, MoneyField)}

    @cached_property
    def changed_data(self) -> list[str]:
        """Return the names of the changed fields. With another currency, each amount is another one."""
        names = super().changed_data
        return [*names, *(name for name in self._amounts if "currency" in names and name not in names)]

    def clean(self) -> dict[str, Any]:
        """Refuse an amount that was set to 0 without ticking the box, or typed in a currency that was replaced."""
        values = super().clean()
        for name, field in self._amounts.items():
            currency = str(values.get("currency") or field.currency)
            if name in self.changed_data and currency != field.currency:
                sentence = gettext("Somebody else changed the currency to %(currency)s. Check the amount.")
                self.add_error(name, sentence % {"currency": currency})
            is_set = name in self.changed_data or self.instance.pk is None
            if values.get(name) == 0 and is_set and not values.get("confirms_zero"):
                self.add_error(name, UNCONFIRMED_ZERO)
        return values


class MoneyAdmin[Row: models.Model](EditableAdmin[Row]):
    """Base of admin pages on rows with money. Columns ending in `_minor` and `_bps`, and `currency`, get our fields."""

    form: type[forms.ModelForm[Row]] = MoneyForm

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field_class = field_for(db_field.name)
        if field_class is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return db_field.formfield(form_class=field_class, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        """Leave out the box for a price of 0 where there is no amount to type. Readers see money and rates in words."""
        fields = list(super().get_fields(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            return [_word_column(self.model, name) for name in fields if not str(name).startswith("confirms_")]
        has_amount = any(str(name).endswith("_minor") for name in fields)
        return fields if has_amount else [name for name in fields if name != "confirms_zero"]


def _word_column(model: type[models.Model], name: Any) -> Any:
    """Return a column that shows money or a rate to readers, or the name if it is neither."""
    if not isinstance(name, str) or not name.endswith(("_minor", "_bps")):
        return name
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)

    @admin.display(description=field.verbose_name, empty_value="–")
    def column(row: Any) -> str:
        value = getattr(row, name)
        if value is None:
            return ""
        return f"{write_percent(value)}%" if name.endswith("_bps") else format_money(value, row.currency)

    column.__name__ = name  # Django makes the class of the row of it
    return column


def field_for(name: str) -> type[forms.Field] | None:
    """Return the form field for a column with this name, or None if it is neither money nor a rate."""
    if name.endswith("_minor"):
        return MoneyField
    if name.endswith("_bps"):
        return RateField
    return CurrencyField if name == "currency" else None


def money_column(name: str, description: Any, *, currency: str = "currency") -> Callable[[Any, Any], str]:
    """Return a method of an admin class that shows an amount in words, for `list_display` or `readonly_fields`.

    `currency` is the path from the row to its currency, such as "order__currency".
    """

    @admin.display(description=description, ordering=name, empty_value="–")
    def column(_model_admin: Any, row: Any) -> str:
        amount = getattr(row, name)
        owner: Any = row
        for part in currency.split("__"):
            owner = getattr(owner, part)
        return "" if amount is None else format_money(amount, str(owner))

    return column
