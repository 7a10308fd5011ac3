from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "0017_locations_limits_and_yearly_time_off")]

    operations = [
        ValidateConstraint("dateoverride", "bookings_date_override_knows_its_locations"),
        ValidateConstraint("timeoff", "bookings_time_off_recurs_yearly_or_never"),
        ValidateConstraint("weeklyhours", "bookings_weekly_hours_know_their_locations"),
    ]
