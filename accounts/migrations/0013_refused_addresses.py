from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_stored_answers")]

    operations = [
        migrations.CreateModel(
            name="RefusedAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.TextField(help_text="In lower case.", unique=True, verbose_name="email address")),
                ("answer_text", models.TextField(verbose_name="answer of the mail server")),
                ("refused_at", models.DateTimeField(verbose_name="refused at")),
            ],
            options={"verbose_name": "refused address", "verbose_name_plural": "refused addresses"},
        ),
        migrations.AlterModelOptions(
            name="outgoingemail",
            options={
                "permissions": [("send_outgoingemail", "Can send or discard emails that wait")],
                "verbose_name": "outgoing email",
                "verbose_name_plural": "outgoing emails",
            },
        ),
    ]
