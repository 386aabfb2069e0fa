from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_user_erased_at")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(max_length=254, unique=True, verbose_name="email address"),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("ar", "Arabic"), ("he", "Hebrew")],
                help_text="Used for pages and emails.",
                max_length=8,
                verbose_name="language",
            ),
        ),
    ]
