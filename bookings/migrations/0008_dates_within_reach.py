import datetime

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

FIRST = datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC)
LAST = datetime.datetime(2101, 1, 2, tzinfo=datetime.UTC)
WORDS = "Enter a date from 2000 to 2100."


class Migration(migrations.Migration):
    dependencies = [("bookings", "0007_occupy_times_of_booked_sessions")]

    operations = [
        AddConstraintNotValid(
            model_name="dateoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("date__gte", datetime.date(2000, 1, 1)),
                    ("date__lte", datetime.date(2100, 12, 31)),
                ),
                name="bookings_date_override_is_within_reach",
                violation_error_message=WORDS,
            ),
        ),
        AddConstraintNotValid(
            model_name="timeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__gte", FIRST),
                    ("starts_at__lte", LAST),
                    ("ends_at__gte", FIRST),
                    ("ends_at__lte", LAST),
                ),
                name="bookings_time_off_is_within_reach",
                violation_error_message=WORDS,
            ),
        ),
    ]
