from django.db import migrations, models

# Nobody is emailed about files that failed before the upgrade.
MARK_AS_MAILED = "UPDATE videos_job SET failure_mailed_at = now() WHERE state = 'failed'"


class Migration(migrations.Migration):
    dependencies = [("videos", "0008_list_appeals")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="failure_mailed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its creator was emailed that it has failed.",
                null=True,
            ),
        ),
        migrations.RunSQL(MARK_AS_MAILED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("failure_mailed_at", None), ("state", "failed")),
                fields=["finished_at"],
                name="videos_job_failure_unmailed",
            ),
        ),
    ]
