"""When a person is in a session, as its coach or as its client: never in two at once."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models


class OccupiedTime(models.Model):
    """One row for each person in a live session. The sessions' trigger writes it, nobody else.

    A session names its coach and its client in two columns, and an exclusion constraint compares
    one column with itself: here both stand in one. The coach's buffer is not part of it: it keeps
    her own sessions apart, and she may spend it as a client.
    """

    # The trigger deletes it: no further query for each session that is deleted.
    session = models.ForeignKey("bookings.CoachingSession", models.DO_NOTHING, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="bookings_person_is_in_one_place",
                expressions=[
                    ("period", RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                ],
            )
        ]

    def __str__(self):
        return f"{self.person} {self.period}"


# What has not moved and is still live stays as it is: rows from before the constraint may
# overlap, and it must be possible to confirm them. By person, so that competing calls never
# deadlock.
_FUNCTION = """
    IF TG_OP = 'UPDATE'
        AND (OLD.status IN ({live})) = (NEW.status IN ({live}))
        AND (OLD.coach_id, OLD.client_id, OLD.starts_at, OLD.ends_at)
            IS NOT DISTINCT FROM (NEW.coach_id, NEW.client_id, NEW.starts_at, NEW.ends_at)
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM bookings_occupiedtime WHERE session_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status IN ({live}) THEN
        INSERT INTO bookings_occupiedtime (session_id, person_id, period)
        SELECT NEW.id, person, tstzrange(NEW.starts_at, NEW.ends_at)
        FROM (
            SELECT user_id AS person FROM profiles_coach WHERE id = NEW.coach_id
            UNION
            SELECT NEW.client_id WHERE NEW.client_id IS NOT NULL
        ) AS people
        ORDER BY person;
    END IF;
    RETURN NULL;
"""


def written_for(live):
    """The trigger by which sessions of these statuses occupy the time of their people."""
    return pgtrigger.Trigger(
        name="bookings_occupied_time_is_kept",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_FUNCTION.format(live=", ".join(f"'{status}'" for status in live)),
    )
