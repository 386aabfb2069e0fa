from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_outgoing_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingemail",
            name="message_id",
            field=models.TextField(
                blank=True, db_index=True, default="", editable=False, help_text="Its Message-ID header."
            ),
            preserve_default=False,
        ),
    ]
