"""Forget further email addresses that were never confirmed: their owners could not sign up with them.

An address is confirmed by a code now before it is stored.
"""

from django.db import migrations

FORGET = """
DELETE FROM account_emailaddress claimed WHERE NOT claimed.verified AND NOT claimed."primary" AND EXISTS (
    SELECT FROM account_emailaddress own WHERE own.user_id = claimed.user_id AND own.verified
)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_refused_addresses"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
