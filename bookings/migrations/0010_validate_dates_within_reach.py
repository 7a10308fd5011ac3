from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0009_bring_dates_within_reach")]

    operations = [
        ValidateConstraint("dateoverride", "bookings_date_override_is_within_reach"),
        ValidateConstraint("timeoff", "bookings_time_off_is_within_reach"),
    ]
