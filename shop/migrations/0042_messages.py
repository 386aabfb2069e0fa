"""Messages between shoppers and merchants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0025_seller_pages"),
        ("shop", "0041_note_buyers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageThread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("last_message_at", models.DateTimeField(verbose_name="last message at")),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_threads",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shop.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_threads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="shopper",
                    ),
                ),
            ],
            options={
                "verbose_name": "message thread",
                "verbose_name_plural": "message threads",
            },
        ),
        migrations.CreateModel(
            name="ThreadMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("shopper", "Shopper"), ("merchant", "Merchant")],
                        max_length=8,
                        verbose_name="written by",
                    ),
                ),
                ("words", models.TextField(max_length=2000, verbose_name="words")),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="reported at")),
                (
                    "report_words",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="why it was reported"),
                ),
                ("report_settled_at", models.DateTimeField(blank=True, null=True, verbose_name="report settled at")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="shop.messagethread",
                        verbose_name="message thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.CreateModel(
            name="MessageBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("blocked_at", models.DateTimeField(verbose_name="blocked at")),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="shopper",
                    ),
                ),
            ],
            options={
                "verbose_name": "blocked shopper",
                "verbose_name_plural": "blocked shoppers",
                "constraints": [models.UniqueConstraint(fields=("merchant", "user"), name="shop_message_block_once")],
            },
        ),
        migrations.AddIndex(
            model_name="messagethread",
            index=models.Index(fields=["user", "-last_message_at"], name="shop_thread_of_shopper"),
        ),
        migrations.AddIndex(
            model_name="messagethread",
            index=models.Index(fields=["merchant", "-last_message_at"], name="shop_thread_of_merchant"),
        ),
        migrations.AddIndex(
            model_name="threadmessage",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["thread"], name="shop_message_unread"),
        ),
        migrations.AddIndex(
            model_name="threadmessage",
            index=models.Index(fields=["author", "sent_at"], name="shop_message_of_author"),
        ),
        migrations.AddIndex(
            model_name="threadmessage",
            index=models.Index(
                condition=models.Q(("reported_at__isnull", False)), fields=["thread"], name="shop_message_reported"
            ),
        ),
    ]
