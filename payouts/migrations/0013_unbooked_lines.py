"""Mark the order lines whose commissions are booked, and read pending ones by that mark, not by comparing all postings."""

from importlib import import_module

from django.db import migrations

_old = import_module("payouts.migrations.0009_statement_lines")
_UNBOOKED = """line.commission_minor > 0 AND line.commission_booked_at IS NULL AND line.payable_at IS NOT NULL
    AND placed.paid_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')"""
_before, _pending, _rest = _old._VIEW.partition("{pending}")
_held = _rest[_rest.index("{held}") :]
_VIEW = f"{_before}{{pending}} WHERE {{unbooked}}\nUNION ALL\n{_held}"
VIEW_SQL = _VIEW.format(
    pending=_old._SALE.format(kind="pending"), held=_old._SALE.format(kind="held"), unbooked=_UNBOOKED
)
_MARK_SQL = """
UPDATE shop_orderline line SET commission_booked_at = booked.booked_at
FROM payouts_posting booked WHERE booked.order_line_id = line.id AND booked.kind = 'commission'
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0012_latin_holder_names"), ("shop", "0021_unbooked_lines")]

    operations = [
        migrations.RunSQL(_MARK_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(VIEW_SQL, _old.VIEW_SQL),
    ]
