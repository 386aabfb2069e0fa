"""A note on each user who has an order that was paid and not wholly refunded."""

from django.db import migrations

NOTE = """
UPDATE accounts_user SET has_bought = true
WHERE NOT has_bought AND id IN (SELECT user_id FROM shop_order WHERE state IN ('paid', 'partly_refunded', 'disputed'))
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_bought_something"), ("shop", "0040_index_sales_of_merchants")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
