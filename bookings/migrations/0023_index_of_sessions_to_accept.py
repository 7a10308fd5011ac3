import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # or the index could not be built while people book

    dependencies = [("bookings", "0022_validate_acceptance_later")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="coachingsession",
            index=models.Index(
                condition=models.Q(("awaits_acceptance", True)),
                fields=["client"],
                name="bookings_session_to_accept",
            ),
        ),
    ]
