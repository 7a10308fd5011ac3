import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_index_of_busy_times"),
        ("profiles", "0018_people_entered_by_coaches"),
    ]

    operations = [
        migrations.AddField(
            model_name="coachingsession",
            name="accepted_later_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the client accepted it, where the coach had booked.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="coachingsession",
            name="awaits_acceptance",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The coach has booked it, and the client has not accepted the agreement "
                "yet.",
            ),
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
                ],
                max_length=10,
            ),
        ),
        AddConstraintNotValid(
            model_name="coachingsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("awaits_acceptance", False),
                    models.Q(
                        ("accepted_later_at__isnull", True),
                        ("agreement__isnull", True),
                        ("programme__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="bookings_session_is_accepted_or_awaits_it",
            ),
        ),
        migrations.CreateModel(
            name="AcceptanceLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptance_link",
                        to="bookings.coachingsession",
                    ),
                ),
            ],
        ),
    ]
