"""Followed hashtags, and hashtags in comments."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("social", "0011_notifications"),
        ("videos", "0020_hashtags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HashtagFollow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField()),
                (
                    "hashtag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="videos.hashtag"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hashtag_follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "followed hashtag",
                "verbose_name_plural": "followed hashtags",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("user", "hashtag"), name="social_hashtagfollow_once")],
            },
        ),
        migrations.RemoveConstraint(model_name="mention", name="social_mention_of_person_or_product"),
        migrations.AddField(
            model_name="mention",
            name="hashtag",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="videos.hashtag"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(fields=("comment", "hashtag"), name="social_mention_hashtag_once"),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hashtag", None), ("person__isnull", False), ("product", None)),
                    models.Q(("hashtag", None), ("person", None), ("product__isnull", False)),
                    models.Q(("hashtag__isnull", False), ("person", None), ("product", None)),
                    _connector="OR",
                ),
                name="social_mention_of_one_thing",
            ),
        ),
    ]
