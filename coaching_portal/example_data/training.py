"""Courses with dates to come (one of them full) and one past; places bought and waited for."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import LONDON
from coaching_portal.example_data.people import organisation, person
from coaching_portal.example_data.training_texts import COURSES
from training import actions
from training.actions import Learner
from training.models import Cohort, Course, EnrolmentTerms, TeachingSession

MORNING, AFTERNOON = (time(9, 30), time(12, 30)), (time(13, 30), time(16, 30))


def load(at):
    if Course.objects.exists():
        return
    courses = {slug: _course(slug, texts) for slug, texts in COURSES.items()}
    _running_soon(courses["clinical-audit"], at)
    _full(courses["root-cause-analysis"], at)
    _over(courses["significant-event-audit"], at)


def _course(slug, texts):
    course = Course.objects.create(
        slug=slug,
        accrediting_body="Example Accreditation Council",
        is_published=True,
        **texts,
    )
    course.trainers.set([person("coach"), person("trainer")])
    return course


def _running_soon(course, at):
    """Six weeks ahead, with places left: three of a trust's staff and one learner for herself."""
    cohort = _cohort(
        course,
        _weekday(at, 45),
        days=2,
        capacity=12,
        venue="Example Hall",
        address="2 Example Street\nExampleton\nEX2 2EX",
        joining_instructions="Coffee from 9am. Bring a question about care that you would like "
        "to audit, without anything that could identify a patient.",
    )
    staff = [
        Learner("Nadia Example", "nadia@example.org"),
        Learner("Piotr Example", "piotr@example.org"),
        Learner(),
    ]
    _enrol_staff(cohort, staff, at=at - timedelta(days=9))
    _enrol_self(cohort, person("learner"), at=at - timedelta(days=5))


def _full(course, at):
    """Online, six places, all taken; two people wait."""
    cohort = _cohort(
        course,
        _weekday(at, 24),
        days=1,
        capacity=6,
        setting=Cohort.Setting.ONLINE,
        room_url="https://rooms.example.org/root-cause-analysis",
        joining_instructions="The room opens a quarter of an hour before we begin.",
    )
    for number, handle in enumerate(("amal", "bryn", "carys", "dev", "esme", "finn")):
        _enrol_self(cohort, person(handle), at=at - timedelta(days=12 - number))
    for number, handle in enumerate(("gwen", "learner")):
        actions.join_waiting_list(
            cohort=cohort, by=person(handle), at=at - timedelta(days=3 - number)
        )


def _over(course, at):
    """Two months ago: enrolled, held, finished."""
    cohort = _cohort(course, _weekday(at, -63), days=1, capacity=10, venue="Example Hall")
    staff = [
        Learner("Learie Example", "learie@example.org"),
        Learner("Mabel Example", "mabel@example.org"),
    ]
    _enrol_staff(cohort, staff, at=at - timedelta(days=120))
    _enrol_self(cohort, person("learner"), at=at - timedelta(days=118))
    Cohort.objects.filter(pk=cohort.pk).update(status=Cohort.Status.FINISHED)


def _cohort(course, first_day, *, days, **fields):
    """Open, with a morning and an afternoon on each of its days."""
    cohort = Cohort.objects.create(course=course, status=Cohort.Status.OPEN, **fields)
    for number in range(days):
        date = first_day + timedelta(days=number)
        for starts, ends in (MORNING, AFTERNOON):
            TeachingSession.objects.create(
                cohort=cohort, starts_at=_moment(date, starts), ends_at=_moment(date, ends)
            )
    return cohort


def _moment(date, clock):
    return datetime.combine(date, clock, ZoneInfo(LONDON)).astimezone(UTC)


def _weekday(at, days):
    """The Tuesday of the week so many days from now."""
    date = london_date(at) + timedelta(days=days)
    return date - timedelta(days=date.weekday() - 1)


def _enrol_self(cohort, user, *, at):
    actions.enrol(
        cohort=cohort,
        by=user,
        learners=[Learner(user.name, user.email)],
        terms=EnrolmentTerms.current(),
        at=at,
    )


def _enrol_staff(cohort, learners, *, at):
    actions.enrol(
        cohort=cohort,
        by=person("contact"),
        learners=learners,
        organisation=organisation(),
        purchase_order="PO-204117",
        terms=EnrolmentTerms.current(),
        at=at,
    )
