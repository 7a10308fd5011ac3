from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing reads the column any more. The version before still does: it is dropped later."""

    dependencies = [("billing", "0006_plain_labels")]

    operations = [
        migrations.AlterField(
            "practice",
            "mail_sender",
            models.CharField("sender of mail", max_length=200, blank=True, db_default=""),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("practice", "mail_sender")]
        ),
    ]
