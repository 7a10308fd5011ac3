from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0023_index_of_sessions_to_accept")]

    operations = [
        migrations.AddField(
            model_name="sessionevent",
            name="before",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="sessionevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("BOOKED", "Booked"),
                    ("MOVED", "Moved"),
                    ("CANCELLED", "Cancelled"),
                    ("CONFIRMED", "Confirmed"),
                    ("NO_SHOW", "Marked as not attended"),
                    ("WAIVED", "Charge waived"),
                    ("ACCEPTED", "Agreement accepted"),
                    ("UNDONE", "Undone"),
                ],
                max_length=10,
            ),
        ),
    ]
