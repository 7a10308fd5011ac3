import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # or the index could not be built while people book

    dependencies = [("bookings", "0002_audit_trail")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="coachingsession",
            index=models.Index(
                condition=models.Q(("status", "HELD")),
                fields=["held_until"],
                name="bookings_session_held",
            ),
        ),
    ]
