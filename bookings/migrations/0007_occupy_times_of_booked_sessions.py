"""Sessions that were booked before the trigger occupy the time of their people as well."""

from django.db import connection, migrations, transaction

BATCH = 500
# The rows are locked, so that none of them moves between being read and being written down.
# Where somebody is in two sessions at once already, the one booked first has the time: both stay
# as they are, and can be moved, cancelled and confirmed.
FILL = """
    WITH sessions AS (
        SELECT id, coach_id, client_id, starts_at, ends_at
        FROM bookings_coachingsession
        WHERE id > %s AND id <= %s AND status IN ('HELD', 'BOOKED', 'COMPLETED')
        ORDER BY id
        FOR NO KEY UPDATE
    ), people AS (
        SELECT sessions.id, coach.user_id AS person, starts_at, ends_at
        FROM sessions JOIN profiles_coach AS coach ON coach.id = sessions.coach_id
        UNION
        SELECT id, client_id, starts_at, ends_at FROM sessions WHERE client_id IS NOT NULL
    )
    INSERT INTO bookings_occupiedtime (session_id, person_id, period)
    SELECT id, person, tstzrange(starts_at, ends_at) FROM people ORDER BY id, person
    ON CONFLICT DO NOTHING
"""


def fill(apps, schema_editor):
    sessions = apps.get_model("bookings", "CoachingSession").objects.order_by("pk")
    last = 0
    while batch := list(sessions.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FILL, [last, batch[-1]])
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False  # a batch at a time: people book meanwhile

    dependencies = [("bookings", "0006_occupied_times")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
