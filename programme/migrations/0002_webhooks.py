import django.contrib.postgres.fields
import django.db.models.deletion
import payouts.models.encrypted
import programme.webhooks.models
from django.conf import settings
from django.db import migrations, models

from programme.migrations._webhook_sql import CREATE_FUNCTION, CREATE_TRIGGERS, DROP_FUNCTION, DROP_TRIGGERS


class Migration(migrations.Migration):
    """Create the tables of webhooks, and the triggers that note events."""

    dependencies = [
        ("catalog", "0029_merchants_offer_samples"),
        ("creators", "0016_samples"),
        ("payouts", "0020_sponsored_income"),
        ("shop", "0049_sample_orders"),
        ("videos", "0022_index_unread_links"),
        ("programme", "0001_analytics"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_key", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("given_up", "Given up")],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("is_replay", models.BooleanField(default=False, verbose_name="sent again by staff")),
                ("attempt_count", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="status")),
                ("failure", models.CharField(blank=True, default="", max_length=200, verbose_name="failure")),
                ("duration_ms", models.PositiveIntegerField(verbose_name="duration")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="programme.webhookdelivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook attempt",
                "verbose_name_plural": "webhook attempts",
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "address",
                    models.CharField(
                        help_text="It begins with https:// and leads to a server on the public internet.",
                        max_length=2000,
                        verbose_name="address",
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=120, verbose_name="description")),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("order", "Orders"),
                                ("parcel", "Parcels"),
                                ("refund", "Refunds and returns"),
                                ("product", "Products"),
                                ("clip", "Posts"),
                                ("decision", "Decisions on posts"),
                                ("campaign", "Campaigns"),
                                ("payout", "Payouts"),
                                ("endpoint", "Test events"),
                            ],
                            max_length=10,
                        ),
                        verbose_name="events",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("off", "Switched off")],
                        default="active",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                (
                    "off_reason",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=200, verbose_name="why it was switched off"
                    ),
                ),
                (
                    "secret",
                    payouts.models.encrypted.EncryptedTextField(
                        default=programme.webhooks.models.make_secret, editable=False
                    ),
                ),
                ("former_secret", payouts.models.encrypted.EncryptedTextField(blank=True, default="", editable=False)),
                ("former_secret_until", models.DateTimeField(editable=False, null=True)),
                ("busy_until", models.DateTimeField(editable=False, null=True)),
                (
                    "failed_in_row",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="failed attempts in a row"),
                ),
                ("last_success_at", models.DateTimeField(editable=False, null=True, verbose_name="last success")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        default=1,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook_endpoints",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
            },
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="programme.webhookendpoint",
                verbose_name="endpoint",
            ),
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("order", "Orders"),
                            ("parcel", "Parcels"),
                            ("refund", "Refunds and returns"),
                            ("product", "Products"),
                            ("clip", "Posts"),
                            ("decision", "Decisions on posts"),
                            ("campaign", "Campaigns"),
                            ("payout", "Payouts"),
                            ("endpoint", "Test events"),
                        ],
                        max_length=10,
                        verbose_name="about",
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                ("column", models.CharField(max_length=20)),
                ("value", models.CharField(max_length=40)),
                ("previous", models.CharField(blank=True, default="", max_length=40)),
                ("happened_at", models.DateTimeField(verbose_name="happened at")),
                ("type", models.CharField(blank=True, default="", max_length=50, verbose_name="event")),
                ("body", models.TextField(blank=True, default="", verbose_name="body")),
                ("fanned_out_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "webhook event",
                "verbose_name_plural": "webhook events",
                "indexes": [
                    models.Index(
                        condition=models.Q(("fanned_out_at", None)), fields=["id"], name="programme_event_waiting"
                    ),
                    models.Index(fields=["happened_at"], name="programme_event_by_time"),
                ],
            },
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="programme.webhookevent",
                verbose_name="event",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "due_at", "id"],
                name="programme_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "subject_key", "id"],
                name="programme_delivery_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_replay", False)), fields=("event", "endpoint"), name="programme_delivery_once"
            ),
        ),
        migrations.RunSQL(CREATE_FUNCTION, DROP_FUNCTION),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
