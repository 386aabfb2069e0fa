"""Which parcels wait to be picked up, for the sweep."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0046_pickup")]

    operations = [
        AddIndexConcurrently(
            model_name="parcel",
            index=models.Index(condition=models.Q(("state", "ready")), fields=["ready_at"], name="shop_parcel_ready"),
        ),
    ]
