"""Hashtags and mentions in captions, and the triggers that count the posts of each hashtag.

Captions that are already published are read by `videos.tasks.read_links`, in chunks.
"""

import django.db.models.deletion
from django.db import migrations, models

from videos.migrations._hashtag_sql import CREATE_COUNTING, DROP_COUNTING


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0015_suspension_links"),
        ("videos", "0019_comments_on_clips"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hashtag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64, unique=True, verbose_name="key")),
                ("name", models.CharField(max_length=64, verbose_name="hashtag")),
                (
                    "post_count",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="posts"),
                ),
                (
                    "block_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="A blocked hashtag has no page and no links. Its posts stay. Leave this empty to allow the hashtag.",
                        max_length=300,
                        verbose_name="blocked because",
                    ),
                ),
            ],
            options={
                "verbose_name": "hashtag",
                "verbose_name_plural": "hashtags",
            },
        ),
        migrations.CreateModel(
            name="PostHashtag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spelling", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "hashtag of a post",
                "verbose_name_plural": "hashtags of posts",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PostMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=30)),
            ],
            options={
                "verbose_name": "mention in a post",
                "verbose_name_plural": "mentions in posts",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="clip",
            name="links_read_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the hashtags and people that the caption names were last stored.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="hashtag",
            index=models.Index(
                models.OrderBy(models.F("post_count"), descending=True), models.F("id"), name="videos_hashtag_most_used"
            ),
        ),
        migrations.AddField(
            model_name="posthashtag",
            name="clip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="post_hashtags", to="videos.clip"
            ),
        ),
        migrations.AddField(
            model_name="posthashtag",
            name="hashtag",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="post_hashtags", to="videos.hashtag"
            ),
        ),
        migrations.AddField(
            model_name="postmention",
            name="clip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="post_mentions", to="videos.clip"
            ),
        ),
        migrations.AddField(
            model_name="postmention",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="post_mentions", to="creators.creator"
            ),
        ),
        migrations.AddIndex(
            model_name="posthashtag",
            index=models.Index(
                models.F("hashtag"),
                models.OrderBy(models.F("published_at"), descending=True),
                models.OrderBy(models.F("clip"), descending=True),
                name="videos_posthashtag_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="posthashtag",
            constraint=models.UniqueConstraint(fields=("clip", "hashtag"), name="videos_posthashtag_once"),
        ),
        migrations.AddConstraint(
            model_name="postmention",
            constraint=models.UniqueConstraint(fields=("clip", "person"), name="videos_postmention_once"),
        ),
        migrations.RunSQL(CREATE_COUNTING, DROP_COUNTING),
    ]
