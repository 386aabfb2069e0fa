"""Returns are accepted, and received, before they are refunded. The index is built while the shop goes on."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("shop", "0031_index_orders_to_pack"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="refund",
            name="shop_refund_notice_due",
        ),
        migrations.AddField(
            model_name="refund",
            name="received_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="received at"),
        ),
        migrations.AddField(
            model_name="refundline",
            name="received_quantity",
            field=models.PositiveSmallIntegerField(
                help_text="Of a return: how many arrived.", null=True, verbose_name="received quantity"
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="last_notice",
            field=models.CharField(
                blank=True,
                choices=[
                    ("requested", "Return requested"),
                    ("accepted", "Return accepted"),
                    ("received", "Return received"),
                    ("declined", "Return declined"),
                    ("refunded", "Refunded"),
                    ("failed", "Refund failed"),
                    ("elsewhere", "Refunded in another way"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Requested by the shopper"),
                    ("refused", "Declined"),
                    ("accepted", "Return accepted"),
                    ("received", "Return received"),
                    ("planned", "Planned"),
                    ("sending", "Sending"),
                    ("pending", "Pending at the bank"),
                    ("done", "Refunded"),
                    ("failed", "Failed"),
                ],
                default="planned",
                max_length=10,
                verbose_name="state",
            ),
        ),
        AddIndexConcurrently(
            model_name="refund",
            index=models.Index(
                condition=models.Q(
                    models.Q(("last_notice", ""), ("state", "requested")),
                    models.Q(("last_notice__in", ("", "requested")), ("state", "accepted")),
                    models.Q(("state", "received"), models.Q(("last_notice", "received"), _negated=True)),
                    models.Q(("state", "refused"), models.Q(("last_notice", "declined"), _negated=True)),
                    models.Q(
                        ("is_paid_elsewhere", False),
                        ("state__in", ("pending", "done")),
                        models.Q(("last_notice", "refunded"), _negated=True),
                    ),
                    models.Q(("last_notice", "refunded"), ("state", "failed")),
                    models.Q(
                        ("is_paid_elsewhere", True),
                        ("state", "done"),
                        models.Q(("last_notice", "elsewhere"), _negated=True),
                    ),
                    _connector="OR",
                ),
                fields=["created_at"],
                name="shop_refund_notice_due",
            ),
        ),
    ]
