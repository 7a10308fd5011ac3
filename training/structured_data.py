"""Courses and their dates as search engines read them: only what their pages show."""

from collections.abc import Iterable
from typing import Any

from coaching_portal.common.structured_data import offer, thing, whole_url
from training.models import Cohort, Course


def course_with_dates(
    course: Course, cohorts: Iterable[Cohort], provider: dict[str, Any]
) -> dict[str, Any]:
    """A course, and each of the given cohorts as a date on which it runs."""
    path = course.get_absolute_url()
    return thing(
        "Course",
        name=course.title,
        description=course.summary,
        url=whole_url(path),
        provider=provider,
        offers=offer(course.price, path, category="Paid"),
        hasCourseInstance=[_date(cohort) for cohort in cohorts if cohort.sessions],
    )


def _date(cohort: Cohort) -> dict[str, Any]:
    return thing(
        "CourseInstance",
        name=str(cohort),
        url=whole_url(cohort.get_absolute_url()),
        courseMode="Online" if cohort.is_online else "Onsite",
        startDate=cohort.sessions[0].starts_at.isoformat(),
        endDate=cohort.sessions[-1].ends_at.isoformat(),
        location=_location(cohort),
        offers=offer(cohort.course.price, cohort.get_absolute_url(), category="Paid"),
    )


def _location(cohort: Cohort) -> dict[str, Any]:
    """An online room's address is for learners only: the page of the cohort stands for it."""
    if cohort.is_online:
        return thing("VirtualLocation", url=whole_url(cohort.get_absolute_url()))
    return thing("Place", name=cohort.location, address=cohort.full_location)
