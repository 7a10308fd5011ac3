import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # or the index could not be built while people book

    dependencies = [("bookings", "0019_calendar_connections")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="busytime",
            index=models.Index(fields=["connection"], name="bookings_busy_time_connection"),
        ),
    ]
