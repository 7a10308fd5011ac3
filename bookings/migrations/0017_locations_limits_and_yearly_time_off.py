import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

LOCATIONS = ["VIDEO", "TELEPHONE", "PRACTICE", "WORKPLACE"]


def locations():
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=10),
        blank=True,
        db_default=[],
        default=list,
        size=None,
    )


class Migration(migrations.Migration):
    dependencies = [("bookings", "0016_pending_bookings")]

    operations = [
        migrations.AddField(
            model_name="bookingrules",
            name="most_minutes_a_week",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bookingrules",
            name="most_sessions_a_week",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(model_name="dateoverride", name="locations", field=locations()),
        migrations.AddField(model_name="weeklyhours", name="locations", field=locations()),
        migrations.AddField(
            model_name="timeoff",
            name="recurrence",
            field=models.CharField(
                blank=True,
                choices=[("", "Once"), ("YEARLY", "Every year")],
                db_default="",
                default="",
                max_length=6,
            ),
        ),
        AddConstraintNotValid(
            model_name="dateoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("locations__contained_by", LOCATIONS)),
                name="bookings_date_override_knows_its_locations",
            ),
        ),
        AddConstraintNotValid(
            model_name="timeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("recurrence__in", ["", "YEARLY"])),
                name="bookings_time_off_recurs_yearly_or_never",
            ),
        ),
        AddConstraintNotValid(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("locations__contained_by", LOCATIONS)),
                name="bookings_weekly_hours_know_their_locations",
            ),
        ),
    ]
