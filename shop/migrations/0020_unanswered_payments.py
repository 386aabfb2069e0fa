from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_refund_notices")]

    operations = [
        migrations.AlterField(
            model_name="providerevent",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unknown_kind", "Unknown kind of event"),
                    ("unknown_payment", "No payment here has this reference"),
                    ("other_shop", "Of another installation"),
                    ("other_account", "Of another provider account, or of its test mode"),
                    ("other_amount", "Another amount or currency"),
                    ("paid_twice", "The order has already been paid"),
                    ("too_much", "More than is left of the payment"),
                    ("decided_again", "A dispute that was decided before"),
                    ("unanswered", "The provider does not tell whether this was paid"),
                ],
                db_default="",
                max_length=16,
                verbose_name="reason",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("ask_after__isnull", False), ("state", "failed")),
                fields=["ask_after"],
                name="shop_payment_replaced",
            ),
        ),
    ]
