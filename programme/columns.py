"""The columns of reports, with their names on pages."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.prices import plain_decimal
from programme.models import Measure
from programme.reports import Numbers
from programme.scopes import Scope


@dataclass(frozen=True)
class Column:
    """A column of a report: a measure, the orders, or an amount in the shop's currency."""

    name: str
    label: str | Promise
    is_money: bool = False

    def write_plainly(self, numbers: Numbers) -> int | str:
        """Return the number for a file, which is empty for fewer than five people."""
        number = numbers.get(self.name)
        if number is None:
            return ""
        return plain_decimal(number, settings.CURRENCY) if self.is_money else number


MEASURES = tuple(Column(measure.name.lower(), measure.label) for measure in Measure)
ORDERS = Column("orders", _("Orders"))
EARNED = Column("earned_minor", _("Earnings"), is_money=True)
SOLD = Column("sold_minor", _("Sales"), is_money=True)


def list_columns(scope: Scope) -> list[Column]:
    return [*MEASURES, ORDERS, EARNED if scope.creator else SOLD]


def choose_column(scope: Scope, name: str) -> Column:
    """Return the column with this name, or the views."""
    return next((column for column in list_columns(scope) if column.name == name), MEASURES[0])
