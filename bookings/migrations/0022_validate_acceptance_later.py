from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0021_acceptance_later")]

    operations = [
        ValidateConstraint("coachingsession", "bookings_session_is_accepted_or_awaits_it"),
    ]
