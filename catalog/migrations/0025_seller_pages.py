"""What merchants say on their pages, and how shoppers may reach them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_fill_option_words")]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="place",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A town, such as Leeds.",
                max_length=80,
                verbose_name="place",
            ),
        ),
        migrations.AddField(
            model_name="merchant",
            name="shipping_note",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="about shipping"
            ),
        ),
        migrations.AddField(
            model_name="merchant",
            name="return_note",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="about returns"
            ),
        ),
        migrations.AddField(
            model_name="merchant",
            name="shows_phone",
            field=models.BooleanField(db_default=True, default=True, verbose_name="can be called"),
        ),
        migrations.AddField(
            model_name="merchant",
            name="shows_email",
            field=models.BooleanField(db_default=True, default=True, verbose_name="can be emailed"),
        ),
        migrations.AddField(
            model_name="merchant",
            name="takes_messages",
            field=models.BooleanField(db_default=True, default=True, verbose_name="takes messages"),
        ),
    ]
