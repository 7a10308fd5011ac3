import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0005_needs_told_before"),
        ("bookings", "0005_trail_is_never_truncated"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OccupiedTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="bookings.coachingsession",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="bookings_person_is_in_one_place",
                        expressions=[("period", "&&"), ("person", "=")],
                    )
                ]
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="coachingsession",
            trigger=pgtrigger.compiler.Trigger(
                name="bookings_occupied_time_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF TG_OP = 'UPDATE'\n        AND (OLD.status IN ('HELD', 'BOOKED', 'COMPLETED')) = (NEW.status IN ('HELD', 'BOOKED', 'COMPLETED'))\n        AND (OLD.coach_id, OLD.client_id, OLD.starts_at, OLD.ends_at)\n            IS NOT DISTINCT FROM (NEW.coach_id, NEW.client_id, NEW.starts_at, NEW.ends_at)\n    THEN\n        RETURN NULL;\n    END IF;\n    IF TG_OP <> 'INSERT' THEN\n        DELETE FROM bookings_occupiedtime WHERE session_id = OLD.id;\n    END IF;\n    IF TG_OP <> 'DELETE' AND NEW.status IN ('HELD', 'BOOKED', 'COMPLETED') THEN\n        INSERT INTO bookings_occupiedtime (session_id, person_id, period)\n        SELECT NEW.id, person, tstzrange(NEW.starts_at, NEW.ends_at)\n        FROM (\n            SELECT user_id AS person FROM profiles_coach WHERE id = NEW.coach_id\n            UNION\n            SELECT NEW.client_id WHERE NEW.client_id IS NOT NULL\n        ) AS people\n        ORDER BY person;\n    END IF;\n    RETURN NULL;\n",
                    hash="fd1d44973f1fb809d4cc4da0f4c9ec12d8f1b334",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_bookings_occupied_time_is_kept_6986a",
                    table="bookings_coachingsession",
                    when="AFTER",
                ),
            ),
        ),
    ]
