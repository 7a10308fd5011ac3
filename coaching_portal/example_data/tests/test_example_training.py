from datetime import UTC, datetime

import pytest

from coaching_portal.example_data import people, training
from training.models import Cohort, CourseBooking, Enrolment


@pytest.mark.django_db
@pytest.mark.parametrize("month", [1, 3, 8, 10])
def test_the_example_has_dates_to_come_one_full_with_a_line_and_one_past(month):
    at = datetime(2027, month, 28, 10, tzinfo=UTC)
    people.load(at)

    for _ in range(2):
        training.load(at)

    soon, later = sorted(Cohort.objects.upcoming(at), key=lambda cohort: cohort.free)
    assert (soon.free, len(soon.line)) == (0, 2)
    assert later.places_in_words == "8 places left"
    assert Cohort.objects.get(status="FINISHED").finishes_at < at
    for cohort in Cohort.objects.all():
        assert cohort.taken == Enrolment.objects.live().filter(cohort=cohort).count()
    assert CourseBooking.objects.filter(organisation__isnull=False).count() == 2
