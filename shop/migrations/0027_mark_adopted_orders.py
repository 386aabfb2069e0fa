"""Mark orders that were placed by a guest and are in an account since: by the account's email address, it must be assumed.

They are those that are older than the account, and those of the last 30 days whose request is known to be a guest's.
"""

from django.conf import settings
from django.db import migrations

MARK = """
UPDATE shop_order SET adopted_at = greatest(owner.date_joined, shop_order.placed_at)
FROM accounts_user owner
WHERE owner.id = shop_order.user_id AND shop_order.adopted_at IS NULL AND (
    shop_order.placed_at < owner.date_joined OR EXISTS (
        SELECT FROM accounts_idempotencykey request
        WHERE request.owner = 'checkout visitor ' || shop_order.visitor AND request.result = shop_order.code
    )
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0026_variants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0012_stored_answers"),
    ]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
